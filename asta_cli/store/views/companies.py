"""Companies: which there are, and what one of them is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, func, literal, select

from asta_cli.core.model import Permission
from asta_cli.core.said import hands_shown
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.views.places import Where, company_named
from asta_cli.store.views.scope import Scope
from asta_cli.store.views.view import OPEN, View, as_of, contains, fold, folded, text_order

HEAD = t.company.alias("head")


@dataclass(frozen=True, slots=True, kw_only=True)
class CompaniesWhere(Where):
    """Which companies. ``search`` looks into number, name and city."""

    search: str | None = None
    city: str | None = None
    not_activated: bool = False


def companies(tx: Tx, scope: Scope, where: CompaniesWhere) -> View:
    """``chamber ident_number name parent city email status active as_of complete``.

    Raises UnknownCompany, UnknownChamber, Ambiguous.
    """
    c = t.company.c
    conditions = [
        *where.conditions(tx, scope, t.company),
        scope.within(tx, c.id, Permission.COMPANY_VIEW),
        *_chosen(tx, where),
    ]
    return View(tx, t.company, source(), columns(tx.dialect), conditions, order(tx.dialect))


def company(tx: Tx, scope: Scope, name: str, chamber: str | None = None) -> Sequence[Any]:
    """What is known of one company: the columns of the listing, and more.

    These are ``street postal_code establishment_number activated_at transferred_at ended_at sites by_hand``: of the
    last two, the number of open companies right below it, and the fields that were set by hand. Raises UnknownCompany,
    Ambiguous.
    """
    found, _ = company_named(tx, scope, name, chamber)
    c, site = t.company.c, t.company.alias("site")
    sites = select(func.count()).where(site.c.parent_id == c.id, site.c.status == OPEN).scalar_subquery()
    more = (c.street, c.postal_code, c.establishment_number, c.activated_at, c.transferred_at, c.ended_at, sites)
    row = tx.execute(select(*columns(tx.dialect), *more, c.said).select_from(source()).where(c.id == found.id)).one()
    return *row[:-1], hands_shown({"said": row[-1]})


@cache
def columns(dialect: str) -> tuple[ColumnElement[Any], ...]:
    """The columns of the listing, for a query from ``source()``."""
    c = t.company.c
    return (
        c.chamber,
        c.ident_number,
        c.name,
        HEAD.c.ident_number,
        c.city,
        c.email,
        c.status,
        c.activated_at.is_not(None),
        as_of(dialect),
        ~c.transfer_open,
    )


@cache
def source() -> FromClause:
    """Companies with their chamber and their head office."""
    c = t.company.c
    chambers = t.company.join(t.chamber, t.chamber.c.number == c.chamber)
    return chambers.outerjoin(HEAD, HEAD.c.id == c.parent_id)


@cache
def order(dialect: str) -> tuple[ColumnElement[Any], ...]:
    """By chamber and number."""
    return text_order(dialect, t.company.c.chamber), text_order(dialect, t.company.c.ident_number)


def _chosen(tx: Tx, where: CompaniesWhere) -> Iterator[ColumnElement[bool]]:
    c = t.company.c
    if where.search:
        text = c.ident_number + literal(" ") + c.name + literal(" ") + func.coalesce(c.city, "")
        yield contains(tx, text, where.search)
    if where.city:
        yield folded(tx, c.city) == fold(where.city)
    if where.not_activated:
        yield c.activated_at.is_(None)
