"""Grants: which there are, and everyone who may do something at a company."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true, union_all

from asta_cli.core import timeline
from asta_cli.core.facts import Facts
from asta_cli.core.matrix import INHERITED, grant_permission
from asta_cli.core.model import BLOCKED, Company, Permission, Role
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.grants import account_state, alive, existed, invitation, state, with_holder
from asta_cli.store.keysets import among
from asta_cli.store.views.places import company_named, known_chamber, named
from asta_cli.store.views.scope import Scope
from asta_cli.store.views.view import View, text_order


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantsWhere:
    """Which grants. ``account`` is an e-mail key; ``expiring``: within so many seconds. ``all``: also what is over."""

    account: str | None = None
    role: Role | None = None
    companies: Sequence[str] = ()
    chamber: str | None = None
    expiring: int | None = None
    invited: bool = False
    all: bool = False


def grants(tx: Tx, scope: Scope, where: GrantsWhere, at: str | None = None) -> View:
    """``email chamber company role sites trainer_number state valid_from valid_until granted_by granted_at reason``.

    Then ``account``, the state of the holder's account: while it is locked or disabled a grant gives nothing. Seen are
    the asker's own grants, and those carried by companies where the asker may give and take such a one. *at* asks about
    the validity at another moment (RFC 3339 UTC). Raises UnknownCompany, UnknownChamber, Ambiguous.
    """
    at = at or scope.now
    g, c = t.access_grant.c, t.company.c
    base = with_holder().join(t.company, c.id == g.company_id)
    source = base.outerjoin(t.trainer, t.trainer.c.id == g.trainer_id)
    columns = (
        g.email,
        c.chamber,
        c.ident_number,
        g.role,
        case((g.sites, "yes"), else_="no"),
        t.trainer.c.trainer_number,
        state(at, scope.now),
        g.valid_from,
        g.valid_until,
        g.granted_by,
        g.granted_at,
        g.reason,
        account_state(),
    )
    conditions = [*_chosen(tx, scope, where, at), existed(at, scope.now), _visible(tx, scope)]
    order = (*(text_order(tx.dialect, x) for x in (g.email_key, c.chamber, c.ident_number, g.role)), g.id)
    return View(tx, base, source, columns, conditions, order, _days)


def who(
    tx: Tx,
    scope: Scope,
    name: str,
    permission: Permission | None = None,
    *,
    chamber: str | None = None,
    at: str | None = None,
    all: bool = False,
) -> View:
    """``email name role via state valid_until account`` of everyone who may do *permission* at the company *name*.

    Without *permission*: anything. Inherited grants are among them; ``via`` is the company that carries the grant. Who
    is invited, or whose grant begins later, is named with that ``state``. With *all* grants that are over are named,
    too, and those that rest because their ``account`` is locked or disabled. The asker sees those whom they may grant
    and revoke here, and themselves. Raises UnknownCompany, Ambiguous.
    """
    company, facts = company_named(tx, scope, name, chamber)
    roles = scope.authority.toggles.roles(permission) if permission else frozenset(Role)
    seen = _grantable(scope, company, facts)
    return _who(tx, scope, list(facts.chain(company)), roles, seen, at or scope.now, all=all)


def admins(tx: Tx, scope: Scope, name: str, *, chamber: str | None = None, all: bool = False) -> View:
    """As `who`, of the administrators alone; whoever may see the company may see who administers it.

    That an account is locked or disabled is for those who give and take permissions there.
    """
    company, facts = company_named(tx, scope, name, chamber)
    seen = or_(~_blocked(tx), _grantable(scope, company, facts))
    return _who(tx, scope, list(facts.chain(company)), [Role.ADMINISTRATOR], seen, scope.now, all=all)


def _who(
    tx: Tx,
    scope: Scope,
    chain: Sequence[Company],
    roles: Iterable[Role],
    seen: ColumnElement[bool],
    at: str,
    *,
    all: bool,
) -> View:
    """The grants on the first company of *chain*, and those that reach it from the others, above it."""
    g, carrier = t.access_grant.c, t.company.alias("carrier")
    base = with_holder(carrier.join(t.access_grant, g.company_id == carrier.c.id))
    inherited = and_(g.sites, among(tx, g.role, {r.value for r in INHERITED}))
    conditions = [
        among(tx, carrier.c.id, {c.id for c in chain if c.open}),
        among(tx, g.role, {r.value for r in roles}),
        or_(carrier.c.id == chain[0].id, inherited),
        existed(at, scope.now),
        seen,
    ]
    if not all:
        conditions += [alive(at, scope.now), ~_blocked(tx)]
    name = func.coalesce(t.account.c.name, "")
    columns = (g.email, name, g.role, carrier.c.ident_number, state(at, scope.now), g.valid_until, account_state())
    order = (*(text_order(tx.dialect, x) for x in (g.email_key, g.role, carrier.c.ident_number)), g.id)
    return View(tx, base, base, columns, conditions, order, _last_day)


def _blocked(tx: Tx) -> ColumnElement[bool]:
    return among(tx, account_state(), {state.value for state in BLOCKED})


def _chosen(tx: Tx, scope: Scope, where: GrantsWhere, at: str) -> Iterator[ColumnElement[bool]]:
    g = t.access_grant.c
    if where.account is not None:
        yield g.email_key == where.account
    if where.role is not None:
        yield g.role == where.role.value
    if where.chamber is not None:
        yield t.company.c.chamber == known_chamber(tx, where.chamber)
    if where.companies:
        yield among(tx, g.company_id, {c.id for c, _ in named(tx, scope, where.companies, where.chamber)})
    if not where.all or where.invited or where.expiring is not None:
        yield alive(at, scope.now)
    if where.invited:
        yield invitation()
    if where.expiring is not None:
        yield g.valid_until <= timeline.plus(at, where.expiring)


def _visible(tx: Tx, scope: Scope) -> ColumnElement[bool]:
    """The asker's own grants, and those that they might give or take where they are carried.

    By their ids: with "one or the other" in one condition the databases would look at every grant there is.
    """
    if scope.office.everywhere:
        return true()
    g = t.access_grant.alias("seen").c
    reasons = [g.email_key == scope.own_key]
    if scope.office:
        reasons.append(scope.at_desk_of(g.company_id))
    for permission in sorted({grant_permission(r) for r in Role}):
        roles = {r.value for r in Role if grant_permission(r) is permission}
        reasons.append(and_(scope.within(tx, g.company_id, permission), among(tx, g.role, roles)))
    return t.access_grant.c.id.in_(union_all(*(select(g.id).where(reason) for reason in reasons)))


def _grantable(scope: Scope, company: Company, facts: Facts) -> ColumnElement[bool]:
    """The grants that the asker might give or take at *company*, and their own."""
    if scope.office.covers(company.chamber):
        return true()
    permitted = {p for p in map(grant_permission, Role) if scope.may(p, company, facts)}
    g = t.access_grant.c
    roles = [g.role == r.value for r in Role if grant_permission(r) in permitted]
    return or_(g.email_key == scope.own_key, *roles)


def _last_day(row: Sequence[Any]) -> Sequence[Any]:
    """*row* with the last day of validity."""
    return row if row[5] is None else (*row[:5], timeline.last_day(row[5]), *row[6:])


def _days(row: Sequence[Any]) -> Sequence[Any]:
    """*row* with the days of validity as people state them, both inclusive, in Berlin."""
    first, last = row[7], row[8]
    days = (first and timeline.first_day(first), last and timeline.last_day(last))
    return (*row[:7], *days, *row[9:])
