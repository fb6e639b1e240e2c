"""Services of the portal and exam periods: how far each chamber is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from asta_cli.core.model import Permission, Service, ServiceState
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.views.places import company_named, known_chamber
from asta_cli.store.views.scope import Scope
from asta_cli.store.views.view import View, days_until, text_order


def services(tx: Tx, scope: Scope, chamber: str | None = None) -> Iterable[Sequence[Any]]:
    """``service chamber state since`` for each service of each chamber in which the asker may see a company.

    A service that was never opened is unavailable, since never. Raises UnknownChamber.
    """
    s = t.service_state.c
    rows = tx.execute(select(s.chamber, s.service, s.state, s.since))
    known = {(row[0], row[1]): (row[2], row[3]) for row in rows}
    for number in _chambers(tx, scope, chamber):
        for service in Service:
            yield service.value, number, *known.get((number, service.value), (ServiceState.UNAVAILABLE.value, None))


def services_of(tx: Tx, scope: Scope, name: str, chamber: str | None = None) -> Iterable[Sequence[Any]]:
    """``service chamber state since company active pilot`` for each service at the company *name*.

    Raises UnknownCompany, Ambiguous.
    """
    company, _ = company_named(tx, scope, name, chamber)
    active, pilots = _open(tx, t.company_service, company.id), _open(tx, t.service_pilot, company.id)
    for service, number, state, since in services(tx, scope, company.chamber):
        yield service, number, state, since, company.ident_number, service in active, service in pilots


def exam_periods(tx: Tx, scope: Scope, chamber: str | None = None) -> View:
    """``chamber period deadline days_left`` of the chambers in which the asker may see a company.

    ``days_left`` counts from today in Berlin: 0 on the day of the deadline, negative afterwards. Raises UnknownChamber.
    """
    p = t.exam_period.c
    conditions: list[ColumnElement[bool]] = []
    if chamber is not None:
        conditions.append(p.chamber == known_chamber(tx, chamber))
    if not scope.office.everywhere:
        conditions.append(_reached(tx, scope, p.chamber))
    columns = (p.chamber, p.period, p.deadline, days_until(tx.dialect, p.deadline))
    order = (text_order(tx.dialect, p.chamber), text_order(tx.dialect, p.deadline), text_order(tx.dialect, p.period))
    return View(tx, t.exam_period, t.exam_period, columns, conditions, order, params={"today": scope.today})


def _chambers(tx: Tx, scope: Scope, chamber: str | None) -> list[str]:
    if chamber is not None:
        known_chamber(tx, chamber)
    query = select(t.chamber.c.number)
    if not scope.office.everywhere:
        query = query.where(_reached(tx, scope, t.chamber.c.number))
    return sorted(n for n in tx.execute(query).scalars() if chamber in (None, n))


def _reached(tx: Tx, scope: Scope, chamber: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the asker is an operator of *chamber* or may see one of its companies."""
    c = t.company.c
    companies = select(c.chamber).distinct().where(scope.within(tx, c.id, Permission.COMPANY_VIEW))
    return or_(scope.at_desk(chamber), chamber.in_(companies))


def _open(tx: Tx, table: Any, company: int) -> set[str]:
    c = table.c
    return set(tx.execute(select(c.service).where(c.company_id == company, c.ended_at.is_(None))).scalars())
