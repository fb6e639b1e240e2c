"""Reads the cells of one row, collecting every problem instead of stopping at the first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from asta_cli.core.fields import BadField
from asta_cli.core.plan import Problem, Severity
from asta_cli.core.planner import problem
from asta_cli.core.rows import Row

T = TypeVar("T")


class Cells:
    """The cells of *row*. ``faults`` reject it; ``warnings`` keep it without the values in ``left``."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.faults: list[Problem] = list(row.problems)
        self.warnings: list[Problem] = []
        self.left: set[str] = set()

    def read(
        self, column: str, reader: Callable[[str], T], *, required: bool = False, lenient: bool = False
    ) -> T | None:
        """The value of *column* as *reader* understands it; None if the cell is empty or bad.

        *lenient* is for columns that a record can do without: a bad value is a warning and what is stored stays.
        """
        text = self.row.values.get(column)
        if text is None:
            if lenient and self.faults:
                self._forgive(column)
            if required and all(p.column != column for p in self.faults):
                self.fault("missing_value", column)
            return None
        try:
            return reader(text)
        except BadField as bad:
            if lenient:
                self.left.add(column)
                self.warnings.append(problem(self.row, bad.code, column, text, warning=True, fields=bad.fields))
            else:
                self.faults.append(problem(self.row, bad.code, column, text, fields=bad.fields))
            return None

    def text(self, column: str, *, required: bool = False, lenient: bool = False) -> str | None:
        """The text of *column* as it stands."""
        return self.read(column, str, required=required, lenient=lenient)

    def _forgive(self, column: str) -> None:
        """Make a warning of what a reader could not take for a value (``#N/A`` in a workbook), as of any bad value."""
        bad = [p for p in self.faults if p.column == column and p.code == "bad_value"]
        if bad:
            self.left.add(column)
            self.faults = [p for p in self.faults if p not in bad]
            self.warnings.extend(replace(p, severity=Severity.WARNING) for p in bad)

    def fault(self, code: str, column: str = "", value: str = "", **fields: object) -> None:
        """Reject the row."""
        self.faults.append(problem(self.row, code, column, value, fields=fields))

    def warn(self, code: str, column: str = "", value: str = "", **fields: object) -> None:
        """Keep the row, but say so; what is stored under *column* stays."""
        self.left.add(column)
        self.warnings.append(problem(self.row, code, column, value, warning=True, fields=fields))
