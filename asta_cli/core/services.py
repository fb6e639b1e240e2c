"""Services of the portal: which companies try one in a pilot, and which use one. Rows -> plan."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import replace

from asta_cli.core.cells import Cells
from asta_cli.core.checks import company_to_change
from asta_cli.core.errors import AstaError
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.model import Action, Company, Kind, Service, Value
from asta_cli.core.naming import split_key
from asta_cli.core.plan import Change, Plan, Problem
from asta_cli.core.planner import SimplePlanner, problem
from asta_cli.core.policy import Authority
from asta_cli.core.rows import Row
from asta_cli.core.service_access import EndedCompany, NotActivated, contact, why_closed


class CompanyServicePlanner(SimplePlanner, ABC):
    """What pilot lists and activations share: rows with ``company`` and ``service``, and one open record or none."""

    key_column = "company"
    kind: Kind
    column: str

    def __init__(
        self,
        now: str,
        ids: Iterator[int],
        asking: Authority,
        *,
        on: bool,
        chamber: str | None = None,
        usual: str | None = None,
    ) -> None:
        self.now = now
        self.ids = ids
        self.asking = asking
        self.on = on
        self.chamber = chamber
        self.usual = usual
        self.counted = frozenset({self.kind})

    @abstractmethod
    def held_by(self, facts: Facts, company: Company, service: Service) -> int | None:
        """The open record, by its id."""

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The companies, and what is open to them."""
        idents = {ident for row in rows for _, ident in [Cells(row).read("company", split_key) or (None, "")]}
        return Needs(idents=idents, services=True)

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """The records to create or to end; what is so already is unchanged."""
        changes: list[Change] = []
        problems: list[Problem] = []
        for row in rows:
            cells = Cells(row)
            try:
                changes += self._row(cells, facts)
            except AstaError as error:
                problems.append(problem(row, error.code, "company", row.values.get("company", ""), error=error))
            problems += cells.faults
        return Plan(tuple(changes), tuple(problems), len(rows))

    def _row(self, cells: Cells, facts: Facts) -> list[Change]:
        named = cells.read("company", split_key, required=True)
        service = cells.read("service", Service, required=True)
        if cells.faults or named is None or service is None:
            return []
        company = company_to_change(facts, named[1], named[0] or self.chamber, self.asking, self.usual)
        held = self.held_by(facts, company, service)
        key = f"{company.key} {service}"
        if self.on:
            after: dict[str, Value] = {"company_id": company.id, "service": service.value, self.column: self.now}
            made = self._change(Action.CREATE, next(self.ids), key, after, {}, cells.row, company)
        else:
            end: dict[str, Value] = {"ended_at": self.now}
            made = self._change(Action.END, held or 0, key, end, {"ended_at": None}, cells.row, company)
        return [replace(made, hollow=self.on is (held is not None))]

    def _change(
        self,
        action: Action,
        id_: int,
        key: str,
        after: dict[str, Value],
        before: dict[str, Value],
        row: Row,
        company: Company,
    ) -> Change:
        place = company.id, company.chamber, row.where, row.line
        return Change(self.kind, action, id_, key, after, before, *place)


class PilotPlanner(CompanyServicePlanner):
    """``services pilot add|remove``: the companies with which a chamber tries a service."""

    kind = Kind.SERVICE_PILOT
    column = "added_at"

    def held_by(self, facts: Facts, company: Company, service: Service) -> int | None:
        """The company's place on the list."""
        return facts.pilots.get((company.id, service))


class ActivationPlanner(CompanyServicePlanner):
    """``services activate|deactivate``. Why a service is not open is told only to those who may activate it."""

    kind = Kind.COMPANY_SERVICE
    column = "activated_at"

    def held_by(self, facts: Facts, company: Company, service: Service) -> int | None:
        """The company's use of the service."""
        return facts.services.get((company.id, service))

    def guard(self, plan: Plan, facts: Facts) -> Plan:
        """*plan*, authority judged, without what is not open or not activated."""
        refused = []
        for change in plan.changes:
            error = self._refusal(change, facts) if change.action is Action.CREATE else None
            if error is not None:
                value = facts.by_id[change.company or 0].ident_number
                refused.append(Problem(change.where, change.line, error.code, "company", value=value, error=error))
        return plan.without(refused)

    def _refusal(self, change: Change, facts: Facts) -> AstaError | None:
        company = facts.by_id[change.company or 0]
        if not company.open:
            return EndedCompany(company=company.key, contact=contact(facts, company.chamber))
        if not company.active:
            return NotActivated(company=company.key, ident=company.key)
        return why_closed(facts, company, Service(str(change.after["service"])))
