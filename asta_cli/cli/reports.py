"""What a run did, for programs and for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from json import dumps
from typing import TYPE_CHECKING, Any

from asta_cli.cli import render
from asta_cli.cli.i18n import ngettext
from asta_cli.core.errors import N_, Status
from asta_cli.core.model import Action
from asta_cli.core.plan import Outcome, Problem, Severity
from asta_cli.core.problems import describe

if TYPE_CHECKING:
    from asta_cli.cli.context import App
    from asta_cli.run import Part, Report

SHOWN = 10


def as_json(report: Report, extra: Mapping[str, object]) -> str:
    """*report* as one JSON object."""
    return dumps(as_object(report, extra), ensure_ascii=False, indent=2)


def as_object(report: Report, extra: Mapping[str, object]) -> dict[str, Any]:
    """*report* with the keys that scripts rely on. An import names its file, a snapshot has an object for each file."""
    answer = _object(report, report.parts)
    if report.command == "import snapshot":
        answer["kinds"] = [_object(report, [part]) | _origin(part) for part in report.parts]
    elif report.command.startswith("import ") and report.parts:
        answer |= _origin(report.parts[0])
    return answer | dict(extra)


def _object(report: Report, parts: Sequence[Part]) -> dict[str, Any]:
    tallies = [part.tally for part in parts]
    actions = sum((t.actions for t in tallies), Counter[Action]())
    return {
        "command": report.command,
        "run": report.run,
        "dry_run": report.dry_run,
        "applied": report.outcome is Outcome.APPLIED,
        "held": report.outcome is Outcome.HELD,
        "rows": sum(t.rows for t in tallies),
        "created": actions[Action.CREATE],
        "updated": actions[Action.UPDATE],
        "unchanged": sum(t.unchanged for t in tallies),
        "ended": actions[Action.END],
        "reopened": actions[Action.REOPEN],
        "kept": sum(t.kept for t in tallies),
        "rejected": sum(len(t.rejected) for t in tallies),
        "warned": sum(len(t.warned) for t in tallies),
        "seconds": round(report.seconds, 3),
        "problems": [_problem(p) for t in tallies for p in t.problems],
    }


def _origin(part: Part) -> dict[str, Any]:
    return {"kind": part.kind, "file": part.file, "sha256": part.sha256}


def _problem(problem: Problem) -> dict[str, Any]:
    message, hint = texts(problem)
    return {
        "where": problem.where,
        "column": problem.column,
        "code": problem.code,
        "severity": problem.severity.value,
        "value": problem.value,
        "message": message,
        "hint": hint,
    }


def texts(problem: Problem) -> tuple[str, str]:
    """Message and hint of *problem* in the user's language."""
    message, hint, fields = describe(problem)
    return render.filled(message, fields), render.filled(hint, fields)


def reason(problem: Problem) -> str:
    """Text of *problem* for the reject file."""
    message, hint = texts(problem)
    return message + (f"; {hint}" if hint else "")


def tell(app: App, report: Report, *, summary: bool) -> None:
    """The problems of *report* and, if wanted, a summary, on stderr. With ``-q`` a success says nothing."""
    if app.options.quiet and report.status is Status.OK:
        return
    problems = report.problems
    for severity in Severity:
        _tell_some(app, [p for p in problems if p.severity is severity], severity)
    if summary and not _alone(report):
        _summary(app, report)


def _tell_some(app: App, problems: Sequence[Problem], severity: Severity) -> None:
    as_json = app.options.log_format == "json"
    for problem in problems[:SHOWN]:
        message, hint = texts(problem)
        where = "" if problem.where == "arguments" else f"{problem.where}: "
        code = problem.error.code if problem.error is not None else problem.code
        render.problem(code, where + message, hint, json=as_json, kind=severity.value)
    if len(problems) > SHOWN:
        more = len(problems) - SHOWN
        one, many = N_("and {count} more"), N_("and {count} more")
        render.told(app, "more", ngettext(one, many, more), {"count": more})


def _alone(report: Report) -> bool:
    """Whether the report is about one item whose refusal says everything."""
    return report.status not in (Status.OK, Status.REJECTED, Status.HELD)


def _summary(app: App, report: Report) -> None:
    for line in _lines(report):
        render.told(app, "summary", line, {})


def _lines(report: Report) -> Iterator[str]:
    answer = _object(report, report.parts)
    counts = ", ".join(_counts(answer))
    head = {
        Outcome.APPLIED: N_("done"),
        Outcome.DRY_RUN: N_("dry run, nothing was written"),
        Outcome.REJECTED: N_("nothing was written"),
        Outcome.HELD: N_("held, nothing was written"),
    }[report.outcome]
    from asta_cli.cli.i18n import _

    yield f"{_(head)}: {counts}"


def _counts(answer: Mapping[str, int]) -> Iterator[str]:
    from asta_cli.cli.i18n import _

    words = {
        "created": N_("{count} created"),
        "updated": N_("{count} updated"),
        "ended": N_("{count} ended"),
        "reopened": N_("{count} reopened"),
        "unchanged": N_("{count} unchanged"),
        "kept": N_("{count} kept"),
        "rejected": N_("{count} rejected"),
        "warned": N_("{count} with warnings"),
    }
    said = [_(text).format(count=answer[key]) for key, text in words.items() if answer[key]]
    yield from said or [_("no change")]
