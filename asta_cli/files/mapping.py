"""A chamber's own headings, values and notations, from a mapping file (TOML), and what they make of a row.

::

    [columns]                   # own heading = asta's column; nothing: the column is ignored
    "Betriebs-Nr" = "ident_number"

    [values.account_status]     # own value = asta's value, in any case
    "J" = "active"

    [constants]                 # a column that the file lacks, the same for all rows
    chamber = "177"

    [dates]
    formats = ["%Y%m%d"]

    [digits]                    # shorter numbers get their leading zeros back
    postal_code = 5

The tables hold for every kind of file. Those below the name of a kind, such as ``[trainees.columns]``, hold for that
kind only and come first.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from asta_cli.core.layouts import DAYS, Layout
from asta_cli.core.rows import Row
from asta_cli.files.day_formats import DayFormat, compiled
from asta_cli.files.mapping_file import TABLES, DoubledConstant, Part, content_of, kinds, refuse_unknown, same, table_of


@dataclass(frozen=True, slots=True)
class Rules:
    """A mapping as it holds for one layout. ``layout`` knows the own headings and does not miss the constants.

    ``values`` has for each column folded own value -> asta's value.
    """

    file: str
    layout: Layout
    values: Mapping[str, Mapping[str, str]]
    constants: Mapping[str, str]
    formats: Sequence[DayFormat]
    digits: Mapping[str, int]
    salt: bytes

    @property
    def rewrites(self) -> bool:
        """Whether rows change at all: own headings alone are known to the layout."""
        return bool(self.values or self.constants or self.formats or self.digits)

    def applied(self, rows: Iterable[Row]) -> Iterator[Row]:
        """*rows* as the mapping means them. Raises ``DoubledConstant``."""
        constant = frozenset(self.constants)
        for row in rows:
            if not constant.isdisjoint(row.columns):
                raise self.doubled(row.columns, row.where)
            values = {**row.values, **self.constants}
            self._replace(row, values)
            for column in DAYS & values.keys() if self.formats else ():
                values[column] = self._day(column, values[column])
            for column, count in self.digits.items():
                if values.get(column, "").isdigit():
                    values[column] = values[column].zfill(count)
            yield replace(row, values=values, columns=row.columns | constant)

    def doubled(self, columns: frozenset[str], read: str) -> DoubledConstant:
        """The error about a constant that is one of *columns*."""
        name = min(columns & self.constants.keys())
        return DoubledConstant(file=self.file, key=f"constants.{name}", read=read)

    def _replace(self, row: Row, values: dict[str, str]) -> None:
        for column, known in self.values.items():
            if column not in row.columns or any(p.column == column for p in row.problems):
                continue
            value = known.get(same(values.get(column, "")))
            if value:
                values[column] = value
            elif value is not None:
                values.pop(column, None)

    def _day(self, column: str, text: str) -> str:
        for notation in self.formats:
            day = notation.read(text)
            if day is not None:
                return day if column == "changed_at" else day.partition("T")[0]
        return text


def read_mapping(name: str, layout: Layout, *, several: bool = False) -> Rules:
    """The mapping file *name* as it holds for *layout*.

    *several*: it is used for files of other kinds too, so it may name columns that only those have. Raises
    ``BadMapping`` or one of its kinds, or what else an ``InputError`` can be.
    """
    content = content_of(name)
    refuse_unknown(name, "", content, (*TABLES, *kinds()))
    parts = [Part(name, "", content, layout, lenient=several)]
    if layout.kind in content:
        special = table_of(name, layout.kind, content[layout.kind])
        refuse_unknown(name, layout.kind, special, TABLES)
        parts.append(Part(name, f"{layout.kind}.", special, layout))
    headings: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    constants: dict[str, str] = {}
    digits: dict[str, int] = {}
    formats: tuple[str, ...] = ()
    for part in parts:
        headings |= part.headings()
        constants |= part.constants()
        digits |= part.digits()
        formats = part.formats() + formats
        for column, known in part.values().items():
            values[column] = values.get(column, {}) | known
    salt = json.dumps([sorted(headings.items()), values, constants, digits, formats], sort_keys=True).encode()
    columns = tuple(replace(c, required=c.required and c.name not in constants) for c in layout.columns)
    own = replace(layout, columns=columns, headings=tuple(sorted(headings.items())))
    return Rules(name, own, values, constants, [compiled(f) for f in formats], digits, salt)
