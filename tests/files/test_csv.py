"""The forms of CSV that spreadsheets and other programs write."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asta_cli.core.errors import BadOption
from asta_cli.files.errors import MissingColumn
from tests.files.support import codes, opened, rows_of, values_of
from tests.support.depth import examples

ONE = [{"number": "0001", "last_name": "Müller", "email": "a@b"}]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_every_delimiter_line_end_and_encoding_means_the_same(
    tmp_path: Path, delimiter: str, end: str, encoding: str
) -> None:
    lines = [["E-Mail", "Nummer", "Name"], ["a@b", "0001", "Müller"]]
    data = end.join(delimiter.join(line) for line in lines).encode(encoding)
    assert values_of(tmp_path / "x.csv", data) == ONE
    assert values_of(tmp_path / "x.csv", data + end.encode()) == ONE


def test_the_delimiter_is_the_one_that_makes_headings_known(tmp_path: Path) -> None:
    with opened(tmp_path / "x.csv", "Nummer,Name,a;b;c;d;e\n1,Muster,x\n") as source:
        assert source.delimiter == ","


def test_the_delimiter_can_be_said(tmp_path: Path) -> None:
    with pytest.raises(MissingColumn):
        opened(tmp_path / "x.csv", "Nummer;Name\n1;Muster\n", delimiter=",")
    assert values_of(tmp_path / "x.csv", "Nummer\tName\n1\tA b\n", delimiter="tab") == [
        {"number": "1", "last_name": "A b"}
    ]


@pytest.mark.parametrize("delimiter", ["x", '"', ";;", "\n", "a", "ä", "\0"])
def test_an_impossible_delimiter_is_wrong_usage(tmp_path: Path, delimiter: str) -> None:
    with pytest.raises(BadOption):
        opened(tmp_path / "x.csv", "Nummer;Name\n1;Muster\n", delimiter=delimiter)


def test_blank_lines_are_passed_over_and_counted(tmp_path: Path) -> None:
    data = "\n  \r\nNummer;Name\n\n1;A\n;\n ; \n\r\n\t\n2;B\n\n"
    assert [(r.line, r.values["number"]) for r in rows_of(tmp_path / "x.csv", data)] == [(5, "1"), (10, "2")]


def test_blank_lines_are_passed_over_among_quoted_ones_too(tmp_path: Path) -> None:
    data = 'Nummer;Name\n"1";"A"\n"";""\n\n"2";"B"\n'
    assert [(r.line, r.values["number"]) for r in rows_of(tmp_path / "x.csv", data)] == [(2, "1"), (5, "2")]


def test_quotes_hold_delimiters_doubled_quotes_and_line_breaks(tmp_path: Path) -> None:
    data = 'Nummer;Name;Straße\n1;"Müller; ""Söhne""";"Weg 1\nHof; ""2"""\n2; "B";"x"\n3;C;y\n'
    rows = rows_of(tmp_path / "x.csv", data)
    assert [(r.line, r.where, dict(r.values)) for r in rows] == [
        (2, "x.csv:2", {"number": "1", "last_name": 'Müller; "Söhne"', "street": 'Weg 1 Hof; "2"'}),
        (4, "x.csv:4", {"number": "2", "last_name": "B", "street": "x"}),
        (5, "x.csv:5", {"number": "3", "last_name": "C", "street": "y"}),
    ]


def test_an_inch_mark_amid_a_cell_opens_nothing(tmp_path: Path) -> None:
    rows = rows_of(tmp_path / "x.csv", 'Nummer;Name\n1;5" Rohre\n2;"B"\n3;C\n')
    assert [(r.line, r.values["last_name"]) for r in rows] == [(2, '5" Rohre'), (3, "B"), (4, "C")]


def test_an_empty_cell_and_an_absent_column_differ(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path / "x.csv", "Nummer;Name;E-Mail\n1;A;\n")
    assert "email" not in row.values
    assert "email" in row.columns
    assert "street" not in row.columns


def test_a_quoted_record_over_the_limit_is_rejected_and_the_next_is_read(tmp_path: Path) -> None:
    data = 'Nummer;Name\n1;"' + "zeile\n" * 20000 + '"\n2;B\n'
    long, good = rows_of(tmp_path / "x.csv", data)
    assert codes(long) == [("too_long", "")]
    assert long.values["number"] == "1"
    assert good.line == 20003


def test_a_line_over_the_limit_may_leave_a_quotation_mark_open(tmp_path: Path) -> None:
    data = 'Nummer;Name\n1;"' + "x" * 200_000 + "\n" + "y" * 10 + '"\n2;B\n'
    long, good = rows_of(tmp_path / "x.csv", data)
    assert codes(long) == [("too_long", "")]
    assert (good.line, good.values["number"]) == (4, "2")


CELLS = st.text(st.characters(codec="cp1252", categories=["L", "N", "P", "S", "Zs"]), max_size=12).map(
    lambda t: t.strip(" \u00a0")
)
BREAKS = st.lists(CELLS, min_size=1, max_size=3).map("\n".join)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(CELLS.filter(bool), BREAKS, BREAKS), min_size=1, max_size=5),
    delimiter=st.sampled_from(";,\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_a_csv_writer_writes_is_read_back(
    tmp_path: Path, rows: list[tuple[str, str, str]], delimiter: str, encoding: str, quoting: int
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(["Nummer", "Name", "Straße"])
    writer.writerows(rows)
    read = rows_of(tmp_path / "x.csv", text.getvalue().encode(encoding))
    assert [r.problems for r in read] == [()] * len(rows)
    found = [tuple(r.values.get(c, "") for c in ("number", "last_name", "street")) for r in read]
    assert found == [tuple(_expected(c) for c in row) for row in rows]


def _expected(cell: str) -> str:
    return normalize("NFC", " ".join(part for part in cell.split("\n") if part))
