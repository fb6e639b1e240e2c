"""Trainees, as much of each as the asker may see (DSGVO Art. 5: no birth dates or addresses in a list)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, False_, FromClause, and_, case, literal_column, null, or_, select

from asta_cli.core.model import AccountStatus, Permission
from asta_cli.core.people import UnknownTrainee
from asta_cli.core.said import FEED, STATUS, hands_shown
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.views.people import only
from asta_cli.store.views.places import Where
from asta_cli.store.views.scope import Scope
from asta_cli.store.views.view import View, as_of, days_until, text_order

# A literal, for the partial index of those without.
_ACTIVE: ColumnElement[str] = literal_column(f"'{AccountStatus.ACTIVE}'")


@dataclass(frozen=True, slots=True, kw_only=True)
class TraineesWhere(Where):
    """Which trainees. ``ending_before``: contract ends, or ended early, before this day."""

    missing_account: bool = False
    exam_period: str | None = None
    trainer: str | None = None
    ending_before: str | None = None

    def words(self) -> str:
        """What is asked for, as the log of readings has it."""
        named: list[tuple[str, object]] = [("company", company) for company in self.companies]
        named += [(f.name, getattr(self, f.name)) for f in fields(self) if f.name != "companies"]
        return " ".join(name if value is True else f"{name}={value}" for name, value in named if value)


@dataclass(frozen=True, slots=True)
class Sight:
    """Which trainees the asker sees: ``full``, and of which only the ``names``."""

    full: ColumnElement[bool]
    names: ColumnElement[bool]
    birth: ColumnElement[bool]

    @property
    def any(self) -> ColumnElement[bool]:
        """Whether the trainee is seen at all."""
        return or_(self.full, self.names)

    def show(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """*column* where more than the name may be seen."""
        return column if isinstance(self.names, False_) else case((self.full, column), else_=null())


def trainees(tx: Tx, scope: Scope, where: TraineesWhere) -> View:
    """The trainees, as many and as much of each as the asker may see.

    The columns: ``trainee_number chamber company first_name last_name occupation specialisation contract_start
    contract_end terminated_on exam_period trainer_number account_status has_account days_left as_of complete``. A
    trainer sees those assigned to the record that the own grant names; an applicant for contracts sees names, and the
    other cells are NULL. ``days_left`` counts from today in Berlin to the deadline of the chamber's exam period: 0 on
    the day itself, negative afterwards, NULL without one. Raises UnknownCompany, UnknownChamber, Ambiguous.
    """
    seen = sight(tx, scope)
    chosen = list(_chosen(where))
    conditions = [
        *where.conditions(tx, scope, t.trainee),
        *_running(scope, where),
        seen.full if chosen else seen.any,  # what is filtered by must not be guessed from the answer
        *chosen,
    ]
    order = [text_order(tx.dialect, column) for column in (t.trainee.c.chamber, t.trainee.c.trainee_number)]
    params = {"today": scope.today}
    return View(tx, t.trainee, _source(), _columns(tx, seen), conditions, order, params=params)


def trainee(tx: Tx, scope: Scope, number: str, where: Where) -> Sequence[Any]:
    """The columns of ``trainees``, then ``kind email birth_date ended_at by_hand``, of the one called *number*.

    The last names the fields that were set by hand. The birth date is for those who may see all trainees of the
    company. Raises UnknownTrainee, SeveralRecords, UnknownCompany, UnknownChamber, Ambiguous.
    """
    c, seen = t.trainee.c, sight(tx, scope)
    birth = case((seen.birth, c.birth_date), else_=null())
    more = (seen.show(c.kind), seen.show(c.email), birth, seen.show(c.ended_at))
    sources = (seen.show(c.said), c.account_status, c.feed_status)
    query = select(*_columns(tx, seen), *more, *sources).select_from(_source())
    conditions = [*where.conditions(tx, scope, t.trainee), seen.any, c.trainee_number == number]
    row = only(tx.execute(query.where(*conditions), {"today": scope.today}).all(), number, UnknownTrainee)
    said, status, feed = row[-3:]
    return *row[:-3], hands_shown({"said": said, STATUS: status, FEED: feed})


def sight(tx: Tx, scope: Scope) -> Sight:
    """What of the trainees the asker sees."""
    c = t.trainee.c
    every = scope.within(tx, c.company_id, Permission.TRAINEES_VIEW)
    own = scope.assigned(tx, c.trainer_id, c.company_id)
    return Sight(or_(every, own), scope.within(tx, c.company_id, Permission.CONTRACTS_FILE), every)


def _running(scope: Scope, where: TraineesWhere) -> Iterator[ColumnElement[bool]]:
    """Without ``all``: contracts that are not over."""
    c = t.trainee.c
    if not where.all:
        yield c.contract_end >= scope.today
        yield or_(c.terminated_on.is_(None), c.terminated_on >= scope.today)


def _chosen(where: TraineesWhere) -> Iterator[ColumnElement[bool]]:
    c = t.trainee.c
    if where.missing_account:
        yield c.account_status != _ACTIVE
    if where.exam_period is not None:
        yield c.exam_period == where.exam_period
    if where.trainer is not None:
        numbered = select(t.trainer.c.id).where(t.trainer.c.trainer_number == where.trainer)
        yield c.trainer_id.in_(numbered)
    if where.ending_before is not None:
        yield or_(c.contract_end < where.ending_before, c.terminated_on < where.ending_before)


def _columns(tx: Tx, seen: Sight) -> tuple[ColumnElement[Any], ...]:
    shown, guarded, state = _parts(tx.dialect)
    return (*shown, *(seen.show(column) for column in guarded), *state)


@cache
def _parts(dialect: str) -> tuple[tuple[ColumnElement[Any], ...], ...]:
    """The columns in three parts: for everybody who sees the trainee, what is more than the name, how recent it is."""
    c = t.trainee.c
    shown = (c.trainee_number, c.chamber, t.company.c.ident_number, c.first_name, c.last_name)
    guarded = (
        c.occupation,
        c.specialisation,
        c.contract_start,
        c.contract_end,
        c.terminated_on,
        c.exam_period,
        t.trainer.c.trainer_number,
        c.account_status,
        c.account_status == _ACTIVE,
        days_until(dialect, t.exam_period.c.deadline),
    )
    return shown, guarded, (as_of(dialect), ~t.company.c.transfer_open)


@cache
def _source() -> FromClause:
    c, p = t.trainee.c, t.exam_period.c
    # That the company is of the same chamber is so anyhow; said here, one chamber's listing reads only its companies.
    companies = t.trainee.join(t.company, and_(t.company.c.id == c.company_id, t.company.c.chamber == c.chamber))
    chambers = companies.join(t.chamber, t.chamber.c.number == c.chamber)
    trainers = chambers.outerjoin(t.trainer, t.trainer.c.id == c.trainer_id)
    return trainers.outerjoin(t.exam_period, and_(p.chamber == c.chamber, p.period == c.exam_period))
