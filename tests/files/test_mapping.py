"""Mapping files: own headings, values, constants, notations and lengths, and every mistake in one."""

from __future__ import annotations

from pathlib import Path

import pytest

from asta_cli.core.errors import BadOption
from asta_cli.core.layouts import COMPANIES, GRANTS, TRAINEES, TRAINERS, Layout
from asta_cli.files import errors
from asta_cli.files.day_formats import BadFormat, compiled
from asta_cli.files.mapping import read_mapping
from asta_cli.files.mapping_file import BadMapping
from asta_cli.files.output import atomic
from asta_cli.files.rejects import RejectWriter
from asta_cli.files.source import ReadOptions, Source, open_source
from tests.files.support import SECRET
from tests.support.workbooks import workbook

CSV = "Betrieb-Nr;Bezeichnung;Postleit;Kz\n4711;Müller;1067;J\n"


def mapped(
    tmp_path: Path, toml: str, data: str | bytes, name: str = "x.csv", layout: Layout = COMPANIES, **options: object
) -> Source:
    (tmp_path / "m.toml").write_text(toml, "utf-8")
    (tmp_path / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    found = ReadOptions(mapping=str(tmp_path / "m.toml"), **options)  # type: ignore[arg-type]
    return open_source(str(tmp_path / name), layout, options=found, secret=SECRET)


def values(tmp_path: Path, toml: str, data: str | bytes, name: str = "x.csv", **more: object) -> list[dict[str, str]]:
    with mapped(tmp_path, toml, data, name, **more) as source:  # type: ignore[arg-type]
        rows = list(source.all_rows())
        assert all(source.columns >= row.columns >= row.values.keys() for row in rows)
    assert [r.problems for r in rows if r.problems] == []
    return [dict(r.values) for r in rows]


WHOLE = """
[columns]
"betrieb nr." = "ident_number"
Bezeichnung = "Firma"  # any name that asta knows
Postleit = "postal_code"
KZ = ""
[constants]
chamber = 177
[digits]
ident_number = 7
postal_code = 5
"""
MAPPED = [{"ident_number": "0004711", "name": "Müller", "postal_code": "01067", "chamber": "177"}]


def test_all_at_once(tmp_path: Path) -> None:
    assert values(tmp_path, WHOLE, CSV) == MAPPED
    with mapped(tmp_path, WHOLE, CSV) as source:
        assert source.notices == ()  # what is ignored on purpose is not told


def test_the_same_for_json_lines_and_workbooks(tmp_path: Path) -> None:
    data = '{"Betrieb-Nr": 4711, "Bezeichnung": "Müller", "Postleit": "1067"}\n'
    assert values(tmp_path, WHOLE, data, "x.jsonl") == MAPPED
    book = workbook([("Betrieb-Nr", "Bezeichnung", "Postleit"), (4711, "Müller", 1067), ("0004712", "B", "01067")])
    assert values(tmp_path, WHOLE, book, "x.xlsx")[0] == MAPPED[0]


def test_an_own_heading_comes_before_the_usual_ones(tmp_path: Path) -> None:
    toml = '[columns]\nNr = "ident_number"\n'
    assert values(tmp_path, toml, "Nr;Identnummer;Firma\n1;2;A\n") == [{"ident_number": "1", "name": "A"}]
    assert values(tmp_path, toml, "Identnummer;Firma\n2;A\n") == [{"ident_number": "2", "name": "A"}]
    jsonl = '{"Nr": "1", "Identnummer": "2", "Firma": "A"}\n'
    assert values(tmp_path, toml, jsonl, "x.jsonl") == [{"ident_number": "1", "name": "A"}]


def test_two_own_headings_of_one_column(tmp_path: Path) -> None:
    toml = '[columns]\nNr = "ident_number"\nNummer = "ident_number"\n'
    assert len(values(tmp_path, toml, "Nummer;Firma\n1;A\n")) == 1
    with pytest.raises(errors.DoubledColumn):
        mapped(tmp_path, toml, "Nr;Nummer;Firma\n1;2;A\n")


VALUES = """
[values."Azubi-Konto"]
J = "aktiv"
n = "none"
"" = "none"
"-" = ""
[values.chamber]
ihk = "177"
"""


@pytest.mark.parametrize(
    ("cell", "value"), [("J", "aktiv"), ("N", "none"), ("", "none"), (" - ", None), ("registriert", "registriert")]
)
def test_own_values(tmp_path: Path, cell: str, value: str | None) -> None:
    head = "Azubinummer;Identnummer;Name;Beruf;Beginn;Ende;Azubi-Konto\n"
    (found,) = values(tmp_path, VALUES, f"{head}1;1;A;B;1.8.2027;1.8.2029;{cell}\n", layout=TRAINEES)
    assert found.get("account_status") == value
    assert "chamber" not in found


def test_a_cell_that_cannot_be_read_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    with mapped(tmp_path, '[values.street]\n"" = "X"\n', "Identnummer;Firma;Anschrift\n1;A;x\x01y\n") as source:
        (row,) = source.all_rows()
    assert ("street" in row.values, [p.code for p in row.problems]) == (False, ["bad_character"])


def test_constants_fill_required_columns(tmp_path: Path) -> None:
    toml = '[constants]\nrole = "manager"\ncompany = "177:0001"\nvalid_until = 2027-07-31\n'
    assert values(tmp_path, toml, "E-Mail\na@b.example\n", layout=GRANTS) == [
        {"email": "a@b.example", "role": "manager", "company": "177:0001", "valid_until": "2027-07-31"}
    ]


@pytest.mark.parametrize(
    ("name", "data"),
    [("x.csv", "Identnummer;Firma;Kammer\n1;A;177\n"), ("x.jsonl", '{"Identnummer": "1", "Firma": "A", "IHK": 1}\n')],
)
def test_a_constant_beside_its_column(tmp_path: Path, name: str, data: str) -> None:
    with pytest.raises(BadMapping) as caught:
        mapped(tmp_path, '[constants]\nchamber = "177"\n', data, name)
    assert (caught.value.status, caught.value.fields["key"]) == (65, "constants.chamber")


def test_a_constant_in_a_later_object(tmp_path: Path) -> None:
    more = '{"Identnummer": "1", "Firma": "A"}\n' * 200 + '{"Identnummer": "1", "Firma": "A", "IHK": 1}\n'
    with mapped(tmp_path, '[constants]\nchamber = "177"\n', more, "x.jsonl") as source:
        rows = source.all_rows()
        assert len([next(rows) for _ in range(200)]) == 200
        with pytest.raises(BadMapping):
            next(rows)


def test_own_notations_of_days(tmp_path: Path) -> None:
    toml = '[dates]\nformats = ["%Y%m%d", "%m/%d/%Y", "%d.%m.%Y %H:%M"]\n'
    head = "Azubinummer;Identnummer;Name;Beruf;Beginn;Ende;Gelöst am;Geburtsdatum;Vorname\n"
    row = "1;1;A;B;20270801;8/1/2029;31.12.2028 00:00;31.02.2009;20270801\n"
    (found,) = values(tmp_path, toml, head + row, layout=TRAINEES)
    assert [found[c] for c in ("contract_start", "contract_end", "terminated_on", "birth_date", "first_name")] == [
        "2027-08-01", "2029-08-01", "2028-12-31", "31.02.2009", "20270801",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("notation", "text", "read"),
    [
        ("%Y%m%d", "20270801", "2027-08-01"),
        ("%Y%m%d", "2027801", None),
        ("%Y%m%d", "20271301", None),
        ("%Y%m%d", "00270801", None),
        ("%d/%m/%Y", "1/8/2027", "2027-08-01"),
        ("am %d.%m.%Y", "am 1.8.2027", "2027-08-01"),
        ("%Y-%m-%dT%H:%M:%S", "2027-08-01T14:30:05", "2027-08-01T14:30:05"),
        ("%d%m%Y.", "01082027.", "2027-08-01"),
        ("%d%m%Y.", "01082027x", None),
        ("%d.%m.%Y", "٠١.08.2027", None),
    ],
)
def test_notations(notation: str, text: str, read: str | None) -> None:
    assert compiled(notation).read(text) == read


@pytest.mark.parametrize("notation", ["", "%Y", "%d.%m.%y", "%d.%b.%Y", "%d.%m.%Y %d", "%", "%Y%m%d%", "%j%Y%d%m"])
def test_notations_that_cannot_be(notation: str) -> None:
    with pytest.raises(BadFormat):
        compiled(notation)


SEVERAL = """
[columns]
Azubi = "trainee_number"
Nr = "ident_number"
[trainees.columns]
Nr = "company_ident_number"
[trainees.constants]
occupation = "Koch"
"""


def test_tables_of_a_kind_come_first(tmp_path: Path) -> None:
    data = "Azubi;Nr;Name;Beginn;Ende\n1;2;A;1.8.2027;1.8.2029\n"
    (found,) = values(tmp_path, SEVERAL, data, layout=TRAINEES, several=True)
    assert (found["company_ident_number"], found["occupation"]) == ("2", "Koch")
    assert values(tmp_path, SEVERAL, "Nr;Firma\n1;A\n", several=True) == [{"ident_number": "1", "name": "A"}]
    with pytest.raises(BadMapping):  # one file alone needs no column of another kind
        mapped(tmp_path, SEVERAL, "Nr;Firma\n1;A\n")


@pytest.mark.parametrize(
    ("toml", "key"),
    [
        ("[columns\n", ""),
        ("columns = 5", "columns"),
        ("[colums]\n", "colums"),
        ('[columns]\nNr = "nosuch"', "columns.Nr"),
        ("[columns]\nNr = 5", "columns.Nr"),
        ('[columns]\n"N r" = "name"\n"N-R" = "city"', "columns.N-R"),
        ('[columns]\nident_number = "Nr"', "columns.ident_number"),
        ("[columns]\nNr = 'kind'", "columns.Nr"),
        ("[values.nosuch]\na = 'b'", "values.nosuch"),
        ("[values]\ncity = 'b'", "values.city"),
        ("[values.city]\na = 'b'\nA = 'c'", "values.city.A"),
        ("[values.city]\na = ['b']", "values.city.a"),
        ('[values.city]\na = "\\u0001"', "values.city.a"),
        ("[constants]\nnosuch = 'b'", "constants.nosuch"),
        ("[constants]\ncity = ''", "constants.city"),
        ("[constants]\ncity = 1.5", "constants.city"),
        ("[constants]\ncity = 'A'\nOrt = 'B'", "constants.Ort"),
        ("[dates]\nformat = '%Y'", "dates.format"),
        ("[dates]\nformats = ['%y%m%d']", "dates.formats"),
        ("[dates]\nformats = [5]", "dates.formats"),
        ("[digits]\npostal_code = 0", "digits.postal_code"),
        ("[digits]\npostal_code = true", "digits.postal_code"),
        ("[companies.columns]\nNr = 'kind'", "companies.columns.Nr"),
        ("[companies.nosuch]\n", "companies.nosuch"),
    ],
)
def test_every_mistake_is_told(tmp_path: Path, toml: str, key: str) -> None:
    with pytest.raises(BadMapping) as caught:
        mapped(tmp_path, toml, CSV)
    error = caught.value
    assert (error.status, error.code) == (65, "bad_mapping")
    assert error.fields.get("key", "") == key
    assert error.message.format(**error.fields)
    assert error.hint.format(**error.fields)


def test_values_of_closed_lists_are_looked_at(tmp_path: Path) -> None:
    with pytest.raises(BadMapping) as caught:
        mapped(tmp_path, '[values.account_status]\nJ = "aktive"\n', CSV, layout=TRAINEES)
    assert "aktiv" in str(caught.value.fields["possible"])


def test_other_ways_not_to_be_a_mapping(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(CSV)
    (tmp_path / "big").write_bytes(b"#" * 2_000_000)
    (tmp_path / "latin").write_bytes(b"# \xfc\n")
    for name, expected in [("nosuch", errors.FileMissing), (".", errors.IsDirectory), ("big", BadMapping)]:
        with pytest.raises(expected):
            open_source(str(tmp_path / "x.csv"), COMPANIES, options=ReadOptions(mapping=str(tmp_path / name)))
    with pytest.raises(BadMapping):
        open_source(str(tmp_path / "x.csv"), COMPANIES, options=ReadOptions(mapping=str(tmp_path / "latin")))
    with pytest.raises(BadOption):
        open_source(str(tmp_path / "x.csv"), COMPANIES, options=ReadOptions(mapping="-"))


def test_a_line_is_another_one_under_another_mapping(tmp_path: Path) -> None:
    def digests(toml: str) -> list[bytes]:
        with mapped(tmp_path, toml, CSV) as source:
            return [digest for _, digest, _ in source.lines()]

    first = digests(WHOLE)
    assert digests("# a remark\n" + WHOLE) == first
    assert digests(WHOLE.replace("177", "178")) != first
    assert digests(WHOLE.replace("postal_code = 5", "postal_code = 6")) != first


def test_rejects_are_as_they_were(tmp_path: Path) -> None:
    with mapped(tmp_path, WHOLE, CSV) as source, atomic(str(tmp_path / "r.csv")) as pending:
        RejectWriter(pending, source).write_lines({2: [("bad_value", "no")]})
    text = (tmp_path / "r.csv").read_text("utf-8-sig")
    assert text.splitlines()[1] == "4711;Müller;1067;J;2;bad_value;no"
    assert values(tmp_path, WHOLE, text) == MAPPED


def test_the_example_of_the_documentation() -> None:
    example = str(Path(__file__).parents[2] / "docs" / "mapping.toml")
    firms, people = (read_mapping(example, layout, several=True) for layout in (COMPANIES, TRAINEES))
    assert ("betriebsnr", "ident_number") in firms.layout.headings
    assert ("betriebsnr", "company_ident_number") in people.layout.headings
    assert people.values["account_status"] == {"j": "active", "n": "none", "": "none"}
    assert read_mapping(example, TRAINERS, several=True).constants == {"aptitude": "aevo"}
