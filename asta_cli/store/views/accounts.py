"""Accounts, never what they sign in with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true

from asta_cli.core import timeline
from asta_cli.core.links import UnknownAccount
from asta_cli.core.model import AccountState, LinkPurpose
from asta_cli.core.sessions import IDLE
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.grants import lasting
from asta_cli.store.views.places import known_chamber
from asta_cli.store.views.scope import Scope
from asta_cli.store.views.view import View, contains, text_order


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsWhere:
    """Which accounts are wanted."""

    chamber: str | None = None
    state: AccountState | None = None
    search: str | None = None


def accounts(tx: Tx, scope: Scope, where: AccountsWhere) -> View:
    """``email name chamber state language created_at last_sign_in confirmed_at``; others than operators see their own.

    Raises UnknownChamber.
    """
    c = t.account.c
    conditions = [seen(scope)]
    if where.chamber is not None:
        conditions.append(c.chamber == known_chamber(tx, where.chamber))
    if where.state is not None:
        conditions.append(c.state == where.state.value)
    if where.search:
        conditions.append(or_(*(contains(tx, column, where.search) for column in (c.email, c.name))))
    return _view(tx, conditions)


def account(tx: Tx, scope: Scope, email: str, email_key: str) -> Sequence[Any]:
    """The account with this key, as in ``accounts``, and ``state_since state_reason new_email grants sessions``.

    ``state_since`` and ``state_reason`` tell what the chamber decided last, ``new_email`` the address that has yet to
    answer; ``grants`` counts the permissions that nobody ended and that are not expired. Raises UnknownAccount.
    """
    c = t.account.c
    decided = and_(c.state_at.is_not(None), or_(c.confirmed_at.is_(None), c.state_at >= c.confirmed_at))
    shown = (
        *_columns(),
        case((decided, c.state_at)),
        case((decided, c.state_reason)),
        _new_email(scope.now),
        grants_of_account(scope.now),
        _sessions(scope.now),
    )
    found = tx.execute(select(*shown).where(seen(scope), c.email_key == email_key)).first()
    if found is None:
        raise UnknownAccount(key=email)
    return found


def seen(scope: Scope) -> ColumnElement[bool]:
    """One's own account; for operators those of their chambers, and of whoever was given something there."""
    own = t.account.c.email_key == scope.own_key
    if scope.office.everywhere or not scope.office:
        return true() if scope.office else own
    g = t.access_grant.c
    holders = select(g.email_key).where(scope.at_desk_of(g.company_id))
    return or_(own, scope.at_desk(t.account.c.chamber), t.account.c.email_key.in_(holders))


def _view(tx: Tx, where: Sequence[ColumnElement[bool]]) -> View:
    c = t.account.c
    return View(tx, t.account, t.account, _columns(), where, (text_order(tx.dialect, c.email_key),))


def _columns() -> tuple[ColumnElement[Any], ...]:
    c = t.account.c
    return (c.email, c.name, c.chamber, c.state, c.language, c.created_at, c.last_sign_in, c.confirmed_at)


def _new_email(now: str) -> ColumnElement[Any]:
    link = t.link.c
    waiting = and_(link.account_id == t.account.c.id, link.used_at.is_(None), link.expires_at > now)
    asked = select(func.max(link.email)).where(waiting, link.purpose == LinkPurpose.EMAIL.value)
    return asked.correlate(t.account).scalar_subquery()


def grants_of_account(now: str) -> ColumnElement[Any]:
    """How many permissions the account has that are neither ended nor over; invitations are among them."""
    g = t.access_grant.c
    open_ = and_(g.email_key == t.account.c.email_key, g.ended_at.is_(None), lasting(now))
    return select(func.count()).select_from(t.access_grant).where(open_).correlate(t.account).scalar_subquery()


def _sessions(now: str) -> ColumnElement[Any]:
    s = t.session.c
    used = timeline.plus(now, -IDLE)
    going = and_(s.account_id == t.account.c.id, s.ended_at.is_(None), s.expires_at > now, s.used_at > used)
    open_ = select(func.count()).select_from(t.session).where(going)
    return open_.correlate(t.account).scalar_subquery()
