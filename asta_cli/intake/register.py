"""Importing the training register of one chamber: any of its files, in one run and one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from asta_cli.core import fields, layouts, timeline
from asta_cli.core.azubi_accounts import AzubiAccountPlanner
from asta_cli.core.companies import CompanyPlanner
from asta_cli.core.emails import EmailNormaliser
from asta_cli.core.errors import OperatorsOnly
from asta_cli.core.fields import BadField
from asta_cli.core.guard import Before
from asta_cli.core.layouts import Layout
from asta_cli.core.model import Kind
from asta_cli.core.pending import Pending
from asta_cli.core.plan import Limits
from asta_cli.core.refusal import RefusalPlanner
from asta_cli.core.register import Absent, RegisterPlanner, Terms, stamp
from asta_cli.core.rows import Row, from_arguments
from asta_cli.core.stored import SIZE, StoredLines
from asta_cli.core.trainees import TraineePlanner
from asta_cli.core.trainers import TrainerPlanner
from asta_cli.files.columns import ColumnKey
from asta_cli.files.source import ReadOptions, open_source
from asta_cli.intake.sets import Items, from_file
from asta_cli.run import (
    CHUNK,
    Attempt,
    Batch,
    Desk,
    Report,
    Task,
    chamber_id,
    execute,
    import_lock,
    lines_below,
    stored_lines,
    unnamed,
)
from asta_cli.run.task import Watch

if TYPE_CHECKING:
    from asta_cli.run import Tx

RULES_VERSION = b"register rules 1"
"""Part of every line's hash. Change it when the planners begin to understand the same row differently."""


ACCOUNTS = "azubi-accounts"


@dataclass(frozen=True, slots=True)
class Noun:
    """A kind of register file: its layout, its planner, and the columns that make the key of a row."""

    kind: Kind
    layout: Layout
    planner: type[RegisterPlanner]
    key: tuple[str, ...]


