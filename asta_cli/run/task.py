"""What a run is given and what it gives back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from asta_cli.core.errors import Status
from asta_cli.core.guard import Before, Trip
from asta_cli.core.model import Action
from asta_cli.core.plan import Outcome, Plan, Problem, Tally
from asta_cli.core.planner import Planner
from asta_cli.core.rows import Row

if TYPE_CHECKING:
    from asta_cli.store.db import Tx


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a run: a lost race repeats everything with another one of these.

    ``ahead``: it is planned in a transaction that does not write, so nothing planned can be read back.
    """

    run: int
    ids: Iterator[int]
    now: str
    ahead: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one kind. ``known`` rows are unchanged and only counted, ``repeated`` are groups with one key.

    Of the known ones, ``kept`` stand for records that hold another source's value. ``absent`` gives, when all rows are
    planned, what is to be planned because of what the file does not say. ``before`` is what a guard compares with.
    """

    planner: Planner
    chunks: Iterable[Sequence[Row]]
    repeated: Iterable[Sequence[Row]] = ()
    known: int = 0
    kind: str = ""
    file: str = ""
    sha256: str = ""
    kept: int = 0
    absent: Callable[[Tx], Iterable[Sequence[Row]]] | None = None
    before: Before | None = None


class Watch(Protocol):
    """Who wants to see every change of a run as it is planned, and the rows that ask for it."""

    def begin(self) -> None:
        """An attempt begins; what was seen before belongs to one that was given up."""

    def add(self, tx: Tx, plan: Plan, rows: Sequence[Row], *, ahead: bool) -> None:
        """*plan* is made of *rows*, and, unless *ahead*, about to be applied in *tx*.

        No rows: it is made of other things, or of rows that were seen before.
        """


@dataclass(frozen=True, slots=True)
class Task:
    """A set of items to be made true. ``batches`` is asked anew for every attempt, so planners start empty.

    ``target`` says for the audit log what the command was about; it must not hold personal values beyond the names of
    companies and the address of the account concerned, which lie in the erasable part of the entry. ``before_commit``
    is called when everything is written and only the commit is left: for what must be durable before it, such as a file
    of codes. ``of_run`` is the run that this one approves or undoes. ``watch`` sees every change. A task planned
    ``ahead`` is planned as a whole before the transaction that writes begins, which is short then.
    """

    command: str
    batches: Callable[[Attempt], Sequence[Batch]]
    target: str = ""
    kind: str = ""
    chamber: str | None = None
    single: bool = False
    before_commit: Callable[[], None] | None = None
    of_run: int | None = None
    watch: Watch | None = None
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What became of one batch."""

    kind: str
    file: str
    sha256: str
    tally: Tally
    before: Before | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did or would do. ``run`` is empty where nothing was written."""

    command: str
    run: str
    outcome: Outcome
    parts: tuple[Part, ...]
    seconds: float
    status: Status
    dry_run: bool = False
    trips: tuple[Trip, ...] = ()

    @property
    def problems(self) -> list[Problem]:
        """All problems, in the order of the input."""
        return [p for part in self.parts for p in part.tally.problems]

    @property
    def actions(self) -> Counter[Action]:
        """How many records were created, updated, ended and reopened."""
        return sum((part.tally.actions for part in self.parts), Counter())
