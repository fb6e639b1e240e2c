"""Accounts, and what lets their owners in: keys -> facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, func, select

from asta_cli.core.facts import Facts, Link, Needs
from asta_cli.core.model import Account, AccountState
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.keysets import among, names, rows_among

_ACCOUNT: tuple[Any, ...] = (
    t.account.c.id,
    t.account.c.email,
    t.account.c.email_key,
    t.account.c.name,
    t.account.c.chamber,
    t.account.c.state,
    t.account.c.language,
    t.account.c.password_hash.is_not(None),
    t.account.c.confirmed_at,
)
_LINK: tuple[Any, ...] = (
    t.link.c.id,
    t.link.c.purpose,
    t.link.c.account_id,
    t.link.c.expires_at,
    t.link.c.used_at,
    t.link.c.password_hash,
    t.link.c.email,
    t.link.c.email_key,
)
# Looked up by the thousand, for which an enumeration is slow.
_STATES = {state.value: state for state in AccountState}


def accounts_of(tx: Tx, keys: set[str], facts: Facts) -> None:
    """Add the accounts with these e-mail keys."""
    if not keys:
        return
    sql = f"SELECT {names(_ACCOUNT)} FROM account WHERE true"  # noqa: S608 - names are ours
    for row in rows_among(tx, sql, "email_key", keys, ()):
        add_account(facts, row)


def add_account(facts: Facts, row: Sequence[Any]) -> None:
    """Add the account of a row with the columns of ``_ACCOUNT``."""
    found = Account(row[0], row[1], row[2], row[3], row[4], _STATES[row[5]], row[6], bool(row[7]), row[8])
    facts.accounts[found.email_key] = found
    facts.accounts_by_id[found.id] = found


def links(tx: Tx, needs: Needs, facts: Facts) -> None:
    """Add the links that *needs* names, and whose they are."""
    for row in tx.execute(select(*_LINK).where(among(tx, t.link.c.id, needs.links))):
        facts.links[row[0]] = Link(*row)
    owners = {link.account for link in facts.links.values()}
    for row in tx.execute(select(*_ACCOUNT).where(among(tx, t.account.c.id, owners))):
        add_account(facts, row)


def of_accounts(tx: Tx, needs: Needs, facts: Facts) -> None:
    """Add links, sessions and mails of the accounts known so far, as far as *needs* asks for them."""
    if needs.account_links or needs.whole_accounts:
        c = t.link.c
        unused = and_(c.used_at.is_(None), among(tx, c.account_id, facts.accounts_by_id))
        for row in tx.execute(select(*_LINK).where(unused).order_by(c.id)):
            facts.account_links.setdefault(row[2], []).append(Link(*row))
    if needs.sessions or needs.whole_accounts:
        s = t.session.c
        unended = and_(s.ended_at.is_(None), among(tx, s.account_id, facts.accounts_by_id))
        for row in tx.execute(select(s.account_id, s.id).where(unended).order_by(s.id)):
            facts.sessions.setdefault(row[0], []).append(row[1])
    if needs.mailed_since is not None:
        m = t.mail.c
        addresses = {account.email for account in facts.accounts.values()}
        addresses |= {grant.email for grants in facts.grants.values() for grant in grants}
        recent = and_(m.queued_at > needs.mailed_since, among(tx, m.recipient, addresses))
        counted = select(m.recipient, m.kind, func.count()).where(recent).group_by(m.recipient, m.kind)
        for row in tx.execute(counted):
            facts.mailed[row[0], row[1]] = row[2]
