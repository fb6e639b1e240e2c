"""Tables for people: translated, harmless, and as wide as the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from asta_cli.cli import escape
from asta_cli.cli.formats import german_day, german_time
from asta_cli.cli.i18n import _, current
from asta_cli.cli.lean import unversioned
from asta_cli.cli.listing import Cells, Choice, Col, Type
from asta_cli.core.errors import N_
from asta_cli.core.timeline import local

SYMBOL = "●"
YES, NO = N_("yes"), N_("no")
_GAP = 2
_NARROW = 12  # a column is not shortened below this; rather the last one is left out
_MINUTES = len("2027-07-31 14:30")
_RED, _PLAIN = "\x1b[31m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Table:
    """A laid-out table and how many columns did not fit."""

    text: str
    left_out: int


@dataclass(slots=True)
class _Column:
    """A column as text. ``alarms`` are the lines that get the symbol."""

    heading: str
    cells: list[str]
    right: bool
    alarms: list[int]
    vital: bool

    @property
    def width(self) -> int:
        return max(map(len, (self.heading, *self.cells)))


def shown(value: Any, column: Col) -> str:
    """*value* as a person reads it, in one harmless line."""
    word = column.words.get("" if value is None else str(value))
    if word:
        return _(word)
    if value is None or value == "":
        return ""
    if column.type is Type.BOOL:
        return _(YES if value else NO)
    return escape.visible(_day_or_time(str(value), column.type))


def lay_out(rows: Sequence[Cells], choice: Choice, *, room: int | None, wide: bool, colour: bool) -> Table:
    """*rows*, whole ones, as a table of at most *room* characters a line (None: as wide as it gets).

    The first columns and the vital ones are the important ones: what does not fit is shortened, then left out from the
    end, unless it was asked for by name. *wide*: also the columns that are not shown of themselves.
    """
    positions = [i for i in choice.picked if wide or choice.explicit or not choice.columns[i].wide]
    columns = [_column(rows, choice.columns, i) for i in positions]
    kept = columns if choice.explicit else _fitting(columns, room)
    for column, width in zip(kept, _widths(kept, room), strict=True):
        column.heading = escape.shorten(column.heading, width)
        column.cells = [escape.shorten(cell, width) for cell in column.cells]
        if colour:
            for line in column.alarms:
                column.cells[line] = _red(column.cells[line])
    return Table(_tabulated(kept), len(columns) - len(kept))


def record(row: Cells, columns: Sequence[Col], *, colour: bool) -> str:
    """One thing, a line for each value."""
    made = [_column([row], columns, i) for i in range(len(columns))]
    longest = max(len(column.heading) for column in made)
    lines = []
    for column in made:
        (cell,) = column.cells
        text = _red(cell) if colour and column.alarms else cell
        lines.append(f"{column.heading + ':':<{longest + _GAP}}{text}".rstrip())
    return "\n".join(lines)


def _day_or_time(text: str, kind: Type) -> str:
    german = current() == "de"
    if kind is Type.DAY:
        return german_day(text) if german else text
    if kind is Type.TIME:
        return (german_time(text) if german else local(text))[:_MINUTES]
    return text


def _column(rows: Sequence[Cells], columns: Sequence[Col], position: int) -> _Column:
    column = columns[position]
    cells = [shown(row[position], column) for row in rows]
    alarms: list[int] = []
    if column.alarm:
        alarm = [c.name for c in columns].index(column.alarm)
        alarms = [line for line, row in enumerate(rows) if row[alarm] is not None and not row[alarm]]
        for line in alarms:
            cells[line] = f"{SYMBOL} {cells[line]}"
    return _Column(_(column.heading), cells, column.type is Type.INT, alarms, column.vital or bool(column.alarm))


def _fitting(columns: Sequence[_Column], room: int | None) -> list[_Column]:
    """Those columns that fit into *room*, each shortened as far as it may be."""
    kept = list(columns)
    while room is not None and len(kept) > 1 and sum(map(_least, kept)) + _GAP * (len(kept) - 1) > room:
        dispensable = [i for i, column in enumerate(kept) if i and not column.vital]
        del kept[dispensable[-1] if dispensable else -1]
    return kept


def _least(column: _Column) -> int:
    return min(column.width, _NARROW)


def _widths(columns: Sequence[_Column], room: int | None) -> list[int]:
    """How wide each of *columns* is to be, so that all fit into *room* if they can."""
    wanted = [column.width for column in columns]
    if room is None:
        return wanted
    return _shrink(wanted, list(map(_least, columns)), room - _GAP * (len(columns) - 1))


def _shrink(wanted: list[int], least: list[int], room: int) -> list[int]:
    """*wanted*, the widest made narrower until all fit into *room* or are at their *least*."""
    widths = list(wanted)
    while sum(widths) > room and widths != least:
        widest = max((i for i, w in enumerate(widths) if w > least[i]), key=widths.__getitem__)
        widths[widest] -= 1
    return widths


def _red(cell: str) -> str:
    return cell.replace(SYMBOL, f"{_RED}{SYMBOL}{_PLAIN}", 1)


def _tabulated(columns: Sequence[_Column]) -> str:
    with unversioned():
        import tabulate

    tabulate.MIN_PADDING = 0  # else a heading is wider than it is, and the widths here are not those of the lines
    return tabulate.tabulate(
        list(zip(*(column.cells for column in columns), strict=True)),
        [column.heading for column in columns],
        tablefmt="simple",
        disable_numparse=True,
        colalign=["right" if column.right else "left" for column in columns],
    )
