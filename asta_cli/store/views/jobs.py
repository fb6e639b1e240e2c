"""Background jobs, as operators see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select

from asta_cli.core.ids import show_id
from asta_cli.core.model import JobState
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.keysets import among
from asta_cli.store.views.places import known_chamber, named
from asta_cli.store.views.scope import Scope
from asta_cli.store.views.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsWhere:
    """Which jobs are wanted."""

    companies: Sequence[str] = ()
    chamber: str | None = None
    state: JobState | None = None


def jobs(tx: Tx, scope: Scope, where: JobsWhere) -> View:
    """``job kind company state attempts progress queued_at finished_at error chamber due_at``; for operators only.

    Raises UnknownCompany, UnknownChamber, Ambiguous.
    """
    c, company = t.job.c, t.company.c
    conditions: list[ColumnElement[bool]] = [scope.at_desk_of(c.company_id)]
    if where.companies:
        found = {item.id for item, _ in named(tx, scope, where.companies, where.chamber)}
        conditions.append(among(tx, c.company_id, found))
    elif where.chamber is not None:
        of_chamber = select(company.id).where(company.chamber == known_chamber(tx, where.chamber))
        conditions.append(c.company_id.in_(of_chamber))
    if where.state is not None:
        conditions.append(c.state == where.state.value)
    columns = (
        c.id,
        c.kind,
        company.ident_number,
        c.state,
        c.attempts,
        c.progress,
        c.queued_at,
        c.finished_at,
        c.error,
        company.chamber,
        c.due_at,
    )
    source = t.job.outerjoin(t.company, company.id == c.company_id)
    return View(tx, t.job, source, columns, conditions, (c.id,), _shape)


def _shape(row: Sequence[Any]) -> Sequence[Any]:
    return (show_id(row[0]), *row[1:])
