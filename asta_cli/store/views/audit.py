"""The audit log, as operators read it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, false, select, true

from asta_cli.core.ids import show_id
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.views.runs import of_desk
from asta_cli.store.views.scope import Scope
from asta_cli.store.views.view import View

_DETAIL = ("principal", "on_behalf_of", "target")


def audit(tx: Tx, scope: Scope, action: str | None = None) -> View:
    """``seq at principal on_behalf_of action target outcome run changes``; for operators only.

    Who and what about lie beside the chain and are empty once they were erased.
    """
    e = t.audit_entry.c
    conditions: list[ColumnElement[bool]] = [_of_desk(scope)]
    if action is not None:
        conditions.append(e.action == action)
    columns = (e.seq, e.at, e.action, e.outcome, e.run_id, e.changes, t.audit_detail.c.payload)
    source = t.audit_entry.outerjoin(t.audit_detail, t.audit_detail.c.seq == e.seq)
    return View(tx, t.audit_entry, source, columns, conditions, (e.seq,), _shape)


def _of_desk(scope: Scope) -> ColumnElement[bool]:
    """Operators of every chamber see all entries, others those of the runs that they may see."""
    if scope.office.everywhere or not scope.office:
        return true() if scope.office else false()
    return t.audit_entry.c.run_id.in_(select(t.run.c.id).where(of_desk(scope)))


def _shape(row: Sequence[Any]) -> Sequence[Any]:
    seq, at, action, outcome, run, changes, payload = row
    said = _said(payload)
    principal, on_behalf_of, target = (str(said.get(name, "")) for name in _DETAIL)
    shown = show_id(run) if run is not None else ""
    return seq, at, principal, on_behalf_of, action, target, outcome, shown, changes


def _said(payload: str | None) -> dict[str, Any]:
    """What a tampered log says is not to stop the listing; ``audit verify`` is there to find it."""
    try:
        said = json.loads(payload or "{}")
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
