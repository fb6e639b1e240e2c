"""What a run did, for programs and for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from json import dumps
from typing import TYPE_CHECKING, Any

from asta_cli.cli import escape, render
from asta_cli.cli.i18n import _, ngettext
from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.core.model import Action
from asta_cli.core.plan import Outcome, Plan, Problem, Severity, Tally
from asta_cli.core.problems import describe

if TYPE_CHECKING:
    from asta_cli.cli.context import App
    from asta_cli.run import Part, Report

SHOWN = 10
SNAPSHOT = "import snapshot"
WITH_EMAIL = frozenset({"register", "confirm", "password set", "password reset"})
ABOUT_ONE = WITH_EMAIL - {"register"} | {"activate"}
"""Changes without a trial run."""
_COUNTS = {
    "created": N_("{count} created"),
    "updated": N_("{count} updated"),
    "ended": N_("{count} ended"),
    "reopened": N_("{count} reopened"),
    "kept": N_("{count} kept as set by hand or by the portal"),
    "unchanged": N_("{count} unchanged"),
    "rejected": N_("{count} rejected"),
    "warned": N_("{count} with a warning"),
}
_TRIPS = {
    Action.END: N_("{kind}: {count} of {open} records would end, {allowed} may; the first: {cases}"),
    Action.UPDATE: N_("{kind}: {count} of {open} records would change, {allowed} may; the first: {cases}"),
    Action.CREATE: N_("{kind}: {count} records would be added to {open}, {allowed} may; the first: {cases}"),
}
_HELD = "held"
_WAY_ON = N_("look at them with: asta runs show {run} --changes 20; if they are meant: asta runs approve {run}")
_OWN_WAY_ON = N_("is it the right file, and whole? if so, repeat it with --max-ended, --max-updated or --max-created")
_NO_WAY_ON = N_("is it the right file, and whole? without --dry-run it would be held, too")
_HEADS = {
    Outcome.APPLIED: N_("done"),
    Outcome.DRY_RUN: N_("dry run, nothing was written; it would be"),
    Outcome.REJECTED: N_("nothing was written; without the rejected rows it would be"),
    Outcome.HELD: N_("held, nothing was written; it would be"),
}
_TOO_MANY = N_("more rows were rejected than --max-errors allows, so nothing was written; without them it would be")


def as_json(report: Report, extra: Mapping[str, object]) -> str:
    """*report* as one JSON object."""
    return dumps(as_object(report, extra), ensure_ascii=False, indent=2)


def as_object(report: Report, extra: Mapping[str, object]) -> dict[str, Any]:
    """*report* with the keys that scripts rely on. An import names its file, a snapshot has an object for each file."""
    answer = _object(report, report.parts)
    if report.command == SNAPSHOT:
        answer["kinds"] = [_object(report, [part]) | _origin(part) for part in report.parts]
    elif report.command.startswith("import ") and report.parts:
        answer |= _origin(report.parts[0])
    return answer | dict(extra)


def refusal(command: str, error: AstaError, given: Mapping[str, Any]) -> str:
    """The JSON object of a *command* that was refused before its run began, with what was *given* on its line."""
    from asta_cli.run import Part, Report

    tally = Tally(frozenset(), rows=1)
    tally.add(Plan(problems=(Problem("arguments", 0, error.code, error=error),)))
    report = Report(
        command, "", Outcome.REJECTED, (Part("", "", "", tally),), 0.0, error.status, bool(given.get("dry_run"))
    )
    return as_json(report, _beside(command, given))


def unread(command: str, file: str) -> dict[str, Any]:
    """What the report of a refused import has besides the counts: nothing was read, so there is no checksum."""
    if command == SNAPSHOT:
        return {"kinds": []}
    return {"kind": command.removeprefix("import "), "file": file, "sha256": ""}


def _beside(command: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The keys that *command* adds to the report of a change, from what was *given* on its line."""
    if command.startswith("import "):
        return unread(command, str(given.get("file") or ""))
    if command == "activate":
        return {"company": str(given["ident"]).rpartition(":")[2], "job": ""}
    if command in WITH_EMAIL or command.startswith("accounts "):
        return {"email": str(given.get("email") or given.get("resend") or "")}
    return {}


