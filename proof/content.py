"""What a database holds, so that two runs of the same command can be compared.

Ids and salts are drawn anew by every run, so an id is replaced by what it stands for: the record's own values, and
those of the records it points at. Whatever else differs is a difference.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy import select

from asta_cli.run.change_log import told
from asta_cli.store import audit, traces
from asta_cli.store import tables as t
from asta_cli.store.db import Store

HELD, SCHEMA = "held changes", "the schema"
BOOKKEEPING = frozenset({"run", "run_change", "audit_entry", "audit_detail", "audit_head", "held_plan", HELD})
"""What grows with every run, also with one that changes nothing."""
_DRAWN = frozenset({"salt", "commitment", "change_digest", "detail_commitment", "previous", "hash"})
# The compact form of a held plan is full of ids: what it means is told as "held changes".
_DRAWN_IN = {"held_plan": frozenset({"payload"}), "mail": frozenset({"lease_until"})}
_SCHEMA = {
    "sqlite": ("SELECT type, name, sql FROM sqlite_schema",),
    "postgresql": (
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace",
    ),
}
_LEAST_ID = 1 << 40
_ROUNDS = 4  # a site, its head office, a trainer there, a trainee: each round looks one reference further

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Content:
    """A digest of each table; equal digests, equal content."""

    tables: Mapping[str, str]

    def without(self, *names: str) -> Content:
        """The rest, with these tables left out."""
        return Content({name: digest for name, digest in self.tables.items() if name not in names})

    def differs(self, other: Content) -> list[str]:
        """The names of the tables in which they differ."""
        return sorted(n for n in {*self.tables, *other.tables} if self.tables.get(n) != other.tables.get(n))


def faults(store: Store, key: bytes) -> list[str]:
    """What is wrong with the database itself, its references or its audit log."""
    found: list[str] = []
    with store.read() as tx:
        if tx.dialect == "sqlite":
            found += [f"integrity: {row[0]}" for row in tx.driver("PRAGMA integrity_check") if row[0] != "ok"]
            found += [f"reference: {tuple(row)}" for row in tx.driver("PRAGMA foreign_key_check")]
        found += [f"audit: {fault.code} at {fault.seq}" for fault in audit.verify(tx, key)]
    return found


def content(store: Store) -> Content:
    """What *store* holds now."""
    rows = read(store)
    labels = _labels(rows)
    digests = {}
    for name, records in rows.items():
        lines = sorted(json.dumps(_shown(name, r, labels), sort_keys=True, default=_plain) for r in records)
        digests[name] = _digest("\n".join(lines))
    return Content({**digests, HELD: _digest("\n".join(_held(store))), SCHEMA: _digest("\n".join(_schema(store)))})


def _schema(store: Store) -> list[str]:
    """The tables, indexes and checks that there are: a large import may take some away for a while."""
    with store.read() as tx:
        return sorted(str(tuple(row)) for sql in _SCHEMA[tx.dialect] for row in tx.driver(sql))


def _held(store: Store) -> list[str]:
    """What would be written by the plans that are kept, as people are told it."""
    with store.read() as tx:
        runs = tx.execute(select(t.held_plan.c.run_id).distinct()).scalars().all()
        found = [traces.run_record(tx, run) for run in runs]
        return sorted(repr(line) for run in found if run for lines in told(tx, run) for line in lines)


def read(store: Store) -> Rows:
    """Every row of every table."""
    with store.read() as tx:
        return {
            name: [dict(row) for row in tx.execute(select(table)).mappings()]
            for name, table in t.metadata.tables.items()
        }


def _labels(rows: Rows) -> dict[int, str]:
    """What each id stands for."""
    labels = {row["id"]: "" for records in rows.values() for row in records if row.get("id", 0) >= _LEAST_ID}
    for _ in range(_ROUNDS):
        labels = {
            row["id"]: _digest(name + json.dumps(_shown(name, row, labels, own=False), sort_keys=True, default=_plain))
            for name, records in rows.items()
            for row in records
            if row.get("id") in labels
        }
    return labels


def _shown(table: str, row: Mapping[str, Any], labels: Mapping[int, str], *, own: bool = True) -> dict[str, Any]:
    left_out = _DRAWN | _DRAWN_IN.get(table, frozenset()) | (frozenset() if own else {"id"})
    return {name: _meant(value, labels) for name, value in row.items() if name not in left_out}


def _meant(value: Any, labels: Mapping[int, str]) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return labels.get(value, value)
    if isinstance(value, str):
        return _meant_text(value, labels)
    if isinstance(value, list):
        return sorted((_meant(v, labels) for v in value), key=repr)
    if isinstance(value, dict):
        return {k: _meant(v, labels) for k, v in value.items()}
    return value


def _meant_text(text: str, labels: Mapping[int, str]) -> Any:
    """Text may be JSON with ids in it."""
    if text[:1] not in ("{", "["):
        return text
    try:
        return _meant(json.loads(text), labels)
    except ValueError:
        return text


def _plain(value: Any) -> str:
    return bytes(value).hex()


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=12).hexdigest()
