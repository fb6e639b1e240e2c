"""Workbooks: cells as values, what spreadsheets do to values, and files that are no workbooks or mean harm."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from asta_cli.core.layouts import TRAINEES, Column, Layout
from asta_cli.core.problems import describe
from asta_cli.core.rows import Row
from asta_cli.files import errors
from asta_cli.files.output import atomic
from asta_cli.files.rejects import RejectWriter
from asta_cli.files.source import ReadOptions, Source, open_source
from asta_cli.files.workbook import lines
from tests.files.support import SECRET, codes, opened, rows_of, values_of
from tests.support.workbooks import Cell, Error, Raw, Table, archive, sheet_xml, sheets, workbook

HEAD = ("Nummer", "Name", "Gültig ab")
FIRMS = Layout(
    "firms",
    (
        Column("ident_number", ("Nummer",), required=True),
        Column("parent_ident_number", ("Stammbetrieb",)),
        Column("trainee_number", ("Azubi",)),
        Column("postal_code", ("PLZ",)),
    ),
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


def read(tmp_path: Path, *rows: tuple[Cell, ...], **options: object) -> list[Row]:
    return rows_of(tmp_path / "x.xlsx", workbook([HEAD, *rows]), **options)


def firms(tmp_path: Path, head: tuple[str, ...], *rows: tuple[Cell, ...], **options: object) -> list[list[str]]:
    """For each row, the columns refused."""
    (tmp_path / "f.xlsx").write_bytes(workbook([head, *rows]))
    with open_source(str(tmp_path / "f.xlsx"), FIRMS, options=ReadOptions(**options)) as source:  # type: ignore[arg-type]
        return [[p.column for p in row.problems] for row in source.all_rows()]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("0012", "0012"),
        ("  Müller\n& Söhne ", "Müller & Söhne"),
        (12, "12"),
        (1.0, "1"),
        (1.5, "1.5"),
        (True, "yes"),
        (False, "no"),
        (123456789012345, "123456789012345"),
        (Raw('<c t="str"><f>A1&amp;"x"</f><v>cached</v></c>'), "cached"),
        (Raw('<c t="inlineStr"><is><r><t xml:space="preserve">two </t></r><r><t>runs</t></r></is></c>'), "two runs"),
    ],
)
def test_what_a_cell_says(tmp_path: Path, cell: Cell, value: str) -> None:
    data = workbook([HEAD, ("1", cell)])
    assert values_of(tmp_path / "x.xlsx", data) == [{"number": "1", "last_name": value}]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (date(2027, 7, 31), "2027-07-31"),
        (datetime(2027, 7, 31), "2027-07-31"),
        (datetime(2027, 7, 31, 18, 29, 59, 999_900), "2027-07-31T18:30:00"),
        ("31.07.2027", "31.07.2027"),
        (Raw('<c t="d"><v>2027-07-31</v></c>'), "2027-07-31"),
    ],
)
def test_days(tmp_path: Path, cell: Cell, value: str) -> None:
    (row,) = read(tmp_path, ("1", "A", cell))
    assert (row.values["valid_from"], row.problems) == (value, ())


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (Error("#N/A"), "error #N/A"),
        (Error("#DIV/0!"), "error #DIV/0!"),
        (date(2027, 2, 1), "made the day 2027-02-01"),
        (timedelta(hours=7.5), "duration"),
        (1234567890123456, "duration, a time of day or a number that is too long"),
        (Raw("<c><v>NaN</v></c>"), "too long"),
    ],
)
def test_what_a_spreadsheet_has_spoilt(tmp_path: Path, cell: Cell, told: str) -> None:
    good, bad = read(tmp_path, ("1", "A"), ("2", cell))
    assert good.problems == ()
    assert (codes(bad), "last_name" in bad.values) == ([("bad_value", "last_name")], False)
    message, hint, fields = describe(bad.problems[0])
    assert told in message.format(**fields)
    assert hint.format(**fields)


def test_errors_that_are_texts_are_texts(tmp_path: Path) -> None:
    (row,) = read(tmp_path, ("1", "#N/A"))
    assert row.values["last_name"] == "#N/A"


def test_rows_keep_their_numbers_and_blank_ones_count_for_nothing(tmp_path: Path) -> None:
    data = workbook([(), (None,), HEAD, (), ("1", "A"), (None, " "), ("2", "B", None, None, "no heading")])
    rows = rows_of(tmp_path / "x.xlsx", data)
    assert [(r.where, r.line, dict(r.values)) for r in rows] == [
        ("x.xlsx:5", 5, {"number": "1", "last_name": "A"}),
        ("x.xlsx:7", 7, {"number": "2", "last_name": "B"}),
    ]


def test_a_sheet_may_begin_anywhere(tmp_path: Path) -> None:
    data = workbook([(), (None, None, *HEAD), (None, None, "1", "A")])
    (row,) = rows_of(tmp_path / "x.xlsx", data)
    assert (row.line, dict(row.values)) == (3, {"number": "1", "last_name": "A"})


TWO: dict[str, Table] = {"Notes": [("Stand", "heute")], "Azubis 2027": [HEAD, ("1", "A")]}


@pytest.mark.parametrize(("asked", "hidden"), [("Azubis 2027", ()), ("AZUBIS 2027", ()), ("", ("Notes",))])
def test_the_sheet_that_is_meant(tmp_path: Path, asked: str, hidden: tuple[str, ...]) -> None:
    rows = rows_of(tmp_path / "x.xlsx", sheets(TWO, hidden=hidden), sheet=asked)
    assert [dict(r.values) for r in rows] == [{"number": "1", "last_name": "A"}]


def test_hidden_sheets_can_be_named(tmp_path: Path) -> None:
    assert len(rows_of(tmp_path / "x.xlsx", sheets(TWO, hidden=("Azubis 2027",)), sheet="Azubis 2027")) == 1


def test_an_unknown_sheet(tmp_path: Path) -> None:
    with pytest.raises(errors.UnknownSheet) as caught:
        opened(tmp_path / "x.xlsx", sheets(TWO), sheet="Azubis\0")
    assert caught.value.status == 65
    assert caught.value.fields["sheets"] == "Notes, Azubis 2027"


# --- leading zeros ----------------------------------------------------------------------------------------------------


def test_a_number_shorter_than_texts_with_zeros(tmp_path: Path) -> None:
    assert firms(tmp_path, ("Nummer",), ("0004711",), (4712,), (1234567,), ("99",)) == [[], ["ident_number"], [], []]


def test_columns_of_one_family_tell_on_each_other(tmp_path: Path) -> None:
    head = ("Nummer", "Stammbetrieb", "Azubi")
    assert firms(tmp_path, head, (4711, "0004712", 815), (4713, None, 816)) == [["ident_number"], ["ident_number"]]


def test_numbers_of_different_length(tmp_path: Path) -> None:
    assert firms(tmp_path, ("Nummer", "Azubi"), ("1", 4711), ("2", 815)) == [["trainee_number"], ["trainee_number"]]
    assert firms(tmp_path, ("Nummer", "Azubi"), ("1", 4711), ("2", 4712)) == [[], []]
    assert firms(tmp_path, ("Nummer",), (4711.5,), (-3,)) == [["ident_number"], ["ident_number"]]


@pytest.mark.parametrize(
    ("rows", "told"),
    [(((4711,), (4712,)), True), ((("0004711",), (4712345,)), False), ((("4711",), ("4712",)), False)],
)
def test_numbers_that_nothing_speaks_against_are_taken_and_told(
    tmp_path: Path, rows: tuple[tuple[Cell, ...], ...], told: bool
) -> None:
    (tmp_path / "f.xlsx").write_bytes(workbook([("Nummer",), *rows]))
    with open_source(str(tmp_path / "f.xlsx"), FIRMS) as source:
        assert [n.code for n in source.notices] == ["numbers"] * told
        assert [row.problems for row in source.all_rows()] == [(), ()]


def test_a_length_that_is_known_is_no_doubt(tmp_path: Path) -> None:
    known = frozenset({"ident_number"})
    assert firms(tmp_path, ("Nummer",), ("0004711",), (4712,), digits_known=known) == [[], []]


def test_other_numbers_are_judged_by_their_rules(tmp_path: Path) -> None:
    assert firms(tmp_path, ("Nummer", "PLZ"), ("1", "01067"), ("2", 1067)) == [[], []]


# --- digests, rejects -------------------------------------------------------------------------------------------------


def digests(path: Path, data: bytes) -> list[bytes]:
    with opened(path, data) as source:
        return [digest for _, digest, _ in source.lines()]


def test_a_row_is_known_again_wherever_it_stands(tmp_path: Path) -> None:
    first = digests(tmp_path / "a.xlsx", workbook([HEAD, ("1", "A", date(2027, 1, 1)), ("2", 5)]))
    later = digests(tmp_path / "b.xlsx", workbook([(), HEAD, (), ("2", 5.0), ("1", "A", date(2027, 1, 1))], sheet="S"))
    assert set(first) == set(later)
    assert digests(tmp_path / "c.xlsx", workbook([HEAD, ("2", "5")]))[0] not in first


def test_rejects_are_csv_and_valid_input(tmp_path: Path) -> None:
    data = workbook([HEAD, ("1", "A;B", date(2027, 7, 31)), ("0002", 'say "C"', "x")])
    with opened(tmp_path / "x.xlsx", data) as source, atomic(str(tmp_path / "r.csv")) as pending:
        RejectWriter(pending, source).write_lines({2: [("bad_value", "no")], 3: [("bad_date", "no")]})
    again = values_of(tmp_path / "again.csv", (tmp_path / "r.csv").read_bytes())
    assert again == [
        {"number": "1", "last_name": "A;B", "valid_from": "2027-07-31"},
        {"number": "0002", "last_name": 'say "C"', "valid_from": "x"},
    ]
    assert (tmp_path / "r.csv").read_text("utf-8-sig").splitlines()[0] == "Nummer;Name;Gültig ab;_line;_code;_error"


def test_values_and_rows_that_are_too_long(tmp_path: Path) -> None:
    head = (*HEAD, *(f"c{i}" for i in range(9)))
    data = workbook([head, ("1", "x" * 5000), ("2", "B", None, *["y" * 9000] * 9)])
    one, two = rows_of(tmp_path / "x.xlsx", data)
    assert codes(one) == [("too_long", "last_name")]
    assert (codes(two), two.values["number"]) == ([("too_long", "")], "2")


# --- files that are something else ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("x.xlsx", b"", errors.EmptyFile),
        ("x.xlsx", b"Nummer;Name\n1;A\n", errors.NotWorkbook),
        ("x.xlsx", OLE, errors.OtherWorkbook),
        ("x.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), errors.LockedWorkbook),
        ("x.xls", OLE, errors.OtherWorkbook),
        ("x.ods", b"PK\x03\x04", errors.OtherWorkbook),
        ("x.csv", workbook([HEAD]), errors.Workbook),
        ("x.csv", OLE, errors.OtherWorkbook),
        ("x.xlsx", archive({"content.xml": "<x/>", "mimetype": "application/vnd.oasis"}), errors.OtherWorkbook),
        ("x.xlsx", archive({"xl/workbook.bin": b"x"}), errors.OtherWorkbook),
        ("x.xlsx", archive({"word/document.xml": "<x/>"}), errors.NotWorkbook),
        ("x.xlsx", archive({"xl/workbook.xml": "<x/>"}), errors.DamagedWorkbook),
        ("x.xlsx", workbook([HEAD, ("1", "A")])[:-30], errors.DamagedWorkbook),
        ("x.xlsx", workbook([HEAD, ("1", "A")])[:200], errors.DamagedWorkbook),
        ("x.xlsx", workbook([]), errors.EmptyFile),
        ("x.xlsx", workbook([HEAD]), errors.NoRows),
        ("x.xlsx", workbook([("Nummer",), ("1",)]), errors.MissingColumn),
        ("x.xlsx", workbook([("Nummer", "Name", "Nachname"), ("1",)]), errors.DoubledColumn),
        ("x.xlsx", workbook([("x",) * 5000]), errors.WideHeader),
        ("x.xlsx", sheets({}), errors.NoSheet),
    ],
)
def test_no_such_workbook(tmp_path: Path, name: str, data: bytes, expected: type[errors.InputError]) -> None:
    with pytest.raises(errors.InputError) as caught:
        opened(tmp_path / name, data)
    assert type(caught.value) is expected
    assert caught.value.status == 65
    assert caught.value.message.format(**caught.value.fields)


def test_a_workbook_without_rows_that_is_meant(tmp_path: Path) -> None:
    assert rows_of(tmp_path / "x.xlsx", workbook([HEAD]), allow_empty=True) == []


def test_told_by_its_bytes_or_by_the_option(tmp_path: Path) -> None:
    data = workbook([HEAD, ("1", "A")])
    assert len(rows_of(tmp_path / "x", data)) == 1
    assert len(rows_of(tmp_path / "x.csv", data, input_format="xlsx")) == 1


CORNERS = sheet_xml([HEAD, ("1", "A")]).replace(
    "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData>'
)
ENTITIES = '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
STRINGS = "<sst><si><t>" + "x" * 30_000 + "</t></si></sst>"
OPEN = """
import resource, sys
from asta_cli.core.layouts import COMPANIES
from asta_cli.files.errors import InputError
from asta_cli.files.source import open_source
try:
    open_source(sys.argv[1], COMPANIES)