NOUNS: dict[str, Noun] = {  # in the order in which one depends on the other
    "companies": Noun(Kind.COMPANY, layouts.COMPANIES, CompanyPlanner, ("ident_number",)),
    "trainers": Noun(Kind.TRAINER, layouts.TRAINERS, TrainerPlanner, ("trainer_number", "company_ident_number")),
    "trainees": Noun(Kind.TRAINEE, layouts.TRAINEES, TraineePlanner, ("trainee_number",)),
    ACCOUNTS: Noun(Kind.TRAINEE, layouts.AZUBI_ACCOUNTS, AzubiAccountPlanner, ("trainee_number",)),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """How rows are judged. ``full``: compare every field of every row, though its line may be known.

    With ``only``, an Identnummer, the rows of all other companies count as if they were not there; it wants ``full``.
    ``mirror`` takes the files for the whole truth: what they do not name has ended.
    """

    strict: bool = False
    store_birth_date: bool = False
    full: bool = False
    only: str | None = None
    mirror: bool = False

    def salt(self, chamber: str) -> bytes:
        """What goes into the hash of every line besides the line and its header."""
        return b"|".join((RULES_VERSION, chamber.encode(), b"birth" if self.store_birth_date else b""))


@dataclass(slots=True)
class Import:
    """The files of one import, opened and sieved, ready for one run. ``items`` lie in the order of dependency."""

    desk: Desk
    chamber: str
    chamber_id: int
    rules: Rules
    normalise: EmailNormaliser
    command: str
    verify: Callable[[], None] | None = None
    watch: Watch | None = None
    items: dict[str, Items] = field(default_factory=dict)
    stored: dict[str, StoredLines] = field(default_factory=dict)

    def execute(self, limits: Limits) -> Report:
        """Run it."""
        if not self.desk.asker.office.covers(self.chamber):
            return self._refused(limits)
        names = ", ".join(self.items)
        kind = names if len(self.items) == 1 else "snapshot"
        target = f"company {self.chamber}:{self.rules.only}" if self.rules.only else f"chamber {self.chamber}: {names}"
        task = Task(
            self.command,
            self._batches,
            target,
            kind,
            self.chamber,
            before_commit=self.verify,
            watch=self.watch,
            # A first load is all new: there is nothing to compare, and its plan is as large as its files.
            ahead=not all(stored.first for stored in self.stored.values()),
        )
        return execute(self.desk, task, limits)

    def _batches(self, attempt: Attempt) -> list[Batch]:
        pending = Pending(remember=attempt.ahead, accounts=ACCOUNTS in self.items)
        planners = {name: self._planner(NOUNS[name], item, attempt, pending) for name, item in self.items.items()}
        if self.rules.only is None and self.items.keys() != {ACCOUNTS}:
            planners[next(reversed(planners))].stamp = stamp(self.chamber_id, self.chamber, attempt.now)
        return [self._batch(name, planner) for name, planner in planners.items()]

    def _batch(self, name: str, planner: RegisterPlanner) -> Batch:
        stored = self.stored[name]
        absent = partial(self._absent, name, planner) if self.rules.mirror and stored.open else None
        return replace(self.items[name].batch(planner), before=Before(stored.open, stored.first), absent=absent)

    def _absent(self, name: str, planner: RegisterPlanner, tx: Tx) -> Iterator[Sequence[Row]]:
        """Known lines about what this run has ended, and then the records that no line names."""
        noun, stored, sieve = NOUNS[name], self.stored[name], self.items[name].sieve
        assert sieve is not None
        planner.again = planner.mirror = True
        ended = planner.terms.pending.ended
        if noun.planner.hash == "line_hash" and noun.kind is not Kind.COMPANY:
            below = lines_below(tx, noun.kind, ended[Kind.COMPANY], ended[Kind.TRAINER])
            yield from _parts(sieve.find({digest for digest in below if sieve.was_met(digest)}))
        every = sieve.known == 0
        complete = stored.open * SIZE == len(stored.digests) and next(sieve.unmet(), None) is None
        if planner.keyless or (complete and not every):
            return
        found = unnamed(tx, noun.kind, self.chamber, noun.planner.hash, sieve.unmet(), every=every)
        names = (f for f in found if not sieve.names(tuple([f[column] for column in noun.key])))
        yield from _parts(Absent("arguments", 0, f, frozenset(f)) for f in names)

    def _refused(self, limits: Limits) -> Report:
        """The register is the chamber's; who may not write it must not learn what is in it either."""
        refusal = RefusalPlanner(OperatorsOnly(who=self.desk.asker.name, what=self.command))
        task = Task(self.command, lambda attempt: [Batch(refusal, [[from_arguments()]])], single=True)
        return execute(self.desk, task, limits)

    def _planner(self, noun: Noun, item: Items, attempt: Attempt, pending: Pending) -> RegisterPlanner:
        assert item.sieve is not None
        terms = Terms(
            chamber=self.chamber,
            now=attempt.now,
            today=timeline.today(attempt.now),
            ids=attempt.ids,
            normalise=self.normalise,
            pending=pending,
            strict=self.rules.strict,
            store_birth_date=self.rules.store_birth_date,
            seen=_nothing if self.rules.full else item.sieve.was_met,
            find=item.sieve.find,
        )
        return noun.planner(terms)


@contextmanager
def open_import(
    desk: Desk,
    files: Mapping[str, str],
    chamber: Callable[[Callable[[], str | None]], str],
    *,
    command: str,
    rules: Rules,
    options: ReadOptions,
    normalise: EmailNormaliser,
    lock_wait: float = 0,
) -> Iterator[Import]:
    """Open *files* (kind -> path) for one import, holding the import lock of the chamber until the end of the block.

    *chamber* finds out the chamber meant; it may ask for the one that the first file names. For
    others than operators nothing is opened: the run will refuse. Raises ``ImportRunning`` (75) if somebody imports into
    it already, an ``InputError`` (65) for a file that cannot be read.
    """
    if not desk.asker.operator:
        yield Import(desk, "", 0, rules, normalise, command)
        return
    with ExitStack() as stack:
        name, path = next(iter(files.items()))
        number = chamber(lambda: _chamber_in(path, NOUNS[name].layout, options) if path != "-" else None)
        if not desk.asker.office.covers(number):
            yield Import(desk, number, 0, rules, normalise, command)
            return
        verify = stack.enter_context(import_lock(desk, number, lock_wait))
        opened = Import(desk, number, chamber_id(desk, number), rules, normalise, command, verify)
        secret = desk.keys().subkey("import lines")
        salted = replace(options, salt=rules.salt(number))
        for kind, file in files.items():
            noun = NOUNS[kind]
            stored = stored_lines(desk, noun.kind, number, noun.planner.hash)
            opened.stored[kind] = stored
            only = _belongs(noun, rules.only) if rules.only else None
            opened.items[kind] = stack.enter_context(
                from_file(
                    file,
                    noun.layout,
                    ColumnKey(noun.key),
                    options=salted,
                    secret=secret,
                    stored=stored.forgotten() if rules.full else stored,
                    only=only,
                    progress=desk.progress,
                )
            )
        yield opened


def _belongs(noun: Noun, ident: str) -> Callable[[Row], bool]:
    """Whether a row is about the company *ident* or one of its people; the feed of the accounts names no company."""
    column = "ident_number" if noun.kind is Kind.COMPANY else "company_ident_number"
    return lambda row: row.values.get(column) == ident


def _parts(rows: Iterable[Row]) -> Iterator[Sequence[Row]]:
    rest = iter(rows)
    while part := list(islice(rest, CHUNK)):
        yield part


def _nothing(digest: bytes) -> bool:
    """Where every row is parsed, repeats are found by their keys."""
    return False


def _chamber_in(path: str, layout: Layout, options: ReadOptions) -> str | None:
    """The chamber that the first row names; every other row must name the same one."""
    with open_source(path, layout, options=options) as source:
        if "chamber" not in source.columns:
            return None
        for row in source.rows(islice(source.lines(), 1)):
            try:
                return fields.chamber_number(row.values["chamber"]) if "chamber" in row.values else None
            except BadField:
                return None
    return None
