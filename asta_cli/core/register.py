"""What importing companies, trainers and trainees has in common: compare a row with its record, and say what changes.

Merge never ends what a file does not name (BBiG § 34 (3) decides when an entry goes, not its absence for a night).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from asta_cli.core import fields
from asta_cli.core.blocks import Block
from asta_cli.core.cells import Cells
from asta_cli.core.columns import ColumnRows
from asta_cli.core.emails import EmailNormaliser
from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.core.facts import Facts
from asta_cli.core.fields import BadField
from asta_cli.core.model import Action, Company, Kind, Record, RecordStatus, Value
from asta_cli.core.pending import Pending
from asta_cli.core.plan import Change, Plan, Problem, Severity
from asta_cli.core.planner import SimplePlanner, choose, problem
from asta_cli.core.rows import Row
from asta_cli.core.said import as_registered, from_register
from asta_cli.core.sheets import Column, Memo, Sheet, in_columns

# What an import may not say of a record, though it lies beside what it may.
_REOPENED: dict[str, Value] = {"status": RecordStatus.OPEN.value, "ended_at": None}


class OtherChamber(AstaError):
    """A row belongs to another chamber than the file as a whole."""

    code = "bad_value"
    status = Status.REJECTED
    message = N_("{value} is not chamber {chamber}, for which this import runs")
    hint = N_("import each chamber's rows on their own")


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for every row of an import.

    ``seen`` tells whether a stored line hash was met in this very file, ``find`` gives the lines that have such hashes.
    """

    chamber: str
    now: str
    today: str
    ids: Iterator[int]
    normalise: EmailNormaliser
    pending: Pending
    strict: bool = False
    store_birth_date: bool = False
    seen: Callable[[bytes], bool] = lambda digest: False
    find: Callable[[Collection[bytes]], Iterable[Row]] = lambda digests: ()


@dataclass(frozen=True, slots=True)
class Absent(Row):
    """A record that a file does not name which is to be taken for the whole truth."""


