"""A run made into another one that takes it back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from asta_cli.core.errors import AstaError, OperatorsOnly
from asta_cli.core.history import UNDO
from asta_cli.core.ids import show_id
from asta_cli.core.model import Kind
from asta_cli.core.plan import Limits
from asta_cli.core.refusal import RefusalPlanner
from asta_cli.core.reversal import By
from asta_cli.core.rows import from_arguments
from asta_cli.core.run_refusals import not_applied
from asta_cli.core.undoing import UndoPlanner
from asta_cli.intake.permissions import clean_reason
from asta_cli.run import Attempt, Batch, Desk, Report, Task, execute, import_lock
from asta_cli.run.history import Trace, trace


@dataclass(frozen=True, slots=True)
class Said:
    """What the command said: whether a last administrator may go, and how long to wait for an import.

    ``why`` finds out the reason, which an operator gives for every permission given or taken.
    """

    why: Callable[[], str]
    orphan_ok: bool = False
    lock_wait: float = 0


def undo(desk: Desk, name: str, said: Said, limits: Limits) -> Report:
    """Take back the run called *name*. Raises UnknownRun, ImportRunning, and what asking for the reason raises."""
    if not desk.asker.operator:
        return refused(desk, UNDO, name, OperatorsOnly(who=desk.asker.name, what=UNDO), limits)
    with trace(desk, name) as found, ExitStack() as stack:
        run = found.run
        error = not_applied(run, desk.now()) or found.refusal
        if error is not None:
            return refused(desk, UNDO, show_id(run.id), error, limits)
        reason = clean_reason(said.why()) if Kind.GRANT in found.kinds else None
        verify = stack.enter_context(import_lock(desk, run.chamber, said.lock_wait)) if run.chamber else None

        def batches(attempt: Attempt) -> list[Batch]:
            return [Batch(_planner(desk, found, attempt, reason, said.orphan_ok), found.chunks())]

        about = UNDO, batches, f"run {show_id(run.id)}: {run.command}", run.kind or "", run.chamber
        return execute(desk, Task(*about, single=True, before_commit=verify, of_run=run.id), limits)


def refused(desk: Desk, command: str, name: str, error: AstaError, limits: Limits) -> Report:
    """The report, and the entry in the log, of a *command* upon a run that is refused for *error*."""

    def batches(attempt: Attempt) -> list[Batch]:
        return [Batch(RefusalPlanner(error), [[from_arguments()]])]

    return execute(desk, Task(command, batches, f"run {name}", single=True), limits)


def _planner(desk: Desk, found: Trace, attempt: Attempt, reason: str | None, orphan_ok: bool) -> UndoPlanner:
    by = By(attempt.run, desk.asker.name, attempt.now, reason)
    return UndoPlanner(found.run, found.touched, by, attempt.ids, orphan_ok=orphan_ok)
