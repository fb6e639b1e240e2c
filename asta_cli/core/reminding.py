"""Permissions that are about to end: whoever can renew them is told, once for each end.

That is every usable administrator of the company; where there is none, the holder, who can ask for what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from asta_cli.core.facts import Facts, Needs
from asta_cli.core.grants import identity, key_of
from asta_cli.core.model import Account, Action, Company, Grant, Kind, MailKind, Role
from asta_cli.core.outbox import mail
from asta_cli.core.plan import Change, Plan
from asta_cli.core.planner import SimplePlanner
from asta_cli.core.rows import Row


@dataclass(frozen=True, slots=True)
class Ending(Row):
    """A grant that ends soon: whose it is (e-mail key), where (Identnummer), and its id."""

    key: str = ""
    ident: str = ""
    grant: int = 0


@dataclass(slots=True)
class _Reader:
    """Who is told of what; ``own``: of their own permissions, because nobody else is there to be told."""

    account: Account
    own: bool
    grants: list[dict[str, object]] = field(default_factory=list)


class RemindPlanner(SimplePlanner):
    """Grants that end soon -> that they have been told of, and a mail for each person and run."""

    counted = frozenset({Kind.GRANT})

    def __init__(self, ids: Iterator[int], days: int) -> None:
        self._ids = ids
        self._days = days
        self._readers: dict[tuple[str, bool], _Reader] = {}

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The grants, and who administers their companies."""
        needs = Needs(administrators=True, readers=True)
        for row in _ending(rows):
            needs.accounts.add(row.key)
            needs.idents.add(row.ident)
            needs.pairs.add((row.key, row.ident))
        return needs

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """That each is told of, if it still ends."""
        held = {grant.id: grant for grants in facts.grants.values() for grant in grants}
        found = [(row, held[row.grant]) for row in _ending(rows) if row.grant in held]
        changes = [_told(row, grant, facts) for row, grant in found if grant.valid_until and grant.open(facts.now)]
        return Plan(tuple(changes), rows=len(rows), unchanged=len(rows) - len(changes))

    def accepted(self, plan: Plan, facts: Facts) -> None:
        """Who is to be told."""
        held = {grant.id: grant for grants in facts.grants.values() for grant in grants}
        for change in plan.changes:
            grant = held[change.id]
            company = facts.by_id[grant.company]
            for account, own in _to_tell(grant, company, facts):
                reader = self._readers.setdefault((account.email_key, own), _Reader(account, own))
                reader.grants.append(_entry(grant, company))

    def finish(self, facts: Facts) -> Plan:
        """One mail a person."""
        mails = []
        for reader in self._readers.values():
            params: dict[str, object] = {"companies": reader.grants, "days": self._days, "name": reader.account.name}
            if reader.own:
                params["own"] = True
            to = reader.account.email, reader.account.language, facts.now
            mails.append(mail(next(self._ids), MailKind.EXPIRING, *to, params))
        return Plan(changes=tuple(mails))


def _told(row: Ending, grant: Grant, facts: Facts) -> Change:
    company = facts.by_id[grant.company]
    before = identity(grant) | {"valid_until": grant.valid_until, "reminded_at": None}
    place = company.id, company.chamber, row.where, row.line
    what = grant.id, key_of(grant, company), {"reminded_at": facts.now}, before
    return Change(Kind.GRANT, Action.UPDATE, *what, *place)


def _to_tell(grant: Grant, company: Company, facts: Facts) -> Iterator[tuple[Account, bool]]:
    above = {carrier.id: carrier.open for carrier in facts.chain(company)}
    found = {
        g.email_key
        for g in facts.administrators
        if g.role is Role.ADMINISTRATOR and g.in_force(facts.now) and above.get(g.company)
        if g.sites or g.company == company.id
    }
    for key in sorted(found):
        if key in facts.accounts:
            yield facts.accounts[key], False
    if not found and grant.in_force(facts.now):
        yield facts.accounts[grant.email_key], True


def _entry(grant: Grant, company: Company) -> dict[str, object]:
    return {
        "grant": grant.id,
        "email": grant.email,
        "chamber": company.chamber,
        "ident_number": company.ident_number,
        "name": company.name,
        "role": grant.role.value,
        "valid_until": grant.valid_until,
    }


def _ending(rows: Sequence[Row]) -> Iterator[Ending]:
    return (row for row in rows if isinstance(row, Ending))
