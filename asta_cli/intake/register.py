"""Importing the training register of one chamber: any of its files, in one run and one transaction."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice

from asta_cli.core import fields, layouts, timeline
from asta_cli.core.companies import CompanyPlanner
from asta_cli.core.emails import EmailNormaliser
from asta_cli.core.fields import BadField
from asta_cli.core.layouts import Layout
from asta_cli.core.model import Kind
from asta_cli.core.plan import Limits
from asta_cli.core.register import Pending, RegisterPlanner, Terms, stamp
from asta_cli.core.rows import Row
from asta_cli.core.trainees import TraineePlanner
from asta_cli.core.trainers import TrainerPlanner
from asta_cli.files.source import ReadOptions, open_source
from asta_cli.intake.sets import Items, from_file
from asta_cli.run import Attempt, Batch, Desk, Report, Task, chamber_id, execute, import_lock, stored_lines

RULES_VERSION = b"register rules 1"
"""Part of every line's hash. Change it when the planners begin to understand the same row differently."""


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
}


@dataclass(frozen=True, slots=True)
class Rules:
    """How rows are judged. ``full``: compare every field of every row, though its line may be known."""

    strict: bool = False
    store_birth_date: bool = False
    full: bool = False

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
    items: dict[str, Items] = field(default_factory=dict)

    def execute(self, limits: Limits) -> Report:
        """Run it."""
        names = ", ".join(self.items)
        kind = names if len(self.items) == 1 else "snapshot"
        task = Task(self.command, self._batches, f"chamber {self.chamber}: {names}", kind, self.chamber)
        return execute(self.desk, task, limits)

    def _batches(self, attempt: Attempt) -> list[Batch]:
        pending = Pending(remember=attempt.dry_run)
        planners = [self._planner(NOUNS[name], item, attempt, pending) for name, item in self.items.items()]
        planners[-1].stamp = stamp(self.chamber_id, self.chamber, attempt.now)
        return [item.batch(planner) for item, planner in zip(self.items.values(), planners, strict=True)]

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
        )
        return noun.planner(terms)


@contextmanager
def open_import(
    desk: Desk,
    files: Mapping[str, str],
    chamber: Callable[[str | None], str],
    *,
    command: str,
    rules: Rules,
    options: ReadOptions,
    normalise: EmailNormaliser,
    lock_wait: float = 0,
) -> Iterator[Import]:
    """Open *files* (kind -> path) for one import, holding the import lock of the chamber until the end of the block.

    *chamber* turns the number given in the file, if any, into the chamber meant. Raises ``ImportRunning`` (75) if
    somebody imports into it already, an ``InputError`` (65) for a file that cannot be read.
    """
    with ExitStack() as stack:
        first = next(iter(files.items()))
        number = chamber(_chamber_in(first[1], NOUNS[first[0]].layout, options) if first[1] != "-" else None)
        stack.enter_context(import_lock(desk, number, lock_wait))
        opened = Import(desk, number, chamber_id(desk, number), rules, normalise, command)
        secret = desk.keys().subkey("import lines")
        salted = replace(options, salt=rules.salt(number))
        for name, path in files.items():
            noun = NOUNS[name]
            stored = set() if rules.full else stored_lines(desk, noun.kind, number)
            opened.items[name] = stack.enter_context(
                from_file(path, noun.layout, _key_of(noun), options=salted, secret=secret, stored=stored)
            )
        yield opened


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


def _key_of(noun: Noun) -> Callable[[Row], Hashable | None]:
    def key(row: Row) -> Hashable | None:
        values = tuple(row.values.get(c) for c in noun.key)
        return None if None in values else values

    return key
