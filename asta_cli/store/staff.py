"""Operators and service tokens: facts about them, and the one place that finds a token by its hash."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from asta_cli.core.facts import Facts, Needs
from asta_cli.core.model import Account, AccountState
from asta_cli.core.office import Officer
from asta_cli.core.service_tokens import ServiceToken
from asta_cli.store import load as facts_of
from asta_cli.store import tables as t
from asta_cli.store.db import Tx

_T = t.service_token.c
_TOKEN = (_T.id, _T.name, _T.account_id, _T.verbs, _T.companies, _T.expires_at, _T.used_at, _T.ended_at)


def load(tx: Tx, facts: Facts) -> None:
    """Every operator there is."""
    o, a = t.operator.c, t.account.c
    columns = (o.id, o.email, o.email_key, o.chamber, o.impersonate, a.state)
    joined = t.operator.outerjoin(t.account, a.email_key == o.email_key)
    for row in tx.execute(select(*columns).select_from(joined).where(o.ended_at.is_(None)).order_by(o.id)):
        facts.officers.append(Officer(row[0], row[1], row[2], row[3], bool(row[4]), row[5] == AccountState.CONFIRMED))


def find_token(tx: Tx, token_hash: bytes, now: str) -> tuple[ServiceToken, Account] | None:
    """The token with this hash, in force or not, and whose it is."""
    columns = (*_TOKEN, t.account.c.email_key)
    query = select(*columns).join(t.account, t.account.c.id == _T.account_id).where(_T.token_hash == token_hash)
    row = tx.execute(query).first()
    if row is None:
        return None
    return _token(row), facts_of.load(tx, Needs(accounts={row[-1]}), now).accounts[row[-1]]


def touch_token(tx: Tx, token: ServiceToken, now: str) -> None:
    """Write down a use. Of several at once the latest stands, and an ended token stays as it was."""
    tx.execute(update(t.service_token).where(_T.id == token.id, _T.ended_at.is_(None)), {"used_at": now})


def chambers_of_holder(tx: Tx, email_key: str) -> set[str]:
    """The chambers in which an address has been given anything that has not ended."""
    g, c = t.access_grant.c, t.company.c
    held = select(c.chamber).join(t.access_grant, g.company_id == c.id).distinct()
    return set(tx.execute(held.where(g.email_key == email_key, g.ended_at.is_(None))).scalars())


def _token(row: Sequence[Any]) -> ServiceToken:
    companies = frozenset(json.loads(row[4])) if row[4] else None
    return ServiceToken(row[0], row[1], row[2], frozenset(json.loads(row[3])), companies, *row[5:8])
