"""Companies that get another head office: no circle may arise, and who loses an administrator by it is told."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from asta_cli.core.coverage import Cover, Forest
from asta_cli.core.facts import Facts
from asta_cli.core.model import Action, Company, Kind, Value
from asta_cli.core.pending import Pending
from asta_cli.core.plan import Change, Problem, Severity

PARENT = "parent_ident_number"
_SHOWN = 10


class Moves:
    """The head offices as an import has changed them so far."""

    def __init__(self, pending: Pending) -> None:
        self._pending = pending
        self._heads: dict[str, str | None] = {}
        self._parents: dict[int, int | None] = {}

    def above(self, ident: str, facts: Facts) -> str | None:
        """The Identnummer of the head office of *ident*."""
        return self._heads[ident] if ident in self._heads else facts.parents.get(ident)

    def note(self, change: Change, facts: Facts) -> None:
        """Remember the head office that *change* gives to a company, if it does."""
        parent = _parent(change.after)
        if "parent_id" not in change.after or (change.action is Action.CREATE and parent is None):
            return
        self._heads[_ident(change)] = self._number(parent, facts)
        if change.action is not Action.CREATE:
            self._parents[change.id] = parent

    def ids(self) -> set[int]:
        """Companies to look at beyond those that rows name: in a dry-run the database does not lead there yet."""
        if not self._pending.remember:
            return set()
        planned = self._pending.by_id
        heads = {*self._parents.values(), *(c.parent for c in planned.values())}
        return {head for head in heads if head is not None and head not in planned}

    def orphaned(self, changes: Sequence[Change], facts: Facts) -> Iterator[Problem]:
        """A warning for each company that had a usable administrator through where it was, and has none any more."""
        moved = {c.id: c for c in changes if _is_move(c) or _is_end(c)}
        if not moved or not facts.administrators:
            return
        companies = facts.by_id | self._pending.by_id
        ended = {key for key, change in moved.items() if _is_end(change)}
        after = _ended(_moved(companies, self._parents), ended, still_open=False)
        parents = {key: _parent(change.before) for key, change in moved.items() if key not in ended}
        before = _ended(_moved(after, parents), ended, still_open=True)
        had, has = (Forest(c.values(), facts.administrators, facts.now).covers() for c in (before, after))
        for key, company in after.items():
            if company.open and had.get(key, Cover()).any and not has.get(key, Cover()).any:
                yield _warning(company, moved, after)

    def _number(self, company: int | None, facts: Facts) -> str | None:
        if company is None:
            return None
        found = self._pending.by_id.get(company) or facts.by_id.get(company)
        return found.ident_number if found else None


def circles(parents: Mapping[str, str]) -> dict[str, list[str]]:
    """Of companies with their head offices those that lie in a circle, each with the way from itself back to itself."""
    found: dict[str, list[str]] = {}
    done: set[str] = set()
    for start in parents:
        path: dict[str, int] = {}
        step = start
        while step in parents and step not in done and step not in path:
            path[step] = len(path)
            step = parents[step]
        if step in path:
            loop = list(path)[path[step] :]
            found |= {ident: _way(loop, at) for at, ident in enumerate(loop)}
        done.update(path)
    return found


def _way(loop: Sequence[str], at: int) -> list[str]:
    """The circle from its company *at* on; of a long one only the beginning is of use."""
    first = [loop[(at + n) % len(loop)] for n in range(min(len(loop), _SHOWN))]
    return [*first, *(["…"] if len(loop) > _SHOWN else []), loop[at]]


def _is_move(change: Change) -> bool:
    return change.kind is Kind.COMPANY and change.action is not Action.CREATE and "parent_id" in change.after


def _is_end(change: Change) -> bool:
    return change.kind is Kind.COMPANY and change.action is Action.END


def _ended(companies: Mapping[int, Company], ended: Collection[int], *, still_open: bool) -> dict[int, Company]:
    return {key: replace(c, open=still_open) if key in ended else c for key, c in companies.items()}


def _moved(companies: Mapping[int, Company], parents: Mapping[int, int | None]) -> dict[int, Company]:
    return {key: replace(c, parent=parents[key]) if key in parents else c for key, c in companies.items()}


def _warning(company: Company, moved: Mapping[int, Change], companies: Mapping[int, Company]) -> Problem:
    """The warning stands at the row that moved *company*, or what is above it."""
    step: Company | None = company
    while step is not None and step.id not in moved:
        step = companies.get(step.parent or 0)
    where = moved[step.id] if step else next(iter(moved.values()))
    key, named = company.ident_number, {"expected": company.key}
    return Problem(where.where, where.line, "company_orphaned", PARENT, Severity.WARNING, key, named)


def _parent(record: Mapping[str, Value]) -> int | None:
    parent = record.get("parent_id")
    return parent if isinstance(parent, int) else None


def _ident(change: Change) -> str:
    return change.key.partition(":")[2]