except InputError as error:
    print(type(error).__name__, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    "more",
    [
        {SHEET: CORNERS},
        {SHEET: sheet_xml([HEAD, ("1", "A")]).replace("<worksheet", ENTITIES + "<worksheet").replace(">A<", ">&b;<")},
        {SHEET: sheet_xml([HEAD]).replace("</row>", "</row><row>" + '<c t="s"><v>0</v></c>' * 16_000 + "</row>")},
        {SHEET: " " * 60_000_000},
        {SHEET: sheet_xml([HEAD]).replace("</row>", "</row>" + '<row r="5"><c r="A5"/></row>' * 900_000)},
    ],
    ids=["corners", "entities", "repeated-string", "blanks", "empty-rows"],
)
def test_bombs_go_off_elsewhere(tmp_path: Path, more: dict[str, str]) -> None:
    parts = {**more, "xl/sharedStrings.xml": STRINGS}
    (tmp_path / "x.xlsx").write_bytes(workbook([HEAD], more=parts))
    # In a process of its own: of its children the system remembers only the largest.
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(tmp_path / "x.xlsx")], capture_output=True, text=True, check=True
    )
    kind, memory = done.stdout.split()
    assert issubclass(getattr(errors, kind), errors.InputError)
    assert int(memory) < 200 << 10


