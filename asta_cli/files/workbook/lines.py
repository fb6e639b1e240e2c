"""A row of a sheet as one line of text.

A line is a JSON list with a text for each heading of the sheet: empty, or a letter for the type of the cell and its
value (``KINDS``). Blank rows are empty lines, so the number of a line is that of its row.
"""

from __future__ import annotations

import json
from datetime import MAXYEAR, date, datetime, timedelta

KINDS = {"s": "text", "n": "number", "d": "day or time", "b": "yes or no", "e": "error", "x": "other"}
LINE_LIMIT = 60_000
_DIGITS_KEPT = 10**15


def line(cells: list[str]) -> bytes:
    """The line of a row. One over the limit is cut, which an object instead of a list tells."""
    if not any(cells):
        return b"\n"
    record = _JSON(cells).encode("utf-8", "replace") + b"\n"
    if len(record) <= LINE_LIMIT:
        return record
    kept: list[str] = []
    left = LINE_LIMIT
    for cell in cells:
        left -= len(_JSON(cell).encode("utf-8", "replace")) + 1
        if left < 0:
            break
        kept.append(cell)
    return _JSON({"cut": kept}).encode("utf-8", "replace") + b"\n"


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def shown(value: object) -> str:
    """The letter of the type of *value* and its text; a blank cell is an empty text."""
    if isinstance(value, str):
        return "s" + value if value.strip() else ""
    if isinstance(value, bool):
        return "byes" if value else "bno"
    if isinstance(value, (int, float)):
        return _numeral(value)
    if isinstance(value, datetime):
        return "d" + _moment(value)
    if isinstance(value, date):
        return "d" + value.isoformat()
    return f"x{value}"


def _moment(value: datetime) -> str:
    """*value* to the second, without the clock at midnight. Fractions of a day are never exact, so it is rounded."""
    if value.microsecond >= 500_000 and value.year < MAXYEAR:
        value += timedelta(seconds=1)
    return value.isoformat(timespec="seconds").removesuffix("T00:00:00")


def _numeral(value: float) -> str:
    """A whole number without point. Beyond fifteen digits a spreadsheet has lost some: that is no number any more."""
    if not abs(value) < _DIGITS_KEPT:
        return f"x{value:g}"
    return f"n{int(value)}" if value == int(value) else f"n{value!r}"


class Numbers:
    """What a column holds that tells whether leading zeros are missing: see ``lost_zeros``."""

    def __init__(self) -> None:
        self.padded = self.longest = 0
        self.shortest = 99

    def add(self, cell: str) -> None:
        """Take in one *cell*."""
        kind = cell[:1]
        if kind == "s":
            if cell[1] == "0" and cell[1:].isdigit():
                self.padded = max(self.padded, len(cell) - 1)
        elif kind == "n" and cell[1:].isdigit():
            self.longest = max(self.longest, len(cell) - 1)
            self.shortest = min(self.shortest, len(cell) - 1)

    @property
    def told(self) -> list[int]:
        """Digits of the longest text with a leading zero, of the shortest and of the longest number; 0: none."""
        return [self.padded, self.shortest if self.longest else 0, self.longest]
