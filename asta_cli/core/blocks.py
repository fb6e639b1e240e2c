"""New records of one kind by the thousand, column by column: the part of a plan that a first import is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from asta_cli.core.model import Action, Kind, Record, Value
from asta_cli.core.plan import Change


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """What as many ``Change``s that create say, without an object and a mapping for each.

    ``ids`` are those of the records, ``same`` the columns in which they all have one value, ``columns`` all others.
    ``keys`` name the records within the ``chamber``; ``lines`` of ``file`` are where they come from.
    """

    kind: Kind
    chamber: str
    ids: Sequence[int]
    same: Record
    columns: Mapping[str, Sequence[Value]]
    keys: Sequence[str]
    file: str
    lines: Sequence[int]

    def __len__(self) -> int:
        return len(self.ids)

    def changes(self) -> Iterator[Change]:
        """The same as single changes."""
        names = tuple(self.columns)
        rows = zip(self.ids, self.keys, self.lines, zip(*self.columns.values(), strict=True), strict=True)
        for id_, key, line, values in rows:
            after = {**self.same, **dict(zip(names, values, strict=True))}
            where = f"{self.file}:{line}"
            yield Change(
                self.kind, Action.CREATE, id_, f"{self.chamber}:{key}", after, {}, None, self.chamber, where, line
            )
