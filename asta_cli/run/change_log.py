"""The changes of a run for people, written down while it is planned, and told again later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from asta_cli.core import changes
from asta_cli.core.changes import Line
from asta_cli.core.facts import Needs
from asta_cli.core.history import RunRecord, entry
from asta_cli.core.ids import show_id
from asta_cli.core.model import Action, Kind
from asta_cli.core.plan import Change, Plan
from asta_cli.core.reversal import NUMBERS, key_of
from asta_cli.core.rows import Row

if TYPE_CHECKING:
    from asta_cli.run import Tx

_CHUNK = 10_000
_CONSEQUENCES = frozenset({Kind.MAIL, Kind.RUN})


class Sink(Protocol):
    """Where the lines go."""

    def begin(self) -> None:
        """Start anew: what was written before belongs to an attempt that was given up."""

    def write(self, line: Sequence[str]) -> None:
        """Append a line."""


class Numbers:
    """What records are called, asked of the database for as many as needed at once."""

    def __init__(self) -> None:
        self._planned: dict[Kind, dict[int, str]] = defaultdict(dict)
        self._known: dict[Kind, dict[int, str]] = {}

    def prepare(self, tx: Tx, found: Iterable[Change], *, remember: bool) -> None:
        """Know everything that *found* names.

        *remember* what it creates: later changes will name it, and the database does not have it yet.
        """
        from asta_cli.store import traces

        wanted: dict[Kind, set[int]] = defaultdict(set)
        here: dict[Kind, dict[int, str]] = defaultdict(dict)
        for change in found:
            if change.action is Action.CREATE and change.after and change.kind in (Kind.COMPANY, Kind.TRAINER):
                here[change.kind][change.id] = str(change.after[NUMBERS[change.kind]])
            for kind, number in changes.references(change):
                wanted[kind].add(number)
        if remember:
            for kind, made in here.items():
                self._planned[kind].update(made)
        self._known = {
            kind: traces.numbers(tx, kind, ids - here[kind].keys() - self._planned[kind].keys()) | here[kind]
            for kind, ids in wanted.items()
        }

    def __call__(self, kind: Kind, number: int) -> str:
        """The Identnummer or the trainer number of a record that was named."""
        return self._known.get(kind, {}).get(number) or self._planned[kind].get(number) or show_id(number)


class ChangeLog:
    """Writes the changes of a run to *sink* as they are planned."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._numbers = Numbers()

    def begin(self) -> None:
        """Another attempt."""
        self._sink.begin()
        self._numbers = Numbers()

    def add(self, tx: Tx, plan: Plan, rows: Sequence[Row], *, ahead: bool) -> None:
        """Write down *plan*, which is *ahead* of what the database will have when the next one comes."""
        for _, found in planned(tx, plan, self._numbers, ahead=ahead):
            for line in found:
                self._sink.write(line)


def planned(tx: Tx, plan: Plan, numbers: Numbers, *, ahead: bool) -> Iterator[tuple[Change, list[Line]]]:
    """The changes of *plan* that are told, and the lines of each."""
    created = (block.changes() for block in plan.blocks)
    for part in _parts(chain(plan.changes, *created)):
        yield from _told(tx, part, numbers, remember=ahead)


def told(tx: Tx, run: RunRecord) -> Iterator[list[Line]]:
    """The lines of each change of *run*: the plan of a held one, the history of any other.

    Of records that were created only the ids were kept: their values are the records.
    """
    numbers = Numbers()
    found = _planned(tx, run) if run.state == "held" else _history(tx, run)
    for part in _parts(found):
        for _, lines in _told(tx, part, numbers, remember=run.state == "held"):
            yield lines


def _told(tx: Tx, found: list[Change], numbers: Numbers, *, remember: bool) -> Iterator[tuple[Change, list[Line]]]:
    shown = [c for c in found if c.counted and c.kind not in _CONSEQUENCES]
    numbers.prepare(tx, shown, remember=remember)
    for change in shown:
        yield change, list(changes.lines(change, numbers))


def _parts(found: Iterable[Change]) -> Iterator[list[Change]]:
    part: list[Change] = []
    for change in found:
        part.append(change)
        if len(part) == _CHUNK:
            yield part
            part = []
    if part:
        yield part


def _planned(tx: Tx, run: RunRecord) -> Iterator[Change]:
    from asta_cli.core.plan_codec import unpack
    from asta_cli.store import traces

    for plan in map(unpack, traces.held(tx, run.id)):
        yield from plan.changes
        for block in plan.blocks:
            yield from block.changes()


def _history(tx: Tx, run: RunRecord) -> Iterator[Change]:
    from asta_cli.store import traces

    for kind, ids in traces.creations(tx, run.id):
        yield from _created(tx, kind, ids)
    for kind, action, number, values in traces.changes(tx, run.id):
        if values["after"] and (kind is not Kind.CHAMBER or values["before"]):  # else a line was read, no more
            yield Change(kind, action, number, values["key"], values["after"], values["before"])


def _created(tx: Tx, kind: Kind, ids: list[int]) -> Iterator[Change]:
    """What was created, called as it is called today."""
    from asta_cli.store import load

    for start in range(0, len(ids), _CHUNK):
        part = ids[start : start + _CHUNK]
        facts = load.load(tx, Needs(records={kind: set(part)}), "")
        for number in part:
            yield Change(kind, Action.CREATE, number, key_of(entry(0, kind, Action.CREATE, number), facts), {})
