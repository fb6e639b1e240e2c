"""Exam periods of a chamber with the day by which a trainee must be registered: one row -> plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from asta_cli.core import fields
from asta_cli.core.cells import Cells
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.model import Action, Kind
from asta_cli.core.plan import Change, Plan
from asta_cli.core.planner import SimplePlanner
from asta_cli.core.rows import Row


class ExamPeriodPlanner(SimplePlanner):
    """``exam-periods set``: rows with ``chamber``, ``period`` and ``deadline``, an inclusive day in Berlin."""

    counted = frozenset({Kind.EXAM_PERIOD})
    key_column = "period"

    def __init__(self, ids: Iterator[int]) -> None:
        self.ids = ids

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The deadlines as they are."""
        return Needs(chambers={r.values["chamber"] for r in rows if "chamber" in r.values}, exam_periods=True)

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """The deadlines to set; a repeat changes nothing."""
        cells = [Cells(row) for row in rows]
        changes = [change for each in cells for change in self._row(each, facts)]
        return Plan(tuple(changes), tuple(p for each in cells for p in each.faults), len(rows))

    def _row(self, cells: Cells, facts: Facts) -> Iterator[Change]:
        chamber = cells.read("chamber", fields.chamber_number, required=True)
        period = cells.read("period", fields.exam_period, required=True)
        deadline = cells.read("deadline", fields.read_date, required=True)
        if cells.faults or chamber is None or period is None:
            return
        known = facts.deadlines.get((chamber, period))
        place = {"chamber": chamber, "where": cells.row.where, "line": cells.row.line}
        key = f"{chamber} {period}"
        if known is None:
            after = {"chamber": chamber, "period": period, "deadline": deadline}
            yield Change(Kind.EXAM_PERIOD, Action.CREATE, next(self.ids), key, after, **place)  # type: ignore[arg-type]
        else:
            before = {"deadline": known[1]}
            yield Change(
                Kind.EXAM_PERIOD,
                Action.UPDATE,
                known[0],
                key,
                {"deadline": deadline},
                before,
                hollow=known[1] == deadline,
                **place,  # type: ignore[arg-type]
            )
