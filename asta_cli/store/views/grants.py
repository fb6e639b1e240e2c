"""The state of a grant in SQL: the same answers as ``core.model.Grant`` gives for one."""

from __future__ import annotations

from sqlalchemy import ColumnElement, FromClause, and_, case, or_, true

from asta_cli.core.model import AccountState, GrantState
from asta_cli.store import tables as t

Moment = str | ColumnElement[str]
"""RFC 3339 UTC, or a parameter of that."""


def with_holder(grants: FromClause = t.access_grant) -> FromClause:
    """*grants*, which may be joined to something, with the account of each one's holder, if there is one."""
    return grants.outerjoin(t.account, t.account.c.email_key == t.access_grant.c.email_key)


def ended(at: str, now: str) -> ColumnElement[bool]:
    """Whether the grant was taken away by the moment *at*."""
    ended_at = t.access_grant.c.ended_at
    return ended_at.is_not(None) if at >= now else and_(ended_at.is_not(None), ended_at <= at)


def alive(at: str, now: str) -> ColumnElement[bool]:
    """Whether it had neither been taken away by *at* nor was its validity over."""
    g = t.access_grant.c
    kept = g.ended_at.is_(None) if at >= now else or_(g.ended_at.is_(None), g.ended_at > at)
    return and_(kept, or_(g.valid_until.is_(None), g.valid_until > at))


def expired(at: str) -> ColumnElement[bool]:
    """Whether its validity is over at *at*."""
    g = t.access_grant.c
    return and_(g.valid_until.is_not(None), g.valid_until <= at)


def begun(at: Moment) -> ColumnElement[bool]:
    """Whether its validity has begun at *at*."""
    g = t.access_grant.c
    return or_(g.valid_from.is_(None), g.valid_from <= at)


def invitation() -> ColumnElement[bool]:
    """Whether its holder has yet to confirm the address; needs `with_holder`."""
    return or_(t.account.c.state.is_(None), t.account.c.state == AccountState.UNCONFIRMED.value)


def in_force(now: Moment) -> ColumnElement[bool]:
    """Whether it gives its holder rights at *now*, the state of its company aside; needs `with_holder`."""
    g = t.access_grant.c
    valid = and_(g.ended_at.is_(None), or_(g.valid_until.is_(None), g.valid_until > now), begun(now))
    return and_(valid, t.account.c.state == AccountState.CONFIRMED.value)


def existed(at: str, now: str) -> ColumnElement[bool]:
    """Whether it had been given by *at*. Only the past is asked: clocks of two machines may differ by seconds."""
    return true() if at >= now else t.access_grant.c.granted_at <= at


def state(at: str, now: str) -> ColumnElement[str]:
    """Its state at *at*; needs `with_holder`."""
    return case(
        (ended(at, now), GrantState.ENDED.value),
        (expired(at), GrantState.EXPIRED.value),
        (invitation(), GrantState.INVITED.value),
        (begun(at), GrantState.ACTIVE.value),
        else_=GrantState.PENDING.value,
    )
