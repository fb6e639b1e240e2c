"""THE road. Every command that writes takes it, with one item or a million.

rows -> needs -> facts -> plan (pure) -> authorise -> guard -> apply and audit in one transaction -> report.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from asta_cli.core import last_operator, timeline
from asta_cli.core.errors import AstaError, Status
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.guard import Bounds, Trip, judge
from asta_cli.core.ids import show_id
from asta_cli.core.model import Action
from asta_cli.core.plan import Limits, Outcome, Plan, Severity, Tally, exit_status, verdict
from asta_cli.core.planner import Planner
from asta_cli.core.policy import Authority, authorise
from asta_cli.core.rows import Row
from asta_cli.run.desk import Desk, audit_key, note, principal, was_written
from asta_cli.run.spool import Spool, spool
from asta_cli.run.task import Attempt, Batch, Part, Report, Task, Watch

if TYPE_CHECKING:
    from asta_cli.store.apply import History
    from asta_cli.store.db import Tx

CHUNK = 10_000
_REFUSED = "refused:{}"
_Planned = tuple[Sequence[Row], Plan]
"""Rows, and what they amount to."""


@dataclass(slots=True)
class _Walk:
    """The state of one attempt."""

    tx: Tx
    desk: Desk
    attempt: Attempt
    authority: Authority
    history: History
    parts: list[Part] = field(default_factory=list)
    trips: list[Trip] = field(default_factory=list)
    chambers: set[str | None] = field(default_factory=set)


def execute(desk: Desk, task: Task, limits: Limits = Limits()) -> Report:  # noqa: B008 - a frozen value
    """Make *task* true, all of it or nothing, and say what happened.

    Raises the typed errors of the store. Rows that are wrong or refused are not errors here: they are in the report.
    """
    started = time.monotonic()
    if task.single:
        limits = replace(limits, keep_going=False)  # of one item nothing is left to go on with
    desk.keys()  # opened before the transaction that signs with it
    walk, outcome = desk.store.retrying(lambda: _surely(desk, task, limits))
    status = Status.HELD if outcome is Outcome.HELD else _status(walk, task)
    if outcome is Outcome.REJECTED and not limits.dry_run:
        _note_refusal(desk, task, walk)
    written = outcome is Outcome.APPLIED or (outcome is Outcome.HELD and not limits.dry_run)
    shown = show_id(walk.attempt.run) if written else ""
    seconds, trips = time.monotonic() - started, tuple(walk.trips)
    return Report(task.command, shown, outcome, tuple(walk.parts), seconds, status, limits.dry_run, trips)


def _surely(desk: Desk, task: Task, limits: Limits) -> tuple[_Walk, Outcome]:
    """One attempt and its outcome, also where the database committed it and died before it could say so."""
    from asta_cli.store.errors import CommitUnknown

    run = next(desk.ids())
    result: list[tuple[_Walk, Outcome]] = []
    try:
        _attempt(desk, task, limits, run, result)
    except CommitUnknown as unknown:
        try:
            written = was_written(desk, run)
        except AstaError:
            written = False  # the database has not come back yet: the first news is the better one
        if not written:
            # A server may still be at it; an embedded database has nobody else who could.
            certain = desk.store.path is not None and unknown.reason
            raise certain or unknown from None
    return result[0]


def _attempt(desk: Desk, task: Task, limits: Limits, run: int, result: list[tuple[_Walk, Outcome]]) -> None:
    attempt = Attempt(run, desk.ids(), desk.now(), task.ahead or limits.dry_run)
    if task.watch is not None:
        task.watch.begin()
    with spool() as spooled:
        # What a guard may hold must be at hand then, also where it is written as it is planned.
        keep = spooled if not limits.dry_run and (attempt.ahead or limits.bounds is not None) else None
        with desk.store.read() if attempt.ahead else desk.store.write() as tx:
            walk = _begin(desk, task, attempt, tx)
            result.append((walk, _plan_all(walk, task, limits, keep)))
            outcome = result[0][1]
            if not attempt.ahead and outcome is Outcome.APPLIED:
                _close(walk, task)
            elif not attempt.ahead:
                tx.rollback_only()
        if attempt.ahead and outcome is Outcome.APPLIED:
            _write_planned(walk, task, spooled)
        elif outcome is Outcome.HELD and not limits.dry_run:
            _keep_planned(walk, task, spooled)


def _begin(desk: Desk, task: Task, attempt: Attempt, tx: Tx) -> _Walk:
    from asta_cli.store import authority as store
    from asta_cli.store.apply import History

    authority = store.authority(tx, desk.asker, desk.toggles, attempt.now)
    walk = _Walk(tx, desk, attempt, authority, History(attempt.run))
    if not attempt.ahead:
        tx.insert("run", _opened(walk, task))
    tx.pause()
    return walk


def _plan_all(walk: _Walk, task: Task, limits: Limits, spooled: Spool | None) -> Outcome:
    """Plan every batch; what is planned is applied at once, goes into the spool, or both. The answer is the verdict."""
    for batch in task.batches(walk.attempt):
        walk.parts.append(_batch(walk, batch, task.watch, spooled))
    if limits.bounds is not None:
        walk.trips = [trip for part in walk.parts for trip in _judged(part, limits.bounds)]
    return verdict(_total(walk), limits, walk.trips)


def _judged(part: Part, bounds: Bounds) -> list[Trip]:
    if part.before is None:
        return []
    counts = dict(part.tally.actions)
    counts[Action.END] = counts.get(Action.END, 0) - part.tally.over
    return judge(part.kind, part.before, counts, bounds)


def _write_planned(walk: _Walk, task: Task, spooled: Spool) -> None:
    """Apply a plan made ahead, if it is still what the asker may do and the records still are as it found them."""
    from asta_cli.store import held, load
    from asta_cli.store.apply import apply
    from asta_cli.store.errors import LostRace

    now = Facts(walk.attempt.now)
    with walk.desk.store.write() as tx:
        walk.tx = tx
        load.lock(tx, Needs(chamber=task.chamber))
        walk.authority = _authority(walk)
        tx.insert("run", _opened(walk, task))
        for plan in spooled.plans():
            if authorise(plan, walk.authority, now).problems:
                raise LostRace(what="authority")
            apply(tx, plan, walk.history)
        held.forget(tx, walk.attempt.now)
        _close(walk, task)


def _keep_planned(walk: _Walk, task: Task, spooled: Spool) -> None:
    """Keep a plan that a guard held, in a transaction of its own, in place of an older one of the same chamber."""
    from asta_cli.store import held
    from asta_cli.store.apply import History

    walk.history = History(walk.attempt.run)  # of what was written before it was held nothing is left
    expires_at = timeline.plus(walk.attempt.now, held.KEPT)
    opened = _opened(walk, task) | {"state": "held", "expires_at": expires_at}
    with walk.desk.store.write() as tx:
        walk.tx = tx
        held.supersede(tx, task.chamber, task.kind)
        held.forget(tx, walk.attempt.now)
        tx.insert("run", opened)
        held.keep(tx, walk.attempt.run, spooled.packed())
        _close_run(walk, task, "held")


def _batch(walk: _Walk, batch: Batch, watch: Watch | None, spooled: Spool | None) -> Part:
    from asta_cli.store.apply import apply

    tally = Tally(batch.planner.counted, rows=batch.known, unchanged=batch.known, kept=batch.kept)
    keep = spooled if walk.attempt.ahead or (batch.before is not None and not batch.before.first) else None
    for rows, plan in _plans(walk, batch):
        tally.add(plan)
        walk.chambers.update(c.chamber for c in plan.changes if c.kind in tally.counted)
        walk.chambers.update(block.chamber for block in plan.blocks)
        if watch is not None:
            watch.add(walk.tx, plan, rows, ahead=walk.attempt.ahead)
        if keep is not None:
            keep.add(plan)
        if not walk.attempt.ahead:
            apply(walk.tx, plan, walk.history)
        walk.tx.pause()
    tally.problems.sort(key=lambda p: p.line)
    return Part(batch.kind, batch.file, batch.sha256, tally, batch.before)


def _plans(walk: _Walk, batch: Batch) -> Iterator[_Planned]:
    planner = batch.planner
    for rows in batch.chunks:
        yield from _steps(walk, planner, planner.hold(rows))
    chosen: list[Row] = []
    for group in batch.repeated:
        kept, problems = planner.repeats(group)
        chosen.extend(kept)
        lines = {row.line for row in kept}
        left = [row for row in group if row.line not in lines]
        yield left, Plan(problems=tuple(problems), rows=len(left))
    yield from _steps(walk, planner, planner.hold(chosen))
    for wave in planner.held():
        yield from _steps(walk, planner, wave)
    for rows in batch.absent(walk.tx) if batch.absent is not None else ():
        again = sum(1 for row in rows if row.line > 0)  # known lines that are judged once more were counted already
        yield (), Plan(rows=-again, unchanged=-again)
        yield from _steps(walk, planner, rows)
    yield (), authorise(planner.finish(Facts(walk.attempt.now)), walk.authority, Facts(walk.attempt.now))


def _steps(walk: _Walk, planner: Planner, rows: Sequence[Row]) -> Iterator[_Planned]:
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        yield part, _step(walk, planner, part)


def _step(walk: _Walk, planner: Planner, rows: Sequence[Row]) -> Plan:
    from asta_cli.store import load

    needs = planner.needs(rows)
    if walk.tx.write:
        load.lock(walk.tx, needs)
        walk.authority = _authority(walk)  # as of now, with the locks in our hands
    facts = load.load(walk.tx, needs, walk.attempt.now)
    walk.tx.pause()
    plan = authorise(planner.plan(rows, facts), walk.authority, facts)
    plan = _with_operator(walk, planner.guard(plan, facts), facts)
    planner.accepted(plan, facts)
    return plan


def _with_operator(walk: _Walk, plan: Plan, facts: Facts) -> Plan:
    """*plan* without what takes the last operator; where everybody signs in, nobody could appoint another one."""
    from asta_cli.store import load

    if not walk.desk.signed_in or not last_operator.concerned(plan, facts):
        return plan
    needs = Needs(officers=True)
    if walk.tx.write:
        load.lock(walk.tx, needs)
    return last_operator.guard(plan, facts, load.load(walk.tx, needs, walk.attempt.now).officers)


def _authority(walk: _Walk) -> Authority:
    from asta_cli.store import authority as store

    desk, attempt, known = walk.desk, walk.attempt, walk.authority.grants
    return store.authority(walk.tx, desk.asker, desk.toggles, attempt.now, run=attempt.run, known=known)


def _total(walk: _Walk) -> Tally:
    total = Tally(frozenset())
    for part in walk.parts:
        total.rows += part.tally.rows
        total.rejected |= part.tally.rejected
        total.problems += part.tally.problems
    return total


def _opened(walk: _Walk, task: Task) -> dict[str, Any]:
    return {
        "id": walk.attempt.run,
        "command": task.command,
        "kind": task.kind or None,
        "chamber": task.chamber,
        "state": "applied",
        "started_at": walk.attempt.now,
        "principal": walk.desk.asker.name,
        "of_run": task.of_run,
    }


def _close(walk: _Walk, task: Task) -> None:
    _close_run(walk, task, "ok")
    if task.before_commit is not None:
        task.before_commit()


def _close_run(walk: _Walk, task: Task, outcome: str) -> None:
    from asta_cli.store import audit

    actions = sum((p.tally.actions for p in walk.parts), Counter[Action]())
    counts = {
        "created": actions[Action.CREATE],
        "updated": actions[Action.UPDATE],
        "ended": actions[Action.END],
        "reopened": actions[Action.REOPEN],
        "unchanged": sum(p.tally.unchanged for p in walk.parts),
        "rejected": sum(len(p.tally.rejected) for p in walk.parts),
        "warned": sum(len(p.tally.warned) for p in walk.parts),
        "kept": sum(p.tally.kept for p in walk.parts),
    }
    files = ", ".join(p.file for p in walk.parts if p.file)
    shas = [p.sha256 for p in walk.parts if p.sha256]
    values: dict[str, Any] = {
        **counts,
        "chamber": task.chamber or _only(walk.chambers),
        "finished_at": walk.desk.now(),
        "file": files or None,
        "sha256": shas[0] if len(shas) == 1 else None,
    }
    walk.tx.update("run", ("id", walk.attempt.run), values)
    record = {name: value for name, value in (_opened(walk, task) | values).items() if name in audit.RUN}
    detail = {**principal(walk.desk.asker), "target": task.target, "run": record}
    audit.append(
        walk.tx,
        audit_key(walk.desk),
        at=walk.attempt.now,
        action=task.command,
        outcome=outcome,
        detail=detail,
        history=walk.history,
        run=walk.attempt.run,
    )


def _only(chambers: set[str | None]) -> str | None:
    """The chamber of a run that concerns a single one, whose operators may then look at it."""
    return next(iter(chambers)) if len(chambers) == 1 else None


def _status(walk: _Walk, task: Task) -> Status:
    total = _total(walk)
    if not total.rejected:
        return Status.OK
    return exit_status(total, task.single)


def _note_refusal(desk: Desk, task: Task, walk: _Walk) -> None:
    codes = Counter(p.code for part in walk.parts for p in part.tally.problems if p.severity is Severity.ERROR)
    first = next(iter(codes), "rejected")
    note(desk, task.command, _REFUSED.format(first), task.target, codes=dict(codes))
