"""The audit log: a chain of keyed entries, one per run, whose personal part lies beside it.

An entry holds ids, counts and commitments. Its hash covers the entry before it, so whatever is edited, removed,
swapped or inserted is found by ``verify``; it is keyed, so that the database alone is not enough to write a new chain;
and so is the head, so that cutting the end off takes an older copy of it. Whoever puts back such a copy with everything
else is found only by a checkpoint kept elsewhere. The detail of a run's entry holds the run's own record.
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
_HEAD = "SELECT seq FROM audit_head"
_HEAD_LOCKED = f"{_HEAD} FOR UPDATE"
_ENTRY = (
    "seq",
    "at",
    "action",
    "outcome",
    "run_id",
    "changes",
    "change_digest",
    "detail_commitment",
    "previous",
    "hash",
)
# Everything of a run that does not change when a later one undoes it.
RUN = (
    *(
        "command",
        "kind",
        "chamber",
        "started_at",
        "finished_at",
        "principal",
        "created",
        "updated",
        "unchanged",
        "ended",
    ),
    *("reopened", "rejected", "warned", "kept", "file", "sha256"),
)
_BATCH = 2000
SALT = 16
Row = Mapping[str, Any]


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
) -> None:
    """Add an entry. Call it last in a transaction: it holds the chain's head until the commit.

    The *detail* of a *run*'s entry has under ``run`` the columns named in ``RUN``.
    """
    seq, previous = _head(tx)
    salt, payload = os.urandom(SALT), json.dumps(detail, ensure_ascii=False, sort_keys=True)
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
    tx.update("audit_head", ("id", 1), {"seq": seq + 1, "hash": _seal(key, seq + 1, entry["hash"])})


def size(tx: Tx) -> int:
    """How many entries there are."""
    return int(tx.execute(select(func.count()).select_from(t.audit_entry)).scalar_one())


def verify(tx: Tx, key: bytes) -> Iterator[Fault]:
    """Recompute the whole log; every place where it is not what was written."""
    previous, expected = GENESIS, 1
    columns = ", ".join(f"e.{name}" for name in _ENTRY)
    joined = "FROM audit_entry e LEFT JOIN audit_detail d ON d.seq = e.seq ORDER BY e.seq"
    for row in _rows(tx, f"SELECT {columns}, d.salt AS salt, d.payload AS payload {joined}"):
        seq = row["seq"]
        if seq != expected:
            yield Fault(expected, "entry_missing")
        if _raw(row["previous"]) != previous:
            yield Fault(seq, "chain_broken")
        if _hash(key, row) != _raw(row["hash"]):
            yield Fault(seq, "entry_changed")
        yield from _verify_detail(row)
        yield from _verify_changes(tx, row)
        yield from _verify_run(tx, row)
        previous, expected = _raw(row["hash"]), seq + 1
    yield from _verify_head(tx, key, expected - 1, previous)
    yield from _verify_strays(tx)


def _head(tx: Tx) -> tuple[int, bytes]:
    head = _HEAD_LOCKED if tx.dialect == "postgresql" else _HEAD
    found = tx.driver(head).first()
    if found is None:
        first = f"INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, {tx.placeholder}) ON CONFLICT DO NOTHING"  # noqa: S608
        tx.driver(first, (GENESIS,))
        found = tx.driver(head).one()
    seq = int(found[0])
    # A statement of its own: one that had to wait for the head would see the entries as they were before it waited.
    last = tx.driver(f"SELECT hash FROM audit_entry WHERE seq = {tx.placeholder}", (seq,)).first()  # noqa: S608
    # With its entry gone the log is broken already; it goes on, and verify tells where.
    return seq, GENESIS if last is None else bytes(last[0])


def _hash(key: bytes, entry: Row) -> bytes:
    line = json.dumps([entry[k] for k in ("seq", "at", "action", "outcome", "run_id", "changes")], default=repr)
    parts = (line.encode(), *(_raw(entry[k]) for k in ("change_digest", "detail_commitment", "previous")))
    return blake2b(b"".join(parts), key=key, digest_size=32, person=b"asta audit entry").digest()


def _seal(key: bytes, seq: int, last: bytes) -> bytes:
    return blake2b(f"{seq}|".encode() + last, key=key, digest_size=32, person=b"asta audit head").digest()


def _rows(tx: Tx, sql: str, params: tuple[Any, ...] = ()) -> Iterator[Row]:
    """Rows as the driver reads them: SQLAlchemy would stumble over a value of the wrong type, which is to be told."""
    found = tx.conn.exec_driver_sql(sql, params, execution_options={"yield_per": _BATCH})
    return (dict(row) for row in found.mappings())


def _first(tx: Tx, sql: str, params: tuple[Any, ...] = ()) -> Row | None:
    row = tx.driver(sql, params).mappings().first()
    return None if row is None else dict(row)


def _raw(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


def _fits(salt: Any, payload: Any, bound: Any) -> bool:
    salt = _raw(salt)
    return len(salt) == SALT and isinstance(payload, str) and commitment(salt, payload) == _raw(bound)


def _verify_detail(entry: Row) -> Iterator[Fault]:
    if entry["salt"] is None and entry["payload"] is None:
        yield Fault(entry["seq"], "detail_missing")
    elif not _fits(entry["salt"], entry["payload"], entry["detail_commitment"]):
        yield Fault(entry["seq"], "detail_changed")


def _verify_changes(tx: Tx, entry: Row) -> Iterator[Fault]:
    digest, changes = blake2b(digest_size=32), 0
    if entry["run_id"] is not None:
        sql = "SELECT seq, kind, action, record_id, count, payload, salt, commitment FROM run_change"
        for row in _rows(tx, f"{sql} WHERE run_id = {tx.placeholder} ORDER BY seq", (entry["run_id"],)):
            seq, kind, action, record, count = (row[k] for k in ("seq", "kind", "action", "record_id", "count"))
            digest.update(change_line(seq, kind, action, record, count, _raw(row["commitment"])))
            changes += count if isinstance(count, int) else 0
            # A bar in a word could shift where one ends and the next begins without the line being another.
            if "|" in f"{kind}{action}" or not _fits(row["salt"], row["payload"], row["commitment"]):
                yield Fault(entry["seq"], "change_payload")
    if digest.digest() != _raw(entry["change_digest"]) or changes != entry["changes"]:
        yield Fault(entry["seq"], "changes_differ")


def _verify_run(tx: Tx, entry: Row) -> Iterator[Fault]:
    if entry["run_id"] is None:
        return
    sql = f"SELECT {', '.join(RUN)} FROM run WHERE id = {tx.placeholder}"  # noqa: S608 - names are ours
    found = _first(tx, sql, (entry["run_id"],))
    if found is None:
        yield Fault(entry["seq"], "run_missing")
        return
    told = _said(entry["payload"]).get("run")
    # Entries of earlier versions of asta do not have every column.
    if not isinstance(told, dict) or not told or any(found.get(name) != value for name, value in told.items()):
        yield Fault(entry["seq"], "run_changed")


def _said(payload: Any) -> dict[str, Any]:
    try:
        said = json.loads(payload)
    except (TypeError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _verify_head(tx: Tx, key: bytes, seq: int, last: bytes) -> Iterator[Fault]:
    heads = [(row["seq"], _raw(row["hash"])) for row in _rows(tx, "SELECT seq, hash FROM audit_head")]
    if heads != ([(seq, _seal(key, seq, last))] if seq else []):
        yield Fault(seq, "tail_cut")


def _verify_strays(tx: Tx) -> Iterator[Fault]:
    """Runs, changes and details that no entry speaks of."""
    explained = "SELECT run_id FROM audit_entry WHERE run_id IS NOT NULL"
    strays = {
        "run_unexplained": f"SELECT id FROM run WHERE id NOT IN ({explained})",  # noqa: S608 - no values in it
        "changes_unexplained": f"SELECT run_id FROM run_change WHERE run_id NOT IN ({explained})",  # noqa: S608
        "detail_unexplained": "SELECT seq FROM audit_detail WHERE seq NOT IN (SELECT seq FROM audit_entry)",
    }
    for code, sql in strays.items():
        if _first(tx, f"{sql} LIMIT 1") is not None:
            yield Fault(0, code)
