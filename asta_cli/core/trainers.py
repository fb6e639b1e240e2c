"""Trainers of the register, one record per trainer and company: rows -> plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from asta_cli.core import fields
from asta_cli.core.cells import Cells
from asta_cli.core.columns import texts
from asta_cli.core.facts import Facts, Needs, TrainerRecord
from asta_cli.core.model import Action, Kind, Record, Value
from asta_cli.core.plan import Change
from asta_cli.core.register import RegisterPlanner, company_of, find_company, open_companies
from asta_cli.core.rows import Row
from asta_cli.core.sheets import Column, Sheet


class TrainerPlanner(RegisterPlanner):
    """``import trainers``. The aptitude is more than yes or no (BBiG § 30, AEVO)."""

    kind = Kind.TRAINER
    key_column = "trainer_number"
    keys: ClassVar[Mapping[str, Callable[[str], str]]] = {
        "trainer_number": str,
        "company_ident_number": fields.ident_number,
    }
    by_columns = True
    defaults: ClassVar[Mapping[str, Value]] = {
        "first_name": None,
        "email": None,
        "email_key": None,
        "aptitude": None,
        "occupations": None,
        "valid_from": None,
        "valid_until": None,
    }

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The companies and every record of these numbers."""
        return Needs(
            chamber=self.terms.chamber,
            idents=texts(rows, "company_ident_number"),
            register={Kind.TRAINER: texts(rows, "trainer_number")} if self.stocked else {},
            whether={Kind.TRAINER} if self.stocked else set(),
        )

    def key(self, row: Row, values: Record) -> str:
        """Number and company."""
        return trainer_key(str(values["trainer_number"]), int(str(values["company_id"])))

    def absent_key(self, row: Row, facts: Facts) -> str:
        """Number and company."""
        company = find_company(row.values["company_ident_number"], facts, self.terms)
        return trainer_key(row.values["trainer_number"], company.id if company else 0)

    def is_over(self, record: Record) -> bool:
        """Past ``valid_until``."""
        until = record["valid_until"]
        return until is not None and str(until) < self.terms.today

    def read(self, cells: Cells, facts: Facts) -> dict[str, Value]:
        """The row's columns; the company by its id."""
        company = company_of(cells, facts, self.terms)
        email = cells.read("email", self.terms.normalise, lenient=True)
        values: dict[str, Value] = {
            "trainer_number": cells.text("trainer_number", required=True),
            "company_id": company.id if company else None,
            "last_name": cells.text("last_name", required=True),
        }
        optional: dict[str, Value] = {
            "first_name": cells.text("first_name", lenient=True),
            "email": email[0] if email else None,
            "aptitude": cells.read("aptitude", fields.aptitude, lenient=True),
            "occupations": cells.read("occupations", fields.occupations, lenient=True),
            "valid_from": cells.read("valid_from", fields.read_date, lenient=True),
            "valid_until": cells.read("valid_until", fields.read_date, lenient=True),
        }
        if (
            optional["valid_from"]
            and optional["valid_until"]
            and str(optional["valid_until"]) < str(optional["valid_from"])
        ):
            cells.fault("end_before_start", "valid_until", cells.row.values["valid_until"])
        values |= {k: v for k, v in optional.items() if k in cells.row.columns and k not in cells.left}
        if "email" in values:
            values["email_key"] = email[1] if email else None
        return values

    def columns(self, sheet: Sheet, facts: Facts) -> dict[str, Column]:
        """The same of many rows at once."""
        columns: dict[str, Column] = {
            "trainer_number": sheet.text("trainer_number", required=True),
            "company_id": sheet.by("company_ident_number", open_companies(facts, self.terms)),
            "last_name": sheet.text("last_name", required=True),
        }
        optional: dict[str, Callable[[], Column]] = {
            "first_name": lambda: sheet.text("first_name"),
            "email": lambda: sheet.emails("email"),
            "email_key": lambda: sheet.small("email"),
            "aptitude": lambda: sheet.read("aptitude", fields.aptitude),
            "occupations": lambda: sheet.read("occupations", fields.occupations),
            "valid_from": lambda: sheet.read("valid_from", fields.read_date),
            "valid_until": lambda: sheet.read("valid_until", fields.read_date),
        }
        columns |= {name: read() for name, read in optional.items() if sheet.has(name.removesuffix("_key"))}
        if sheet.has("valid_from") and sheet.has("valid_until"):
            days = enumerate(zip(columns["valid_from"], columns["valid_until"], strict=True))
            sheet.mark(at for at, (start, end) in days if start and end and str(end) < str(start))
        if facts.records:
            keys = enumerate(zip(columns["trainer_number"], columns["company_id"], strict=True))
            sheet.mark(at for at, key in keys if (self.kind, f"{key[0]}\t{key[1]}") in facts.records)
        return columns

    def planned(self, change: Change, facts: Facts) -> None:
        """Where nothing is written yet, trainees of the same run must find this trainer as it will be."""
        pending = self.terms.pending
        if change.action is Action.END:
            pending.ended[Kind.TRAINER].add(change.id)
        if not pending.remember or change.action is Action.UPDATE:
            return
        kept = (r for (kind, _), r in facts.records.items() if kind is Kind.TRAINER and r["id"] == change.id)
        found = change.after if change.action is Action.CREATE else next(kept)
        number, company = str(found["trainer_number"]), int(str(found["company_id"]))
        is_open = change.action is not Action.END
        pending.trainers[number, company] = TrainerRecord(change.id, company, number, None, open=is_open)


def trainer_key(number: str, company: int) -> str:
    """The key of a trainer record among the facts: the number may recur at other companies."""
    return f"{number}\t{company}"
