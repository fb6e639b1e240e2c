"""Operators and service tokens, as those see them who may decide about them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, bindparam, case, func, or_, select

from asta_cli.core import timeline
from asta_cli.core.model import AccountState
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.keysets import among
from asta_cli.store.views.accounts import seen as seen_accounts
from asta_cli.store.views.scope import Scope
from asta_cli.store.views.view import View, text_order


def operators(tx: Tx, scope: Scope, *, all: bool = False) -> View:
    """``email name chamber impersonate state added_at added_by reason ended_at``; empty ``chamber``: of every one.

    Operators see those of their chambers, and themselves; all others see nobody but themselves.
    """
    o, a = t.operator.c, t.account.c
    own = o.email_key == scope.authority.asker.email_key
    conditions: list[ColumnElement[bool]] = [or_(own, scope.at_desk(o.chamber))]
    if not all:
        conditions.append(o.ended_at.is_(None))
    waiting = or_(a.state.is_(None), a.state == AccountState.UNCONFIRMED.value)
    state = case(
        (o.ended_at.is_not(None), "ended"),
        (waiting, "invited"),
        (a.state == AccountState.CONFIRMED.value, "active"),
        else_="blocked",
    )
    name = func.coalesce(a.name, "")
    columns = (o.email, name, o.chamber, o.impersonate, state, o.added_at, o.added_by, o.reason, o.ended_at)
    source = t.operator.outerjoin(t.account, a.email_key == o.email_key)
    order = (text_order(tx.dialect, o.email_key), text_order(tx.dialect, func.coalesce(o.chamber, "")), o.id)
    return View(tx, t.operator, source, columns, conditions, order, _office)


def tokens(tx: Tx, scope: Scope, *, all: bool = False) -> View:
    """``token email state verbs companies created_at valid_until used_at``, never what opens doors.

    Seen are the tokens of the accounts that the asker may see: their own, for operators those of their chambers.
    """
    s, a = t.service_token.c, t.account.c
    now = bindparam("now", type_=Text)
    state = case(
        (s.ended_at.is_not(None), "ended"),
        (s.expires_at <= now, "expired"),
        (a.state == AccountState.CONFIRMED.value, "active"),
        else_="blocked",
    )
    base = t.service_token.join(t.account, a.id == s.account_id)
    conditions: list[ColumnElement[bool]] = [seen_accounts(scope)]
    if not all:
        conditions += [s.ended_at.is_(None), s.expires_at > now]
    columns = (s.name, a.email, state, s.verbs, s.companies, s.created_at, s.expires_at, s.used_at)
    order = (text_order(tx.dialect, a.email_key), text_order(tx.dialect, s.name), s.id)
    return View(tx, base, base, columns, conditions, order, _token_shape(tx), {"now": scope.now})


def _office(row: Sequence[Any]) -> Sequence[Any]:
    return (*row[:3], bool(row[3]), *row[4:])


def _token_shape(tx: Tx) -> Callable[[Sequence[Any]], Sequence[Any]]:
    c = t.company.c

    def shape(row: Sequence[Any]) -> Sequence[Any]:
        verbs, ids = json.loads(row[3]), set(json.loads(row[4] or "[]"))
        named = select(c.chamber, c.ident_number).where(among(tx, c.id, ids)) if ids else None
        keys = sorted(f"{chamber}:{ident}" for chamber, ident in tx.execute(named)) if named is not None else []
        return (*row[:3], ", ".join(verbs), ", ".join(keys), row[5], timeline.last_day(row[6]), row[7])

    return shape
