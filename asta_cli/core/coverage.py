"""Which companies have a usable administrator, and what a change of grants would leave of that.

*Usable* is an administrator's grant in force whose account is confirmed, neither locked nor disabled, at the company
itself or, with its sites, further up (domain rules, section 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from asta_cli.core.model import Company, Grant, Role

Grants = Mapping[int, Grant]
"""Grants by their ids, as they would be: what is taken away stands there as ended."""


@dataclass(frozen=True, slots=True)
class Cover:
    """Whether a company has a usable administrator, and one without an end."""

    any: bool = False
    endless: bool = False

    def keeps(self, after: Cover) -> bool:
        """Whether going from this to *after* leaves the company what it had."""
        return (after.any or not self.any) and (after.endless or not self.endless)


class Forest:
    """Companies, head offices above their sites, with their administrators' grants.

    Everything is asked tree by tree: a set of a hundred thousand rows concerns many trees, each of them small.
    """

    def __init__(self, companies: Iterable[Company], grants: Iterable[Grant], now: str) -> None:
        self._now = now
        self._top: dict[int, int] = {}
        self._order: dict[int, list[Company]] = {}
        self._grants: dict[int, dict[int, Grant]] = {}
        self._known: dict[int, dict[int, Cover]] = {}
        self._grow({c.id: c for c in companies})
        self.put({g.id: g for g in grants})

    def covers(self) -> dict[int, Cover]:
        """Each company's cover, by its id."""
        return {key: cover for top in self._order for key, cover in self._covered(top).items()}

    def orphaned(self, changed: Grants) -> list[Company]:
        """The companies that *changed* would leave without what they have now, in order of their number."""
        lost: list[Company] = []
        for top, some in self._by_tree(changed).items():
            before = self._covered(top)
            after = self._compute(top, self._grants.get(top, {}) | some)
            lost += [c for c in self._order[top] if not before[c.id].keeps(after[c.id])]
        return sorted(lost, key=lambda c: (c.chamber, c.ident_number))

    def put(self, changed: Grants) -> None:
        """Make *changed*, new grants or other states of known ones, what the next question starts from."""
        for top, some in self._by_tree(changed).items():
            self._grants.setdefault(top, {}).update(some)
            self._known.pop(top, None)

    def _grow(self, companies: Mapping[int, Company]) -> None:
        sites: dict[int | None, list[Company]] = {}
        for company in companies.values():
            sites.setdefault(company.parent if company.parent in companies else None, []).append(company)
        for top in sites.get(None, ()):
            order = self._order[top.id] = [top]
            for company in order:  # it grows while it is walked: a tree from the top down
                self._top[company.id] = top.id
                order.extend(sites.get(company.id, ()))

    def _by_tree(self, grants: Grants) -> dict[int, dict[int, Grant]]:
        parts: dict[int, dict[int, Grant]] = {}
        for key, grant in grants.items():
            if grant.company in self._top:
                parts.setdefault(self._top[grant.company], {})[key] = grant
        return parts

    def _covered(self, top: int) -> dict[int, Cover]:
        if top not in self._known:
            self._known[top] = self._compute(top, self._grants.get(top, {}))
        return self._known[top]

    def _compute(self, top: int, grants: Grants) -> dict[int, Cover]:
        at: dict[int, list[Grant]] = {}
        for grant in grants.values():
            if grant.role is Role.ADMINISTRATOR and grant.in_force(self._now):
                at.setdefault(grant.company, []).append(grant)
        covers: dict[int, Cover] = {}
        inherited: dict[int | None, Cover] = {}
        for company in self._order[top]:
            own = at.get(company.id, []) if company.open else []
            above = inherited.get(company.parent, Cover())
            covers[company.id] = _join(above, own)
            inherited[company.id] = _join(above, [g for g in own if g.sites])
        return covers


def _join(above: Cover, own: Sequence[Grant]) -> Cover:
    if not own:
        return above
    return Cover(True, above.endless or any(g.valid_until is None for g in own))
