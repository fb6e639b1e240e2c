"""How far a chamber has opened a service of the portal. Rows -> plan; a release is told to administrators."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from asta_cli.core import fields
from asta_cli.core.cells import Cells
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.model import Action, Kind, MailKind, Service, ServiceState, Value
from asta_cli.core.outbox import mail
from asta_cli.core.plan import Change, Plan
from asta_cli.core.planner import SimplePlanner
from asta_cli.core.rows import Row


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
        place = None, chamber, row.where, row.line
        if known is None:
            after |= {"chamber": chamber, "service": service.value}
            return Change(Kind.SERVICE_STATE, Action.CREATE, next(self.ids), key, after, {}, *place)
        before: dict[str, Value] = {"state": known[1].value, "since": known[2]}
        return Change(Kind.SERVICE_STATE, Action.UPDATE, known[0], key, after, before, *place)

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
