"""Companies by the thousand with where they get their post, column by column: letters to a whole chamber."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, overload

from asta_cli.core.model import Company

Address = tuple[str | None, str | None, str | None]
"""Street, postal code and city of a company."""


@dataclass(frozen=True, slots=True, eq=False)
class Roster(Sequence[Company]):
    """Open companies of *chamber* by their columns; a :class:`Company` is made only where one needs a closer look."""

    chamber: str
    ids: Sequence[int]
    idents: Sequence[str]
    names: Sequence[str]
    parents: Sequence[int | None]
    active: Sequence[bool]
    emails: Sequence[str | None]
    streets: Sequence[str | None]
    postal_codes: Sequence[str | None]
    cities: Sequence[str | None]

    @classmethod
    def of(cls, chamber: str, companies: Iterable[tuple[Company, Address]]) -> Roster:
        """*companies*, each with its address."""
        rows = ((c.id, c.ident_number, c.name, c.parent, c.active, c.email, *address) for c, address in companies)
        return cls.from_rows(chamber, list(rows))

    @classmethod
    def from_rows(cls, chamber: str, rows: Sequence[Sequence[Any]]) -> Roster:
        """The companies of *rows*, whose cells are in the order of the columns."""
        return cls(chamber, *(zip(*rows, strict=True) if rows else [()] * len(_COLUMNS)))

    def pick(self, places: Sequence[int]) -> Roster:
        """The companies at *places*."""
        if len(places) == len(self):
            return self
        columns = (getattr(self, name) for name in _COLUMNS)
        return Roster(self.chamber, *([column[at] for at in places] for column in columns))

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, at: int) -> Company: ...
    @overload
    def __getitem__(self, at: slice) -> Roster: ...
    def __getitem__(self, at: int | slice) -> Company | Roster:
        if isinstance(at, slice):
            return self.pick(range(*at.indices(len(self))))
        return Company(
            self.ids[at],
            self.chamber,
            self.idents[at],
            self.names[at],
            self.parents[at],
            True,
            bool(self.active[at]),
            self.emails[at],
        )

    def __iter__(self) -> Iterator[Company]:
        return (self[at] for at in range(len(self)))


_COLUMNS = tuple(field.name for field in fields(Roster))[1:]
NOBODY = Roster.from_rows("", ())
