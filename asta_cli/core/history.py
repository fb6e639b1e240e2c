"""What a run left behind: its record, its changes one by one, and what has happened to the same records since."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from asta_cli.core.model import Action, Kind, Record, Value
from asta_cli.core.rows import Row

UNDO = "runs undo"
APPROVE = "runs approve"
OFFBOARD = "accounts offboard"
REGISTER = (Kind.COMPANY, Kind.TRAINER, Kind.TRAINEE)
"""The kinds of the chamber's register, of which a record ends and may reopen."""


_UNKNOWN: tuple[Record, Record] = {}, {}


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run. ``answer`` is the later run that approved or undid it, 0 if there is none."""

    id: int
    command: str
    kind: str | None
    chamber: str | None
    state: str
    of_run: int | None
    expires_at: str | None
    answer: int = 0


@dataclass(frozen=True, slots=True)
class Later:
    """That a later run, still in force, changed ``fields`` of a record."""

    run: int
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class Blocker:
    """A record that stands in the way of another one's end or return.

    ``run`` made it, 0 if that is not known; ``later``: it was made after the run that is looked at.
    """

    kind: Kind
    id: int
    key: str
    run: int
    later: bool


@dataclass(frozen=True, slots=True)
class Entry(Row):
    """One change of a run as its history has it, as a row of another run. Of creations only the id is known."""

    kind: Kind = Kind.RUN
    action: Action = Action.UPDATE
    record: int = 0
    key: str = ""
    before: Record = field(default_factory=dict)
    after: Record = field(default_factory=dict)


def entry(
    line: int, kind: Kind, action: Action, record: int, key: str = "", values: tuple[Record, Record] = _UNKNOWN
) -> Entry:
    """The entry that stands at *line* of a history, its *values* before and after."""
    return Entry("arguments", line, {}, frozenset(), None, (), (), kind, action, record, key, *values)


@dataclass(frozen=True, slots=True)
class Touched:
    """The records that a run created and those it changed otherwise, in order, as compact as they can be."""

    created: Mapping[Kind, Sequence[int]] = field(default_factory=dict)
    changed: Mapping[Kind, Sequence[int]] = field(default_factory=dict)
    parents: Mapping[int, Value] = field(default_factory=dict)
    """Of companies that it moved, the head offices they had before."""

    def made(self, kind: Kind, record: int) -> bool:
        """Whether the run created the record."""
        return _within(self.created.get(kind, ()), record)

    def met(self, kind: Kind, record: int) -> bool:
        """Whether the run created or changed it."""
        return self.made(kind, record) or _within(self.changed.get(kind, ()), record)


def _within(ids: Sequence[int], number: int) -> bool:
    at = bisect_left(ids, number)
    return at < len(ids) and ids[at] == number
