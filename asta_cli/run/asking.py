"""Who asks, known before a run: where what is found depends on it, and where nobody else may ask at all."""

from __future__ import annotations

from dataclasses import replace

from asta_cli.core.errors import OperatorsOnly
from asta_cli.core.policy import Authority
from asta_cli.core.refusal import RefusalPlanner
from asta_cli.core.rows import from_arguments
from asta_cli.run.desk import Desk, authority, reading
from asta_cli.run.task import Batch, Task


def asking(desk: Desk) -> Authority:
    """What the asker may do now. It tells which companies they may know of; changes are judged again in their run."""
    if desk.asker.email_key is None:
        return Authority(desk.asker, toggles=desk.toggles)
    return reading(desk, lambda tx: authority(tx, desk, desk.now()))


def for_operators(desk: Desk, task: Task) -> Task:
    """*task*; for all others one that is refused before anything is looked up, so that they learn nothing from it."""
    if desk.asker.operates(task.chamber):
        return task
    refusal = Batch(RefusalPlanner(OperatorsOnly(who=desk.asker.name, what=task.command)), [[from_arguments()]])
    return replace(task, batches=lambda attempt: [refusal], chamber=None, single=True, before_commit=None)
