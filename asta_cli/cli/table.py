"""Tables for people: translated, escaped, and as wide as the terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from asta_cli.cli import escape
from asta_cli.cli.formats import german_day, german_time
from asta_cli.cli.i18n import _, current
from asta_cli.cli.listing import Cells, Choice, Col, Type
from asta_cli.core.errors import N_
from asta_cli.core.timeline import local

SYMBOL = "●"
YES, NO = N_("yes"), N_("no")
_GAP = 2
_NARROW = 12  # a column is not shortened below this; rather another one is left out
_CELL = 60  # characters of one cell where nothing says how wide the reader's screen is
_RED, _PLAIN = "\x1b[31m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Table:
    """A laid-out table and how many columns did not fit."""

    text: str
    left_out: int


def shown(value: Any, column: Col) -> str:
    """*value* as a person reads it, harmless."""
    if value is None or value == "":
        return ""
    if column.type is Type.BOOL:
        return _(YES if value else NO)
    if column.type is Type.DAY:
        return german_day(value) if current() == "de" else str(value)
    if column.type is Type.TIME:
        return (german_time(value) if current() == "de" else local(value))[:16]
    word = column.words.get(str(value))
    return _(word) if word else escape.visible(str(value))


def lay_out(rows: Sequence[Cells], choice: Choice, *, width: int | None, colour: bool) -> Table:
    """*rows*, whole ones, as a table of *width* columns (None: as wide as it gets)."""
    positions = [i for i in choice.picked if choice.explicit or width is None or not choice.columns[i].wide]
    columns = [[shown(row[i], choice.columns[i]) for row in rows] for i in positions]
    headings = [_(choice.columns[i].heading) for i in positions]
    alarms = [_alarms(rows, choice, i) for i in positions]
    for cells, alarm in zip(columns, alarms, strict=True):
        for line in alarm:
            cells[line] = f"{SYMBOL} {cells[line]}".rstrip()
    widths, left_out = _fit(headings, columns, width, keep=choice.explicit)
    columns = [[escape.shorten(c, w) for c in cells] for cells, w in zip(columns, widths, strict=False)]
    headings = [escape.shorten(h, w) for h, w in zip(headings, widths, strict=False)]
    if colour:
        for cells, alarm in zip(columns, alarms, strict=False):
            for line in alarm:
                cells[line] = cells[line].replace(SYMBOL, f"{_RED}{SYMBOL}{_PLAIN}", 1)
    return Table(_tabulated(headings, columns, [choice.columns[i] for i in positions]), left_out)


def record(row: Cells, columns: Sequence[Col], *, colour: bool) -> str:
    """One thing, a line for each value."""
    names = [c.name for c in columns]
    lines = []
    longest = max(escape.width(_(c.heading)) for c in columns)
    for value, column in zip(row, columns, strict=True):
        text = shown(value, column)
        if column.alarm and not row[names.index(column.alarm)]:
            text = f"{_RED}{SYMBOL}{_PLAIN} {text}" if colour else f"{SYMBOL} {text}"
        heading = _(column.heading) + ":"
        lines.append(f"{heading}{' ' * (longest + _GAP - escape.width(heading) + 1)}{text}".rstrip())
    return "\n".join(lines)


def _alarms(rows: Sequence[Cells], choice: Choice, position: int) -> list[int]:
    alarm = choice.columns[position].alarm
    if not alarm:
        return []
    other = [c.name for c in choice.columns].index(alarm)
    return [line for line, row in enumerate(rows) if not row[other]]


def _fit(
    headings: Sequence[str], columns: Sequence[Sequence[str]], room: int | None, *, keep: bool
) -> tuple[list[int], int]:
    """The width of each column that fits into *room*, and how many do not. The first columns are the important ones."""
    wanted = [max(map(escape.width, (h, *cells))) for h, cells in zip(headings, columns, strict=True)]
    if room is None:
        return wanted, 0
    least = [min(w, _NARROW) for w in wanted]
    count = len(wanted)
    while count > 1 and not keep and sum(least[:count]) + _GAP * (count - 1) > room:
        count -= 1
    return _shrink(wanted[:count], least[:count], room - _GAP * (count - 1)), len(wanted) - count


def _shrink(wanted: list[int], least: list[int], room: int) -> list[int]:
    """*wanted* with the widest ones made narrower until they fit into *room*, or are as narrow as they may be."""
    widths = list(wanted)
    while sum(widths) > room:
        widest = max(range(len(widths)), key=lambda i: widths[i] - least[i])
        if widths[widest] <= least[widest]:
            break
        widths[widest] -= 1
    return widths


def _tabulated(headings: Sequence[str], columns: Sequence[Sequence[str]], kinds: Sequence[Col]) -> str:
    from tabulate import tabulate

    columns = columns[: len(headings)]
    align = ["right" if c.type is Type.INT else "left" for c in kinds[: len(headings)]]
    rows = list(zip(*columns, strict=True))
    return tabulate(rows, headings, tablefmt="simple", disable_numparse=True, colalign=align)


Measure = Callable[[str], int]
