"""The formats for programs say exactly what the rows hold."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asta_cli.cli import formats
from asta_cli.cli.listing import BOOL, DAY, INT, TEXT, TIME, Cells, Col, Type

COLUMNS = (
    Col("name", "Name"),
    Col("day", "Day", DAY),
    Col("count", "Count", INT),
    Col("done", "Done", BOOL),
    Col("at", "At", TIME),
)
TEXTS = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from('",;\r\n=\\\x1f%')
ROWS = st.lists(
    st.tuples(
        TEXTS,
        st.none() | st.dates().map(str),
        st.none() | st.integers(-5, 10**9),
        st.none() | st.booleans() | st.sampled_from([0, 1]),
        st.none() | st.just("2026-11-23T21:00:00Z"),
    ),
    max_size=5,
).flatmap(lambda rows: st.sampled_from([1, 70]).map(lambda times: rows * times))


def written(write: Callable[[list[Cells], io.BytesIO], int], rows: list[Cells]) -> bytes:
    out = io.BytesIO()
    assert write(rows, out) == len(rows)
    return out.getvalue()


def as_json(value: Any, kind: Type) -> Any:
    if value is None:
        return ""
    return bool(value) if kind is BOOL else value


def as_csv(value: Any, kind: Type) -> str:
    if value is None:
        return ""
    return ("true" if value else "false") if kind is BOOL else str(value)


@given(ROWS)
def test_json_says_what_the_rows_hold(rows: list[Cells]) -> None:
    expected = [{c.name: as_json(v, c.type) for c, v in zip(COLUMNS, row, strict=True)} for row in rows]
    array = written(lambda r, out: formats.json_array(r, COLUMNS, out), rows)
    assert json.loads(array) == expected
    assert [type(v) for row in json.loads(array) for v in row.values()] == [
        type(v) for row in expected for v in row.values()
    ]
    lines = written(lambda r, out: formats.json_lines(r, COLUMNS, out), rows)
    assert [json.loads(line) for line in lines.split(b"\n")[:-1]] == expected


@given(ROWS)
def test_csv_says_what_the_rows_hold(rows: list[Cells]) -> None:
    text = written(lambda r, out: formats.csv(r, COLUMNS, out), rows).decode()
    header, *read = list(csv.reader(io.StringIO(text, newline="")))
    assert header == [c.name for c in COLUMNS]
    assert read == [[as_csv(v, c.type) for c, v in zip(COLUMNS, row, strict=True)] for row in rows]


@given(ROWS)
def test_csv_is_written_as_the_library_writes_it(rows: list[Cells]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(
        [[c.name for c in COLUMNS], *([as_csv(v, c.type) for c, v in zip(COLUMNS, r, strict=True)] for r in rows)]
    )
    assert written(lambda r, out: formats.csv(r, COLUMNS, out), rows).decode() == buffer.getvalue()


@given(ROWS)
def test_excel_never_gets_a_formula(rows: list[Cells]) -> None:
    raw = written(lambda r, out: formats.csv(r, COLUMNS, out, excel=True), rows)
    assert raw.startswith(b"\xef\xbb\xbfname;day;")
    _, *read = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";"))
    for row, cells in zip(rows, read, strict=True):
        assert not cells[0].startswith(("=", "+", "-", "@", "\t", "\r"))
        assert cells[0].removeprefix("'") == (row[0] or "").removeprefix("'")


def test_excel_dates_are_german_and_numbers_stay_numbers() -> None:
    row = ("-", "2027-07-31", -3, 1, "2026-11-23T21:00:00Z")
    raw = written(lambda r, out: formats.csv(r, COLUMNS, out, excel=True), [row])
    assert raw.decode("utf-8-sig").splitlines()[1] == "'-;31.07.2027;-3;true;23.11.2026 22:00:00"


def test_empty_listings() -> None:
    assert written(lambda r, out: formats.json_array(r, COLUMNS, out), []) == b"[]\n"
    assert written(lambda r, out: formats.json_lines(r, COLUMNS, out), []) == b""
    assert written(lambda r, out: formats.csv(r, COLUMNS, out), []) == b"name,day,count,done,at\r\n"
    assert written(lambda r, out: formats.ids(r, 0, out), []) == b""
    assert written(formats.count, []) == b"0\n"


def test_a_single_empty_cell_is_still_a_record() -> None:
    text = written(lambda r, out: formats.csv(r, COLUMNS[:1], out), [(None,), ("a",), ("",)]).decode()
    assert list(csv.reader(io.StringIO(text, newline=""))) == [["name"], [""], ["a"], [""]]


def test_a_text_column_may_hold_anything_that_has_a_text() -> None:
    raw = written(lambda r, out: formats.json_lines(r, [Col("a", "A", TEXT)], out), [(5,), (None,), ("\ud800",)])
    assert raw == b'{"a":"5"}\n{"a":""}\n{"a":"\\ud800"}\n'


def test_ids_are_one_a_line() -> None:
    assert written(lambda r, out: formats.ids(r, 1, out), [("a", "0001"), ("b", 7)]) == b"0001\n7\n"


@pytest.mark.parametrize("size", [99, 100, 101, 200])
def test_borders_of_chunks(size: int) -> None:
    rows: list[Cells] = [(i,) for i in range(size)]
    columns = [Col("i", "I", INT)]
    assert json.loads(written(lambda r, out: formats.json_array(r, columns, out), rows)) == [
        {"i": i} for i in range(size)
    ]


def test_json_holds_no_raw_controls() -> None:
    text = "a\x7f\x9bb\u202ec"
    raw = written(lambda rows, out: formats.json_lines(rows, COLUMNS[:1], out), [(text,), ("plain",)])
    assert b"\\u007f\\u009bb\\u202e" in raw
    assert json.loads(raw.splitlines()[0]) == {"name": text}


@pytest.mark.parametrize("char", [chr(n) for n in range(0xA0)])
def test_each_control_is_escaped_alone_in_its_column(char: str) -> None:
    raw = written(lambda rows, out: formats.json_lines(rows, COLUMNS[:1], out), [(f"a{char}b",)])
    assert raw.endswith(b"\n")
    assert raw[:-1].decode().isprintable()
    assert json.loads(raw) == {"name": f"a{char}b"}
