"""A plan is a value: what would change, what is refused, what is worth a warning. Dry-run, audit and report read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import chain, islice
from typing import TYPE_CHECKING

from asta_cli.core.errors import AstaError, Status
from asta_cli.core.guard import Bounds, Trip
from asta_cli.core.model import Action, Kind, Record

if TYPE_CHECKING:
    from asta_cli.core.blocks import Block

SAMPLES = 3


class Severity(StrEnum):
    """Whether a problem rejects its row."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with one row. ``code`` is stable; its text is looked up in ``core.problems`` at the edge.

    ``where`` is ``FILE:LINE`` or ``arguments``; ``line`` the number alone (0 for arguments), by which rejects are
    found. ``fields`` fill the named places of the message.
    """

    where: str
    line: int
    code: str
    column: str = ""
    severity: Severity = Severity.ERROR
    value: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    error: AstaError | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One record's change. ``before`` holds the values it replaces (empty on create), ``after`` the new ones.

    ``before`` is also the condition under which the change may be written: who finds another value has lost a race.
    ``company`` and ``chamber`` say where authority over it is judged. An ``optional`` change is left out in silence
    where the asker has no authority: "every grant that I may revoke" must not name the others. A ``hollow`` change is
    true already: it is judged like any other and then counts as unchanged, so that nobody learns by asking for what is
    so what they may not see. Bookkeeping is not ``counted``.
    """

    kind: Kind
    action: Action
    id: int
    key: str
    after: Record
    before: Record = field(default_factory=dict)
    company: int | None = None
    chamber: str | None = None
    where: str = "arguments"
    line: int = 0
    optional: bool = False
    counted: bool = True
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What one chunk of rows amounts to.

    ``proofs`` names companies for which a letter's code was shown: the only ground besides a grant or the operator's
    office on which an administrator may come into being. ``touches`` give unchanged records the hash of the line that
    now stands for them: bookkeeping of the reader, no change of theirs. ``kept`` counts the rows that left a field
    alone because it holds another source's value (``core.said``). Of the records ended, ``over`` were so
    by their dates. ``blocks`` are creations by the thousand, of rows that ``changes`` and ``problems`` do not name.
    ``addresses`` are e-mail keys proven by the token of a mailed link: the asker's account may take them, with what
    waits there.
    """

    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()
    rows: int = 0
    unchanged: int = 0
    proofs: frozenset[int] = frozenset()
    touches: tuple[tuple[Kind, int, bytes], ...] = ()
    kept: int = 0
    over: int = 0
    blocks: tuple[Block, ...] = ()
    addresses: frozenset[str] = frozenset()

    def singly(self) -> Plan:
        """The same plan with a change for each record of its blocks."""
        single = (change for block in self.blocks for change in block.changes())
        return replace(self, changes=(*self.changes, *single), blocks=())

    def judged(self, allowed: Collection[Block]) -> Plan:
        """The same plan with single changes for the blocks that are not *allowed*.

        Hollow ones that are, say what is so: their records count as unchanged.
        """
        if not self.blocks:
            return self
        single = (change for block in self.blocks if block not in allowed for change in block.changes())
        changes, unchanged = (*self.changes, *single), self.unchanged + sum(len(b) for b in allowed if b.hollow)
        return replace(self, changes=changes, unchanged=unchanged, blocks=tuple(b for b in allowed if not b.hollow))

    def without(self, refused: Iterable[Problem], dropped: Collection[int] = ()) -> Plan:
        """The same plan minus the changes of refused rows (their refusals join its problems), dropped and hollow ones.

        A row of which nothing but dropped changes was planned counts as unchanged, as if there had been nothing.
        """
        refused = tuple(refused)
        lines = {(p.where, p.line) for p in refused if p.severity is Severity.ERROR}
        left = (c for c in self.changes if not c.hollow and c.id not in dropped)
        kept = tuple(c for c in left if (c.where, c.line) not in lines)
        emptied = {(c.where, c.line) for c in self.changes} - lines - {(c.where, c.line) for c in kept}
        return replace(self, changes=kept, problems=self.problems + refused, unchanged=self.unchanged + len(emptied))


class Outcome(StrEnum):
    """What becomes of a plan."""

    APPLIED = "applied"
    DRY_RUN = "dry_run"
    REJECTED = "rejected"
    HELD = "held"


@dataclass(slots=True)
class Tally:
    """Counts over the chunk plans of one run. Only changes of the ``counted`` kinds count: a mail is a consequence."""

    counted: frozenset[Kind]
    rows: int = 0
    actions: Counter[Action] = field(default_factory=Counter)
    unchanged: int = 0
    kept: int = 0
    rejected: set[tuple[str, int]] = field(default_factory=set)
    doubtful: set[tuple[str, int]] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    changes: int = 0
    over: int = 0
    samples: dict[Action, list[Change]] = field(default_factory=dict)

    @property
    def warned(self) -> set[tuple[str, int]]:
        """The rows that were kept although something about them was wrong."""
        return self.doubtful - self.rejected

    def add(self, plan: Plan) -> None:
        """Count *plan*."""
        self.rows += plan.rows
        self.unchanged += plan.unchanged
        self.kept += plan.kept
        self.over += plan.over
        self._sample(plan)
        self.changes += len(plan.changes)
        self.actions.update(c.action for c in plan.changes if c.counted and c.kind in self.counted)
        for block in plan.blocks:
            self.changes += len(block)
            self.actions[Action.CREATE] += len(block) if block.kind in self.counted else 0
        self.problems.extend(plan.problems)
        for p in plan.problems:
            (self.rejected if p.severity is Severity.ERROR else self.doubtful).add((p.where, p.line))

    def _sample(self, plan: Plan) -> None:
        """Keep the first changes of each sort: who is told of a thousand wants to see three."""
        created = (change for block in plan.blocks for change in islice(block.changes(), SAMPLES))
        for change in chain(plan.changes, created):
            if change.counted and change.kind in self.counted:
                seen = self.samples.setdefault(change.action, [])
                seen += [change] if len(seen) < SAMPLES else ()


@dataclass(frozen=True, slots=True)
class Limits:
    """How a run deals with bad rows: ``max_errors`` is a count, or a share of the rows in percent if ``percent``.

    ``bounds`` are what the guard of an import lets pass; None: no guard.
    """

    dry_run: bool = False
    keep_going: bool = False
    max_errors: float | None = None
    percent: bool = False
    bounds: Bounds | None = None

    def exceeded(self, rejected: int, rows: int) -> bool:
        """Whether more rows were rejected than this run may leave out."""
        if not self.keep_going:
            return rejected > 0
        if self.max_errors is None:
            return False
        allowed = self.max_errors * rows / 100 if self.percent else self.max_errors
        return rejected > allowed


def verdict(tally: Tally, limits: Limits, trips: Sequence[Trip] = ()) -> Outcome:
    """The one place that decides whether anything is written: exactly when this says ``APPLIED``.

    Rejects are judged first; the guard, which has found *trips*, judges what is left.
    """
    if limits.exceeded(len(tally.rejected), tally.rows):
        return Outcome.REJECTED
    if trips:
        return Outcome.HELD
    return Outcome.DRY_RUN if limits.dry_run else Outcome.APPLIED


# What the person at the keyboard typed wrong, as against what the data or the rules refuse.
_TYPED_WRONG = ("bad_", "missing_", "too_long", "end_before_start", "expired")


def exit_status(tally: Tally, single: bool) -> Status:
    """Exit status of a run with rejects: one item from arguments answers with its own refusal, a file with REJECTED."""
    errors = [p for p in tally.problems if p.severity is Severity.ERROR]
    if not single or not errors:
        return Status.REJECTED
    if errors[0].error is not None:
        return errors[0].error.status
    return Status.USAGE if errors[0].code.startswith(_TYPED_WRONG) else Status.REFUSED
