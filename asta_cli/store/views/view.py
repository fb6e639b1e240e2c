"""What a listing asks of the database, and the SQL that both databases answer alike."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Protocol

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    bindparam,
    cast,
    collate,
    func,
    literal_column,
    select,
)
from sqlalchemy.sql.compiler import SQLCompiler

from asta_cli.core.model import RecordStatus
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.keysets import driver_rows, values_for, worded

# As a literal and not as a parameter: only so does a database see that a partial index holds just these.
OPEN: ColumnElement[str] = literal_column(f"'{RecordStatus.OPEN}'")
Columns = Sequence[ColumnElement[Any]]
Shape = Callable[[Sequence[Any]], Sequence[Any]]

# "Müller" finds "Mueller" and "MÜLLER". Capitals stand here too: PostgreSQL's lower() may know no more than ASCII.
_FOLDED: Final[dict[str, str]] = {"Ä": "ae", "Ö": "oe", "Ü": "ue", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}


@dataclass(frozen=True)
class Question:
    """What to ask: made once where it is asked often, with named parameters for what differs.

    ``base`` has one row for each row of the answer, and ``where`` is about it; ``source`` joins to it what only
    ``columns`` need, so that counting touches nothing else. ``order`` makes the order total.
    """

    base: FromClause
    source: FromClause
    columns: Columns
    where: Sequence[ColumnElement[bool]]
    order: Columns
    _words: dict[str, SQLCompiler] = field(init=False, repr=False, compare=False, default_factory=dict)

    @cached_property
    def rows(self) -> Select[Any]:
        """The question for the rows."""
        return select(*self.columns).select_from(self.source).where(*self.where).order_by(*self.order)

    @cached_property
    def count(self) -> Select[Any]:
        """The question for their number."""
        return select(func.count()).select_from(self.base).where(*self.where)

    def plainly(self, tx: Tx, params: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """The rows, all at once, as the driver has them: those of SQLAlchemy take as long as finding them.

        Put into words once for each kind of database.
        """
        compiled = self._words.get(tx.dialect)
        if compiled is None:
            compiled = self._words[tx.dialect] = worded(tx, self.rows)
        return driver_rows(tx, compiled.string, values_for(compiled, params))


class Listed(Protocol):
    """What there is to list."""

    def rows(self) -> Iterable[Sequence[Any]]:
        """The rows, read while they are taken."""

    def count(self) -> int:
        """How many rows there are."""


class Asked:
    """A question put to the database when ``rows`` or ``count`` is called.

    *shape* is applied to each row. Where *few* are expected they are fetched at once (`Question.plainly`): a cursor on
    the server costs PostgreSQL three more messages.
    """

    def __init__(
        self,
        tx: Tx,
        question: Question,
        params: Mapping[str, object] | None = None,
        shape: Shape | None = None,
        *,
        few: bool = False,
    ) -> None:
        self._tx, self.question, self._params, self._shape = tx, question, dict(params or {}), shape
        self._few = few

    def rows(self) -> Iterable[Sequence[Any]]:
        """The rows, read while they are taken."""
        found: Iterable[Sequence[Any]]
        if self._few:
            found = self.question.plainly(self._tx, self._params)
        else:
            found = self._tx.rows(self.question.rows, self._params)
        return found if self._shape is None else map(self._shape, found)

    def count(self) -> int:
        """How many rows there are, without reading them."""
        return int(self._tx.execute(self.question.count, self._params).scalar_one())


class View(Asked):
    """A question made for this once; see `Question` for its parts."""

    def __init__(
        self,
        tx: Tx,
        base: FromClause,
        source: FromClause,
        columns: Columns,
        where: Sequence[ColumnElement[bool]],
        order: Columns,
        shape: Shape | None = None,
        params: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(tx, Question(base, source, columns, where, order), params, shape)


def text_order(dialect: str, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """*column* ordered by its characters, as SQLite does; PostgreSQL would ask the locale of its database."""
    return collate(column, "C") if dialect == "postgresql" else column


def as_of(dialect: str) -> ColumnElement[Any]:
    """Of when the data of the joined company are: its own transfer or the chamber's import, what came last."""
    both = (func.coalesce(c, "") for c in (t.company.c.transferred_at, t.chamber.c.imported_at))
    return (func.greatest if dialect == "postgresql" else func.max)(*both)


def days_until(dialect: str, day: ColumnElement[Any]) -> ColumnElement[Any]:
    """Days from the parameter ``today`` to *day*, negative when it is over, NULL where there is none."""
    start = bindparam("today", type_=Text)
    if dialect == "postgresql":
        return func.to_date(day, "YYYY-MM-DD") - func.to_date(start, "YYYY-MM-DD")
    return cast(func.julianday(day) - func.julianday(start), Integer)


def folded(tx: Tx, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """*column* as `fold` would have it."""
    for letter, plain in _FOLDED.items():
        column = func.replace(column, letter, plain)
    return func.lower(column) if tx.dialect == "postgresql" else func.asta_fold(column)


def fold(text: str) -> str:
    """*text* without case and without the choice between ``ü`` and ``ue``, ``ß`` and ``ss``."""
    return unicodedata.normalize("NFC", text).translate(str.maketrans(dict[str, str | int | None](_FOLDED))).casefold()


def contains(tx: Tx, column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """Whether *text* is somewhere in *column*, case and umlauts aside."""
    position = func.strpos if tx.dialect == "postgresql" else func.instr
    return position(folded(tx, column), bindparam(None, fold(text), unique=True)) > 0
