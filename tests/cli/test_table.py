"""Tables: translated, as wide as the terminal, with a symbol that needs no colour."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asta_cli.cli import i18n, render, table
from asta_cli.cli.listing import BOOL, DAY, INT, TIME, Cells, Choice, Col
from asta_cli.cli.options import ListOptions, ShowOptions
from asta_cli.core.errors import N_
from tests.cli.support import an_app
from tests.support.cli import Asta

WORDS = {"": N_("no account"), "confirmed": N_("confirmed")}
COLUMNS = (
    Col("number", "Number"),
    Col("account", "Account", words=WORDS, alarm="has_account"),
    Col("has_account", "Has account", BOOL, wide=True),
    Col("left", "Days left", INT),
    Col("until", "Until", DAY),
    Col("at", "At", TIME),
    Col("name", "Name"),
)
ROWS: list[Cells] = [
    ("1E10", "confirmed", 1, 7, "2027-07-31", "2026-07-01T21:59:59Z", "Ömer"),
    ("0012", None, 0, -13, None, None, "1.20"),
]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with i18n.speaking("en"):
        yield


def lay_out(rows: list[Cells] = ROWS, fields: str = "", **how: Any) -> table.Table:
    names = [c.name for c in COLUMNS]
    picked = tuple(names.index(f) for f in fields.split(",")) if fields else tuple(range(len(names)))
    how = {"room": None, "wide": False, "colour": False} | how
    return table.lay_out(rows, Choice(COLUMNS, picked, (), None, bool(fields)), **how)


def test_the_whole_table() -> None:
    assert lay_out().text.splitlines() == [
        "Number  Account       Days left  Until       At                Name",
        "------  ------------  ---------  ----------  ----------------  ----",
        "1E10    confirmed             7  2027-07-31  2026-07-01 23:59  Ömer",
        "0012    ● no account        -13                                1.20",
    ]


def test_days_and_times_as_germans_write_them() -> None:
    with i18n.speaking("de"):
        line = lay_out(wide=True).text.splitlines()[2]
    assert "31.07.2027  01.07.2026 23:59" in line


def test_what_is_only_shown_when_asked_for() -> None:
    assert "Has account" not in lay_out().text
    assert "Has account" in lay_out(wide=True).text
    assert lay_out(fields="has_account,number").text.splitlines()[2].split() == ["yes", "1E10"]


def test_red_is_the_symbol_alone() -> None:
    plain, coloured = lay_out().text, lay_out(colour=True).text
    assert coloured.replace("\x1b[31m●\x1b[0m", "●") == plain
    assert coloured.count("\x1b") == 2


def test_numbers_stand_to_the_right_and_texts_stay_texts() -> None:
    lines = lay_out(fields="left,number").text.splitlines()
    assert lines[2:] == ["        7  1E10", "      -13  0012"]


@given(
    st.integers(1, 120),
    st.lists(st.tuples(*[st.none() | st.text(st.sampled_from("aä●\x1b "), max_size=50)] * 7), min_size=1, max_size=4),
)
def test_a_table_fits_its_room(room: int, rows: list[Cells]) -> None:
    columns = tuple(Col(str(i), "Heading") for i in range(7))
    laid = table.lay_out(rows, Choice(columns, tuple(range(7)), (), None, False), room=room, wide=False, colour=False)
    assert all(len(line) <= max(room, 12) for line in laid.text.splitlines())
    assert laid.text.splitlines()[0].count("Heading") == 7 - laid.left_out
    assert len(laid.text.split("\n")) == 2 + len(rows)


def test_the_first_columns_stay_and_the_last_go() -> None:
    laid = lay_out(room=40)
    assert laid.text.splitlines()[0].split() == ["Number", "Account", "Days", "left"]
    assert laid.left_out == 3


def test_what_matters_stays_where_the_room_is_small() -> None:
    columns = (
        Col("number", "Number"),
        *(Col(f"more{i}", "Something more") for i in range(5)),
        Col("account", "Account", alarm="has"),
        Col("has", "Has account", BOOL, wide=True),
        Col("left", "Days left", INT, vital=True),
    )
    rows = [("1", *["x" * 20] * 5, "none", False, 83)]
    choice = Choice(columns, tuple(range(9)), (), None, False)
    laid = table.lay_out(rows, choice, room=50, wide=False, colour=False)
    heading, _line, row = laid.text.splitlines()
    assert heading.endswith("Account  Days left")
    assert row.split() == ["1", "x" * 20, "●", "none", "83"]
    assert laid.left_out == 4
    assert max(map(len, laid.text.splitlines())) <= 50


def test_columns_asked_for_by_name_are_shortened_but_never_left_out() -> None:
    rows: list[Cells] = [(*ROWS[0][:6], "x" * 80)]
    laid = lay_out(rows, fields="name,number,until,at", room=50)
    assert laid.left_out == 0
    assert laid.text.splitlines()[2].startswith("xxxxxxxxxx")
    assert len(laid.text.splitlines()[2]) == 50


def test_a_record_has_a_line_for_each_value() -> None:
    assert table.record(ROWS[1][:4], COLUMNS[:4], colour=False).splitlines() == [
        "Number:      0012",
        "Account:     ● no account",
        "Has account: no",
        "Days left:   -13",
    ]
    assert "\x1b[31m●\x1b[0m no account" in table.record(ROWS[1], COLUMNS, colour=True)


def test_records_for_people_and_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with an_app(tmp_path) as app:
        render.record(app, COLUMNS[:3], ROWS[0][:3], ShowOptions())
        assert capsys.readouterr().out == "Number:      1E10\nAccount:     confirmed\nHas account: yes\n"
        render.record(app, COLUMNS[:4], ROWS[1][:4], ShowOptions(format="json"))
        expected = '{\n  "number": "0012",\n  "account": "",\n  "has_account": false,\n  "left": -13\n}\n'
        assert capsys.readouterr().out == expected


def test_a_long_table_stops_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    taken = []

    def rows(_tx: object) -> Iterator[Cells]:
        for number in range(5000):
            taken.append(number)
            yield (str(number),)

    with an_app(tmp_path) as app:
        render.listing(app, COLUMNS[:1], rows, ListOptions())
        said = capsys.readouterr()
        assert len(said.out.splitlines()) == 1002
        assert said.err == "only the first 1000 rows are shown; --format csv and the other formats give all\n"
        assert len(taken) == 1001
        render.listing(app, COLUMNS[:1], lambda _tx: [(str(i),) for i in range(1000)], ListOptions())
        assert capsys.readouterr().err == ""


def filled(asta: Asta) -> None:
    asta("chambers", "add", "177", "--name", "N", code=0)
    database = sqlite3.connect(asta.home / "data" / "asta" / "asta.db")
    database.execute("UPDATE chamber SET name = ?, email = ?", ("IHK " + "x" * 60, "e" * 60 + "@example.com"))
    database.commit()
    database.close()


def test_at_a_terminal_the_table_fits_and_elsewhere_nothing_is_lost(asta: Asta) -> None:
    filled(asta)
    narrow = asta.terminal("chambers", "list", size=(24, 30), code=0).out.splitlines()
    assert max(map(len, narrow[:3])) <= 30
    assert narrow[3:] == ["2 columns do not fit and are not shown; --wide shows them"]
    for whole in (asta("chambers", "list", code=0), asta.terminal("chambers", "list", "--wide", code=0)):
        assert "e" * 60 + "@example.com" in whole.out
        assert "x" * 60 in whole.out


def test_a_terminal_that_knows_few_letters(asta: Asta) -> None:
    asta("chambers", "add", "177", "--name", "Köln", code=0)
    said = asta("chambers", "list", env={"PYTHONIOENCODING": "ascii"}, code=0)
    assert "K\\xf6ln" in said.out
