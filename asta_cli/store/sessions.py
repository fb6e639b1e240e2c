"""Sessions and the hashes of passwords: the only place that reads them. Neither leaves the process."""

from __future__ import annotations

from sqlalchemy import select, update

from asta_cli.core.facts import Needs
from asta_cli.core.model import Account
from asta_cli.core.sessions import Session
from asta_cli.store import load
from asta_cli.store import tables as t
from asta_cli.store.db import Tx


def find(tx: Tx, token_hash: bytes, now: str) -> tuple[Session, Account] | None:
    """The session with this hash of a token, in force or not, and whose it is."""
    c = t.session.c
    columns = (c.id, c.account_id, c.os_user, c.used_at, c.expires_at, c.ended_at, t.account.c.email_key)
    query = select(*columns).join(t.account, t.account.c.id == c.account_id).where(c.token_hash == token_hash)
    row = tx.execute(query).first()
    if row is None:
        return None
    return Session(*row[:6]), load.load(tx, Needs(accounts={row[6]}), now).accounts[row[6]]


def touch(tx: Tx, session: Session, now: str) -> None:
    """Write down a use. Of several at once the latest stands, and an ended session stays ended."""
    c = t.session.c
    later = update(t.session).where(c.id == session.id, c.used_at < now, c.ended_at.is_(None))
    tx.execute(later, {"used_at": now})


def password_of(tx: Tx, email_key: str, now: str) -> tuple[Account, str | None] | None:
    """The account with this key and the hash of its password; the same queries whether there is one or not."""
    account = load.load(tx, Needs(accounts={email_key}), now).accounts.get(email_key)
    stored = tx.execute(select(t.account.c.password_hash).where(t.account.c.email_key == email_key)).scalar()
    return None if account is None else (account, stored)
