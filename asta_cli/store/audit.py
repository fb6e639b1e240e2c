"""The audit log: a chain of keyed entries, one per run, whose personal part lies beside it and may be erased alone.

An entry holds ids, counts and commitments. Its hash covers the entry before it, so whatever is edited, removed, swapped
or inserted is found by ``verify``; and it is keyed, so that the database alone is not enough to write a new chain.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy import func, select

from asta_cli.store import tables as t
from asta_cli.store.apply import History, change_line, commitment
from asta_cli.store.db import Tx

GENESIS = bytes(32)
NO_CHANGES = blake2b(digest_size=32).digest()
_HEAD = "SELECT seq, hash FROM audit_head"
_HEAD_LOCKED = "SELECT seq, hash FROM audit_head FOR UPDATE"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the log that is not as it was written."""

    seq: int
    code: str


def append(
    tx: Tx,
    key: bytes,
    *,
    at: str,
    action: str,
    outcome: str,
    detail: Mapping[str, object],
    history: History | None = None,
    run: int | None = None,
) -> int:
    """Add an entry and return its number. Call it last in a transaction: it holds the chain's head until the commit."""
    seq, previous = _head(tx)
    salt, payload = os.urandom(16), json.dumps(detail, ensure_ascii=False, sort_keys=True)
    entry: dict[str, Any] = {
        "seq": seq + 1,
        "at": at,
        "action": action,
        "outcome": outcome,
        "run_id": run,
        "changes": history.changes if history else 0,
        "change_digest": history.digest.digest() if history else NO_CHANGES,
        "detail_commitment": commitment(salt, payload),
        "previous": previous,
    }
    entry["hash"] = _hash(key, entry)
    tx.insert("audit_entry", entry)
    tx.insert("audit_detail", {"seq": seq + 1, "salt": salt, "payload": payload})
    tx.update("audit_head", ("id", 1), {"seq": seq + 1, "hash": entry["hash"]})
    return seq + 1


def size(tx: Tx) -> int:
    """How many entries there are."""
    return int(tx.execute(select(func.count()).select_from(t.audit_entry)).scalar_one())


def verify(tx: Tx, key: bytes) -> Iterator[Fault]:
    """Recompute the whole log; every place where it is not what was written."""
    previous, expected = GENESIS, 1
    details = _details(tx)
    for row in tx.execute(select(t.audit_entry).order_by(t.audit_entry.c.seq)).mappings():
        seq = row["seq"]
        if seq != expected:
            yield Fault(expected, "entry_missing")
        if bytes(row["previous"]) != previous:
            yield Fault(seq, "chain_broken")
        if _hash(key, row) != bytes(row["hash"]):
            yield Fault(seq, "entry_changed")
        yield from _verify_detail(seq, bytes(row["detail_commitment"]), details.get(seq))
        yield from _verify_changes(tx, row)
        previous, expected = bytes(row["hash"]), seq + 1
    yield from _verify_head(tx, expected - 1, previous)
    yield from _verify_strays(tx)


def _head(tx: Tx) -> tuple[int, bytes]:
    head = _HEAD_LOCKED if tx.dialect == "postgresql" else _HEAD
    found = tx.driver(head).first()
    if found is None:
        first = f"INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, {tx.placeholder}) ON CONFLICT DO NOTHING"  # noqa: S608
        tx.driver(first, (GENESIS,))
        found = tx.driver(head).one()
    return int(found[0]), bytes(found[1])


def _hash(key: bytes, entry: Mapping[Any, Any]) -> bytes:
    line = json.dumps([entry[k] for k in ("seq", "at", "action", "outcome", "run_id", "changes")])
    parts = (line.encode(), *(bytes(entry[k]) for k in ("change_digest", "detail_commitment", "previous")))
    return blake2b(b"".join(parts), key=key, digest_size=32, person=b"asta audit entry").digest()


def _details(tx: Tx) -> dict[int, tuple[bytes, str | None]]:
    d = t.audit_detail.c
    return {row[0]: (bytes(row[1]), row[2]) for row in tx.execute(select(d.seq, d.salt, d.payload))}


def _verify_detail(seq: int, bound: bytes, detail: tuple[bytes, str | None] | None) -> Iterator[Fault]:
    if detail is None:
        yield Fault(seq, "detail_missing")
    elif detail[1] is not None and commitment(detail[0], detail[1]) != bound:
        yield Fault(seq, "detail_changed")


def _verify_changes(tx: Tx, entry: Mapping[Any, Any]) -> Iterator[Fault]:
    digest, changes = blake2b(digest_size=32), 0
    if entry["run_id"] is not None:
        c = t.run_change.c
        for row in tx.stream(select(t.run_change).where(c.run_id == entry["run_id"]).order_by(c.seq)).mappings():
            bound = bytes(row["commitment"])
            digest.update(change_line(row["seq"], row["kind"], row["action"], row["record_id"], row["count"], bound))
            changes += row["count"]
            if row["payload"] is not None and commitment(bytes(row["salt"]), row["payload"]) != bound:
                yield Fault(entry["seq"], "change_payload")
    if digest.digest() != bytes(entry["change_digest"]) or changes != entry["changes"]:
        yield Fault(entry["seq"], "changes_differ")


def _verify_head(tx: Tx, seq: int, last: bytes) -> Iterator[Fault]:
    head = tx.execute(select(t.audit_head.c.seq, t.audit_head.c.hash)).first()
    if (head is None and seq) or (head is not None and (head[0] != seq or bytes(head[1]) != last)):
        yield Fault(seq, "tail_cut")


def _verify_strays(tx: Tx) -> Iterator[Fault]:
    """Runs and changes that no entry speaks of."""
    e, c = t.audit_entry.c, t.run_change.c
    known = select(e.run_id).where(e.run_id.is_not(None))
    if tx.execute(select(c.run_id).where(c.run_id.not_in(known)).limit(1)).first() is not None:
        yield Fault(0, "changes_unexplained")
    d = t.audit_detail.c
    if tx.execute(select(d.seq).where(d.seq.not_in(select(e.seq))).limit(1)).first() is not None:
        yield Fault(0, "detail_unexplained")