def texts(problem: Problem) -> tuple[str, str]:
    """Message and hint of *problem* in the user's language."""
    message, hint, fields = describe(problem)
    return render.filled(message, fields), render.filled(hint, fields)


def reason(problem: Problem) -> str:
    """Text of *problem* for the reject file."""
    return "; ".join(filter(None, texts(problem)))


def row_text(problem: Problem, *, programs: bool) -> str:
    """Text of *problem* for a report of rows; *programs* get it as in JSON, the same in every language."""
    if not programs:
        return reason(problem)
    told = _problem(problem)
    return "; ".join(filter(None, (told["message"], told["hint"])))


def tell(app: App, report: Report, *, summary: bool, bounded: bool = False) -> None:
    """The problems of *report* and, if wanted, a summary, on stderr. With ``-q`` a success says nothing.

    In a *bounded* run bad rows alone stop nothing, only more of them than were allowed.
    """
    quiet = app.options.quiet
    if quiet and report.status is Status.OK:
        return
    problems = report.problems
    if report.outcome is Outcome.HELD:
        _tell_held(app, report)
    for severity in Severity:
        _tell_some(app, [p for p in problems if p.severity is severity], severity)
    if summary and not quiet and not _alone(report):
        for line in _summary(report, bounded):
            render.tell(app, "summary", line)


def _tell_held(app: App, report: Report) -> None:
    """What the guard stumbled over, with the first cases, and the way on."""
    for trip in report.trips:
        samples = next(p.tally.samples for p in report.parts if p.kind == trip.kind).get(trip.action, [])
        fields = {
            "kind": trip.kind,
            "count": trip.count,
            "open": trip.open,
            "allowed": trip.allowed,
            "cases": ", ".join(change.key for change in samples),
            "run": report.run,
        }
        hint = _(_NO_WAY_ON if not report.run else _WAY_ON if app.asker.operator else _OWN_WAY_ON)
        message, way = render.filled(_(_TRIPS[trip.action]), fields), render.filled(hint, fields)
        render.fault(_HELD, message, way, json=app.options.log_format == "json")


def _tell_some(app: App, problems: Sequence[Problem], severity: Severity) -> None:
    json = app.options.log_format == "json"
    for problem in problems[:SHOWN]:
        message, hint = texts(problem)
        where = "" if problem.where == "arguments" else f"{escape.visible(problem.where)}: "
        render.fault(problem.code, where + message, hint, json=json, kind=severity.value)
    if len(problems) > SHOWN:
        more = len(problems) - SHOWN
        message = ngettext("and {count} more", "and {count} more", more).format(count=more)
        render.tell(app, "more", message, always=True)


def _alone(report: Report) -> bool:
    """Whether the refusal of what the arguments name says everything: besides it, there was nothing to do."""
    refused = any(p.severity is Severity.ERROR and p.where == "arguments" for p in report.problems)
    return refused and not any(part.tally.actions for part in report.parts)


def _summary(report: Report, bounded: bool) -> Iterator[str]:
    """A line for each file of a snapshot, else one."""
    head = _(_TOO_MANY if bounded and report.outcome is Outcome.REJECTED else _HEADS[report.outcome])
    if report.command != SNAPSHOT:
        yield f"{head}: {_counts(_object(report, report.parts))}"
        return
    yield f"{head}:"
    for part in report.parts:
        yield f"  {escape.visible(part.file)}: {_counts(_object(report, [part]))}"


def _counts(answer: Mapping[str, Any]) -> str:
    said = [_(text).format(count=answer[key]) for key, text in _COUNTS.items() if answer[key]]
    return ", ".join(said) or _("no change")


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
    message, hint, fields = describe(problem)
    return {
        "where": problem.where,
        "column": problem.column,
        "code": problem.code,
        "severity": problem.severity.value,
        "value": problem.value,
        "message": render.unlocalised(message, fields),
        "hint": render.unlocalised(hint, fields),
    }
