"""Services of the portal: how far a chamber has opened one, and which companies use it. Rows -> plan."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from asta_cli.core import fields
from asta_cli.core.cells import Cells
from asta_cli.core.checks import company_to_change
from asta_cli.core.errors import AstaError
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.model import Action, Company, Kind, MailKind, Service, ServiceState, Value
from asta_cli.core.naming import split_key
from asta_cli.core.outbox import mail
from asta_cli.core.plan import Change, Plan, Problem
from asta_cli.core.planner import SimplePlanner, problem
from asta_cli.core.policy import Authority
from asta_cli.core.rows import Row
from asta_cli.core.service_access import EndedCompany, NotActivated, contact, why_closed


@dataclass(slots=True)
class _Reader:
    """Whom a release is told to, with the companies by which they are told."""

    email: str
    language: str
    name: str
    companies: dict[str, dict[str, str]] = field(default_factory=dict)


class StatePlanner(SimplePlanner):
    """``services set-state``: rows with ``chamber``, ``service`` and ``state``. A release is told to administrators."""

    counted = frozenset({Kind.SERVICE_STATE})
    key_column = "service"

    def __init__(self, now: str, ids: Iterator[int]) -> None:
        self.now = now
        self.ids = ids

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The state as it is; for a release everyone who administers a company of the chamber."""
        needs = Needs(services=True)
        for row in rows:
            needs.chamber = row.values.get("chamber")
            needs.whole_chamber |= row.values.get("state") == ServiceState.AVAILABLE
        needs.administrators = needs.whole_chamber
        return needs

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """The states to set and the mails that follow."""
        cells = [Cells(row) for row in rows]
        changes = [list(self._row(each, facts)) for each in cells]
        problems = tuple(p for each in cells for p in each.faults)
        return Plan(tuple(c for made in changes for c in made), problems, len(rows))

    def _row(self, cells: Cells, facts: Facts) -> Iterator[Change]:
        chamber = cells.read("chamber", fields.chamber_number, required=True)
        service = cells.read("service", Service, required=True)
        state = cells.read("state", ServiceState, required=True)
        if cells.faults or chamber is None or service is None or state is None:
            return
        known = facts.states.get((chamber, service))
        same = known is not None and known[1] is state
        yield replace(self._change(cells.row, chamber, service, state, known), hollow=same)
        if state is ServiceState.AVAILABLE and not same:
            yield from self._mails(cells.row, chamber, service, facts)

    def _change(
        self, row: Row, chamber: str, service: Service, state: ServiceState, known: tuple[int, ServiceState, str] | None
    ) -> Change:
        after: dict[str, Value] = {"state": state.value, "since": self.now}
        key = f"{chamber} {service}"
        if known is None:
            after |= {"chamber": chamber, "service": service.value}
            return _change(Kind.SERVICE_STATE, Action.CREATE, next(self.ids), key, after, {}, row, chamber)
        before: dict[str, Value] = {"state": known[1].value, "since": known[2]}
        return _change(Kind.SERVICE_STATE, Action.UPDATE, known[0], key, after, before, row, chamber)

    def _mails(self, row: Row, chamber: str, service: Service, facts: Facts) -> Iterator[Change]:
        for _, reader in sorted(self._readers(chamber, facts).items()):
            companies = [company for _, company in sorted(reader.companies.items())]
            params = {"service": service.value, "companies": companies, "name": reader.name}
            yield mail(
                next(self.ids),
                MailKind.SERVICE_RELEASED,
                reader.email,
                reader.language,
                self.now,
                params,
                where=row.where,
                line=row.line,
            )

    def _readers(self, chamber: str, facts: Facts) -> dict[str, _Reader]:
        """The usable administrators of the chamber's companies by their e-mail keys: one mail per person."""
        readers: dict[str, _Reader] = {}
        for grant in facts.administrators:
            company, account = facts.by_id[grant.company], facts.accounts.get(grant.email_key)
            if account is None or company.chamber != chamber or not (company.open and grant.in_force(self.now)):
                continue
            reader = readers.setdefault(grant.email_key, _Reader(account.email, account.language, account.name))
            reader.companies[company.ident_number] = {
                "chamber": company.chamber,
                "ident_number": company.ident_number,
                "name": company.name,
            }
        return readers


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
            made = _change(self.kind, Action.CREATE, next(self.ids), key, after, {}, cells.row, company=company)
        else:
            end: dict[str, Value] = {"ended_at": self.now}
            made = _change(self.kind, Action.END, held or 0, key, end, {"ended_at": None}, cells.row, company=company)
        return [replace(made, hollow=self.on is (held is not None))]


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


def _change(
    kind: Kind,
    action: Action,
    id_: int,
    key: str,
    after: dict[str, Value],
    before: dict[str, Value],
    row: Row,
    chamber: str | None = None,
    company: Company | None = None,
) -> Change:
    if company is not None:
        chamber = company.chamber
    where = company.id if company else None
    return Change(kind, action, id_, key, after, before, where, chamber, row.where, row.line)
