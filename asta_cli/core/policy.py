"""Who asks, what they may do by the grants they hold, and the one function that holds a plan against it.

The portal's table is in ``core.matrix``, what it means for each kind of change in ``core.rules``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

from asta_cli.core.blocks import Block
from asta_cli.core.errors import Forbidden
from asta_cli.core.facts import Facts
from asta_cli.core.grant_rules import is_own, role_of
from asta_cli.core.mandate import Mandate
from asta_cli.core.matrix import INHERITED, OPERATOR, Toggles, grant_permission
from asta_cli.core.model import Company, Grant, Kind, Permission, Role
from asta_cli.core.office import EVERYWHERE, NO_OFFICE, Office
from asta_cli.core.plan import Change, Plan, Problem, Severity
from asta_cli.core.refusals import (
    NotByToken,
    NotInPlace,
    OnlyChamber,
    OtherAccount,
    OtherDesk,
    OutOfReach,
    OwnPermission,
    SitesOutOfReach,
)
from asta_cli.core.rules import PLACED, RULES, UNIFORM

__all__ = ["Asker", "Authority", "Toggles", "authorise"]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: an account with its own permissions and no more, the operator at the terminal, or nobody in particular.

    ``office`` tells of which chambers they are an operator; an `Authority` has it as of the moment it was read. With a
    ``mandate``, somebody else acts for the account: a program, or an operator in its place.
    """

    os_user: str
    email: str | None = None
    email_key: str | None = None
    account: int | None = None
    office: Office = NO_OFFICE
    mandate: Mandate | None = None

    @classmethod
    def at_desk(cls, os_user: str) -> Asker:
        """The operator of every chamber: whoever sits at the terminal of a trusted installation, and its own work."""
        return cls(os_user, office=EVERYWHERE)

    @property
    def operator(self) -> bool:
        """Whether this is an operator, of whichever chamber."""
        return bool(self.office)

    def operates(self, chamber: str | None) -> bool:
        """Whether this is an operator, of *chamber* if one is named."""
        return self.operator and (chamber is None or self.office.covers(chamber))

    @property
    def name(self) -> str:
        """How grants name their giver; which person at the operator's desk it was is in the audit log."""
        return self.email or ("operator" if self.office else "nobody")

    @property
    def principal(self) -> str:
        """Who really acts, for the log: the user of the machine, and the operator or token in the account's place."""
        if self.mandate is None:
            return self.os_user
        return f"{self.os_user} ({self.mandate.stand_in or f'token {self.mandate.token}'})"


