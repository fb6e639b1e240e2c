"""Companies of the register, head offices and their sites: rows -> plan."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from asta_cli.core import fields
from asta_cli.core.cells import Cells
from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.model import Action, Company, Kind, Value
from asta_cli.core.moves import PARENT, Moves, circles
from asta_cli.core.packed import Packed, Packer
from asta_cli.core.plan import Change, Plan
from asta_cli.core.planner import problem
from asta_cli.core.register import Absent, RegisterPlanner, Terms, find_company
from asta_cli.core.rows import Row

_WAVE = 10_000


class ParentCycle(AstaError):
    """A head office would lie, through others, below itself."""

    code = "parent_cycle"
    status = Status.REFUSED
    message = N_("the head offices form a circle: {path}")
    hint = N_("correct the column parent_ident_number of one of them")


class CompanyPlanner(RegisterPlanner):
    """``import companies``. A site waits until its head office is known, so files may name them in any order."""

    kind = Kind.COMPANY
    key_column = "ident_number"
    keys: ClassVar[Mapping[str, Callable[[str], str]]] = {"ident_number": fields.ident_number}
    defaults: ClassVar[Mapping[str, Value]] = {
        "parent_id": None,
        "email": None,
        "street": None,
        "postal_code": None,
        "city": None,
        "establishment_number": None,
    }

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._sites: dict[str, list[tuple[str, Packed]]] = {}
        self._packer = Packer()
        self._late: list[Row] = []
        self._last = False
        self._loops: dict[str, list[str]] = {}
        self._moves = Moves(terms.pending)

    def hold(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Keep the sites."""
        heads = []
        for row in rows:
            if PARENT in row.values:
                parent = sys.intern(row.values[PARENT])
                self._sites.setdefault(_ident(row), []).append((parent, self._packer.pack(row)))
            else:
                heads.append(row)
        return heads

    def held(self) -> Iterator[Sequence[Row]]:
        """The sites, level by level, circles by themselves; then those that could not be judged before all others."""
        waiting, self._sites = self._sites, {}
        while waiting:
            level = [k for k, rows in waiting.items() if all(parent not in waiting for parent, _ in rows)]
            if not level:
                self._loops = circles({k: rows[0][0] for k, rows in waiting.items()})
                level = list(self._loops)
            for start in range(0, len(level), _WAVE):
                keys = level[start : start + _WAVE]
                yield [self._packer.unpack(row) for k in keys for _, row in waiting.pop(k)]
        self._last = True
        yield self._late

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The records themselves, their head offices, who lies below whom, and who administers them."""
        idents = {_ident(r) for r in rows}
        parents = {r.values[PARENT] for r in rows if PARENT in r.values}
        return Needs(
            chamber=self.terms.chamber,
            register={Kind.COMPANY: idents},
            idents=idents | parents,
            company_ids=self._moves.ids(),
            parents=bool(parents),
            administrators=any(PARENT in r.columns or isinstance(r, Absent) for r in rows),
        )

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """The records to create, change and reopen. A row that seems to close a circle waits for all others."""
        if self._last:
            return super().plan(rows, facts)
        ready: list[Row] = []
        for row in rows:
            parent = row.values.get(PARENT)
            closes = parent is not None and _ident(row) not in self._loops and self._path(row, parent, facts)
            (self._late if closes else ready).append(row)
        return super().plan(ready, facts)

    def guard(self, plan: Plan, facts: Facts) -> Plan:
        """*plan*, with a warning for each company that a move leaves without the administrator it has."""
        return replace(plan, problems=plan.problems + tuple(self._moves.orphaned(plan.changes, facts)))

    def read(self, cells: Cells, facts: Facts) -> dict[str, Value]:
        """The row's columns; the head office by its id."""
        values: dict[str, Value] = {
            "ident_number": cells.read("ident_number", fields.ident_number, required=True),
            "name": cells.text("name", required=True),
        }
        parent = self._parent(cells, facts)
        if PARENT in cells.row.columns:
            values["parent_id"] = parent.id if parent else None
        email = cells.read("email", self.terms.normalise, lenient=True)
        optional: dict[str, Value] = {
            "email": email[0] if email else None,
            "street": cells.text("street", lenient=True),
            "postal_code": cells.read("postal_code", fields.postal_code, lenient=True),
            "city": cells.text("city", lenient=True),
            "establishment_number": cells.read("establishment_number", fields.establishment_number, lenient=True),
        }
        values |= {k: v for k, v in optional.items() if k in cells.row.columns and k not in cells.left}
        return values

    def _parent(self, cells: Cells, facts: Facts) -> Company | None:
        ident = cells.read(PARENT, fields.ident_number)
        if ident is None:
            return None
        path = self._path(cells.row, ident, facts)
        if path is not None:
            cells.faults.append(
                problem(cells.row, "parent_cycle", PARENT, ident, error=ParentCycle(path=" → ".join(path)))
            )
            return None
        parent = find_company(ident, facts, self.terms)
        if parent is None:
            cells.fault(
                "depends_on_rejected" if ident in self.terms.pending.rejected else "parent_unknown", PARENT, ident
            )
        return parent

    def _path(self, row: Row, parent: str, facts: Facts) -> list[str] | None:
        """The circle that *parent* would close, from this company back to itself; None if it closes none."""
        own = _ident(row)
        if own in self._loops:
            return self._loops[own]
        path, step = [own, parent], self._moves.above(parent, facts)
        while path[-1] != own and step is not None and step not in path[1:]:
            path.append(step)
            step = self._moves.above(step, facts)
        return path if path[-1] == own else None

    def rejected(self, row: Row) -> None:
        """What hangs on this company will be rejected with it, unless the database has it."""
        self.terms.pending.rejected.add(_ident(row))

    def planned(self, change: Change, facts: Facts) -> None:
        """Remember a new head office, and in a dry-run the company itself."""
        self._moves.note(change, facts)
        if change.action is Action.END:
            self.terms.pending.ended[Kind.COMPANY].add(change.id)
        if self.terms.pending.remember and change.action is not Action.UPDATE:
            before = facts.records.get((Kind.COMPANY, change.key.partition(":")[2]), {})
            record = {**before, **change.after}
            self.terms.pending.add(change.id, record)


def _ident(row: Row) -> str:
    return row.values.get("ident_number", "")
