"""The state of a grant in SQL: the same answers as ``core.model.Grant`` gives for one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, false, func, not_, or_, select, true

from asta_cli.core.model import AccountState, GrantState
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.keysets import among, values_for, worded

Moment = str | ColumnElement[str]
"""RFC 3339 UTC, or a parameter of that."""


def open_at(tx: Tx, companies: Iterable[int], now: str) -> Iterator[tuple[str, int, str]]:
    """E-mail key, company and role of every grant that *companies* carry and that is not over at *now*."""
    g = t.access_grant.c
    question = worded(tx, _open_at(tx, companies, now, g.email_key, g.company_id, g.role))
    for part in tx.bulk(question.string, values_for(question, {})):
        yield from part


def ending(tx: Tx, now: str, until: str) -> Iterator[tuple[int, str, str]]:
    """Id, e-mail key and Identnummer of the grants that end by *until* and of which nobody has been reminded."""
    g, c = t.access_grant.c, t.company.c
    soon = and_(g.ended_at.is_(None), g.valid_until > now, g.valid_until <= until, g.reminded_at.is_(None))
    joined = with_holder().join(t.company, c.id == g.company_id)
    query = select(g.id, g.email_key, c.ident_number).select_from(joined).where(soon, alive(now, now))
    yield from map(tuple, tx.execute(query.order_by(g.valid_until, g.id)).all())


def count_open(tx: Tx, companies: Iterable[int], now: str) -> int:
    """How many these are."""
    return int(tx.execute(_open_at(tx, companies, now, func.count())).scalar_one())


def _open_at(tx: Tx, companies: Iterable[int], now: str, *columns: Any) -> Select[*tuple[Any, ...]]:
    condition = and_(among(tx, t.access_grant.c.company_id, companies), alive(now, now))
    return select(*columns).select_from(with_holder()).where(condition)


def with_holder(grants: FromClause = t.access_grant) -> FromClause:
    """*grants*, which may be joined to something, with the account of each one's holder, if there is one."""
    return grants.outerjoin(t.account, t.account.c.email_key == t.access_grant.c.email_key)


def ended(at: str, now: str) -> ColumnElement[bool]:
    """Whether the grant was taken away by the moment *at*."""
    ended_at = t.access_grant.c.ended_at
    return ended_at.is_not(None) if at >= now else and_(ended_at.is_not(None), ended_at <= at)


def alive(at: str, now: str) -> ColumnElement[bool]:
    """Whether it had neither been taken away by *at* nor was it over by itself; needs `with_holder`."""
    g = t.access_grant.c
    kept = g.ended_at.is_(None) if at >= now else or_(g.ended_at.is_(None), g.ended_at > at)
    return and_(kept, lasting(at))


def lasting(at: Moment) -> ColumnElement[bool]:
    """Whether neither its last day has passed at *at*, nor the time to accept an invitation; needs `with_holder`."""
    g = t.access_grant.c
    waiting = or_(g.invited_until.is_(None), g.invited_until > at, t.account.c.confirmed_at < g.invited_until)
    return and_(or_(g.valid_until.is_(None), g.valid_until > at), waiting)


def accepted() -> ColumnElement[bool]:
    """Whether it is no invitation, or one whose address was confirmed in time; needs `with_holder`."""
    g = t.access_grant.c
    return or_(g.invited_until.is_(None), func.coalesce(t.account.c.confirmed_at < g.invited_until, false()))


def begun(at: Moment) -> ColumnElement[bool]:
    """Whether its validity has begun at *at*."""
    g = t.access_grant.c
    return or_(g.valid_from.is_(None), g.valid_from <= at)


def invitation() -> ColumnElement[bool]:
    """Whether its holder has yet to confirm the address, or did so too late; needs `with_holder`."""
    a = t.account.c
    unknown = and_(a.confirmed_at.is_(None), a.state != AccountState.CONFIRMED.value)
    return or_(a.state.is_(None), unknown, not_(accepted()))


def in_force(now: Moment) -> ColumnElement[bool]:
    """Whether it gives its holder rights at *now*, the state of its company aside; needs `with_holder`."""
    g = t.access_grant.c
    valid = and_(g.ended_at.is_(None), or_(g.valid_until.is_(None), g.valid_until > now), begun(now))
    return and_(valid, t.account.c.state == AccountState.CONFIRMED.value, accepted())


def existed(at: str, now: str) -> ColumnElement[bool]:
    """Whether it had been given by *at*. Only the past is asked: clocks of two machines may differ by seconds."""
    return true() if at >= now else t.access_grant.c.granted_at <= at


def account_state() -> ColumnElement[str]:
    """The state of its holder's account; that nobody has registered the address is not told apart; `with_holder`."""
    return func.coalesce(t.account.c.state, AccountState.UNCONFIRMED.value)


def state(at: str, now: str) -> ColumnElement[str]:
    """Its state at *at*; needs `with_holder`."""
    # What was over by itself gets its end written down when it is given anew: nobody has taken it away.
    taken = and_(ended(at, now), func.coalesce(lasting(t.access_grant.c.ended_at), false()))
    return case(
        (taken, GrantState.ENDED.value),
        (not_(func.coalesce(lasting(at), false())), GrantState.EXPIRED.value),
        (invitation(), GrantState.INVITED.value),
        (begun(at), GrantState.ACTIVE.value),
        else_=GrantState.PENDING.value,
    )
