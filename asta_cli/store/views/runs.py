"""Runs: every change, who made it and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, false, or_, select

from asta_cli.core.history import RunRecord
from asta_cli.core.ids import read_id, show_id
from asta_cli.core.run_refusals import UnknownRun
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.traces import run_record
from asta_cli.store.views.places import known_chamber
from asta_cli.store.views.scope import Scope
from asta_cli.store.views.view import View


@dataclass(frozen=True, slots=True)
class RunShown:
    """A run: the columns of the listing, and what the rules need to know of it."""

    row: Sequence[Any]
    run: RunRecord


def runs(tx: Tx, scope: Scope, chamber: str | None = None) -> View:
    """The columns that `_columns` says, oldest first; for operators only. Raises UnknownChamber."""
    c = t.run.c
    conditions: list[ColumnElement[bool]] = [of_desk(scope)]
    if chamber is not None:
        conditions.append(c.chamber == known_chamber(tx, chamber))
    return View(tx, t.run, t.run, _columns(), conditions, (c.id,), _shape, {"now": scope.now})


def run_shown(tx: Tx, scope: Scope, name: str) -> RunShown:
    """The run called *name*. Raises UnknownRun."""
    number = read_id(name)
    run = run_record(tx, number) if number is not None else None
    row = tx.execute(select(*_columns()).where(t.run.c.id == number, of_desk(scope)), {"now": scope.now}).first()
    if run is None or row is None:
        raise UnknownRun(key=name)
    return RunShown(_shape(row), run)


def of_desk(scope: Scope) -> ColumnElement[bool]:
    """The runs that an operator may see: those that concern their chambers alone, and their own."""
    own = t.run.c.principal == scope.authority.asker.name
    return or_(scope.at_desk(t.run.c.chamber), own) if scope.office else false()


def _columns() -> tuple[ColumnElement[Any], ...]:
    """``run command kind chamber state started_at finished_at by``, the counts, ``file`` and what came later."""
    c = t.run.c
    over = and_(c.state == "held", c.expires_at <= bindparam("now"))
    state = case((over, "expired"), else_=c.state)
    who = (c.id, c.command, c.kind, c.chamber, state, c.started_at, c.finished_at, c.principal)
    counts = (c.created, c.updated, c.unchanged, c.ended, c.rejected)
    return (*who, *counts, c.file, c.reopened, c.kept, c.warned, c.of_run, c.expires_at, c.sha256)


def _shape(row: Sequence[Any]) -> Sequence[Any]:
    first, *rest = row
    of_run, expires_at, sha256 = rest[-3:]
    return (show_id(first), *rest[:-3], "" if of_run is None else show_id(of_run), expires_at, sha256)
