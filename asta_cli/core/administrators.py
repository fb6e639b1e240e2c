"""The last-administrator rule: a company that has a usable administrator keeps one, whatever is taken away.

Those who remain include one whose grant has no end, unless none had (domain rules, section 3). What is judged are
permissions: what ends or narrows them, and what happens to the account that holds them (``core.standing``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from asta_cli.core.coverage import Forest, Grants
from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.core.facts import Facts
from asta_cli.core.model import AccountState, Action, Company, Grant, Kind, Role, Value
from asta_cli.core.office import NO_OFFICE, Office
from asta_cli.core.plan import Change, Plan, Problem
from asta_cli.core.standing import standings

_NAMED = 3
Place = tuple[str, int]
"""Where a row stands, and its line."""
Blamed = Mapping[Place, Sequence[Company]]
"""The rows to refuse, each with the companies it would orphan."""


class LastAdministrator(AstaError):
    """The change would leave a company without the usable administrator it has."""

    code = "last_administrator"
    status = Status.REFUSED
    message = N_("{email} is the last administrator of {companies}")
    hint = N_("grant administrator to someone else first; the chamber can override it with --orphan-ok and a reason")


class AdministratorGuard:
    """The rule over a set planned in chunks: what is given counts first, then each row that takes something away."""

    def __init__(self, exempt: Office = NO_OFFICE, named: int = _NAMED) -> None:
        """Companies in the chambers of *exempt* may be left without: their operator said so, and why.

        Of those that a row would orphan, so many are *named*.
        """
        self._exempt = exempt
        self._named = named
        self._changed: dict[int, Grant] = {}

    def guard(self, plan: Plan, facts: Facts) -> Plan:
        """*plan* without the rows that would leave a company without what it has."""
        if self._exempt.everywhere:
            return plan
        blamed, reductions = self.judge(plan, facts)
        return plan.without(self.refusals(blamed, reductions))

    def judge(self, plan: Plan, facts: Facts) -> tuple[Blamed, dict[Place, Grants]]:
        """The rows that orphan companies, exempt ones among them; and what each row makes of which grants."""
        self._changed |= {g.id: g for g in _additions(plan, facts)}
        reductions = _reductions(plan.changes, facts)
        if not reductions:
            return {}, {}
        forest = Forest(facts.by_id.values(), facts.administrators, facts.now)
        forest.put(self._changed)
        blamed = _blame(reductions, forest)
        refused = self._spared(blamed)
        for place, reduction in reductions.items():
            if place not in refused:
                self._changed |= reduction
        return blamed, reductions

    def refusals(self, blamed: Blamed, reductions: Mapping[Place, Grants]) -> Iterator[Problem]:
        """What is told of the rows to refuse."""
        refused = self._spared(blamed).items()
        return (_problem(place, reductions[place], lost, self._named) for place, lost in refused)

    def _spared(self, blamed: Blamed) -> Blamed:
        """The rows to refuse when the companies of exempt chambers do not count."""
        left = {place: [c for c in lost if not self._exempt.covers(c.chamber)] for place, lost in blamed.items()}
        return {place: lost for place, lost in left.items() if lost}


def _additions(plan: Plan, facts: Facts) -> Iterator[Grant]:
    for change in plan.changes:
        after = change.after
        if change.kind is Kind.GRANT and change.action is Action.CREATE and after["role"] == Role.ADMINISTRATOR:
            yield _given(facts, change.id, *map(after.get, _GIVEN))
    for block in plan.blocks:
        given = zip(block.ids, *(block.column(name) for name in _GIVEN), strict=True)
        roles = block.column("role")
        if Role.ADMINISTRATOR in roles:
            yield from (
                _given(facts, *one) for one, role in zip(given, roles, strict=True) if role == Role.ADMINISTRATOR
            )


_GIVEN = ("email", "email_key", "company_id", "sites", "valid_from", "valid_until", "invited_until")


def _given(facts: Facts, id_: int, email: Value, key: Value, company: Value, sites: Value, *span: Value) -> Grant:
    account = facts.accounts.get(str(key))
    return Grant(
        id=id_,
        email=str(email),
        email_key=str(key),
        company=int(str(company)),
        role=Role.ADMINISTRATOR,
        sites=bool(sites),
        trainer=None,
        valid_from=_text(span[0]),
        valid_until=_text(span[1]),
        ended_at=None,
        confirmed=account is not None and account.state is AccountState.CONFIRMED,
        invited_until=_text(span[2]),
        confirmed_at=account.confirmed_at if account else None,
    )


def _text(value: Value) -> str | None:
    return None if value is None else str(value)


def _reductions(changes: Sequence[Change], facts: Facts) -> dict[Place, Grants]:
    """What each row makes of the administrators' grants that there are."""
    held = {g.id: g for g in facts.administrators}
    reductions: dict[Place, dict[int, Grant]] = {}
    for change in changes:
        grant = held.get(change.id) if change.kind is Kind.GRANT else None
        if grant is not None:
            values = {k: change.after[k] for k in _JUDGED & change.after.keys()}
            after = grant._replace(**values)  # type: ignore[arg-type]  # the keys are those of Grant
            reductions.setdefault((change.where, change.line), {})[change.id] = after
    for change, standing in standings(changes, facts):
        row = reductions.setdefault((change.where, change.line), {})
        row |= standing.applied((held | row).values())
    return {place: row for place, row in reductions.items() if row}


_JUDGED = frozenset({"email_key", "sites", "valid_from", "valid_until", "invited_until", "ended_at"})


def _blame(reductions: Mapping[Place, Grants], forest: Forest) -> dict[Place, Sequence[Company]]:
    """The rows to refuse, each with the companies it would orphan: as few as taking them in turn allows.

    A row that gives a grant a longer life may stand below the one that needs it, so refused rows are asked again until
    nothing changes.
    """
    together = {key: grant for reduction in reductions.values() for key, grant in reduction.items()}
    if not forest.orphaned(together):
        return {}
    waiting = dict(reductions)
    while True:
        lost: dict[Place, Sequence[Company]] = {}
        for place, reduction in waiting.items():
            companies = forest.orphaned(reduction)
            if companies:
                lost[place] = companies
            else:
                forest.put(reduction)
        if len(lost) == len(waiting):
            return lost
        waiting = {place: waiting[place] for place in lost}


def _problem(place: Place, reduction: Grants, lost: Sequence[Company], named: int) -> Problem:
    email = next(iter(reduction.values())).email
    more = f" (+{len(lost) - named})" if len(lost) > named else ""
    error = LastAdministrator(email=email, companies=", ".join(c.key for c in lost[:named]) + more)
    return Problem(*place, "last_administrator", "email", value=email, error=error)
