"""Trainers of the register, as the asker may see them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, or_, select

from asta_cli.core.model import AccountState, Permission
from asta_cli.core.people import UnknownTrainer
from asta_cli.core.said import hands_shown
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.views.people import only
from asta_cli.store.views.places import Where
from asta_cli.store.views.scope import Scope
from asta_cli.store.views.view import View, as_of, text_order


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainersWhere(Where):
    """Which trainers."""

    missing_account: bool = False


def trainers(tx: Tx, scope: Scope, where: TrainersWhere) -> View:
    """The trainers, one row per trainer and company. A trainer sees the record that the own grant names.

    The columns: ``trainer_number chamber company first_name last_name email aptitude occupations valid_from valid_until
    has_account as_of complete``. Raises UnknownCompany, UnknownChamber, Ambiguous.
    """
    conditions = [*where.conditions(tx, scope, t.trainer), visible(tx, scope), *_chosen(scope, where)]
    keys = (t.trainer.c.chamber, t.trainer.c.trainer_number, t.company.c.ident_number)
    order = [text_order(tx.dialect, column) for column in keys]
    return View(tx, t.trainer, _source(), _columns(tx.dialect), conditions, order)


def trainer(tx: Tx, scope: Scope, number: str, where: Where) -> Sequence[Any]:
    """The columns of ``trainers``, then ``ended_at by_hand``, of the one record called *number*.

    The last names the fields that were set by hand.

    Raises UnknownTrainer, SeveralRecords, UnknownCompany, UnknownChamber, Ambiguous.
    """
    c = t.trainer.c
    conditions = [*where.conditions(tx, scope, t.trainer), visible(tx, scope), c.trainer_number == number]
    query = select(*_columns(tx.dialect), c.ended_at, c.said).select_from(_source()).where(*conditions)
    row = only(tx.execute(query).all(), number, UnknownTrainer)
    return *row[:-1], hands_shown({"said": row[-1]})


def visible(tx: Tx, scope: Scope) -> ColumnElement[bool]:
    """Whether the asker may see the trainer: all of a company, or their own record."""
    c = t.trainer.c
    return or_(scope.within(tx, c.company_id, Permission.TRAINERS_VIEW), scope.assigned(tx, c.id, c.company_id))


def _chosen(scope: Scope, where: TrainersWhere) -> Iterator[ColumnElement[bool]]:
    c = t.trainer.c
    if not where.all:
        yield or_(c.valid_until.is_(None), c.valid_until >= scope.today)
    if where.missing_account:
        yield ~_has_account()


def _has_account() -> ColumnElement[bool]:
    a = t.account.c
    return select(a.id).where(a.email_key == t.trainer.c.email_key, a.state == AccountState.CONFIRMED.value).exists()


@cache
def _columns(dialect: str) -> tuple[ColumnElement[Any], ...]:
    c = t.trainer.c
    return (
        c.trainer_number,
        c.chamber,
        t.company.c.ident_number,
        c.first_name,
        c.last_name,
        c.email,
        c.aptitude,
        c.occupations,
        c.valid_from,
        c.valid_until,
        _has_account(),
        as_of(dialect),
        ~t.company.c.transfer_open,
    )


@cache
def _source() -> FromClause:
    c = t.trainer.c
    companies = t.trainer.join(t.company, and_(t.company.c.id == c.company_id, t.company.c.chamber == c.chamber))
    return companies.join(t.chamber, t.chamber.c.number == c.chamber)
