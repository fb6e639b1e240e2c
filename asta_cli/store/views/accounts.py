"""Accounts, never what they sign in with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select, true

from asta_cli.core.links import UnknownAccount
from asta_cli.core.model import AccountState
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.views.places import known_chamber
from asta_cli.store.views.scope import Scope
from asta_cli.store.views.view import View, text_order


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsWhere:
    """Which accounts are wanted."""

    chamber: str | None = None
    state: AccountState | None = None


def accounts(tx: Tx, scope: Scope, where: AccountsWhere) -> View:
    """``email name chamber state language created_at last_sign_in confirmed_at``; others than operators see their own.

    Raises UnknownChamber.
    """
    c = t.account.c
    conditions = [_seen(scope)]
    if where.chamber is not None:
        conditions.append(c.chamber == known_chamber(tx, where.chamber))
    if where.state is not None:
        conditions.append(c.state == where.state.value)
    return _view(tx, conditions)


def account(tx: Tx, scope: Scope, email: str, email_key: str) -> Sequence[Any]:
    """The account with this key, as in ``accounts``. Raises UnknownAccount."""
    found = list(_view(tx, [_seen(scope), t.account.c.email_key == email_key]).rows())
    if not found:
        raise UnknownAccount(key=email)
    return found[0]


def _seen(scope: Scope) -> ColumnElement[bool]:
    """One's own account; for operators those of their chambers, and of whoever was given something there."""
    own = t.account.c.email_key == scope.own_key
    if scope.office.everywhere or not scope.office:
        return true() if scope.office else own
    g = t.access_grant.c
    holders = select(g.email_key).where(scope.at_desk_of(g.company_id))
    return or_(own, scope.at_desk(t.account.c.chamber), t.account.c.email_key.in_(holders))


def _view(tx: Tx, where: Sequence[ColumnElement[bool]]) -> View:
    c = t.account.c
    columns = (c.email, c.name, c.chamber, c.state, c.language, c.created_at, c.last_sign_in, c.confirmed_at)
    return View(tx, t.account, t.account, columns, where, (text_order(tx.dialect, c.email_key),))
