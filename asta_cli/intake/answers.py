"""A run made into another one: taken back, or, where a guard held it, written after all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from asta_cli.core.approving import ApprovePlanner
from asta_cli.core.errors import AstaError, OperatorsOnly
from asta_cli.core.history import APPROVE, REGISTER, UNDO, RunRecord
from asta_cli.core.ids import show_id
from asta_cli.core.layouts import GRANTS
from asta_cli.core.model import Kind
from asta_cli.core.office import NO_OFFICE
from asta_cli.core.plan import Limits
from asta_cli.core.planner import Planner
from asta_cli.core.refusal import RefusalPlanner
from asta_cli.core.reversal import By
from asta_cli.core.rows import Row, from_arguments
from asta_cli.core.run_refusals import not_applied, not_held
from asta_cli.core.undoing import UndoPlanner
from asta_cli.intake.permissions import clean_reason
from asta_cli.run import Attempt, Batch, Desk, Report, Task, execute, import_lock
from asta_cli.run.history import trace
from asta_cli.run.kept import kept_plan
from asta_cli.run.task import Watch

_REASONED = (Kind.GRANT, Kind.OPERATOR, Kind.ACCOUNT)
"""What an operator does not give back without saying why."""
Make = Callable[[Attempt], Planner]
Chunks = Callable[[], Iterator[Sequence[Row]]]


@dataclass(frozen=True, slots=True)
class Said:
    """What the command said: whether a last administrator may go, how long to wait for an import, and who watches.

    ``why`` finds out the reason, which an operator gives for every permission given or taken.
    """

    why: Callable[[], str] = str
    orphan_ok: bool = False
    lock_wait: float = 0
    watch: Watch | None = None


def undo(desk: Desk, name: str, said: Said, limits: Limits) -> Report:
    """Take back the run called *name*. Raises UnknownRun, ImportRunning, and what asking for the reason raises."""
    if not desk.asker.operator:
        return _operators_only(desk, UNDO, name, limits)
    with trace(desk, name) as found:
        error = not_applied(found.run, desk.now()) or found.refusal
        if error is not None:
            return _refused(desk, UNDO, show_id(found.run.id), error, limits)
        reason = None if found.kinds.isdisjoint(_REASONED) else clean_reason(said.why())

        def planner(attempt: Attempt) -> UndoPlanner:
            by = By(attempt.run, desk.asker.name, attempt.now, reason, desk.asker.office)
            return UndoPlanner(found.run, found.touched, by, attempt.ids, orphan_ok=said.orphan_ok)

        of_register = not found.kinds.isdisjoint(REGISTER)
        with _alone(desk, found.run, said.lock_wait, needed=of_register) as verify:
            task = _task(UNDO, found.run, planner, found.chunks, verify)
            return execute(desk, replace(task, watch=said.watch), limits)


def approve(desk: Desk, name: str, said: Said, limits: Limits) -> Report:
    """Write the plan of the held run called *name*. Raises UnknownRun, ImportRunning."""
    if not desk.asker.operator:
        return _operators_only(desk, APPROVE, name, limits)
    with kept_plan(desk, name) as found:
        error = not_held(found.run, desk.now())
        if error is not None:
            return _refused(desk, APPROVE, show_id(found.run.id), error, limits)
        pardon = desk.asker.office if said.orphan_ok else NO_OFFICE

        def planner(attempt: Attempt) -> ApprovePlanner:
            return ApprovePlanner(found.run, attempt.now, pardon)

        of_register = found.run.kind != GRANTS.kind
        with _alone(desk, found.run, said.lock_wait, needed=of_register) as verify:
            task = _task(APPROVE, found.run, planner, found.chunks, verify)
            # Each change is written only where its record still is as it was planned from, so it may be judged ahead;
            # not so permissions, of which it matters what is beside them.
            return execute(desk, replace(task, watch=said.watch, ahead=of_register), limits)


@contextmanager
def _alone(desk: Desk, run: RunRecord, wait: float, *, needed: bool = True) -> Iterator[Callable[[], None] | None]:
    """Be the only import into the chamber of *run*, if that is *needed*; what is yielded belongs before the commit."""
    if run.chamber is None or not needed:
        yield None
        return
    with import_lock(desk, run.chamber, wait) as verify:
        yield verify


def _task(command: str, run: RunRecord, planner: Make, chunks: Chunks, verify: Callable[[], None] | None) -> Task:
    def batches(attempt: Attempt) -> list[Batch]:
        return [Batch(planner(attempt), chunks())]

    about = command, batches, f"run {show_id(run.id)}: {run.command}", run.kind or "", run.chamber
    return Task(*about, single=True, before_commit=verify, of_run=run.id)


def _operators_only(desk: Desk, command: str, name: str, limits: Limits) -> Report:
    return _refused(desk, command, name, OperatorsOnly(who=desk.asker.name, what=command), limits)


def _refused(desk: Desk, command: str, name: str, error: AstaError, limits: Limits) -> Report:
    """The report, and the entry in the log, of a *command* upon a run that is refused for *error*."""

    def batches(attempt: Attempt) -> list[Batch]:
        return [Batch(RefusalPlanner(error), [[from_arguments()]])]

    return execute(desk, Task(command, batches, f"run {name}", single=True), limits)
