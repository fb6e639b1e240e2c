"""The cells of CSV (RFC 4180), column by column: only a column with something to quote is looked at cell by cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_SPECIAL = re.compile('[",\r\n]').search


def texts(cells: Sequence[Any]) -> list[str]:
    """*cells* as texts, empty where there is no value."""
    return ["" if v is None else str(v) for v in cells]


def joined(cells: Sequence[Any]) -> tuple[Sequence[str], str]:
    """*cells* as texts, and all of them in one text, in which something to quote is quickly found."""
    try:
        return cells, "".join(cells)
    except TypeError:
        found = ["" if v is None else v for v in cells]
    try:
        return found, "".join(found)
    except TypeError:
        found = texts(cells)
    return found, "".join(found)


def csv_texts(cells: Sequence[Any]) -> Sequence[str]:
    """*cells* as they stand between commas."""
    found, whole = joined(cells)
    if '"' in whole or "," in whole or "\n" in whole or "\r" in whole:
        return [quoted(v) if _SPECIAL(v) else v for v in found]
    return found


def quoted(value: str) -> str:
    """*value* between quotation marks, its own doubled."""
    return '"' + value.replace('"', '""') + '"'
