"""Activation letters, never their codes; and the companies that letters may go to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, select

from asta_cli.core import timeline
from asta_cli.core.ids import show_id
from asta_cli.core.model import LetterState
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.keysets import among
from asta_cli.store.views.places import known_chamber, named
from asta_cli.store.views.scope import Scope
from asta_cli.store.views.view import View, text_order


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersWhere:
    """Which letters are wanted. Unless *all* or a state is asked for, those that came to nothing are left out."""

    companies: Sequence[str] = ()
    chamber: str | None = None
    state: LetterState | None = None
    all: bool = False


def letters(tx: Tx, scope: Scope, where: LettersWhere) -> View:
    """``letter chamber ident_number name issued_at valid_until state used_at used_by run``; for operators only.

    ``valid_until`` is the last day in Berlin. Raises UnknownCompany, UnknownChamber, Ambiguous.
    """
    c, company = t.letter.c, t.company.c
    state = _state(scope.now)
    conditions: list[ColumnElement[bool]] = [scope.at_desk_of(c.company_id)]
    if where.companies:
        found = {item.id for item, _ in named(tx, scope, where.companies, where.chamber)}
        conditions.append(among(tx, c.company_id, found))
    elif where.chamber is not None:
        of_chamber = select(company.id).where(company.chamber == known_chamber(tx, where.chamber))
        conditions.append(c.company_id.in_(of_chamber))
    if where.state is not None:
        conditions.append(state == where.state.value)
    elif not where.all:
        conditions.append(state.in_((LetterState.VALID.value, LetterState.USED.value)))
    columns = (
        c.id,
        company.chamber,
        company.ident_number,
        company.name,
        c.issued_at,
        c.valid_until,
        state,
        c.used_at,
        c.used_by,
        c.run_id,
    )
    source = t.letter.join(t.company, company.id == c.company_id)
    order = (text_order(tx.dialect, company.chamber), text_order(tx.dialect, company.ident_number), c.id)
    return View(tx, t.letter, source, columns, conditions, order, _shape)


def open_idents(tx: Tx, chamber: str) -> list[str]:
    """The Identnummern of the open companies of *chamber*, in order."""
    sql = f"SELECT ident_number FROM company WHERE chamber = {tx.placeholder} AND status = 'open'"  # noqa: S608
    return sorted(ident for rows in tx.bulk(sql, (chamber,)) for (ident,) in rows)


def _state(now: str) -> ColumnElement[str]:
    c = t.letter.c
    return case(
        (c.used_at.is_not(None), LetterState.USED.value),
        (c.void_at.is_not(None), LetterState.VOID.value),
        (c.valid_until <= now, LetterState.EXPIRED.value),
        else_=LetterState.VALID.value,
    )


def _shape(row: Sequence[Any]) -> Sequence[Any]:
    return (show_id(row[0]), *row[1:5], timeline.last_day(row[5]), *row[6:9], show_id(row[9]))
