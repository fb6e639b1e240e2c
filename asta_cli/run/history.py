"""The history of one run, copied out of the database so that another run can go through it at its own pace."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, groupby, islice
from typing import IO, TYPE_CHECKING, Any

from asta_cli.core.history import Entry, RunRecord, Touched, entry
from asta_cli.core.ids import read_id
from asta_cli.core.model import Action, Kind, Value
from asta_cli.core.office import Office
from asta_cli.core.rows import Row, from_arguments
from asta_cli.core.run_refusals import RunRefused, UnknownRun, data_erased, not_reversible
from asta_cli.run.desk import Desk, reading
from asta_cli.run.road import CHUNK

if TYPE_CHECKING:
    from asta_cli.run import Tx

_IN_MEMORY = 1 << 22
_STAYS = (Kind.MAIL, Kind.LINK, Kind.SESSION, Kind.TOKEN)
_Step = tuple[Kind, Action, int, dict[str, Any]]


@dataclass(slots=True)
class Trace:
    """What a run did. ``refusal`` tells why it can never be taken back.

    ``kinds`` are what it changed. The changes lie in a file, those of one record made into one.
    """

    run: RunRecord
    file: IO[bytes]
    kinds: frozenset[Kind] = frozenset()
    refusal: RunRefused | None = None
    created: dict[Kind, array[int]] = field(default_factory=dict)
    changed: dict[Kind, array[int]] = field(default_factory=dict)
    parents: dict[int, Value] = field(default_factory=dict)

    @property
    def touched(self) -> Touched:
        """The records concerned."""
        return Touched(self.created, self.changed, self.parents)

    def chunks(self) -> Iterator[Sequence[Row]]:
        """The rows of an undo: one for the run itself, then its entries."""
        yield [from_arguments()]
        rows = self._entries()
        while chunk := list(islice(rows, CHUNK)):
            yield chunk

    def _entries(self) -> Iterator[Entry]:
        lines = count(1)
        for kind, ids in self.created.items():
            for number in ids:
                yield entry(next(lines), kind, Action.CREATE, number)
        self.file.seek(0)
        for line in self.file:
            kind, action, number, key, before, after = json.loads(line)
            yield entry(next(lines), Kind(kind), Action(action), number, key, (before, after))


@contextmanager
def trace(desk: Desk, name: str) -> Iterator[Trace]:
    """The history of the run called *name*. Raises UnknownRun."""
    import tempfile

    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        yield reading(desk, lambda tx: _read(tx, name, desk.asker.office, file))


def find(tx: Tx, name: str, office: Office) -> RunRecord:
    """The run called *name*, of a chamber within *office*. Raises UnknownRun."""
    from asta_cli.store import traces

    number = read_id(name)
    found = traces.run_record(tx, number) if number is not None else None
    if found is None or not office.covers(found.chamber):
        raise UnknownRun(key=name)
    return found


def _read(tx: Tx, name: str, office: Office, file: IO[bytes]) -> Trace:
    from asta_cli.store import traces

    run = find(tx, name, office)
    done, erased = traces.done(tx, run.id)
    refusal = data_erased(run) if erased else not_reversible(run, done)
    made = Trace(run, file, frozenset(kind for kind, _ in done), refusal)
    if refusal is not None:
        return made
    for kind, ids in traces.creations(tx, run.id):
        if kind is not Kind.MAIL:
            made.created.setdefault(kind, array("q")).extend(ids)
    for kind, numbers in made.created.items():
        made.created[kind] = array("q", sorted(numbers))
    for step in _composed(traces.changes(tx, run.id)):
        _keep(made, step)
    return made


def _keep(made: Trace, step: _Step) -> None:
    """Write down one change, unless its record was created by the same run and ends anyway."""
    kind, action, number, values = step
    if made.touched.made(kind, number) or _bookkeeping(kind, values):
        return
    made.changed.setdefault(kind, array("q")).append(number)
    if kind is Kind.COMPANY and "parent_id" in values["after"]:
        made.parents[number] = values["before"].get("parent_id")
    parts = [kind.value, action.value, number, values["key"], values["before"], values["after"]]
    made.file.write(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def _bookkeeping(kind: Kind, values: dict[str, Any]) -> bool:
    """That a line was read, that a mail was sent, that a held run was answered: these stay true.

    What let somebody in does not come back either: they sign in again.
    """
    after = values["after"]
    states = {side.get("state") for side in (after, values["before"])}
    answered = kind is Kind.RUN and not states <= {"applied", "undone"}
    return answered or not after or kind in _STAYS or (kind is Kind.CHAMBER and after.keys() == {"imported_at"})


def _composed(steps: Iterable[_Step]) -> Iterator[_Step]:
    """*steps* in the order of records, those of one record made into one."""
    for _, group in groupby(steps, key=lambda step: (step[0], step[2])):
        first, *others = group
        for other in others:
            first = _then(first, other)
        yield first


def _then(one: _Step, two: _Step) -> _Step:
    """The change that *one* and then *two* amount to."""
    kind, action, number, values = one
    before = two[3]["before"] | values["before"]
    after = values["after"] | two[3]["after"]
    after = {name: value for name, value in after.items() if name not in before or before[name] != value}
    actions = {action, two[1]} - {Action.UPDATE}
    whole = actions.pop() if len(actions) == 1 else Action.UPDATE
    return kind, whole, number, {"key": values["key"], "before": before, "after": after}
