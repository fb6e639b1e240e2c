"""The state of a grant in SQL: the same answers as ``core.model.Grant`` gives for one."""

from __future__ import annotations

from sqlalchemy import ColumnElement, FromClause, and_, case, literal, or_

from asta_cli.core.model import AccountState, GrantState
from asta_cli.store import tables as t


def with_holder() -> FromClause:
    """Grants with the account of their holder, if there is one."""
    return t.access_grant.outerjoin(t.account, t.account.c.email_key == t.access_grant.c.email_key)


def ended(at: str) -> ColumnElement[bool]:
    """Whether the grant was taken away by the moment *at*."""
    g = t.access_grant.c
    return and_(g.ended_at.is_not(None), g.ended_at <= at)


def expired(at: str) -> ColumnElement[bool]:
    """Whether its validity is over at *at*."""
    g = t.access_grant.c
    return and_(g.valid_until.is_not(None), g.valid_until <= at)


def begun(at: str) -> ColumnElement[bool]:
    """Whether its validity has begun at *at*."""
    g = t.access_grant.c
    return or_(g.valid_from.is_(None), g.valid_from <= at)


def invitation() -> ColumnElement[bool]:
    """Whether its holder has yet to confirm the address; needs `with_holder`."""
    return or_(t.account.c.state.is_(None), t.account.c.state == AccountState.UNCONFIRMED.value)


def in_force(now: str) -> ColumnElement[bool]:
    """Whether it gives its holder rights at *now*, the state of its company aside; needs `with_holder`."""
    g = t.access_grant.c
    valid = and_(g.ended_at.is_(None), or_(g.valid_until.is_(None), g.valid_until > now), begun(now))
    return and_(valid, t.account.c.state == AccountState.CONFIRMED.value)


def existed(at: str, now: str) -> ColumnElement[bool]:
    """Whether it had been given by *at*. Only the past is asked: clocks of two machines may differ by seconds."""
    return literal(True) if at >= now else t.access_grant.c.granted_at <= at


def state(at: str) -> ColumnElement[str]:
    """Its state at *at*; needs `with_holder`."""
    return case(
        (ended(at), GrantState.ENDED.value),
        (expired(at), GrantState.EXPIRED.value),
        (invitation(), GrantState.INVITED.value),
        (begun(at), GrantState.ACTIVE.value),
        else_=GrantState.PENDING.value,
    )
