"""Companies of the register, head offices and their sites: rows -> plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from asta_cli.core import fields
from asta_cli.core.cells import Cells
from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.model import Action, Company, Kind, Value
from asta_cli.core.plan import Change
from asta_cli.core.planner import problem
from asta_cli.core.register import RegisterPlanner, Terms, find_company
from asta_cli.core.rows import Row

PARENT = "parent_ident_number"


class ParentCycle(AstaError):
    """A head office would lie, through others, below itself."""

    code = "parent_cycle"
    status = Status.REJECTED
    message = N_("the head offices form a circle: {path}")
    hint = N_("correct the column parent_ident_number of one of them")


class CompanyPlanner(RegisterPlanner):
    """``import companies``. A site waits until its head office is known, so files may name them in any order."""

    kind = Kind.COMPANY
    key_column = "ident_number"
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
        self._sites: dict[str, list[Row]] = {}
        self._circle = False
        self._moved: dict[str, str | None] = {}

    def hold(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Keep the sites."""
        for row in rows:
            if PARENT in row.values:
                self._sites.setdefault(_ident(row), []).append(row)
        return [r for r in rows if PARENT not in r.values]

    def held(self) -> Iterator[Sequence[Row]]:
        """The sites, level by level; what is left in the end hangs on itself."""
        waiting, self._sites = self._sites, {}
        while waiting:
            level = [k for k, rows in waiting.items() if all(r.values[PARENT] not in waiting for r in rows)]
            self._circle = not level
            chosen = level or list(waiting)
            yield [row for k in chosen for row in waiting.pop(k)]

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The records themselves, their head offices, and who lies below whom."""
        idents = {_ident(r) for r in rows}
        parents = {r.values[PARENT] for r in rows if PARENT in r.values}
        return Needs(chamber=self.terms.chamber, register={Kind.COMPANY: idents}, idents=parents, parents=bool(parents))

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
            "street": cells.text("street"),
            "postal_code": cells.read("postal_code", fields.postal_code, lenient=True),
            "city": cells.text("city"),
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
        above: dict[str, str | None] = {**facts.parents, **self._moved}
        path, step = [own, parent], above.get(parent)
        while path[-1] != own and step is not None and step not in path[1:]:
            path.append(step)
            step = above.get(step)
        if path[-1] == own or self._circle:
            return path
        return None

    def rejected(self, row: Row) -> None:
        """What hangs on this company will be rejected with it, unless the database has it."""
        self.terms.pending.rejected.add(_ident(row))

    def planned(self, change: Change, facts: Facts) -> None:
        """Remember a new head office, and in a dry-run the company itself."""
        after, ident = change.after, change.key.partition(":")[2]
        if "parent_id" in after and (change.action is not Action.CREATE or after["parent_id"] is not None):
            parent = facts.by_id.get(int(str(after["parent_id"]))) if after["parent_id"] is not None else None
            self._moved[ident] = parent.ident_number if parent else None
        if self.terms.pending.remember and change.action is Action.CREATE:
            parent_id = after["parent_id"]
            company = Company(
                change.id,
                self.terms.chamber,
                ident,
                str(after["name"]),
                int(str(parent_id)) if parent_id is not None else None,
                open=True,
                active=False,
            )
            self.terms.pending.companies[ident] = company


def _ident(row: Row) -> str:
    return row.values.get("ident_number", "")
