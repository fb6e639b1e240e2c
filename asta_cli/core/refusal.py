"""A refusal known before any row is planned. It takes the same road, so it is reported and logged like any other."""

from __future__ import annotations

from collections.abc import Sequence

from asta_cli.core.errors import AstaError
from asta_cli.core.facts import Facts
from asta_cli.core.plan import Plan
from asta_cli.core.planner import SimplePlanner, problem
from asta_cli.core.rows import Row


class RefusalPlanner(SimplePlanner):
    """Refuses every row with *error*."""

    def __init__(self, error: AstaError) -> None:
        self._error = error

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """Nothing but the refusal."""
        return Plan(problems=tuple(problem(row, self._error.code, error=self._error) for row in rows), rows=len(rows))
