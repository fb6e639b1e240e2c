"""Nights as cron sees them: no terminal, -q, an exit status, and what is on stderr in the morning's mail."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.cli import COMMAND, TIMEOUT, Asta
from tests.support.registers import Register

SCREEN = 24
MANY = {"companies": 40, "sites": 1, "trainees": 4}  # enough that a guard has something to count


class Cron:
    """The shipped line, run as cron runs it."""

    def __init__(self, asta: Asta, directory: Path, logs: Path) -> None:
        self.asta, self.directory, self.logs = asta, directory, logs

    def __call__(self, *, lang: str = "en") -> subprocess.CompletedProcess[str]:
        kept = {k: v for k, v in self.asta.environment(lang=lang).items() if k.startswith(("ASTA_", "XDG_"))}
        bare = kept | {"HOME": str(self.asta.home), "LOGNAME": "asta", "PATH": f"{COMMAND.parent}:/usr/bin:/bin"}
        line = (
            f"asta -q import snapshot {self.directory} --chamber 177 --mode mirror --keep-going --max-errors 1% "
            f"--rejects {self.logs}/rejects --report {self.logs}/changes.csv"
        )
        return subprocess.run(
            ["/bin/sh", "-c", line],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=bare,
            cwd=self.asta.home,
            timeout=TIMEOUT,
            check=False,
            start_new_session=True,
        )

    def mailed(self, status: int, lang: str = "en") -> str:
        """Run a night that ends with *status*; its mail: none of success, one that fits a screen of failure."""
        done = self(lang=lang)
        assert done.returncode == status, done.stderr
        assert done.stdout == ""
        lines = done.stderr.splitlines()
        assert (len(lines) == 0) == (status == 0), done.stderr
        assert len(lines) <= SCREEN
        assert all(len(line) <= 500 for line in lines)
        assert "\x1b" not in done.stderr
        assert "\r" not in done.stderr
        return done.stderr

    def count(self, noun: str, *options: str) -> int:
        return int(self.asta(noun, "list", *options, "--format", "count", code=0).out)


@pytest.fixture
def cron(asta_db: Asta, register: Callable[..., Register], tmp_path: Path) -> Cron:
    """The night after the first import."""
    asta_db("chambers", "add", "177", "--name", "IHK Musterstadt", code=0)
    files = register(**MANY)
    (tmp_path / "logs").mkdir()
    made = Cron(asta_db, files.directory, tmp_path / "logs")
    made.mailed(0)
    return made


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines(keepends=True)


def state(cron: Cron) -> tuple[int, int, int]:
    return cron.count("companies"), cron.count("trainers"), cron.count("trainees")


def test_an_unchanged_night_is_silent(cron: Cron) -> None:
    before = state(cron)
    assert before == (80, 80, 320)
    cron.mailed(0)
    assert state(cron) == before


def test_a_clean_night_is_silent_and_does_what_the_files_say(cron: Cron) -> None:
    path = cron.directory / "trainees.csv"
    header, first, *rest = lines(path)
    path.write_text("".join([header, *rest[:-1], first.replace("T-0001000-1", "T-new")]), encoding="utf-8")
    cron.mailed(0)
    assert cron.count("trainees") == 319  # two have gone, one is new
    assert cron.count("trainees", "--all") == 321
    assert "end" in (cron.logs / "changes.csv").read_text(encoding="utf-8")


def test_a_broken_night_writes_the_good_rows_and_names_the_bad(cron: Cron) -> None:
    path = cron.directory / "trainees.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(";01.09.2024;31.08.2027;", ";01.09.2024;irgendwann;", 1), encoding="utf-8")
    mail = cron.mailed(3)
    assert "error[bad_date]" in mail
    assert "trainees.csv:2" in mail
    assert [p.name for p in (cron.logs / "rejects").iterdir()] == ["trainees.csv"]
    assert state(cron) == (80, 80, 320)  # the record of a rejected row stays open


def test_a_night_with_too_many_bad_rows_writes_nothing(cron: Cron) -> None:
    path = cron.directory / "trainees.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(";31.08.2027;", ";irgendwann;"), encoding="utf-8")
    mail = cron.mailed(3)
    assert "and 310 more" in mail
    assert state(cron) == (80, 80, 320)


@pytest.mark.parametrize("what", ["torn", "no bytes", "header only", "missing"])
def test_a_truncated_night_is_refused_in_one_line(cron: Cron, what: str) -> None:
    path = cron.directory / "trainees.csv"
    data = path.read_bytes()
    if what == "missing":
        for file in cron.directory.iterdir():
            file.unlink()
    else:
        path.write_bytes({"torn": data[:-30], "no bytes": b"", "header only": data.partition(b"\n")[0] + b"\n"}[what])
    mail = cron.mailed(65, lang="de")
    assert len(mail.splitlines()) == 1
    assert state(cron) == (80, 80, 320)
    assert cron.count("runs") == 2  # the chamber, and the first import


def test_a_halved_night_is_held_and_says_the_next_command(cron: Cron) -> None:
    path = cron.directory / "trainees.csv"
    whole = lines(path)
    path.write_text("".join(whole[: len(whole) // 2]), encoding="utf-8")
    mail = cron.mailed(4)
    assert state(cron) == (80, 80, 320)
    assert "asta runs approve" in mail
    (held,) = cron.asta("runs", "list", "--format", "json", "--sort", "-run", "--limit", "1", code=0).json()
    assert held["state"] == "held"
    assert held["run"] in mail
    path.write_text("".join(whole), encoding="utf-8")
    cron.mailed(0)  # the next night is a good one again
    assert state(cron) == (80, 80, 320)


def test_a_night_without_database_is_to_be_tried_again(cron: Cron) -> None:
    if cron.asta.env["ASTA_DATABASE_URL"].startswith("sqlite"):
        pytest.skip("there is no server to be away")
    cron.asta.env["ASTA_DATABASE_URL"] = f"postgresql://nobody@/asta?host={os.fspath(cron.logs)}"
    assert "error[database_unreachable]" in cron.mailed(75)
