"""Chambers of industry and commerce: one row -> plan. Their number names them everywhere and never changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from asta_cli.core import fields
from asta_cli.core.cells import Cells
from asta_cli.core.emails import EmailNormaliser
from asta_cli.core.errors import N_, AstaError, NotFound, Status
from asta_cli.core.facts import Chamber, Facts, Needs
from asta_cli.core.model import Action, Kind, Value
from asta_cli.core.plan import Change, Plan, Problem
from asta_cli.core.planner import SimplePlanner, problem
from asta_cli.core.rows import Row

_STATED = ("name", "email")


class UnknownChamber(NotFound):
    """No chamber has this number."""

    code = "unknown_chamber"
    message = N_("chamber {key} is not known")
    hint = N_("asta chambers list shows them; asta chambers add makes one")


class ChamberExists(AstaError):
    """There is a chamber of this number, and what was said of it is not what is stored."""

    code = "conflict"
    status = Status.REFUSED
    message = N_("chamber {key} exists already, with another {columns}")
    hint = N_("to change it: asta chambers set {key}")


class ChamberPlanner(SimplePlanner):
    """``chambers add`` (*create*) and ``chambers set``. What is not stated stays as it is; a repeat changes nothing."""

    counted = frozenset({Kind.CHAMBER})
    key_column = "chamber"

    def __init__(self, *, create: bool, now: str, ids: Iterator[int], normalise: EmailNormaliser) -> None:
        self._create = create
        self._now = now
        self._ids = ids
        self._normalise = normalise

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The chambers of these numbers."""
        return Needs(chambers={row.values.get("chamber", "") for row in rows})

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """What is new or different."""
        changes: list[Change] = []
        problems: list[Problem] = []
        for row in rows:
            cells = Cells(row)
            number = cells.read("chamber", fields.chamber_number, required=True)
            stated = self._read(cells)
            if number is None or cells.faults:
                problems += cells.faults
                continue
            found = self._decide(row, number, stated, facts.chambers.get(number))
            if isinstance(found, Problem):
                problems.append(found)
            else:
                changes.append(found)
        return Plan(tuple(changes), tuple(problems), len(rows))

    def _read(self, cells: Cells) -> dict[str, Value]:
        email = cells.read("email", self._normalise)
        named = self._create or "name" in cells.row.columns
        values: dict[str, Value] = {
            "name": cells.text("name", required=named),
            "email": email[0] if email else None,
        }
        return {name: values[name] for name in _STATED if name in cells.row.columns}

    def _decide(self, row: Row, number: str, stated: dict[str, Value], found: Chamber | None) -> Change | Problem:
        if found is None:
            if self._create:
                after = {"number": number, "email": None, **stated, "imported_at": None, "created_at": self._now}
                return self._change(Action.CREATE, next(self._ids), row, number, after, {})
            return problem(row, "unknown_chamber", "chamber", number, error=UnknownChamber(key=number))
        stored: dict[str, Value] = {"name": found.name, "email": found.email}
        after = {name: value for name, value in stated.items() if value != stored[name]}
        if after and self._create:
            error = ChamberExists(key=number, columns=", ".join(after))
            return problem(row, "conflict", next(iter(after)), number, error=error)
        return self._change(Action.UPDATE, found.id, row, number, after, {name: stored[name] for name in after})

    def _change(
        self, action: Action, id_: int, row: Row, number: str, after: dict[str, Value], before: dict[str, Value]
    ) -> Change:
        where, line = row.where, row.line
        return Change(Kind.CHAMBER, action, id_, number, after, before, None, number, where, line, hollow=not after)
