"""Runs: every change, who made it and what it did."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, literal, select, true

from asta_cli.core.ids import read_id, show_id
from asta_cli.core.run_refusals import UnknownRun
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.views.places import known_chamber
from asta_cli.store.views.scope import Scope
from asta_cli.store.views.view import View


@dataclass(frozen=True, slots=True)
class RunShown:
    """A run in full: the columns of the listing, what it was about, and its change rows as far as wanted."""

    row: Sequence[Any]
    changes: list[dict[str, Any]]
    more: int


def runs(tx: Tx, scope: Scope, chamber: str | None = None) -> View:
    """The columns that `_columns` says, oldest first; for operators only. Raises UnknownChamber."""
    c = t.run.c
    conditions: list[ColumnElement[bool]] = [true() if scope.operator else literal(False)]
    if chamber is not None:
        conditions.append(c.chamber == known_chamber(tx, chamber))
    return View(tx, t.run, t.run, _columns(), conditions, (c.id,), _shape)


def run_shown(tx: Tx, scope: Scope, name: str, limit: int) -> RunShown:
    """The run called *name* with at most *limit* change rows. Raises UnknownRun."""
    number = read_id(name)
    found = None
    if scope.operator and number is not None:
        found = tx.execute(select(*_columns()).where(t.run.c.id == number)).first()
    if found is None:
        raise UnknownRun(key=name)
    c = t.run_change.c
    query = select(c.kind, c.action, c.record_id, c.count, c.payload).where(c.run_id == number).order_by(c.seq)
    rows = tx.execute(query.limit(limit + 1)).all()
    changes = [_change(row) for row in rows[:limit]]
    return RunShown(_shape(found), changes, max(len(rows) - limit, 0))


def _columns() -> tuple[ColumnElement[Any], ...]:
    """``run command kind chamber state started_at finished_at by``, the counts, ``file sha256``."""
    c = t.run.c
    who = (c.id, c.command, c.kind, c.chamber, c.state, c.started_at, c.finished_at, c.principal)
    counts = (c.created, c.updated, c.unchanged, c.ended, c.rejected)
    return (*who, *counts, c.file, c.reopened, c.warned, c.sha256)


def _shape(row: Sequence[Any]) -> Sequence[Any]:
    return (show_id(row[0]), *row[1:])


def _change(row: Sequence[Any]) -> dict[str, Any]:
    """A change as it was kept. Of records that were created only the ids are: their values are the records."""
    kind, action, record, count, payload = row
    shown: dict[str, Any] = {"kind": kind, "action": action, "count": count}
    content = json.loads(payload) if payload is not None else None
    if isinstance(content, list):
        shown["ids"] = [show_id(n) for n in content]
    elif isinstance(content, dict):
        shown |= {"id": show_id(record or 0), "key": content["key"]}
        shown |= {part: _plain(content[part]) for part in ("before", "after")}
    return shown


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: "" if value is None else value for name, value in values.items()}
