"""The plan of a held run, copied out of the database so that another run can go through it at its own pace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, count, islice
from typing import TYPE_CHECKING

from asta_cli.core.approving import Kept, kept
from asta_cli.core.history import RunRecord
from asta_cli.core.rows import Row, from_arguments
from asta_cli.run.desk import Desk, reading
from asta_cli.run.history import find
from asta_cli.run.road import CHUNK
from asta_cli.run.spool import Spool, spool

if TYPE_CHECKING:
    from asta_cli.run import Tx


@dataclass(slots=True)
class KeptPlan:
    """A held run and its plan, packed as it was kept."""

    run: RunRecord
    spool: Spool

    def chunks(self) -> Iterator[Sequence[Row]]:
        """The rows of an approval: one for the run itself, then its changes."""
        yield [from_arguments()]
        rows = self._changes()
        while chunk := list(islice(rows, CHUNK)):
            yield chunk

    def _changes(self) -> Iterator[Kept]:
        lines = count(1)
        for plan in self.spool.plans():
            for change in chain(plan.changes, *(block.changes() for block in plan.blocks)):
                yield kept(next(lines), change)


@contextmanager
def kept_plan(desk: Desk, name: str) -> Iterator[KeptPlan]:
    """The run called *name* with its plan, if one is kept. Raises UnknownRun."""
    with spool() as spooled:

        def copy(tx: Tx) -> RunRecord:
            from asta_cli.store import traces

            run = find(tx, name, desk.asker.office)
            for payload in traces.held(tx, run.id):
                spooled.add_packed(payload)
            return run

        yield KeptPlan(reading(desk, copy), spooled)
