"""What a run did, told to people and to programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer

from asta_cli.cli import render
from asta_cli.cli.options import ChangeOptions, FileOptions, SetOptions
from asta_cli.core.errors import Forbidden, NotFound, Status
from asta_cli.core.guard import Trip
from asta_cli.core.model import Action
from asta_cli.core.plan import Outcome, Plan, Problem, Severity, Tally
from asta_cli.files.base import Notice
from asta_cli.run import Part, Report
from tests.cli.support import an_app

COUNTS = ["rows", "created", "updated", "unchanged", "ended", "reopened", "kept", "rejected", "warned"]
KEYS = ["command", "run", "dry_run", "applied", "held", *COUNTS, "seconds", "problems"]
PROBLEM_KEYS = ["where", "column", "code", "severity", "value", "message", "hint"]


def bad(line: int, code: str = "missing_value", severity: Severity = Severity.ERROR, **more: Any) -> Problem:
    return Problem(f"grants.csv:{line}", line, code, "email", severity, **more)


def part(problems: Sequence[Problem] = (), kind: str = "companies", **counts: int) -> Part:
    actions = Counter({Action(name): number for name, number in counts.items()})
    tally = Tally(frozenset(), actions=actions)
    tally.add(Plan(problems=tuple(problems), rows=10, unchanged=2))
    return Part(kind, f"{kind}.csv", "ab" * 32, tally)


def report(
    *parts: Part, command: str = "perms grant", outcome: Outcome = Outcome.APPLIED, status: Status = Status.OK
) -> Report:
    return Report(command, "0amg8xe5sz2yr", outcome, parts, 1.23456, status, outcome is Outcome.DRY_RUN)


def told(
    home: Path, capsys: pytest.CaptureFixture[str], done: Report, change: ChangeOptions | None = None, **options: Any
) -> tuple[str, str]:
    with an_app(home, **options) as app, pytest.raises(typer.Exit) as left:
        render.finish(app, done, change or ChangeOptions(), {"email": "a@b.example"})
    assert left.value.exit_code == done.status
    said = capsys.readouterr()
    return said.out, said.err


JSON = ChangeOptions(format="json")
REFUSED = report(part([bad(2), bad(5, "bad_email", value="x\x1by")]), outcome=Outcome.REJECTED, status=Status.REJECTED)


def test_the_object_that_scripts_rely_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = told(tmp_path, capsys, report(part(create=5, update=1, end=1, reopen=1)), JSON)
    answer = json.loads(out)
    assert list(answer) == [*KEYS, "email"]
    counts = {"created": 5, "updated": 1, "ended": 1, "reopened": 1, "unchanged": 2, "kept": 0, "rejected": 0}
    assert counts.items() <= answer.items()
    assert (answer["applied"], answer["held"], answer["dry_run"], answer["seconds"]) == (True, False, False, 1.235)
    assert err == ""


def test_problems_in_json_and_on_stderr(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = told(tmp_path, capsys, REFUSED, JSON)
    answer = json.loads(out)
    assert (answer["applied"], answer["rejected"]) == (False, 2)
    assert [list(p) for p in answer["problems"]] == [PROBLEM_KEYS] * 2
    assert answer["problems"][1]["value"] == "x\x1by"
    assert answer["problems"][1]["message"] == "x\\x1by is not an e-mail address"
    assert "null" not in out
    first, second = err.splitlines()
    assert first == "asta: error[missing_value]: grants.csv:2: email is missing; fill in email"
    assert second.startswith("asta: error[bad_email]: grants.csv:5: x\\x1by is not an e-mail address; one address")


def test_json_does_not_change_with_the_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(tmp_path, capsys, REFUSED, JSON, lang="de")[0] == told(tmp_path, capsys, REFUSED, JSON)[0]


@pytest.mark.parametrize("status", [Status.REJECTED, Status.HELD, Status.REFUSED, Status.FORBIDDEN])
def test_json_also_when_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], status: Status) -> None:
    outcome = Outcome.HELD if status is Status.HELD else Outcome.REJECTED
    answer = json.loads(told(tmp_path, capsys, report(part(), outcome=outcome, status=status), JSON)[0])
    assert (answer["applied"], answer["held"]) == (False, status is Status.HELD)


def test_an_import_names_its_file_and_a_snapshot_all_of_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = json.loads(told(tmp_path, capsys, report(part(), command="import companies"), JSON)[0])
    assert (one["kind"], one["file"], one["sha256"]) == ("companies", "companies.csv", "ab" * 32)
    both = report(part(create=1), part([bad(3)], "trainers", create=2), command="import snapshot")
    many = json.loads(told(tmp_path, capsys, both, JSON)[0])
    assert list(many) == [*KEYS, "kinds", "email"]
    assert [list(k) for k in many["kinds"]] == [[*KEYS, "kind", "file", "sha256"]] * 2
    assert [(k["kind"], k["created"], len(k["problems"])) for k in many["kinds"]] == [
        ("companies", 1, 0),
        ("trainers", 2, 1),
    ]
    assert (many["created"], many["rows"], len(many["problems"])) == (3, 20, 1)


def test_summaries_for_people_stand_on_stderr(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = {
        Outcome.APPLIED: "done: 3 created, 2 unchanged\n",
        Outcome.DRY_RUN: "dry run, nothing was written; it would be: 3 created, 2 unchanged\n",
        Outcome.HELD: "held, nothing was written; it would be: 3 created, 2 unchanged\n",
        Outcome.REJECTED: "nothing was written; without the rejected rows it would be: 3 created, 2 unchanged\n",
    }
    for outcome, summary in said.items():
        status = {Outcome.HELD: Status.HELD, Outcome.REJECTED: Status.REJECTED}.get(outcome, Status.OK)
        assert told(tmp_path, capsys, report(part(create=3), outcome=outcome, status=status)) == ("", summary)
    snapshot = report(part(create=3), part(kind="trainers"), command="import snapshot")
    expected = "done:\n  companies.csv: 3 created, 2 unchanged\n  trainers.csv: 2 unchanged\n"
    assert told(tmp_path, capsys, snapshot) == ("", expected)


def test_ten_bad_rows_and_how_many_more(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problems = [bad(n) for n in range(2, 15)] + [bad(n, "duplicate_in_file", Severity.WARNING) for n in range(20, 31)]
    done = report(part(problems), status=Status.REJECTED)
    lines = told(tmp_path, capsys, done)[1].splitlines()
    assert [line.partition("]")[0] for line in lines[:10]] == ["asta: error[missing_value"] * 10
    assert lines[10] == "and 3 more"
    assert [line.partition("]")[0] for line in lines[11:21]] == ["asta: warning[duplicate_in_file"] * 10
    assert lines[21] == "and 1 more"
    assert lines[22] == "done: 2 unchanged, 13 rejected, 11 with a warning"
    assert len(lines) == 23
    told(tmp_path, capsys, report(part([bad(n) for n in range(2, 12)])))
    assert "more" not in capsys.readouterr().err


def test_one_item_says_its_own_refusal_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    error = NotFound(what="company", key="0009")
    problem = Problem("arguments", 0, "not_found", "company", value="0009", error=error)
    done = report(part([problem]), outcome=Outcome.REJECTED, status=Status.REFUSED)
    line = "asta: error[not_found]: company 0009 is not known; check the spelling; leading zeros count\n"
    assert told(tmp_path, capsys, done) == ("", line)


def test_what_was_written_beside_a_refusal_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused = Problem("arguments", 0, "last_administrator", "email", value="a@b.example")
    lines = told(tmp_path, capsys, report(part([refused], create=3), status=Status.REJECTED))[1].splitlines()
    assert lines[0].startswith("asta: error[last_administrator]: ")
    assert lines[1:] == ["done: 3 created, 2 unchanged, 1 rejected"]


def test_of_a_run_with_bad_rows_nothing_is_said_about_holding_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    both = replace(REFUSED, trips=(Trip("companies", Action.END, 5, 6, 3),))
    assert "error[held]" not in told(tmp_path, capsys, both)[1]


def test_a_run_with_more_bad_rows_than_allowed_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    some = FileOptions(keep_going=True, max_errors="1")
    said = "more rows were rejected than --max-errors allows, so nothing was written; without them it would be"
    assert told(tmp_path, capsys, REFUSED, some)[1].splitlines()[-1] == f"{said}: 2 unchanged, 2 rejected"
    assert said not in told(tmp_path, capsys, REFUSED, FileOptions(max_errors="1"))[1]


def test_quiet_says_nothing_about_success_and_everything_about_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    warned = report(part([bad(2, "duplicate_in_file", Severity.WARNING)], create=1))
    assert told(tmp_path, capsys, warned, quiet=True) == ("", "")
    many = report(part([bad(n) for n in range(20)]), outcome=Outcome.REJECTED, status=Status.REJECTED)
    lines = told(tmp_path, capsys, many, quiet=True)[1].splitlines()
    assert len(lines) == 11
    assert lines[10] == "and 10 more"
    assert json.loads(told(tmp_path, capsys, warned, JSON, quiet=True)[0])["created"] == 1


def test_messages_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many = report(part([bad(n) for n in range(12)]), outcome=Outcome.REJECTED, status=Status.REJECTED)
    lines = [json.loads(line) for line in told(tmp_path, capsys, many, log_format="json")[1].splitlines()]
    assert [line["code"] for line in lines] == ["missing_value"] * 10 + ["more", "summary"]
    assert all(list(line) == ["code", "message", "hint"] for line in lines)


def test_reasons_for_the_reject_file() -> None:
    assert [text for _problem, text in render.reasons(REFUSED)] == [
        "email is missing; fill in email",
        "x\\x1by is not an e-mail address; "
        "one address such as name@company.example, without umlauts before the @ and without brackets",
    ]


def test_errors_are_one_harmless_line(capsys: pytest.CaptureFixture[str]) -> None:
    error = Forbidden(who="a\n\x1b[1mb", what="x" * 5000)
    render.error(error)
    line = capsys.readouterr().err
    assert line.startswith("asta: error[forbidden]: a\\x0a\\x1b[1mb may not do that: xxx")
    assert line.count("\n") == 1
    assert len(line) < 1000
    render.error(error, json=True)
    assert json.loads(capsys.readouterr().err)["message"].startswith("a\\x0a\\x1b[1mb may not")


def test_sayings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with an_app(tmp_path) as app:
        render.say(app, "hello {who}", who="\x1b")
        render.warn(app, "mind {what}", what="it")
        render.notices(app, [Notice("encoding", "{file} is odd", {"file": "f"})])
        render.answer(app, "yes")
        said = capsys.readouterr()
    assert said.err == "hello \\x1b\nasta: warning: mind it\nf is odd\n"
    assert said.out == "yes\n"
    with an_app(tmp_path, quiet=True) as app:
        render.say(app, "hello")
        render.warn(app, "mind")
        render.notices(app, [Notice("encoding", "odd")])
        render.answer(app, "no")
        assert capsys.readouterr() == ("no\n", "")


def test_colour_needs_a_terminal_and_nobody_against_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

    stream: Any = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    with an_app(tmp_path) as app:
        assert render.coloured(app, stream)
        monkeypatch.setenv("NO_COLOR", "")
        assert render.coloured(app, stream)
        monkeypatch.setenv("NO_COLOR", "1")
        assert not render.coloured(app, stream)
        monkeypatch.delenv("NO_COLOR")
        monkeypatch.setenv("TERM", "dumb")
        assert not render.coloured(app, stream)
    monkeypatch.setenv("TERM", "xterm")
    with an_app(tmp_path, no_color=True) as app:
        assert not render.coloured(app, stream)
    with an_app(tmp_path) as app, (tmp_path / "file").open("w") as file:
        assert not render.coloured(app, file)


def test_a_set_and_a_single_change_report_alike(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = report(part(create=1))
    assert told(tmp_path, capsys, done, SetOptions(format="json")) == told(tmp_path, capsys, done, JSON)


HARMFUL_FILE = "x\x1b[31m\x9b\u202e\ny.csv"


@pytest.mark.parametrize("change", [JSON, ChangeOptions()])
def test_the_name_of_a_file_does_nothing_to_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: ChangeOptions
) -> None:
    problem = Problem(f"{HARMFUL_FILE}:2", 2, "missing_value", "email", Severity.ERROR)
    parts = Part("companies", HARMFUL_FILE, "ab" * 32, part([problem]).tally)
    done = report(parts, command="import snapshot", outcome=Outcome.REJECTED, status=Status.REJECTED)
    out, err = told(tmp_path, capsys, done, change)
    assert "x\\x1b[31m\\x9b\\u202e\\x0ay.csv:2: email is missing" in err
    assert not set("\x1b\x9b\u202e") & set(out + err)
    if change is JSON:
        assert json.loads(out)["kinds"][0]["file"] == HARMFUL_FILE
