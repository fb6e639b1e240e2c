"""What every planner is: rows in, plans out, with what must wait for the end of the set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from asta_cli.core.errors import AstaError
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.model import Kind
from asta_cli.core.plan import Plan, Problem, Severity
from asta_cli.core.rows import Row

_SHOWN = 60


class Planner(Protocol):
    """Turns rows into plans. Pure: it sees the database only through the facts it asked for.

    A set is planned in chunks. ``hold`` may keep rows that can only be judged when all others are known (a site whose
    head office comes later in the file, a revoke that might take a company's last administrator); ``held`` gives them
    back in the waves in which they are to be planned. ``accepted`` tells which changes authority has let through,
    ``finish`` says what follows from the set as a whole (one mail per person).
    """

    @property
    def counted(self) -> frozenset[Kind]:
        """The kinds whose changes the report counts."""

    def repeats(self, rows: Sequence[Row]) -> tuple[list[Row], list[Problem]]:
        """Of several rows with one key: which count, and what the others are told."""

    def hold(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Keep what must wait; return what can be planned now."""

    def held(self) -> Iterator[Sequence[Row]]:
        """The rows kept back, in waves."""

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The facts these rows need."""

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """What these rows amount to."""

    def guard(self, plan: Plan, facts: Facts) -> Plan:
        """What remains of a plan, authority judged, after the rules about the set as a whole."""

    def accepted(self, plan: Plan, facts: Facts) -> None:
        """Learn what remained of a plan in the end."""

    def finish(self, facts: Facts) -> Plan:
        """What follows from everything accepted."""


class SimplePlanner:
    """A planner that holds nothing back and has no consequences; planners of one noun start from it."""

    counted: frozenset[Kind] = frozenset()
    key_column = ""

    def repeats(self, rows: Sequence[Row]) -> tuple[list[Row], list[Problem]]:
        """Identical rows count once, contradicting ones not at all."""
        return choose(rows, self.key_column)

    def hold(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Nothing waits."""
        return rows

    def held(self) -> Iterator[Sequence[Row]]:
        """Nothing was kept back."""
        return iter(())

    def needs(self, rows: Sequence[Row]) -> Needs:
        """No facts at all."""
        return Needs()

    def guard(self, plan: Plan, facts: Facts) -> Plan:
        """No rule about the set."""
        return plan

    def accepted(self, plan: Plan, facts: Facts) -> None:
        """Nothing to remember."""

    def finish(self, facts: Facts) -> Plan:
        """Nothing follows."""
        return Plan()


def problem(
    row: Row,
    code: str,
    column: str = "",
    value: str = "",
    *,
    warning: bool = False,
    error: AstaError | None = None,
    fields: Mapping[str, object] | None = None,
) -> Problem:
    """A problem of *row*; the value is shortened, for reports are read on a screen."""
    shown = value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
    severity = Severity.WARNING if warning else Severity.ERROR
    return Problem(row.where, row.line, code, column, severity, shown, fields or {}, error)


def choose(rows: Sequence[Row], key_column: str) -> tuple[list[Row], list[Problem]]:
    """Of rows with one key: identical ones count once, different ones are all rejected."""
    distinct = {frozenset(r.values.items()) for r in rows}
    value = rows[0].values.get(key_column, "")
    if len(distinct) > 1:
        return [], [problem(r, "conflict_in_file", key_column, value) for r in rows]
    return [rows[0]], [problem(r, "duplicate_in_file", key_column, value, warning=True) for r in rows[1:]]
