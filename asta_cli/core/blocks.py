"""New records of one kind by the thousand, column by column: the part of a plan that large files are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from typing import TypeVar

from asta_cli.core.model import Action, Company, Kind, Record, Value
from asta_cli.core.plan import Change

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """What as many ``Change``s say that create, without an object and a mapping for each.

    ``ids`` are those of the records, ``same`` the columns in which they all have one value, ``columns`` all others.
    ``keys`` name the records, those of the register within their ``chamber``; ``lines`` of ``file`` (empty: of the
    arguments) are where they come from. ``companies`` are where authority over each is judged, if not by who asks
    alone. A ``hollow`` block says what is true already (see ``Change``), of records that there are: its values are
    those that authority depends on.
    """

    kind: Kind
    chamber: str
    ids: Sequence[int]
    same: Record
    columns: Mapping[str, Sequence[Value]]
    keys: Sequence[str]
    file: str
    lines: Sequence[int]
    companies: Sequence[Company] = ()
    hollow: bool = False

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def action(self) -> Action:
        """What the same changes would do."""
        return Action.UPDATE if self.hollow else Action.CREATE

    def column(self, name: str) -> Sequence[Value]:
        """The values of *name* in every record."""
        return self.columns[name] if name in self.columns else [self.same[name]] * len(self)

    def changes(self) -> Iterator[Change]:
        """The same as single changes."""
        names, companies = tuple(self.columns), self.companies or repeat(None)
        cells = zip(*self.columns.values(), strict=True) if names else repeat((), len(self))
        rows = zip(self.ids, self.keys, self.lines, cells, strict=True)
        for (id_, key, line, values), company in zip(rows, companies, strict=False):
            record = {**self.same, **dict(zip(names, values, strict=True))}
            after, before = ({}, record) if self.hollow else (record, {})
            at, name = (company.id, key) if company else (None, f"{self.chamber}:{key}")
            where = f"{self.file}:{line}" if self.file else "arguments"
            yield Change(
                self.kind, self.action, id_, name, after, before, at, self.chamber, where, line, hollow=self.hollow
            )

    def pick(self, places: Sequence[int]) -> Block:
        """Only the records at *places*."""
        columns = {name: _pick(values, places) for name, values in self.columns.items()}
        lines, companies = _pick(self.lines, places), _pick(self.companies, places) if self.companies else ()
        ids, keys = _pick(self.ids, places), _pick(self.keys, places)
        return replace(self, ids=ids, columns=columns, keys=keys, lines=lines, companies=companies)


def _pick(values: Sequence[T], places: Sequence[int]) -> Sequence[T]:
    return [values[at] for at in places]
