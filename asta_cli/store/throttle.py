"""The counts of attempts, under a keyed hash: the table tells nobody whose accounts were tried."""

from __future__ import annotations

from hashlib import blake2b

from sqlalchemy import delete, select, update

from asta_cli.core.throttling import Count, attempt
from asta_cli.store import tables as t
from asta_cli.store.db import Tx

_SIZE = 16


def key_of(secret: bytes, *parts: str) -> bytes:
    """The key of the attempts at what *parts* name: a purpose, an account, perhaps a company. *secret* is a subkey."""
    digest = blake2b(key=secret, digest_size=_SIZE)
    for part in parts:
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(4, "big") + encoded)
    return digest.digest()


def count(tx: Tx, key: bytes, now: str) -> str | None:
    """Count an attempt at *now*; until when it must wait instead, or None. Commit it before the secret is looked at.

    The upsert takes the row's lock whether there was a row or not, so attempts at one moment are counted one by one.
    """
    mark = tx.placeholder
    sql = (
        f"INSERT INTO throttle (key, failures, first_at) VALUES ({mark}, 0, {mark})"  # noqa: S608 - names are ours
        " ON CONFLICT (key) DO UPDATE SET failures = throttle.failures"
        " RETURNING failures, first_at, blocked_until"
    )
    failures, first_at, blocked_until = tx.driver(sql, (key, now)).one()
    known = Count(failures, first_at, blocked_until) if failures else None
    counted, wait = attempt(known, now)
    if counted != known:
        values = {"failures": counted.failures, "first_at": counted.first_at, "blocked_until": counted.blocked_until}
        tx.execute(update(t.throttle).where(t.throttle.c.key == key), values)
    return wait


def known(tx: Tx, key: bytes) -> Count | None:
    """What is remembered under *key*."""
    c = t.throttle.c
    row = tx.execute(select(c.failures, c.first_at, c.blocked_until).where(c.key == key)).first()
    return Count(*row) if row else None


def forget(tx: Tx, key: bytes) -> None:
    """Forget the attempts under *key*: the secret was shown."""
    tx.execute(delete(t.throttle).where(t.throttle.c.key == key))