@dataclass(frozen=True, slots=True)
class Authority:
    """What an asker may do, from the office and the grants in force at the time of asking."""

    asker: Asker
    grants: tuple[Grant, ...] = ()
    toggles: Toggles = Toggles()  # noqa: RUF009 - a frozen value
    _at: dict[int, list[Grant]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for grant in self.grants:
            self._at.setdefault(grant.company, []).append(grant)

    @property
    def office(self) -> Office:
        """The chambers of which the asker is an operator."""
        return self.asker.office

    @property
    def in_person(self) -> bool:
        """Whether nobody acts for the asker: no program, no operator in their place."""
        return self.asker.mandate is None

    def grounds(self, permission: Permission, company: Company, facts: Facts) -> Iterator[Grant]:
        """The grants by which the asker has *permission* on *company*, its own first, then those from further up."""
        for carrier in facts.chain(company):
            here = self._at.get(carrier.id)
            if here is None or not carrier.open:
                continue
            for grant in here:
                below = grant.sites and grant.role in INHERITED
                if (carrier.id == company.id or below) and self.toggles.gives(grant.role, permission):
                    yield grant

    def may(self, permission: Permission, company: Company, facts: Facts) -> bool:
        """Whether the asker has *permission* on *company*."""
        if self.office.covers(company.chamber) and permission in OPERATOR:
            return True
        return next(self.grounds(permission, company, facts), None) is not None

    def may_with_sites(self, permission: Permission, company: Company, facts: Facts) -> bool:
        """Whether the asker has *permission* on *company* and on every site below it."""
        if self.office.covers(company.chamber) and permission in OPERATOR:
            return True
        return any(grant.sites for grant in self.grounds(permission, company, facts))


def authorise(plan: Plan, authority: Authority, facts: Facts) -> Plan:
    """*plan* without what the asker may not do: refused rows become problems, optional changes simply fall out.

    So do those that are true already, once they are judged. A row that is refused for another reason is judged by the
    changes that stand for it: who may not ask is told that, and nothing that was found on the way.
    """
    plan = plan.judged([block for block in plan.blocks if _allowed(block, plan, authority, facts)])
    refused: dict[tuple[str, int], Problem] = {}
    dropped: set[int] = set()
    for change in plan.changes:
        if _permitted(change, plan, authority, facts):
            continue
        if change.optional:
            dropped.add(change.id)
            continue
        refused.setdefault((change.where, change.line), _refusal(change, plan, authority, facts))
    plan = _silenced(plan, refused)
    if not refused and not dropped and not any(change.hollow for change in plan.changes):
        return plan
    return plan.without(refused.values(), dropped)


def _permitted(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    rule = RULES.get((change.kind, change.action))
    return rule is not None and rule(change, plan, authority, facts)


def _allowed(block: Block, plan: Plan, authority: Authority, facts: Facts) -> bool:
    """Whether the asker may make all that *block* says, as far as a few of its changes can tell."""
    rule = RULES.get((block.kind, block.action))
    if rule in UNIFORM:
        return rule(next(block.changes()), plan, authority, facts)
    if rule not in PLACED or authority.asker.mandate is not None:
        return False  # with a mandate: nor may the operator raise themselves who acts for the asker
    return all(rule(change, plan, authority, facts) for change in _sorts(block))


def _sorts(block: Block) -> Iterator[Change]:
    """One change of each sort that a rule in ``PLACED`` may think differently of."""
    needed = {role.value: grant_permission(role).value for role in Role}
    roles, sites = block.column("role"), block.column("sites")
    sort = zip([c.id for c in block.companies], [needed[str(role)] for role in roles], sites, strict=True)
    return block.pick(list(dict(zip(sort, range(len(block)), strict=True)).values())).changes()


def _silenced(plan: Plan, refused: Collection[tuple[str, int]]) -> Plan:
    """*plan* without other problems of rows that are *refused*, and without changes of rows that have an error."""
    if not plan.problems:
        return plan
    faulty = {(p.where, p.line) for p in plan.problems if p.severity is Severity.ERROR}
    problems = (p for p in plan.problems if (p.where, p.line) not in refused)
    changes = (c for c in plan.changes if (c.where, c.line) not in faulty)
    return replace(plan, problems=tuple(problems), changes=tuple(changes))


def _refusal(change: Change, plan: Plan, authority: Authority, facts: Facts) -> Problem:
    company = facts.by_id.get(change.company or 0)
    error = _by_mandate(change, plan, authority, facts) or _reason(change, authority, company, facts)
    column, value = ("company", company.ident_number) if company else ("", "")
    return Problem(change.where, change.line, error.code, column, error=error, value=value)


def _by_mandate(change: Change, plan: Plan, authority: Authority, facts: Facts) -> Forbidden | None:
    """What to tell whoever acts for the asker, where the asker themselves might do it."""
    mandate, company = authority.asker.mandate, facts.by_id.get(change.company or 0)
    if mandate is None or (company is not None and not mandate.reaches(company, facts)):
        return None
    in_person = replace(authority, asker=replace(authority.asker, mandate=None))
    if not _permitted(change, plan, in_person, facts):
        return None
    who = authority.asker.name
    return NotInPlace(operator=mandate.stand_in, who=who) if mandate.stand_in else NotByToken(who=who)


def _reason(change: Change, authority: Authority, company: Company | None, facts: Facts) -> Forbidden:
    """What to tell the asker; it names nothing that the row did not name."""
    who = authority.asker.name
    if company is None:
        other = OtherAccount if change.kind is Kind.ACCOUNT else OtherDesk
        return other(who=who) if authority.office else OnlyChamber(who=who)
    seen = authority.may(Permission.COMPANY_VIEW, company, facts)
    named = company.key if seen else company.ident_number
    if change.kind is Kind.GRANT and is_own(change, authority) and role_of(change) is not Role.CONTRACT_APPLICANT:
        return OwnPermission(who=who, company=named)
    if change.kind is Kind.GRANT and authority.may(grant_permission(role_of(change)), company, facts):
        return SitesOutOfReach(who=who, company=named)
    return OutOfReach(who=who, company=named)