@dataclass(slots=True)
class Draft:
    """The plan of some rows as it grows."""

    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    touches: list[tuple[Kind, int, bytes]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    unchanged: int = 0
    kept: int = 0
    over: int = 0
    absent: int = 0

    def plan(self, rows: int) -> Plan:
        """It is done."""
        made = tuple(self.changes), tuple(self.problems)
        touches, blocks = tuple(self.touches), tuple(self.blocks)
        return Plan(*made, rows, self.unchanged, touches=touches, kept=self.kept, over=self.over, blocks=blocks)


class RegisterPlanner(SimplePlanner, ABC):
    """Rows of one kind of register file -> plan. Subclasses say how a row is read and how its record is found."""

    kind: Kind
    key_column: str
    hash: ClassVar[str] = "line_hash"
    keys: ClassVar[Mapping[str, Callable[[str], str]]]
    """How the columns that tell which record a row is about are read."""
    by_columns: ClassVar[bool] = False
    defaults: ClassVar[Mapping[str, Value]] = {}

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.counted = frozenset({self.kind})
        self._overruled: dict[bytes, str] = {}
        self.stamp: Change | None = None
        self.memos: dict[str, Memo] = {}
        self.stocked = True
        self.again = False
        self.mirror = False
        self.keyless = 0
        self._keyless_at: Row | None = None

    @abstractmethod
    def read(self, cells: Cells, facts: Facts) -> dict[str, Value]:
        """The columns that the row states. Problems go into *cells*."""

    def columns(self, sheet: Sheet, facts: Facts) -> dict[str, Column] | None:
        """The same of many rows at once, each column for itself; None where rows must be read one by one.

        Rows of which :meth:`read` would have anything to say are marked in *sheet*, and so are those that have records.
        """
        return None

    def hold(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Nothing waits. Rows that are not read by columns are made here, once."""
        return rows if self.by_columns else list(rows)

    def key(self, row: Row, values: Record) -> str:
        """The key under which the record lies in ``facts.records``."""
        return str(values[self.key_column])

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """The records to create, change and reopen."""
        draft, count = Draft(), len(rows)
        self.stocked = self.stocked and self.kind not in facts.empty
        if isinstance(rows, ColumnRows):
            block, rows = in_columns(self, rows, facts)
            if block is not None:
                draft.blocks.append(block)
                if self.terms.pending.remember:
                    for change in block.changes():
                        self.planned(change, facts)
        for row in rows:
            (self._plan_absent if isinstance(row, Absent) else self._plan_row)(row, facts, draft)
        return draft.plan(count - draft.absent)

    def _plan_absent(self, row: Row, facts: Facts, draft: Draft) -> None:
        draft.absent += 1
        record = self.record(self.absent_key(row, facts), facts)
        change = None if record is None else self.missing(row.values[self.key_column], record)
        if change is not None and record is not None:
            draft.changes.append(change)
            draft.over += change.action is Action.END and self.is_over(record)
            self.planned(change, facts)

    def absent_key(self, row: Row, facts: Facts) -> str:
        """The key of the record that *row* says is absent."""
        return row.values[self.key_column]

    def missing(self, key: str, record: Record) -> Change | None:
        """What it means in a mirror that the file does not name the record *key* any more: it has ended.

        It is not deleted (BBiG § 34 (3) says when that is due), and it comes back when it is named again.
        """
        after: dict[str, Value] = {"status": RecordStatus.ENDED.value, "ended_at": self.terms.now, "line_hash": None}
        before: dict[str, Value] = {"status": record["status"], "ended_at": record["ended_at"]}
        if record["status"] != RecordStatus.OPEN:
            return None
        row = Row("arguments", 0, {self.key_column: key}, frozenset({self.key_column}))
        return self._change(Action.END, _int(record["id"]), row, key, after, before)

    def is_over(self, record: Record) -> bool:
        """Whether the *record* had run out by its own dates, so that nobody wonders at its end."""
        return False

    def _plan_row(self, row: Row, facts: Facts, draft: Draft) -> None:
        cells = Cells(row)
        values = self._read(cells, facts)
        found = self._strict(cells)
        if found:
            self._reject(row)
            draft.problems.extend(found)
            return
        key = self.key(row, values)
        record = self.record(key, facts)
        repeat = self._repeats(row, values, record)
        if repeat is not None:
            draft.problems.append(repeat)
            return
        draft.problems.extend(cells.warnings)
        digest = None if cells.warnings else row.digest
        if record is None:
            change: Change | None = self._create(row, key, values, digest)
        else:
            change = self.compare(row, key, values, record, digest, draft)
        if change is not None:
            draft.changes.append(change)
            self.planned(change, facts)

    def repeats(self, rows: Sequence[Row]) -> tuple[list[Row], list[Problem]]:
        """Identical rows count once, contradicting ones not at all."""
        kept, problems = self.choose(rows)
        if not kept:
            for row in rows:
                self._reject(row)
        return kept, problems

    def _reject(self, row: Row) -> None:
        """Remember *row* where nobody can tell which record it is about: that one must not count as missing."""
        cells = Cells(row)
        for column, reader in self.keys.items():
            cells.read(column, reader, required=True)
        if any(fault.column in self.keys or not fault.column for fault in cells.faults):
            self.keyless += 1
            if self._keyless_at is None or row.line < self._keyless_at.line:
                self._keyless_at = row
        self.rejected(row)

    def choose(self, rows: Sequence[Row]) -> tuple[list[Row], list[Problem]]:
        """Which of several rows with one key count."""
        return choose(rows, self.key_column)

    def record(self, key: str, facts: Facts) -> Record | None:
        """The record under *key*, if there is one."""
        return facts.records.get((self.kind, key))

    def rejected(self, row: Row) -> None:
        """Learn that *row* is rejected."""

    def planned(self, change: Change, facts: Facts) -> None:
        """Learn what was planned."""

    def finish(self, facts: Facts) -> Plan:
        """The stamp of the import, if this planner is the last one of it; and what becomes of lines passed over.

        Known lines counted as unchanged; those that another line of the same file contradicts are not.
        """
        found = [(row, self._overruled[row.digest]) for row in self.terms.find(self._overruled) if row.digest]
        problems = tuple(self.overruled(row, code) for row, code in found)
        if self._keyless_at is not None and self.mirror:
            at, count = self._keyless_at, str(self.keyless)
            problems += (problem(at, "nothing_ended", self.key_column, count, warning=True),)
        return Plan((self.stamp,) if self.stamp else (), problems, unchanged=-len(found))

    def _read(self, cells: Cells, facts: Facts) -> dict[str, Value]:
        chamber = cells.read("chamber", fields.chamber_number)
        if chamber is not None and chamber != self.terms.chamber:
            error = OtherChamber(value=chamber, chamber=self.terms.chamber)
            cells.faults.append(problem(cells.row, "bad_value", "chamber", chamber, error=error))
        return self.read(cells, facts)

    def _strict(self, cells: Cells) -> list[Problem]:
        if self.terms.strict and cells.warnings:
            return cells.faults + [problem_as_error(w) for w in cells.warnings]
        return cells.faults + (cells.warnings if cells.faults else [])

    def _repeats(self, row: Row, values: Record, record: Record | None) -> Problem | None:
        """A second line for a record whose stored line was met in this file, too."""
        if self.again or record is None or record["status"] != RecordStatus.OPEN:
            return None
        stored = record[self.hash]
        if not isinstance(stored, bytes) or not self.terms.seen(stored):
            return None
        if stored == row.digest:
            return problem(row, "duplicate_in_file", self.key_column, row.values.get(self.key_column, ""), warning=True)
        told = self.rival(row, values, as_registered(record))
        if told is None or told.severity is Severity.ERROR:
            self._overruled[stored] = told.code if told else ""
        return told

    def rival(self, row: Row, values: Record, record: Record) -> Problem | None:
        """What to say of a line that contradicts another line of the same file; None if it overrules that one."""
        return problem(row, "conflict_in_file", self.key_column, row.values.get(self.key_column, ""))

    def overruled(self, row: Row, code: str) -> Problem:
        """What to say of the line that the record stands for, when another was told *code* or, empty, overrules it."""
        return problem(row, code, self.key_column, row.values.get(self.key_column, ""))

    def _create(self, row: Row, key: str, values: Record, digest: bytes | None) -> Change:
        after = {**self.defaults, **values, "chamber": self.terms.chamber, "status": "open", "line_hash": digest}
        return self._change(Action.CREATE, next(self.terms.ids), row, key, after, {})

    def compare(
        self, row: Row, key: str, values: Record, record: Record, digest: bytes | None, draft: Draft
    ) -> Change | None:
        """What *row* changes of *record*. Its line is known from now on by its *digest*, if it has one."""
        update = from_register(values, record)
        draft.kept += update.kept
        after, before, id_ = update.after, update.before(record), _int(record["id"])
        reopened = record["status"] != RecordStatus.OPEN
        if reopened:
            after = after | _REOPENED
            before |= {"status": record["status"], "ended_at": record["ended_at"]}
        elif not update.fields:
            draft.unchanged += 1
        if not after:
            if digest is not None and record["line_hash"] != digest:
                draft.touches.append((self.kind, id_, digest))
            return None
        action = Action.REOPEN if reopened else Action.UPDATE
        change = self._change(action, id_, row, key, after | {"line_hash": digest}, before)
        return change if reopened or update.fields else replace(change, counted=False)

    def _change(self, action: Action, id_: int, row: Row, key: str, after: Record, before: Record) -> Change:
        shown = f"{self.terms.chamber}:{row.values.get(self.key_column, key)}"
        return Change(self.kind, action, id_, shown, after, before, None, self.terms.chamber, row.where, row.line)


def stamp(chamber_id: int, number: str, now: str) -> Change:
    """That the chamber's register was taken over at *now*, also where nothing changed: listings say "as of"."""
    return Change(Kind.CHAMBER, Action.UPDATE, chamber_id, number, {"imported_at": now}, chamber=number, counted=False)


def problem_as_error(warning: Problem) -> Problem:
    """*warning* as it counts under ``--strict``."""
    return Problem(
        warning.where,
        warning.line,
        warning.code,
        warning.column,
        Severity.ERROR,
        warning.value,
        warning.fields,
        warning.error,
    )


def company_of(cells: Cells, facts: Facts, terms: Terms, column: str = "company_ident_number") -> Company | None:
    """The company a row belongs to, by its Identnummer in the chamber of the import."""
    ident = cells.read(column, fields.ident_number, required=True)
    if ident is None:
        return None
    company = find_company(ident, facts, terms)
    if company is None:
        cells.fault("depends_on_rejected" if ident in terms.pending.rejected else "unknown_company", column, ident)
    elif not company.open:
        cells.fault("company_ended", column, ident)
        return None
    return company


def open_companies(facts: Facts, terms: Terms) -> Memo:
    """The ids of the open companies of the chamber by their Identnummern."""

    def read(ident: str) -> int:
        company = find_company(fields.ident_number(ident), facts, terms)
        if company is None or not company.open:
            raise BadField("unknown_company")
        return company.id

    memo = Memo(read, required=True)
    if not terms.pending.companies:  # those of the database, at one stroke
        memo.update({c.ident_number: c.id for c in facts.by_id.values() if c.open and c.chamber == terms.chamber})
    return memo


def find_company(ident: str, facts: Facts, terms: Terms) -> Company | None:
    """The company *ident* of the chamber, as this run plans it, else as it is in the database."""
    planned = terms.pending.companies.get(ident)
    if planned is not None:
        return planned
    return next((c for c in facts.companies.get(ident, ()) if c.chamber == terms.chamber), None)


def _int(value: Value) -> int:
    assert isinstance(value, int)
    return value
