"""Listings: columns, what is chosen of them, and the bytes of every format, spooled while the database is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from asta_cli.core.errors import N_, BadOption, UsageError

if TYPE_CHECKING:
    from asta_cli.cli.options import ListOptions

_IN_MEMORY = 8 << 20
Cells = Sequence[Any]


class Type(Enum):
    """What a column holds. Days are ISO text, times RFC 3339 UTC text; both are shown otherwise in tables."""

    TEXT = auto()
    BOOL = auto()
    INT = auto()
    DAY = auto()
    TIME = auto()


TEXT, BOOL, INT, DAY, TIME = Type.TEXT, Type.BOOL, Type.INT, Type.DAY, Type.TIME


@dataclass(frozen=True, slots=True)
class Col:
    """A column. ``name`` is its key in JSON and CSV, ``heading`` (marked with ``N_``) stands above it in tables.

    ``words`` says in tables what a value means (value -> text marked with ``N_``). ``alarm`` names a BOOL column of
    the same listing: where that one is false, the cell gets a red ``●`` before its word. A ``wide`` column is in
    tables only with ``--wide`` or when it is asked for. A ``vital`` one stays, as one with an alarm does, where a
    terminal is too narrow for all.
    """

    name: str
    heading: str
    type: Type = TEXT
    words: Mapping[str, str] = field(default_factory=dict)
    alarm: str = ""
    wide: bool = False
    vital: bool = False


class UnknownFields(UsageError):
    """A listing has no such column."""

    code = "unknown_field"
    message = N_("{option}: there is no column {name}")
    hint = N_("columns: {columns}")


@dataclass(frozen=True, slots=True)
class Choice:
    """What is wanted of a listing: ``picked`` are positions of columns, ``order`` (position, backwards) to sort by."""

    columns: Sequence[Col]
    picked: tuple[int, ...]
    order: tuple[tuple[int, bool], ...]
    limit: int | None
    explicit: bool

    @property
    def names(self) -> list[str]:
        """The keys of all columns."""
        return [c.name for c in self.columns]

    @property
    def shown(self) -> list[Col]:
        """The columns that were picked."""
        return [self.columns[i] for i in self.picked]


def choose(columns: Sequence[Col], options: ListOptions) -> Choice:
    """What *options* ask of *columns*. Raises UnknownFields."""
    names = [c.name for c in columns]
    fields = [_position(name, names, "--fields") for name in _names(options.fields)]
    order = [_order(name, names) for name in _names(options.sort)]
    picked = tuple(dict.fromkeys(fields)) or tuple(range(len(columns)))
    return Choice(columns, picked, tuple(order), options.limit, bool(fields))


def _names(text: str | None) -> list[str]:
    return [] if text is None else [name.strip() for name in text.split(",")]


def _order(name: str, names: Sequence[str]) -> tuple[int, bool]:
    return _position(name.removeprefix("-"), names, "--sort"), name.startswith("-")


def _position(name: str, names: Sequence[str], option: str) -> int:
    if name not in names:
        raise UnknownFields(option=option, name=name or '""', columns=", ".join(names))
    return names.index(name)


def arrange(rows: Iterable[Cells], choice: Choice, most: int | None = None) -> Iterator[Cells]:
    """*rows* sorted and limited. Without sorting, no more rows are taken than are wanted."""
    for position, backwards in reversed(choice.order):
        rows = _sorted(rows, position, backwards)
    limits = [n for n in (choice.limit, most) if n is not None]
    return islice(rows, min(limits)) if limits else iter(rows)


def _sorted(rows: Iterable[Cells], position: int, backwards: bool) -> list[Cells]:
    """*rows* by one column; what is empty comes last either way."""
    filled: list[Cells] = []
    empty: list[Cells] = []
    for row in rows:
        (empty if row[position] is None or row[position] == "" else filled).append(row)
    filled.sort(key=itemgetter(position), reverse=backwards)
    return filled + empty


def pick(rows: Iterable[Cells], choice: Choice) -> Iterable[Cells]:
    """Only the picked cells of *rows*."""
    if choice.picked == tuple(range(len(choice.columns))):
        return rows
    if len(choice.picked) == 1:
        (only,) = choice.picked
        return ((row[only],) for row in rows)
    return map(itemgetter(*choice.picked), rows)


@contextmanager
def spooled() -> Iterator[BinaryIO]:
    """A place for the output until the database is free: memory, then a file without name that nobody else can open."""
    import tempfile

    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        yield cast("BinaryIO", file)


def format_of(options: ListOptions) -> str:
    """The format wanted; ``--excel`` is a kind of CSV. Raises BadOption."""
    if not options.excel:
        return options.format
    if options.format not in {"table", "csv"}:
        raise BadOption(option="--excel", value=options.format, choices="--format csv --excel")
    return "csv"
