"""Edits by hand: a record of the register as a row of its own file, with some columns set anew. One row -> plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from asta_cli.core.cells import Cells
from asta_cli.core.errors import N_, AstaError, NotFound, UsageError
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.layouts import Layout
from asta_cli.core.model import Action, Kind, Record, Value
from asta_cli.core.moves import PARENT
from asta_cli.core.naming import UnknownCompany
from asta_cli.core.people import UnknownTrainer
from asta_cli.core.plan import Change, Plan, Problem
from asta_cli.core.planner import SimplePlanner
from asta_cli.core.register import RegisterPlanner, problem_as_error
from asta_cli.core.rows import Row
from asta_cli.core.said import by_hand, file_value, hands, said_of
from asta_cli.core.shown import NAMES

COMPANY = "company_ident_number"
_FIELDS = {column: field for field, column in NAMES.items()}
_UNKNOWN: Mapping[str, type[NotFound]] = {
    "unknown_company": UnknownCompany,
    "parent_unknown": UnknownCompany,
    "unknown_trainer": UnknownTrainer,
}
_BIRTH = "birth_date"


class UnknownField(UsageError):
    """A record has no such field, or none that can be set."""

    code = "unknown_field"
    message = N_("{field} cannot be set here")
    hint = N_("possible: {choices}")


class FieldTwice(UsageError):
    """One field is named twice."""

    code = "bad_option"
    message = N_("{field} is named twice")
    hint = N_("name each field once, either with a value or with --from-file")


class NoAssignment(UsageError):
    """Something that should be FIELD=VALUE is not, or there is nothing at all."""

    code = "bad_option"
    message = N_("{text} is not FIELD=VALUE")
    hint = N_("write for example city=Dresden; possible fields: {choices}")


class NothingToEdit(UsageError):
    """An edit that names no field at all."""

    message = N_("what is to be changed is missing")
    hint = N_("give FIELD=VALUE or --from-file FIELD; possible fields: {choices}")


@dataclass(frozen=True, slots=True)
class Sort:
    """A kind of records that can be edited: the layout of its file, and the columns that name a record."""

    kind: Kind
    layout: Layout
    key: tuple[str, ...]

    def settable(self, birth_date: bool) -> tuple[str, ...]:
        """The columns that can be set; the date of birth where it is stored at all (DSGVO Art. 5)."""
        closed = {*self.key, "chamber"} | (set() if birth_date else {_BIRTH})
        return tuple(name for name in self.layout.names if name not in closed)

    def field(self, column: str) -> str:
        """The stored field that *column* of the file is about."""
        return column if column in self.key else _FIELDS.get(column, column)


def assignments(texts: Sequence[str], back: Sequence[str], choices: Sequence[str]) -> dict[str, str]:
    """Columns and values of ``FIELD=VALUE`` *texts*; *back* are fields to give back to the file.

    Raises NothingToEdit, NoAssignment, UnknownField, FieldTwice.
    """
    shown = ", ".join(choices)
    if not texts and not back:
        raise NothingToEdit(choices=shown)
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise NoAssignment(text=text, choices=shown)
        if name in found:
            raise FieldTwice(field=name)
        found[name] = value
    for name in (*found, *back):
        if name not in choices:
            raise UnknownField(field=name, choices=shown)
        if [*found, *back].count(name) > 1:
            raise FieldTwice(field=name)
    return found


class EditPlanner(SimplePlanner):
    """``companies|trainers|trainees set``: the columns of a row set by hand, and *back*, which the file has again.

    The whole record is read as the import would read its line, by the planner of the import; what that finds wrong with
    columns that are not to be set does not matter. What is a warning there is a refusal here: who types a value can
    type it anew.
    """

    def __init__(self, sort: Sort, register: RegisterPlanner, back: Collection[str]) -> None:
        self.counted = frozenset({sort.kind})
        self._sort = sort
        self._register = register
        self._back = back

    def needs(self, rows: Sequence[Row]) -> Needs:
        """What the import needs, and to where the record leads."""
        needs = self._register.needs(rows)
        needs.references = True
        if PARENT in self._back:
            needs.parents = needs.administrators = True
        return needs

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """What is different."""
        (row,) = rows
        # The record was there when its key was looked up, and nothing is ever deleted.
        record = next(r for (kind, _), r in facts.records.items() if kind is self._sort.kind and _is(r, row, facts))
        row = self._given_back(row, record, facts)
        stated = row.columns - set(self._sort.key)
        cells = Cells(self._whole(row, record, facts))
        values = self._register.read(cells, facts)
        problems = self._problems(cells, stated, values)
        if problems:
            return Plan(problems=problems, rows=1)
        fields = {self._sort.field(column) for column in stated}
        if "email" in fields:
            fields.add("email_key")
        update = by_hand({name: value for name, value in values.items() if name in fields}, record)
        if not update.fields:
            return Plan(rows=1, unchanged=1)
        change = self._change(row, record, update.after, update.before(record))
        self._register.planned(change, facts)
        return Plan((change,), rows=1)

    def guard(self, plan: Plan, facts: Facts) -> Plan:
        """A company that gets another head office may be left without administrator: it is told."""
        return self._register.guard(plan, facts)

    def _given_back(self, row: Row, record: Record, facts: Facts) -> Row:
        """*row*, with what the files said last in the columns to give back, as far as they were edited."""
        edited = set(hands(record))
        columns = [column for column in self._back if self._sort.field(column) in edited]
        if COMPANY in columns and "trainer_id" in said_of(record) and "trainer_number" not in row.columns:
            columns.append("trainer_number")  # who went with the company comes back with it
        texts = {column: self._text(file_value(self._sort.field(column), record), column, facts) for column in columns}
        values = {**row.values, **{column: text for column, text in texts.items() if text}}
        return replace(row, values=values, columns=row.columns | set(columns))

    def _whole(self, row: Row, record: Record, facts: Facts) -> Row:
        """The line of a file that would say what *record* holds, but for what *row* states."""
        columns = [name for name in self._sort.layout.names if name != "chamber"]
        texts = {name: self._text(record.get(self._sort.field(name)), name, facts) for name in columns}
        values = {name: text for name, text in texts.items() if text and name not in row.columns}
        return replace(row, values={**values, **row.values}, columns=frozenset(columns))

    def _text(self, value: Value, column: str, facts: Facts) -> str:
        """*value* as a file has it: companies and trainers by their numbers."""
        if value is None or not isinstance(value, int):
            return "" if value is None else str(value)
        if self._sort.field(column) == "trainer_id":
            return next((trainer.number for trainer in facts.trainers.values() if trainer.id == value), "")
        return facts.by_id[value].ident_number if value in facts.by_id else ""

    def _problems(self, cells: Cells, stated: Collection[str], values: Record) -> tuple[Problem, ...]:
        """What is wrong with what is to be set."""
        found = cells.faults + [problem_as_error(warning) for warning in cells.warnings]
        if all(self._sort.field(column) in values for column in stated):
            found = [p for p in found if p.column in stated or p.code == "end_before_start"]
        return tuple(replace(p, error=p.error or _error(p)) for p in found)

    def _change(self, row: Row, record: Record, after: Record, before: Record) -> Change:
        chamber = str(record["chamber"])
        key = f"{chamber}:{row.values[self._sort.key[0]]}"
        id_ = record["id"]
        assert isinstance(id_, int)
        after = {**after, "line_hash": None}  # the line that the record stood for no longer says it all
        return Change(self._sort.kind, Action.UPDATE, id_, key, after, before, None, chamber, row.where, row.line)


def _is(record: Record, row: Row, facts: Facts) -> bool:
    """Whether *record* is the one that *row* names: the number of a trainer may recur at other companies."""
    if "trainer_number" not in record:
        return True
    company = facts.by_id.get(int(str(record["company_id"])))
    return company is not None and company.ident_number == row.values.get(COMPANY)


def _error(problem: Problem) -> AstaError | None:
    unknown = _UNKNOWN.get(problem.code)
    return unknown(key=problem.value) if unknown else None
