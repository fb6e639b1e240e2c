"""Trainees of the register (BBiG § 34 (2)), one record per trainee number: rows -> plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import lt
from typing import ClassVar

from asta_cli.core import fields
from asta_cli.core.cells import Cells
from asta_cli.core.columns import texts
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.fields import BadField
from asta_cli.core.model import AccountStatus, Company, Kind, Record, TraineeKind, Value
from asta_cli.core.plan import Change, Problem
from asta_cli.core.planner import choose, problem
from asta_cli.core.register import RegisterPlanner, company_of, open_companies
from asta_cli.core.rows import Row
from asta_cli.core.sheets import Column, Sheet

NUMBER = "trainee_number"
_ACCOUNT = frozenset({"account_status", "said"})


class TraineePlanner(RegisterPlanner):
    """``import trainees``. Many are minors: a birth date is kept only where the chamber asked for it (DSGVO Art. 5)."""

    kind = Kind.TRAINEE
    key_column = NUMBER
    keys: ClassVar[Mapping[str, Callable[[str], str]]] = {NUMBER: str}
    by_columns = True
    defaults: ClassVar[Mapping[str, Value]] = {
        "kind": TraineeKind.TRAINEE.value,
        "first_name": None,
        "email": None,
        "birth_date": None,
        "specialisation": None,
        "terminated_on": None,
        "trainer_id": None,
        "exam_period": None,
        "account_status": AccountStatus.NONE.value,
    }

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The records, their companies and trainers."""
        return Needs(
            chamber=self.terms.chamber,
            idents=texts(rows, "company_ident_number"),
            register={Kind.TRAINEE: texts(rows, NUMBER)} if self.stocked else {},
            whether={Kind.TRAINEE} if self.stocked else set(),
            trainer_numbers=texts(rows, "trainer_number") - {""},
        )

    def is_over(self, record: Record) -> bool:
        """The contract has ended or was terminated before today."""
        ends = (record["terminated_on"], record["contract_end"])
        return any(end is not None and str(end) < self.terms.today for end in ends)

    def read(self, cells: Cells, facts: Facts) -> dict[str, Value]:
        """The row's columns; company and trainer by their ids."""
        company = company_of(cells, facts, self.terms)
        start = cells.read("contract_start", fields.read_date, required=True)
        end = cells.read("contract_end", fields.read_date, required=True)
        if start and end and end <= start:
            cells.fault("end_before_start", "contract_end", cells.row.values["contract_end"])
        values: dict[str, Value] = {
            NUMBER: cells.text(NUMBER, required=True),
            "company_id": company.id if company else None,
            "last_name": cells.text("last_name", required=True),
            "occupation": cells.text("occupation", required=True),
            "contract_start": start,
            "contract_end": end,
        }
        optional = self._optional(cells)
        values |= {k: v for k, v in optional.items() if k in cells.row.columns and k not in cells.left}
        if company is not None and "trainer_number" in cells.row.columns:
            trainer = self._trainer(cells, company, facts)
            if "trainer_number" not in cells.left:
                values["trainer_id"] = trainer
        return values

    def columns(self, sheet: Sheet, facts: Facts) -> dict[str, Column]:
        """The same of many rows at once."""
        columns: dict[str, Column] = {
            NUMBER: sheet.text(NUMBER, required=True),
            "company_id": sheet.by("company_ident_number", open_companies(facts, self.terms)),
            "last_name": sheet.text("last_name", required=True),
            "occupation": sheet.text("occupation", required=True),
            "contract_start": sheet.read("contract_start", fields.read_date, required=True),
            "contract_end": sheet.read("contract_end", fields.read_date, required=True),
        }
        starts, ends = columns["contract_start"], columns["contract_end"]
        if None in starts or None in ends or not all(map(lt, starts, ends)):
            days = enumerate(zip(starts, ends, strict=True))
            sheet.mark(at for at, (start, end) in days if start is None or end is None or end <= start)
        for name, read in self._optional_columns(sheet).items():
            if sheet.has(name):
                columns[name] = read()
        if sheet.has("trainer_number"):
            columns["trainer_id"] = self._trainers(sheet, columns["company_id"], facts)
        if facts.records:
            sheet.mark(at for at, key in enumerate(columns[NUMBER]) if (self.kind, key) in facts.records)
        return columns

    def _optional_columns(self, sheet: Sheet) -> dict[str, Callable[[], Column]]:
        none, trainee = AccountStatus.NONE.value, TraineeKind.TRAINEE.value
        found: dict[str, Callable[[], Column]] = {
            "kind": lambda: sheet.read("kind", fields.trainee_kind, empty=trainee),
            "first_name": lambda: sheet.text("first_name"),
            "email": lambda: sheet.emails("email"),
            "specialisation": lambda: sheet.text("specialisation"),
            "terminated_on": lambda: sheet.read("terminated_on", fields.read_date),
            "exam_period": lambda: sheet.read("exam_period", fields.exam_period),
            "account_status": lambda: sheet.read("account_status", fields.account_status, empty=none),
        }
        if self.terms.store_birth_date:
            found["birth_date"] = lambda: sheet.read("birth_date", fields.read_date)
        return found

    def _trainers(self, sheet: Sheet, companies: Column, facts: Facts) -> Column:
        numbers, known, planned = sheet.rows.column("trainer_number"), facts.trainers, self.terms.pending.trainers
        keys = list(zip(numbers, companies, strict=True))
        found = [planned.get(key) or known.get(key) for key in keys] if planned else list(map(known.get, keys))
        ids = [trainer.id if trainer and trainer.open else None for trainer in found]
        if ids.count(None) != numbers.count(""):
            links = enumerate(zip(numbers, ids, strict=True))
            sheet.mark(at for at, (number, trainer) in links if number and trainer is None)
        return ids

    def _optional(self, cells: Cells) -> dict[str, Value]:
        email = cells.read("email", self.terms.normalise, lenient=True)
        values: dict[str, Value] = {
            "kind": cells.read("kind", fields.trainee_kind, lenient=True) or TraineeKind.TRAINEE.value,
            "first_name": cells.text("first_name", lenient=True),
            "email": email[0] if email else None,
            "specialisation": cells.text("specialisation", lenient=True),
            "terminated_on": cells.read("terminated_on", fields.read_date, lenient=True),
            "exam_period": cells.read("exam_period", fields.exam_period, lenient=True),
            "account_status": cells.read("account_status", fields.account_status, lenient=True)
            or AccountStatus.NONE.value,
        }
        if self.terms.store_birth_date:
            values["birth_date"] = cells.read("birth_date", fields.read_date, lenient=True)
        return values

    def _trainer(self, cells: Cells, company: Company, facts: Facts) -> int | None:
        """The trainer of the same company: a record elsewhere would show the trainee to people of another company."""
        number = cells.text("trainer_number", lenient=True)
        if number is None:
            return None
        trainer = self.terms.pending.trainers.get((number, company.id)) or facts.trainers.get((number, company.id))
        if trainer is None or not trainer.open:
            code = "unknown_trainer" if trainer is None else "trainer_ended"
            cells.warn(code, "trainer_number", number, company=company.key)
            return None
        return trainer.id

    def rival(self, row: Row, values: Record, record: Record) -> Problem | None:
        """Another contract of the same person is no contradiction: the later one is the record."""
        stored, stated = str(record["contract_start"]), str(values["contract_start"])
        if stated == stored:
            return super().rival(row, values, record)
        if self._rank(stated, str(values["contract_end"]), values.get("terminated_on")) > self._rank(
            stored, str(record["contract_end"]), record["terminated_on"]
        ):
            return None
        return older_contract(row)

    def overruled(self, row: Row, code: str) -> Problem:
        """A contract that began earlier is worth a remark, no more."""
        return super().overruled(row, code) if code else older_contract(row)

    def rejected(self, row: Row) -> None:
        """What the feed says of this trainee's account will be rejected with it, unless the database has it."""
        if self.terms.pending.accounts:
            self.terms.pending.lost.add(row.values.get(NUMBER, ""))

    def planned(self, change: Change, facts: Facts) -> None:
        """In a dry-run the feed of the accounts must find what is planned here."""
        pending = self.terms.pending
        if pending.remember and pending.accounts and not change.after.keys().isdisjoint(_ACCOUNT):
            number = change.key.partition(":")[2]
            told = {name: value for name, value in change.after.items() if name in _ACCOUNT}
            pending.trainees[number] = {"id": change.id, **told}

    def choose(self, rows: Sequence[Row]) -> tuple[list[Row], list[Problem]]:
        """Of several contracts under one number the running one with the latest start is the record."""
        contracts: dict[str, list[Row]] = {}
        faulty = []
        for row in rows:
            days = _days(row)
            if days is None:
                faulty.append(row)  # planned all the same, and refused for its own fault
            else:
                contracts.setdefault(days[0], []).append(row)
        chosen: list[Row] = []
        problems: list[Problem] = []
        for same in contracts.values():
            kept, told = choose(same, NUMBER)
            if not kept:
                return [], [problem(r, "conflict_in_file", NUMBER, r.values.get(NUMBER, "")) for r in rows]
            chosen += kept
            problems += told
        chosen.sort(key=lambda r: self._rank(*(_days(r) or ("", "", None))), reverse=True)
        problems += [older_contract(r) for r in chosen[1:]]
        return chosen[:1] + faulty, problems

    def _rank(self, start: str, end: str, terminated: Value) -> tuple[bool, str]:
        over = end < self.terms.today or (terminated is not None and str(terminated) < self.terms.today)
        return not over, start


def older_contract(row: Row) -> Problem:
    """What is told of a contract that another one of the same trainee in the same file overrules."""
    return problem(row, "older_contract", NUMBER, row.values.get(NUMBER, ""), warning=True)


def _days(row: Row) -> tuple[str, str, str | None] | None:
    """Start, end and early termination of a contract; None if it cannot be told when it runs."""
    try:
        start, end = (fields.read_date(row.values[c]) for c in ("contract_start", "contract_end"))
    except (KeyError, BadField):
        return None
    try:
        return start, end, fields.read_date(row.values["terminated_on"])
    except (KeyError, BadField):
        return start, end, None
