"""What is painted of a long run: words that are right, a line that goes again, and nothing where nobody looks."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from typing import Any

import pytest

from asta_cli.cli import i18n, progress, render
from asta_cli.cli.context import App
from asta_cli.core.progress import Progress, Stage, Step
from tests.cli.support import an_app


class Screen(io.StringIO):
    """A terminal as the eye sees it. ``columns`` is what stands in the line where the cursor is."""

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return 2

    @property
    def lines(self) -> list[str]:
        """Every line, with what was written over gone."""
        seen = []
        for line in self.getvalue().split("\n"):
            cells: list[str] = []
            for part in line.split("\r"):
                cells[: len(part)] = part
            seen.append("".join(cells).rstrip())
        return seen


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    made = Screen()
    monkeypatch.setattr(progress, "_in_front", lambda: True)
    monkeypatch.setattr(progress, "FIRST", 0.0)
    monkeypatch.setattr(progress, "PAUSE", 0.01)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    return made


@contextmanager
def at(screen: Screen, home: Path, told: Progress, **options: Any) -> Iterator[App]:
    with redirect_stderr(screen), an_app(home, **options) as app, progress.shown(app, told):
        yield app


def until(found: str, screen: Screen) -> None:
    end = time.monotonic() + 10
    while found not in screen.getvalue():
        assert time.monotonic() < end, screen.getvalue()
        time.sleep(0.01)


def stage(done: int = 0, total: int = 100, rows: int = 0, name: str = "azubis.csv", step: Step = Step.READ) -> Stage:
    return Stage(step, name, total, lambda: done, lambda: rows)


class Course:
    """A stage that goes on as it is told."""

    def __init__(self, total: int) -> None:
        self.done = self.rows = 0
        self.stage = Stage(Step.READ, "azubis.csv", total, lambda: self.done, lambda: self.rows)


def test_rows_rate_and_time_left() -> None:
    gauge, course = progress.Gauge(), Course(1_000_000)
    assert gauge.look(course.stage, 100.0) == ["reading azubis.csv", "0 %"]
    course.done, course.rows = 50_000, 500
    assert gauge.look(course.stage, 100.5) == ["reading azubis.csv", "5 %", "500 rows"]  # too early for a rate
    course.done, course.rows = 250_000, 2_500
    assert gauge.look(course.stage, 102.0) == ["reading azubis.csv", "25 %", "2,500 rows (1,250/s)", "0:06 left"]
    course.done, course.rows = 260_000, 2_600
    slower = gauge.look(course.stage, 112.0)  # only the last seconds count
    assert slower == ["reading azubis.csv", "26 %", "2,600 rows"]
    course.done, course.rows = 261_000, 2_601
    assert gauge.look(course.stage, 113.0) == ["reading azubis.csv", "26 %", "2,601 rows (1/s)", "12:19 left"]


def test_another_stage_begins_anew() -> None:
    gauge, course = progress.Gauge(), Course(100)
    gauge.look(course.stage, 0.0)
    course.done, course.rows = 90, 90
    assert gauge.look(course.stage, 2.0)[-1] == "0:00 left"
    assert gauge.look(stage(10, 100, 10, step=Step.WRITE), 2.1) == ["writing", "10 %", "10 rows"]
    assert gauge.look(None, 2.2) == []


def test_a_total_that_is_not_known_has_no_share_and_no_end() -> None:
    gauge, course = progress.Gauge(), Course(0)
    gauge.look(course.stage, 0.0)
    course.done = course.rows = 4_000
    assert gauge.look(course.stage, 2.0) == ["reading azubis.csv", "4,000 rows (2,000/s)"]


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (59.6, "1:00"), (125, "2:05"), (3_600 * 26 + 5, "26:00:05")]
)
def test_clock(seconds: float, shown: str) -> None:
    assert progress._clock(seconds) == shown


def test_german() -> None:
    gauge, course = progress.Gauge(), Course(1_000_000)
    with i18n.speaking("de"):
        gauge.look(course.stage, 0.0)
        course.done = course.rows = 500_000
        told = gauge.look(course.stage, 10.0)
    assert "500.000" in told[2]
    assert "left" not in " ".join(told)


def test_names_of_files_do_nothing_to_the_terminal() -> None:
    (told, _) = progress.Gauge().look(stage(name="a\x1b[2J\r" + "x" * 100 + ".csv"), 0.0)
    assert "\x1b" not in told
    assert "\r" not in told
    assert len(told) < 50


def test_it_is_painted_in_one_line_and_wiped(screen: Screen, tmp_path: Path) -> None:
    told, shown = Progress(), Course(100)
    with redirect_stderr(screen), an_app(tmp_path) as app:
        with progress.shown(app, told):
            told.enter(shown.stage)
            until("reading azubis.csv  0 %", screen)
            shown.done, shown.rows = 40, 12
            until("reading azubis.csv  40 %  12 rows", screen)
            render.say(app, "a message")
            until("a message", screen)
            assert screen.lines[0] == "a message"
            shown.done = 41
            until("41 %", screen)
        render.say(app, "done")
    assert screen.lines == ["a message", "done", ""]
    assert "\x1b" not in screen.getvalue()


def test_it_is_wiped_when_the_run_fails(screen: Screen, tmp_path: Path) -> None:
    told = Progress()
    told.enter(stage(50))
    with pytest.raises(KeyboardInterrupt), at(screen, tmp_path, told):  # noqa: PT012 - it must be seen first
        until("50 %", screen)
        raise KeyboardInterrupt
    assert screen.lines == [""]


def test_it_fits_the_terminal(screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    told = Progress()
    told.enter(stage(50, rows=123, name="日本語日本語.csv"))
    with at(screen, tmp_path, told):
        until("reading", screen)
    painted = [part for part in screen.getvalue().split("\r") if part.strip()]
    assert {part.rstrip() for part in painted} == {"reading 日本語日本"}  # 8 + 10 columns; the next would take two
    assert re.fullmatch(r" {18}", screen.getvalue().split("\r")[-2])


@pytest.mark.parametrize("how", ["quiet", "json", "dumb", "no terminal", "no TERM"])
def test_nothing_where_nobody_looks(screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    cases: dict[str, dict[str, Any]] = {"quiet": {"quiet": True}, "json": {"log_format": "json"}}
    options = cases.get(how, {})
    if how == "dumb":
        monkeypatch.setenv("TERM", "dumb")
    if how == "no TERM":
        monkeypatch.delenv("TERM")
    if how == "no terminal":
        monkeypatch.setattr(Screen, "isatty", lambda self: False)
    told = Progress()
    told.enter(stage(50))
    with at(screen, tmp_path, told, **options):
        time.sleep(0.1)
    assert screen.getvalue() == ""


def test_what_is_done_at_once_shows_nothing(screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "FIRST", 5.0)
    told = Progress()
    told.enter(stage(50))
    began = time.monotonic()
    with at(screen, tmp_path, told):
        pass
    assert screen.getvalue() == ""
    assert time.monotonic() - began < 2


def test_numbers_that_cannot_be_asked_any_more_do_no_harm(screen: Screen, tmp_path: Path) -> None:
    def closed() -> int:
        raise ValueError("I/O operation on closed file")

    told = Progress()
    with at(screen, tmp_path, told):
        told.enter(stage(1, name="first"))
        until("first", screen)
        told.enter(Stage(Step.READ, "closed", 5, closed))
        time.sleep(0.1)
        told.enter(stage(1, name="second"))
        until("second", screen)
