"""``perms sync``: a file, made true for the companies that the command names."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from asta_cli.addresses import normalise
from asta_cli.core import fields, layouts
from asta_cli.core.checks import company_to_change
from asta_cli.core.emails import all_simple
from asta_cli.core.errors import N_, AstaError, BadOption, MissingAnswer, Phrase
from asta_cli.core.facts import Needs
from asta_cli.core.fields import BadField
from asta_cli.core.guard import Before
from asta_cli.core.model import Company, Permission
from asta_cli.core.naming import split_key
from asta_cli.core.perm_rows import OVER, Terms, is_over
from asta_cli.core.plan import Limits
from asta_cli.core.refusal import RefusalPlanner
from asta_cli.core.refusals import OutOfReach
from asta_cli.core.rows import Row, from_arguments
from asta_cli.core.stored import StoredLines
from asta_cli.core.syncing import Only, Places, SyncPlanner, missing
from asta_cli.files.columns import ColumnKey
from asta_cli.files.source import ReadOptions
from asta_cli.intake.permissions import Said, clean_reason, terms_for
from asta_cli.intake.sets import Items, from_file
from asta_cli.run import (
    CHUNK,
    Batch,
    Desk,
    Report,
    Task,
    count_open_grants,
    execute,
    facts_for,
    open_grants,
    reading,
)
from asta_cli.run.asking import asking

if TYPE_CHECKING:
    from asta_cli.run import Tx

_KEY = ("email", "company", "role", "chamber", "state")


@dataclass(frozen=True, slots=True)
class SyncKey(ColumnKey):
    """Which grant a row is about: whose, at which of *places*, in which role. A row of what is over names none."""

    places: Places = field(default_factory=lambda: Places(()))

    def __call__(self, row: Row) -> Hashable | None:
        """The key of *row*; None where it cannot be told."""
        if is_over(row):
            return row.line
        try:
            email = normalise(row.values["email"])[1]
            role = fields.role(row.values["role"]).value
            place = self.places.key(row.values.get("chamber", ""), row.values["company"])
        except (KeyError, BadField):
            return None
        return None if place is None else (email, place, role)

    def within(self, columns: Collection[str]) -> SyncKey | None:
        """The key in a file with *columns*."""
        there = tuple(column for column in self.columns if column in columns)
        return replace(self, columns=there) if {"email", "company", "role"} <= set(there) else None

    def told(self, cells: Sequence[tuple[str, ...]]) -> Sequence[Hashable | None] | None:
        """The keys of rows with plain addresses, if all is there; None if there are others."""
        if not cells:
            return cells
        found = dict(zip(self.columns, zip(*cells, strict=True), strict=True))
        emails, nothing = found["email"], ("",) * len(cells)
        if not all_simple(emails) or OVER & set(map(str.lower, found.get("state", ()))):
            return None
        spots = list(zip(found.get("chamber", nothing), found["company"], strict=True))
        places = {spot: self.places.key(*spot) for spot in set(spots)}
        try:
            roles = {text: fields.role(text).value for text in set(found["role"])}
        except BadField:
            return None
        if None in places.values():
            return None
        named = zip(emails, spots, found["role"], strict=True)
        return [(email.lower(), places[spot], roles[role]) for email, spot, role in named]


@dataclass(frozen=True, slots=True)
class Sync:
    """A file opened and sieved, ready to be made true at *places*. ``refusal``: that cannot be, and the run says so."""

    desk: Desk
    places: Places
    only: Only
    said: Said
    items: Items
    before: Before = Before(0, True)  # noqa: RUF009 - a frozen value
    refusal: AstaError | None = None

    def execute(self, limits: Limits) -> Report:
        """Run it. Raises MissingAnswer before any row is read if an operator gives no reason for what ends."""
        desk, said = self.desk, self.said
        if self.refusal is not None:
            planner = RefusalPlanner(self.refusal)
            task = Task(said.command, lambda attempt: [Batch(planner, [[from_arguments()]])], single=True)
            return execute(desk, task, limits)
        reason, seeing = clean_reason(said.reason), asking(desk)
        told = self.only is Only.ADD and "reason" in self.items.columns
        if desk.asker.operator and not reason and not told:
            raise MissingAnswer(what=Phrase(N_("reason")), option="--reason")
        terms = terms_for(desk, seeing, replace(said, reason=reason))
        target = " ".join([*(company.key for company in self.places.companies[:_SHOWN]), self.items.name])
        task = Task(
            said.command,
            lambda attempt: [self._batch(replace(terms(attempt), exact=True))],
            target,
            "grants",
            watch=said.watch,
        )
        return execute(desk, task, limits)

    def _batch(self, terms: Terms) -> Batch:
        planner = SyncPlanner(terms, self.places, self.only, SyncKey(_KEY, self.places))
        absent = None if self.only is Only.ADD else lambda tx: self._absent(tx, planner)
        return replace(self.items.batch(planner), before=self.before, absent=absent)

    def _absent(self, tx: Tx, planner: SyncPlanner) -> Iterator[Sequence[Row]]:
        """What the companies carry and no row names, good or bad; nothing if a row could have named any of it."""
        sieve = self.items.sieve
        assert sieve is not None
        if planner.keyless or not self.before.open:
            return
        held = open_grants(tx, [company.id for company in self.places.companies], planner.terms.now)
        rows = missing(held, self.places, sieve.names)
        while part := list(islice(rows, CHUNK)):
            yield part


_SHOWN = 20


@contextmanager
def open_sync(
    desk: Desk, name: str, companies: Sequence[str], only: Only, said: Said, *, options: ReadOptions
) -> Iterator[Sync]:
    """Open the file *name* (``-``: standard input) for *companies*.

    Raises an ``InputError`` (65), BadOption for a company that cannot be one, UnknownCompany, Ambiguous.
    """
    try:
        places = Places(tuple(_companies(desk, companies, said)), said.chamber)
    except AstaError as error:
        if isinstance(error, BadOption):
            raise
        yield Sync(desk, Places(()), only, said, Items(), refusal=error)
        return
    count = count_open_grants(desk, [company.id for company in places.companies])
    with from_file(
        name,
        layouts.SYNCED,
        SyncKey(_KEY, places),
        options=options,
        stored=StoredLines(open=count, first=False),
        progress=desk.progress,
    ) as items:
        yield Sync(desk, places, only, said, items, Before(count, count == 0))


def _companies(desk: Desk, names: Sequence[str], said: Said) -> list[Company]:
    """The companies called *names*, each once. Raises UnknownCompany, Ambiguous, OutOfReach, BadOption."""
    seeing = asking(desk)
    asked = [_place(name) for name in names]
    facts = reading(desk, lambda tx: facts_for(tx, Needs(idents={ident for _, ident in asked}), desk.now()))
    found = [
        company_to_change(facts, ident, prefix or said.chamber, seeing, said.usual_chamber) for prefix, ident in asked
    ]
    for company in found:
        if not seeing.may(Permission.PERMS_GRANT_TRAINER, company, facts):
            raise OutOfReach(who=desk.asker.name, company=company.ident_number)
    return list({company.id: company for company in found}.values())


def _place(name: str) -> tuple[str | None, str]:
    return fields.read_option("--company", name, split_key, "0001234, 177:0001234")
