"""Plan -> database: creations in bulk, changes under the condition that they still replace what was planned from."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from operator import itemgetter
from typing import Any

from asta_cli.core.model import Action, Kind, Record, Value
from asta_cli.core.plan import Change, Plan
from asta_cli.store import bare
from asta_cli.store.bulk import insert
from asta_cli.store.db import Tx
from asta_cli.store.errors import LostRace

_SALT = 16
_ORDER = {kind: n for n, kind in enumerate(Kind)}
# Neither secrets nor hashes of secrets go into the history of changes; a line's hash is bookkeeping.
_HIDDEN = frozenset({"password_hash", "code_mac", "token_hash", "line_hash", "feed_hash"})

_BELOW = {Kind.COMPANY: ("company_id", (Kind.TRAINER, Kind.TRAINEE)), Kind.TRAINER: ("trainer_id", (Kind.TRAINEE,))}


@dataclass(slots=True)
class History:
    """The change rows of one run as they are written, and the running digest of their commitments."""

    run: int
    count: int = 0
    changes: int = 0
    digest: Any = field(default_factory=lambda: blake2b(digest_size=32))


def apply(tx: Tx, plan: Plan, history: History) -> None:
    """Write *plan*. Raises LostRace, on which the run is repeated, when a record no longer is what was planned from."""
    for kind, action, changes in _grouped(plan.changes):
        if action is Action.CREATE:
            bare.before(tx, kind, len(changes))
            _create(tx, kind, changes)
            _remember_created(tx, kind, [c.id for c in changes], history)
        else:
            _change(tx, kind, changes)
            _remember_changed(tx, changes, history)
            if action is Action.END and kind in _BELOW:
                _forget_lines(tx, kind, changes)
    for block in plan.blocks:
        bare.before(tx, block.kind, len(block))
        insert(tx, block)
        _remember_created(tx, block.kind, block.ids, history)
    _touch(tx, plan)


def _forget_lines(tx: Tx, kind: Kind, changes: Sequence[Change]) -> None:
    """Have the lines judged anew that refer to what has ended: they were good only as long as that was open."""
    column, tables = _BELOW[kind]
    for table in tables:
        sql = f"UPDATE {table} SET line_hash = NULL WHERE {column} = {tx.placeholder}"  # noqa: S608 - names are ours
        tx.driver(sql, [(c.id,) for c in changes])


def _grouped(changes: Iterable[Change]) -> Iterable[tuple[Kind, Action, list[Change]]]:
    """Referenced kinds first; within a kind, what ends makes room before something new takes its place."""
    groups: dict[tuple[Kind, Action], list[Change]] = {}
    for change in changes:
        groups.setdefault((change.kind, change.action), []).append(change)
    order = {Action.END: 0, Action.UPDATE: 1, Action.REOPEN: 2, Action.CREATE: 3}
    # A company moves below one that the same plan creates, and the like: its new neighbours must exist at the commit
    # only, except for kinds that point at others at once.
    for kind, action in sorted(groups, key=lambda g: (_ORDER[g[0]], order[g[1]])):
        yield kind, action, groups[kind, action]


def _create(tx: Tx, kind: Kind, changes: Sequence[Change]) -> None:
    for columns, same in _by_columns(changes):
        pick = itemgetter(*columns) if len(columns) > 1 else lambda record, only=columns[0]: (record[only],)
        rows = [(c.id, *pick(c.after)) for c in same]
        names = ", ".join(("id", *columns))
        if tx.dialect == "postgresql":
            _copy(tx, f"COPY {kind} ({names}) FROM STDIN", rows)
        else:
            marks = ", ".join("?" * (len(columns) + 1))
            tx.driver(f"INSERT INTO {kind} ({names}) VALUES ({marks})", rows)  # noqa: S608 - names are ours


def _copy(tx: Tx, statement: str, rows: Iterable[tuple[Value, ...]]) -> None:
    driver: Any = tx.conn.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _by_columns(changes: Sequence[Change]) -> Iterable[tuple[tuple[str, ...], list[Change]]]:
    groups: dict[tuple[str, ...], list[Change]] = {}
    for change in changes:
        groups.setdefault(tuple(change.after), []).append(change)
    return groups.items()


def _change(tx: Tx, kind: Kind, changes: Sequence[Change]) -> None:
    groups: dict[tuple[tuple[str, ...], tuple[str, ...]], list[tuple[Value, ...]]] = {}
    for c in changes:
        groups.setdefault((tuple(c.after), tuple(c.before)), []).append((*c.after.values(), c.id, *c.before.values()))
    mark = tx.placeholder
    same = "IS" if tx.dialect == "sqlite" else "IS NOT DISTINCT FROM"
    for (after, before), rows in groups.items():
        setting = ", ".join(f"{name} = {mark}" for name in after)
        condition = "".join(f" AND {name} {same} {mark}" for name in before)
        sql = f"UPDATE {kind} SET {setting} WHERE id = {mark}{condition}"  # noqa: S608 - names are ours
        if tx.driver(sql, rows).rowcount != len(rows):
            raise LostRace(what=kind.value)
    if kind is Kind.RUN:
        _forget_plans(tx, changes)


def _forget_plans(tx: Tx, changes: Sequence[Change]) -> None:
    """A plan holds personal data and is kept only while its run is held."""
    mark = tx.placeholder
    tx.driver(f"DELETE FROM held_plan WHERE run_id = {mark}", [(c.id,) for c in changes])  # noqa: S608


def _touch(tx: Tx, plan: Plan) -> None:
    groups: dict[Kind, list[tuple[bytes, int]]] = {}
    for kind, id_, digest in plan.touches:
        groups.setdefault(kind, []).append((digest, id_))
    for kind, rows in groups.items():
        tx.driver(f"UPDATE {kind} SET line_hash = {tx.placeholder} WHERE id = {tx.placeholder}", rows)  # noqa: S608


def _remember_created(tx: Tx, kind: Kind, ids: Sequence[int], history: History) -> None:
    """The ids alone: the values are the record itself, and personal data should lie in one place (DSGVO Art. 5)."""
    payload = json.dumps(ids, separators=(",", ":"))
    _write(tx, history, [(kind, Action.CREATE, None, len(ids), payload)])


def _remember_changed(tx: Tx, changes: Sequence[Change], history: History) -> None:
    _write(tx, history, [(c.kind, c.action, c.id, 1, _payload(c)) for c in changes])


def _payload(change: Change) -> str:
    shown = {"key": change.key, "before": _plain(change.before), "after": _plain(change.after)}
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


def _plain(record: Record) -> dict[str, Value]:
    return {k: v for k, v in record.items() if k not in _HIDDEN}


def _write(tx: Tx, history: History, entries: Sequence[tuple[Kind, Action, int | None, int, str]]) -> None:
    rows = []
    salts = os.urandom(_SALT * len(entries))
    for n, (kind, action, record, count, payload) in enumerate(entries):
        salt = salts[n * _SALT : (n + 1) * _SALT]
        bound = commitment(salt, payload)
        history.digest.update(change_line(history.count, kind, action, record, count, bound))
        rows.append((history.run, history.count, kind.value, action.value, record, count, payload, salt, bound))
        history.count += 1
        history.changes += count
    marks = ", ".join([tx.placeholder] * 9)
    tx.driver(
        "INSERT INTO run_change (run_id, seq, kind, action, record_id, count, payload, salt, commitment)"  # noqa: S608
        f" VALUES ({marks})",
        rows,
    )


def commitment(salt: bytes, payload: str) -> bytes:
    """What binds *payload* into the chain without telling anything of it once payload and salt are erased."""
    return blake2b(payload.encode(), key=salt, digest_size=32).digest()


def change_line(seq: int, kind: str, action: str, record: int | None, count: int, bound: bytes) -> bytes:
    """One change row as the digest of its run sees it."""
    return f"{seq}|{kind}|{action}|{record or ''}|{count}|".encode() + bound
