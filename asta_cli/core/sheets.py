"""Reads whole columns of plain rows, as ``cells`` reads the cells of one row.

A register's first import is millions of rows about which there is nothing to say. They are read here, column by column,
by the same readers. Every row about which there is something to say (a value that is missing or refused, a name nobody
knows, a record that exists) is only put among the ``odd`` ones: it is judged, and told of, where all rows can be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import compress, islice
from typing import TYPE_CHECKING, Any, TypeVar

from asta_cli.core import fields
from asta_cli.core.blocks import Block
from asta_cli.core.columns import ColumnRows
from asta_cli.core.emails import all_simple, simple
from asta_cli.core.facts import Facts
from asta_cli.core.fields import BadField
from asta_cli.core.model import RecordStatus, Value
from asta_cli.core.rows import Row

if TYPE_CHECKING:
    from asta_cli.core.register import RegisterPlanner

T = TypeVar("T")
Column = Sequence[Any]
"""The values of a column; of which type, its reader knows."""
_REMEMBERED = 1 << 14
_SHORT = 64


class Memo(dict[str, Value]):
    """What *reader* makes of texts, remembered while there are not too many; ``refused`` are those that it refused.

    An empty cell means *empty*; with *required* it is refused.
    """

    def __init__(self, reader: Callable[[str], Value], *, empty: Value = None, required: bool = False) -> None:
        super().__init__()
        self._reader = reader
        self.refused: set[str] = set()
        if not required:
            self[""] = empty

    def __missing__(self, text: str) -> Value:
        try:
            value = self._reader(text) if text else self._none()
        except BadField:
            self.refused.add(text)
            return None
        if len(self) < _REMEMBERED and len(text) <= _SHORT:
            self[text] = value
        return value

    def _none(self) -> Value:
        raise BadField("missing_value")


class Sheet:
    """The columns of *rows*; ``odd`` are the places of rows that must be judged one by one.

    What readers made of the texts in a column is kept in *memos*.
    """

    def __init__(self, rows: ColumnRows, memos: dict[str, Memo]) -> None:
        self.rows = rows
        self.odd: set[int] = set()
        self._memos = memos

    def has(self, column: str) -> bool:
        """Whether the file has *column*."""
        return column in self.rows.columns

    def read(
        self, column: str, reader: Callable[[str], Value], *, empty: Value = None, required: bool = False
    ) -> Column:
        """The values of *column*, of which *reader* must always make the same."""
        return self.by(column, self._memos.setdefault(column, Memo(reader, empty=empty, required=required)))

    def by(self, column: str, memo: Memo) -> Column:
        """The values of *column* as *memo* has them."""
        texts = self.rows.column(column)
        memo.refused.clear()
        values = list(map(memo.__getitem__, texts))
        if memo.refused:
            self.mark(at for at, text in enumerate(texts) if text in memo.refused)
        return values

    def text(self, column: str, *, required: bool = False) -> Column:
        """The texts of *column* as they stand."""
        texts = self.rows.column(column)
        if "" not in texts:
            return texts
        if required:
            self.mark(at for at, text in enumerate(texts) if not text)
            return texts
        return [text or None for text in texts]

    def emails(self, column: str) -> Column:
        """The addresses in *column*: plain ones, of which a key is made by ASCII's own small letters."""
        texts = self.rows.column(column)
        if not all_simple(list(filter(None, texts))):
            self.mark(at for at, text in enumerate(texts) if text and simple(text) is None)
        return self.text(column)

    def small(self, column: str) -> Column:
        """The keys of the plain addresses in *column*."""
        return [text.lower() or None for text in self.rows.column(column)]

    def mark(self, places: Iterable[int]) -> None:
        """The rows at *places* are odd."""
        self.odd.update(places)

    def rest(self) -> Sequence[Row]:
        """The odd rows."""
        return self.rows.pick(sorted(self.odd)) if self.odd else ()

    def even(self, values: Sequence[T]) -> Sequence[T]:
        """*values* without those of odd rows."""
        return list(compress(values, [at not in self.odd for at in range(len(values))])) if self.odd else values


def in_columns(planner: RegisterPlanner, rows: ColumnRows, facts: Facts) -> tuple[Block | None, Sequence[Row]]:
    """The new records that *planner* makes of *rows*, and the rows that it has to plan one by one."""
    terms = planner.terms
    sheet = Sheet(rows, planner.memos)
    columns = planner.columns(sheet, facts)
    if columns is None:
        return None, rows
    if sheet.has("chamber"):
        sheet.read("chamber", partial(_own_chamber, chamber=terms.chamber))
    if len(sheet.odd) == len(rows):
        return None, rows
    even = {name: sheet.even(values) for name, values in {**columns, "line_hash": rows.digests}.items()}
    lines, keys = sheet.even(rows.lines), sheet.even(rows.column(planner.key_column))
    defaults = {name: value for name, value in planner.defaults.items() if name not in columns}
    same = {**defaults, "chamber": terms.chamber, "status": RecordStatus.OPEN.value}
    ids = list(islice(terms.ids, len(lines)))
    return Block(planner.kind, terms.chamber, ids, same, even, keys, rows.file, lines), sheet.rest()


def _own_chamber(text: str, chamber: str) -> Value:
    if fields.chamber_number(text) != chamber:
        raise BadField("bad_value")
    return text
