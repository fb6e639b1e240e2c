"""What every listing can be asked for, and where its bytes go."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import asta_cli.commands  # noqa: F401 - hands the writer of files in
from asta_cli.cli import render
from asta_cli.cli.context import App
from asta_cli.cli.listing import BOOL, DAY, INT, Cells, Col, UnknownFields
from asta_cli.cli.options import ListOptions
from asta_cli.core.errors import BadOption
from asta_cli.files.errors import OutputMissingDirectory
from tests.cli.support import an_app
from tests.support.cli import Asta

COLUMNS = (
    Col("number", "Number"),
    Col("name", "Name"),
    Col("left", "Days left", INT),
    Col("until", "Until", DAY),
    Col("open", "Open", BOOL, wide=True),
)
ROWS: list[Cells] = [
    ("A2", "Ömer", 7, "2027-07-31", 1),
    ("A1", "Zoë, Ltd.", None, None, 0),
    ("A3", None, -3, "2026-01-02", None),
    ("A4", "Anna", 7, "2028-02-29", 1),
]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with an_app(tmp_path) as made:
        yield made


def show(app: App, capsys: pytest.CaptureFixture[str], rows: list[Cells] = ROWS, ids: str = "", **options: Any) -> str:
    render.listing(app, COLUMNS, lambda _tx: iter(rows), ListOptions(**options), ids=ids)
    return capsys.readouterr().out


def names(app: App, capsys: pytest.CaptureFixture[str], **options: Any) -> list[str]:
    return show(app, capsys, format="ids", **options).split()


def test_every_format_and_no_result(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    empty = {
        "table": "",
        "json": "[]\n",
        "jsonl": "",
        "csv": "number,name,left,until,open\n",
        "ids": "",
        "count": "0\n",
    }
    for form, expected in empty.items():
        render.listing(app, COLUMNS, lambda _tx: [], ListOptions(format=form))  # type: ignore[arg-type]
        said = capsys.readouterr()
        assert said.out.replace("\r\n", "\n") == expected
        assert said.err == ("nothing found\n" if form == "table" else "")


def test_ids_are_the_named_column(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    assert show(app, capsys, format="ids") == "A2\nA1\nA3\nA4\n"
    assert show(app, capsys, format="ids", ids="left", limit=1) == "7\n"
    assert show(app, capsys, format="ids", fields="name") == "A2\nA1\nA3\nA4\n"


def test_fields_choose_and_order(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    rows = json.loads(show(app, capsys, format="json", fields="until, number,until"))
    assert [list(row.items()) for row in rows][:2] == [
        [("until", "2027-07-31"), ("number", "A2")],
        [("until", ""), ("number", "A1")],
    ]
    assert show(app, capsys, format="csv", fields="open").split() == ["open", "true", "false", '""', "true"]


def test_sorting_is_stable_and_puts_the_empty_last(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    assert names(app, capsys, sort="number") == ["A1", "A2", "A3", "A4"]
    assert names(app, capsys, sort="left") == ["A3", "A2", "A4", "A1"]
    assert names(app, capsys, sort="-left") == ["A2", "A4", "A3", "A1"]
    assert names(app, capsys, sort="-left,-number") == ["A4", "A2", "A3", "A1"]
    assert names(app, capsys, sort="name", limit=2) == ["A4", "A1"]
    assert names(app, capsys, sort="until", fields="number") == ["A3", "A2", "A4", "A1"]


def test_a_limit_stops_the_database(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    taken = []

    def endless() -> Iterator[Cells]:
        for number in range(10_000):
            taken.append(number)
            yield (str(number), None, number, None, None)

    for form in ("csv", "table"):
        taken.clear()
        render.listing(app, COLUMNS, lambda _tx: endless(), ListOptions(format=form, limit=3))
        assert len(taken) == 3
    assert show(app, capsys, format="count", limit=0).endswith("\n0\n")


@pytest.mark.parametrize("option", ["fields", "sort"])
@pytest.mark.parametrize("value", ["nmae", "number,", "", "number,-"])
def test_wrong_columns_are_refused_before_anything_is_read(
    app: App, capsys: pytest.CaptureFixture[str], option: str, value: str
) -> None:
    def never(_tx: object) -> list[Cells]:
        raise AssertionError

    with pytest.raises(UnknownFields) as caught:
        render.listing(app, COLUMNS, never, ListOptions(**{option: value}))  # type: ignore[arg-type]
    assert caught.value.status == 2
    assert caught.value.fields["columns"] == "number, name, left, until, open"
    assert caught.value.fields["option"] == f"--{option}"


def test_excel_is_csv(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    assert show(app, capsys, excel=True).startswith(
        "\ufeffnumber;name;left;until;open\r\nA2;Ömer;7;31.07.2027;true\r\n"
    )
    with pytest.raises(BadOption):
        show(app, capsys, excel=True, format="json")


def test_a_file_whole_or_not_at_all(app: App, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target = tmp_path / "list.csv"
    target.write_text("before")

    def breaks(_tx: object) -> Iterator[Cells]:
        yield from ROWS
        raise MemoryError

    for form in ("csv", "table"):
        with pytest.raises(MemoryError):
            render.listing(app, COLUMNS, breaks, ListOptions(format=form, output=str(target)))
        assert target.read_text() == "before"
    assert show(app, capsys, format="csv", output=str(target)) == ""
    assert target.read_bytes().decode() == show(app, capsys, format="csv")
    assert target.stat().st_mode & 0o777 == 0o600
    assert show(app, capsys, output=str(target)) == ""
    assert target.read_text() == show(app, capsys)
    assert sorted(p.name for p in tmp_path.iterdir() if p.suffix == ".tmp") == []


def test_a_file_that_cannot_be_is_refused_before_anything_is_read(app: App, tmp_path: Path) -> None:
    def never(_tx: object) -> list[Cells]:
        raise AssertionError

    for form in ("csv", "table"):
        with pytest.raises(OutputMissingDirectory):
            render.listing(app, COLUMNS, never, ListOptions(format=form, output=str(tmp_path / "no" / "x")))


def test_the_database_is_free_before_the_first_byte(app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    freed = []

    def write_from_outside(*_args: object) -> None:
        other = sqlite3.connect(tmp_path / "asta.db", timeout=0)
        other.execute("BEGIN EXCLUSIVE")
        other.rollback()
        other.close()
        freed.append(True)

    monkeypatch.setattr(render, "copy", write_from_outside)
    monkeypatch.setattr(render, "page", write_from_outside)
    for form in ("json", "csv", "table"):
        rows = lambda tx: (tuple(r) for r in tx.driver("SELECT 1, 2, 3, '2027-07-31', 1 FROM sqlite_schema"))  # noqa: E731
        render.listing(app, COLUMNS, rows, ListOptions(format=form))
    assert freed == [True] * 3


def test_json_and_csv_do_not_change_with_the_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = {}
    for lang in ("de", "en"):
        with an_app(tmp_path, lang=lang) as app:
            said[lang] = [show(app, capsys, format=form) for form in ("json", "jsonl", "csv", "ids", "count")]
    assert said["de"] == said["en"]


def test_quiet_still_prints_listings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with an_app(tmp_path, quiet=True) as app:
        assert show(app, capsys, format="count") == "4\n"
        render.listing(app, COLUMNS, lambda _tx: [], ListOptions())
        assert capsys.readouterr() == ("", "")


def test_nothing_reaches_a_terminal_that_could_act_on_it(asta: Asta) -> None:
    """The name comes into the database past our own checks, as by another program."""
    asta("chambers", "add", "177", "--name", "NAME", code=0)
    evil = "x\x1b]0;owned\x07\x9b31m\u202e"
    database = sqlite3.connect(asta.home / "data" / "asta" / "asta.db")
    database.execute("UPDATE chamber SET name = ?", (evil,))
    database.commit()
    database.close()
    for form in ("table", "json", "jsonl", "csv"):
        shown = asta.terminal("chambers", "list", "--format", form, code=0).out
        assert "owned" in shown
        assert not set(shown) & set("\x1b\x07\x9b\u202e")
        if form == "json":
            assert json.loads(shown)[0]["name"] == evil
    assert evil in asta("chambers", "list", "--format", "csv", code=0).out


def test_a_closed_pipe_is_success(asta: Asta) -> None:
    asta("chambers", "add", "177", "--name", "NAME", code=0)
    with asta.start("chambers", "list", "--format", "json") as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(60) == 0
