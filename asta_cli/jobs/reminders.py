"""Telling of permissions that are about to end, as a run of its own whenever there are any."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from asta_cli.core import timeline
from asta_cli.core.plan import Limits
from asta_cli.core.reminding import Ending, RemindPlanner
from asta_cli.core.rows import Row
from asta_cli.run import CHUNK, Attempt, Batch, Desk, Report, Task, ending_grants, execute, reading

if TYPE_CHECKING:
    from asta_cli.run import Tx

COMMAND = "perms remind"
_DAY = 86_400


def remind(desk: Desk, days: int) -> Report | None:
    """Tell of what ends within *days* (0: of nothing) and was not told of; None if that is nothing."""
    if not days or not reading(desk, lambda tx: next(_found(tx, desk.now(), days), None)):
        return None

    def batches(attempt: Attempt) -> list[Batch]:
        planner = RemindPlanner(attempt.ids, days)
        return [Batch(planner, [], kind="grants", absent=lambda tx: _rows(tx, attempt.now, days))]

    return execute(desk, Task(COMMAND, batches, kind="grants"), Limits())


def _found(tx: Tx, now: str, days: int) -> Iterator[tuple[int, str, str]]:
    return ending_grants(tx, now, timeline.plus(now, days * _DAY))


def _rows(tx: Tx, now: str, days: int) -> Iterator[Sequence[Row]]:
    found = iter(enumerate(list(_found(tx, now, days)), 1))
    while part := list(islice(found, CHUNK)):
        yield [
            Ending("arguments", -n, {}, frozenset(), key=key, ident=ident, grant=grant)
            for n, (grant, key, ident) in part
        ]
