"""``--log-format json``: whatever a command says on stderr is one JSON object in a line, with the same three keys."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.support.cli import Result
from tests.support.inprocess import AstaInProcess
from tests.support.registers import Register

LOG = ("--log-format", "json")


def codes(done: Result) -> list[str]:
    """The code of each message; all have the same keys, and nothing else is on stderr."""
    found = [json.loads(line) for line in done.err.splitlines()]
    assert all(list(message) == ["code", "message", "hint"] and message["message"] for message in found), found
    return [message["code"] for message in found]


def test_an_import_says_everything_in_objects(asta_inproc: AstaInProcess, register: Callable[..., Register]) -> None:
    asta = asta_inproc
    asta("chambers", "add", "177", "--name", "IHK Musterstadt", code=0)
    files = register(companies=2, encoding="cp1252")
    path = files.path("companies")
    first, second, *rest = path.read_bytes().split(b"\r\n")
    path.write_bytes(b"\r\n".join([first + b";Farbe", second + b";rot", *[r + b";blau" for r in rest if r], b""]))
    done = asta(*LOG, "import", "snapshot", files.directory, code=0)
    assert codes(done).count("encoding") == 3
    assert "unknown_columns" in codes(done)
    assert codes(done)[-1] == "summary"
    assert codes(asta(*LOG, "-q", "import", "snapshot", files.directory, code=0)) == []
    bad = files.path("trainees").read_bytes().replace(b";31.08.2027;", b";nie;")
    files.path("trainees").write_bytes(bad)
    wrong = codes(asta(*LOG, "-q", "import", "trainees", files.path("trainees"), code=3))
    assert wrong == ["bad_date"] * 10 + ["more"]
    missing = asta(*LOG, "import", "trainees", "nowhere.csv", lang="de", code=65)
    assert codes(missing) == ["file_not_found"]
    assert codes(asta(*LOG, "import", "trainees", "--nonsense", code=2)) != []


def test_more_is_told_to_who_asks_for_more(asta_inproc: AstaInProcess, register: Callable[..., Register]) -> None:
    asta = asta_inproc
    asta("chambers", "add", "177", "--name", "IHK Musterstadt", code=0)
    path = register().path("companies")
    done = asta("-v", *LOG, "import", "companies", path, code=0)
    assert codes(done) == ["progress", "progress", "summary"]
    assert "Z reading companies.csv" in done.err
    assert codes(asta("-v", "-q", *LOG, "import", "companies", path, code=0)) == []


def test_the_workers_do_so_too(asta_inproc: AstaInProcess, register: Callable[..., Register]) -> None:
    asta = asta_inproc
    asta("chambers", "add", "177", "--name", "IHK Musterstadt", code=0)
    asta("register", "a@firma.example", "--name", "A", code=0)
    assert codes(asta(*LOG, "jobs", "work", "--once", code=0)) == []
    assert codes(asta(*LOG, "mail", "send", "--once", code=0)) == ["note"]
    asta("register", "b@firma.example", "--name", "B", code=0)
    closed = {"ASTA_MAIL_URL": "smtp://127.0.0.1:1"}
    told = codes(asta(*LOG, "-q", "mail", "send", "--once", env=closed, code=75))
    assert told == ["mail_unreachable"]
