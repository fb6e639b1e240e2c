"""Headings: which column of a layout each one means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

from asta_cli.core.layouts import Column, Layout
from asta_cli.files.errors import DoubledColumn, MissingColumn
from asta_cli.files.text import BLANKS

_SPELLING = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", **dict.fromkeys("-_." + BLANKS)})


def fold(heading: str) -> str:
    """*heading* without what distinguishes none: case, blanks, ``-``, ``_``, ``.`` and the spelling of umlauts."""
    return normalize("NFC", heading).casefold().translate(_SPELLING)


def ignored(heading: str) -> bool:
    """Whether a heading asks to be passed over: ``_line`` and the like, as reject files have them."""
    return heading.strip(BLANKS).startswith("_")


@lru_cache(64)
def table(layout: Layout) -> Mapping[str, str]:
    """Folded heading -> English column name; empty for a heading that is to be ignored."""
    known = {fold(name): column.name for column in layout.columns for name in (*column.aliases, column.name)}
    return known | {fold(heading): column for heading, column in layout.headings}


def meaning(layout: Layout, heading: str) -> str:
    """The column that *heading* means, or an empty text."""
    return "" if ignored(heading) else table(layout).get(fold(heading), "")


@dataclass(frozen=True, slots=True)
class Matched:
    """What headings mean: ``names`` has a column name or an empty text for each, ``unknown`` what is not understood."""

    names: tuple[str, ...]
    unknown: tuple[str, ...]


def match(layout: Layout, headings: Sequence[str], file: str, line: int) -> Matched:
    """Find the columns of *layout* among *headings*.

    Raises ``DoubledColumn`` if two headings mean one column and ``MissingColumn`` if a required one is absent.
    """
    names = own_first(layout, headings, [meaning(layout, h) for h in headings])
    refuse_doubled(headings, names, file, line)
    refuse_missing(layout, names, file, line)
    passed = {fold(h) for h, column in layout.headings if not column}
    unknown = (
        h.strip(BLANKS) or f"#{i}"
        for i, h in enumerate(headings, 1)
        if not names[i - 1] and not ignored(h) and fold(h) not in passed
    )
    return Matched(names, tuple(dict.fromkeys(unknown)))


def own_first(layout: Layout, headings: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """*names* without what other headings mean where one of the chamber's own means the same column."""
    if not layout.headings:
        return tuple(names)
    own = {fold(h) for h, _ in layout.headings}
    taken = {n for h, n in zip(headings, names, strict=True) if fold(h) in own}
    return tuple("" if n in taken and fold(h) not in own else n for h, n in zip(headings, names, strict=True))


def refuse_doubled(headings: Sequence[str], names: Sequence[str], file: str, line: int) -> None:
    """Raise ``DoubledColumn`` if a name occurs twice."""
    if len(set(filter(None, names))) == sum(1 for n in names if n):
        return
    doubled = next(n for n in names if n and names.count(n) > 1)
    which = ", ".join(h.strip(BLANKS) for h, n in zip(headings, names, strict=True) if n == doubled)
    raise DoubledColumn(file=file, line=line, column=doubled, headings=which)


def refuse_missing(layout: Layout, names: Iterable[str], file: str, line: int) -> None:
    """Raise ``MissingColumn``, naming every required column that is absent and all headings it may have."""
    present = set(names)
    missing = [c for c in layout.columns if c.required and c.name not in present]
    if missing:
        columns = ", ".join(c.name for c in missing)
        raise MissingColumn(file=file, line=line, columns=columns, accepted="; ".join(map(_accepted, missing)))


def _accepted(column: Column) -> str:
    return f"{column.name} ({', '.join(column.aliases)})" if column.aliases else column.name