def test_a_file_that_changes_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with opened(path, workbook([HEAD, ("1", "A")])) as source:
        path.write_bytes(workbook([HEAD, ("1", "A"), ("2", "B")]))
        with pytest.raises(errors.FileChanged):
            list(source.all_rows())


def test_every_pass_gives_the_same(tmp_path: Path) -> None:
    source: Source
    with opened(tmp_path / "x.xlsx", workbook([HEAD, *((str(n), "A") for n in range(50))])) as source:
        first = list(source.all_rows())
        assert [next(source.all_rows()) for _ in range(2)] == first[:1] * 2
        assert list(source.all_rows()) == first
        assert 0 < source.position <= source.size


def test_the_columns_of_the_register(tmp_path: Path) -> None:
    head = ("Azubi-ID", "Ident-Nr.", "Nachname", "Beruf", "Beginn", "Ende", "Geburtsdatum", "Gelöst am")
    row: list[Cell] = ["T1", "0001", "A", "B", *(date(2027, 8, n) for n in range(1, 5))]
    (tmp_path / "x.xlsx").write_bytes(workbook([head, row]))
    with open_source(str(tmp_path / "x.xlsx"), TRAINEES, secret=SECRET) as source:
        (found,) = source.all_rows()
    assert found.problems == ()
    assert found.values["terminated_on"] == "2027-08-04"


@pytest.mark.parametrize("size", [50_000, 70_000, 300_000])
def test_lines_stay_within_their_limit(size: int) -> None:
    made = lines.line(["s" + "\x01" * 9000, *["sä"] * (size // 5)])
    assert len(made) <= lines.LINE_LIMIT + 20
    assert made.endswith(b"\n")
