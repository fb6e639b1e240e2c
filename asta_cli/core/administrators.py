"""The last-administrator rule: a company that has a usable administrator keeps one, whatever is taken away.

*Usable* is an administrator's grant in force whose account is confirmed, neither locked nor disabled, at the company
itself or, with its sites, further up. Those who remain include one whose grant has no end, unless none had (domain
rules, section 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.core.facts import Facts
from asta_cli.core.model import AccountState, Action, Company, Grant, Kind, Role, Value
from asta_cli.core.plan import Change, Plan, Problem

_NAMED = 3
Reduction = dict[int, Grant | None]


class LastAdministrator(AstaError):
    """The change would leave a company without the usable administrator it has."""

    code = "last_administrator"
    status = Status.REFUSED
    message = N_("{email} is the last administrator of {companies}")
    hint = N_("grant administrator to someone else first; the chamber can override it with --orphan-ok and a reason")


@dataclass(frozen=True, slots=True)
class Cover:
    """Whether a company has a usable administrator, and one without an end."""

    any: bool = False
    endless: bool = False

    def keeps(self, after: Cover) -> bool:
        """Whether going from this to *after* leaves the company what it had."""
        return (after.any or not self.any) and (after.endless or not self.endless)


class Tree:
    """Companies with their administrators, so that the effect of taking one away can be asked."""

    def __init__(self, companies: Iterable[Company], grants: Iterable[Grant], now: str) -> None:
        self._companies = {c.id: c for c in companies}
        self._now = now
        self._grants: dict[int, Grant] = {g.id: g for g in grants}
        self._order = self._top_down()

    def _top_down(self) -> Sequence[Company]:
        children: dict[int | None, list[Company]] = {}
        for c in self._companies.values():
            parent = c.parent if c.parent in self._companies else None
            children.setdefault(parent, []).append(c)
        order: list[Company] = []
        queue = list(children.get(None, ()))
        while queue:
            company = queue.pop()
            order.append(company)
            queue.extend(children.get(company.id, ()))
        return order

    def covers(self, changed: Mapping[int, Grant | None] | None = None) -> dict[int, Cover]:
        """Each company's cover, with the grants in *changed* replaced (None: gone)."""
        grants = dict(self._grants)
        for key, grant in (changed or {}).items():
            if grant is None:
                grants.pop(key, None)
            else:
                grants[key] = grant
        at: dict[int, list[Grant]] = {}
        for grant in grants.values():
            if grant.role is Role.ADMINISTRATOR and grant.in_force(self._now):
                at.setdefault(grant.company, []).append(grant)
        covers: dict[int, Cover] = {}
        inherited: dict[int, Cover] = {}
        for company in self._order:
            own = at.get(company.id, ()) if company.open else ()
            above = inherited.get(company.parent or 0, Cover())
            covers[company.id] = _join(above, own)
            inherited[company.id] = _join(above, [g for g in own if g.sites])
        return covers

    def orphaned(self, changed: Mapping[int, Grant | None]) -> list[Company]:
        """The companies that *changed* would leave without what they have now, in order of their number."""
        before, after = self.covers(), self.covers(changed)
        lost = [c for c in self._companies.values() if not before[c.id].keeps(after[c.id])]
        return sorted(lost, key=lambda c: (c.chamber, c.ident_number))

    def add(self, grants: Iterable[Grant]) -> None:
        """Take *grants* as given, new or changed."""
        self._grants.update((g.id, g) for g in grants)

    def apply(self, changed: Mapping[int, Grant | None]) -> None:
        """Make *changed* the state from which the next question starts."""
        for key, grant in changed.items():
            if grant is None:
                self._grants.pop(key, None)
            else:
                self._grants[key] = grant


def _join(above: Cover, own: Sequence[Grant]) -> Cover:
    if not own:
        return above
    return Cover(True, above.endless or any(g.valid_until is None for g in own))


class AdministratorGuard:
    """The rule over a set planned in chunks: additions count first, then each reduction in the order of its rows."""

    def __init__(self) -> None:
        self._added: list[Grant] = []
        self._reduced: Reduction = {}

    def guard(self, plan: Plan, facts: Facts) -> Plan:
        """*plan* without the rows that would leave a company without what it has."""
        self._added.extend(_additions(plan.changes, facts))
        reductions = _reductions(plan.changes, {g.id: g for g in facts.administrators})
        if not reductions:
            return plan
        tree = Tree(facts.by_id.values(), facts.administrators, facts.now)
        tree.add(self._added)
        tree.apply(self._reduced)
        together = {k: v for reduction in reductions.values() for k, v in reduction.items()}
        refused = list(_blame(plan, reductions, tree)) if tree.orphaned(together) else []
        lines = {(p.where, p.line) for p in refused}
        for place, reduction in reductions.items():
            if place not in lines:
                self._reduced.update(reduction)
        return plan.without(refused)


def _additions(changes: Iterable[Change], facts: Facts) -> Iterator[Grant]:
    for change in changes:
        after = change.after
        if change.kind is not Kind.GRANT or change.action is not Action.CREATE or after["role"] != Role.ADMINISTRATOR:
            continue
        account = facts.accounts.get(str(after["email_key"]))
        yield Grant(
            id=change.id,
            email=str(after["email"]),
            email_key=str(after["email_key"]),
            company=int(str(after["company_id"])),
            role=Role.ADMINISTRATOR,
            sites=bool(after["sites"]),
            trainer=None,
            valid_from=_text(after["valid_from"]),
            valid_until=_text(after["valid_until"]),
            ended_at=None,
            confirmed=account is not None and account.state is AccountState.CONFIRMED,
        )


def _text(value: Value) -> str | None:
    return None if value is None else str(value)


def _reductions(changes: Iterable[Change], held: Mapping[int, Grant]) -> dict[tuple[str, int], Reduction]:
    reductions: dict[tuple[str, int], Reduction] = {}
    for change in changes:
        grant = held.get(change.id) if change.kind is Kind.GRANT else None
        if grant is None:
            continue
        after = None if change.action is Action.END else _changed(grant, change)
        reductions.setdefault((change.where, change.line), {})[change.id] = after
    return reductions


def _changed(grant: Grant, change: Change) -> Grant:
    values = {k: change.after[k] for k in ("sites", "valid_from", "valid_until") if k in change.after}
    return replace(grant, **values)  # type: ignore[arg-type]  # the keys are those of Grant


def _blame(plan: Plan, reductions: Mapping[tuple[str, int], Reduction], tree: Tree) -> Iterator[Problem]:
    emails = {(c.where, c.line): str(c.before.get("email", "")) for c in plan.changes if c.kind is Kind.GRANT}
    for place, reduction in reductions.items():
        lost = tree.orphaned(reduction)
        if not lost:
            tree.apply(reduction)
            continue
        more = f" (+{len(lost) - _NAMED})" if len(lost) > _NAMED else ""
        error = LastAdministrator(email=emails.get(place, ""), companies=", ".join(c.key for c in lost[:_NAMED]) + more)
        yield Problem(*place, "last_administrator", "email", value=emails.get(place, ""), error=error)
