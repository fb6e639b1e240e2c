"""Progress of an import at a real terminal: seen while it runs, gone when it ends, and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.cli import Asta

ROWS = 400_000  # enough for a second or two on any machine


@pytest.fixture
def large(asta: Asta, tmp_path: Path) -> Path:
    asta("chambers", "add", "177", "--name", "IHK Musterstadt", code=0)
    path = tmp_path / "companies.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("ident_number;name\n")
        file.writelines(f"{n:07};Betrieb {n}\n" for n in range(ROWS))
    return path


def painted(shown: str) -> list[str]:
    return [part.strip() for part in re.split(r"[\r\n]+", shown) if part.strip()]


def test_an_import_shows_how_far_it_is(asta: Asta, large: Path) -> None:
    done = asta.terminal("import", "companies", large, "--dry-run", env={"NO_COLOR": "1"}, code=0)
    *seen, last = painted(done.out)
    assert last.startswith("dry run")
    assert any(
        re.fullmatch(r"comparing companies\.csv  \d+ %  [\d,]+ rows( \([\d,]+/s\))?(  \d+:\d\d left)?", s) for s in seen
    )
    assert "\x1b" not in done.out
    blank, end = done.out.rstrip("\n").rsplit("\r", 1)  # the line is blank before the summary is written over it
    assert not blank.rsplit("\r", 1)[1].strip()
    assert end == last


@pytest.mark.parametrize(("options", "env"), [(["-q"], {}), ([], {"TERM": "dumb"}), (["--log-format", "json"], {})])
def test_nothing_is_painted_for_who_does_not_want_it(
    asta: Asta, large: Path, options: list[str], env: dict[str, str]
) -> None:
    done = asta.terminal(*options, "import", "companies", large, "--dry-run", env=env, code=0)
    assert "comparing" not in done.out
    assert "\r" not in done.out


def test_nothing_is_painted_into_a_pipe(asta: Asta, large: Path) -> None:
    done = asta("import", "companies", large, "--dry-run", "--format", "json", code=0)
    assert done.err == ""
    assert done.json()["rows"] == ROWS


def test_an_interruption_leaves_a_clean_line(asta: Asta, large: Path) -> None:
    done = asta.terminal("import", "companies", large, answers=[("comparing", "\x03")], code=130)
    assert done.out.rstrip("\n").rsplit("\r", 1)[1].startswith("asta: error[interrupted]")
    assert asta("companies", "list", "--format", "count", code=0).lines == ["0"]
