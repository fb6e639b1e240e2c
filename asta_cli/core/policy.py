"""Who may do what: the permission matrix as one table, and the one function that holds a plan against it.

No rule means no. Authority is judged on changes, not on commands, so whatever comes to write later is covered. The
rules are those of the chambers' portal; that an operator gives a reason follows BSI IT-Grundschutz (ORP.4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from asta_cli.core.errors import Forbidden
from asta_cli.core.facts import Facts
from asta_cli.core.model import AccountState, Action, Company, Grant, Kind, Permission, Role
from asta_cli.core.plan import Change, Plan, Problem
from asta_cli.core.refusals import OnlyChamber, OutOfReach, OwnPermission, SitesOutOfReach

P, R = Permission, Role

# role -> what it gives on its company. A limited cell of the portal's table ("self", "names") is not here: it is no.
MATRIX: dict[Role, frozenset[Permission]] = {
    R.ADMINISTRATOR: frozenset(
        {
            P.COMPANY_VIEW,
            P.TRAINERS_VIEW,
            P.TRAINEES_VIEW,
            P.TRAINEES_VIEW_ASSIGNED,
            P.PERMS_GRANT,
            P.PERMS_GRANT_TRAINER,
            P.SERVICES_MANAGE,
            P.EXAM_REGISTER,
        }
    ),
    R.MANAGER: frozenset({P.COMPANY_VIEW, P.TRAINERS_VIEW, P.TRAINEES_VIEW, P.TRAINEES_VIEW_ASSIGNED, P.EXAM_REGISTER}),
    R.TRAINER: frozenset({P.COMPANY_VIEW, P.TRAINEES_VIEW_ASSIGNED}),
    R.CONTRACT_APPLICANT: frozenset({P.COMPANY_VIEW, P.CONTRACTS_FILE}),
}
OPERATOR: frozenset[Permission] = frozenset(P) - {P.EXAM_REGISTER, P.CONTRACTS_FILE}
# A trainer's grant never reaches the sites below (it is bound to one trainer record of one company).
INHERITED: frozenset[Role] = frozenset({R.ADMINISTRATOR, R.MANAGER, R.CONTRACT_APPLICANT})


@dataclass(frozen=True, slots=True)
class Toggles:
    """The two cells of the matrix that an installation may switch on."""

    manager_may_grant_trainer: bool = False
    trainer_may_register: bool = False

    def gives(self, role: Role, permission: Permission) -> bool:
        """Whether *role* gives *permission* on its company."""
        if permission in MATRIX[role]:
            return True
        if role is R.MANAGER and permission is P.PERMS_GRANT_TRAINER:
            return self.manager_may_grant_trainer
        return role is R.TRAINER and permission is P.EXAM_REGISTER and self.trainer_may_register

    def roles(self, permission: Permission) -> frozenset[Role]:
        """The roles that give *permission*."""
        return frozenset(role for role in Role if self.gives(role, permission))


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: an operator of every chamber (no account), or an account with its own permissions and no more."""

    os_user: str
    email: str | None = None
    email_key: str | None = None
    account: int | None = None

    @property
    def operator(self) -> bool:
        """Whether this is the chamber's operator."""
        return self.email_key is None

    @property
    def name(self) -> str:
        """How grants name their giver; which person at the operator's desk it was is in the audit log."""
        return self.email or "operator"


@dataclass(frozen=True, slots=True)
class Authority:
    """What an asker may do, from the grants in force at the time of asking."""

    asker: Asker
    grants: tuple[Grant, ...] = ()
    toggles: Toggles = Toggles()

    def grounds(self, permission: Permission, company: Company, facts: Facts) -> Iterator[Grant]:
        """The grants by which the asker has *permission* on *company*, its own first, then those from further up."""
        by_company: dict[int, list[Grant]] = {}
        for grant in self.grants:
            by_company.setdefault(grant.company, []).append(grant)
        for carrier in facts.chain(company):
            if not carrier.open:
                continue
            for grant in by_company.get(carrier.id, ()):
                below = grant.sites and grant.role in INHERITED
                if (carrier.id == company.id or below) and self.toggles.gives(grant.role, permission):
                    yield grant

    def may(self, permission: Permission, company: Company, facts: Facts) -> bool:
        """Whether the asker has *permission* on *company*."""
        if self.asker.operator:
            return permission in OPERATOR
        return any(True for _ in self.grounds(permission, company, facts))

    def may_with_sites(self, permission: Permission, company: Company, facts: Facts) -> bool:
        """Whether the asker has *permission* on *company* and on every site below it."""
        if self.asker.operator:
            return permission in OPERATOR
        return any(grant.sites for grant in self.grounds(permission, company, facts))


def grant_permission(role: Role) -> Permission:
    """The permission needed to give or take *role*."""
    return P.PERMS_GRANT_TRAINER if role is R.TRAINER else P.PERMS_GRANT


Rule = Callable[[Change, Plan, Authority, Facts], bool]


def _operator(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    return authority.asker.operator


def _anyone(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    return True


def _proven(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    """The code of the company's letter was shown, by a signed-in account."""
    return change.company in plan.proofs and not authority.asker.operator


def _company_or_proof(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    return authority.asker.operator or _proven(change, plan, authority, facts)


def _newcomer(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    """Anybody may register anybody: nothing comes of it before the owner of the mailbox confirms."""
    return change.after["state"] == AccountState.UNCONFIRMED and not change.after.get("password_hash")


def _own_account(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    return authority.asker.account is not None and change.id == authority.asker.account


def _of_own_account(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    """The link or session belongs to the asker's account; who shows a token acts as the account it was mailed to."""
    owner = {**change.before, **change.after}["account_id"]
    return authority.asker.account is not None and owner == authority.asker.account


def _link(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    """Using up one's own link; dropping the password that waits on one, which can only ever be safer."""
    return change.after == {"password_hash": None} or _of_own_account(change, plan, authority, facts)


def _services(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    company = facts.by_id.get(change.company or 0)
    return company is not None and authority.may(P.SERVICES_MANAGE, company, facts)


def _grant(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    company = facts.by_id.get(change.company or 0)
    if company is None:
        return False
    role = _role(change)
    if _own(change, authority):
        if change.action is Action.END or change.hollow:
            return True
        if change.company in plan.proofs:
            return change.action is Action.CREATE and role is R.ADMINISTRATOR
        if role is not R.CONTRACT_APPLICANT:
            return False  # nobody raises themselves, in reach or in time
    may = authority.may_with_sites if _with_sites(change) and not change.hollow else authority.may
    return may(grant_permission(role), company, facts)


def _role(change: Change) -> Role:
    """The role that a change of a grant is about."""
    return Role(str(change.after.get("role") or change.before.get("role")))


def _own(change: Change, authority: Authority) -> bool:
    """Whether a change of a grant is about the asker's own permission."""
    key = authority.asker.email_key
    return key is not None and key == (change.after.get("email_key") or change.before.get("email_key"))


def _with_sites(change: Change) -> bool:
    """Whether a change of a grant reaches, or reached, the sites below the company."""
    return bool(change.after.get("sites") or change.before.get("sites"))


RULES: dict[tuple[Kind, Action], Rule] = {
    (Kind.CHAMBER, Action.CREATE): _operator,
    (Kind.CHAMBER, Action.UPDATE): _operator,
    (Kind.COMPANY, Action.CREATE): _operator,
    (Kind.COMPANY, Action.UPDATE): _company_or_proof,
    (Kind.COMPANY, Action.REOPEN): _operator,
    (Kind.TRAINER, Action.CREATE): _operator,
    (Kind.TRAINER, Action.UPDATE): _operator,
    (Kind.TRAINER, Action.REOPEN): _operator,
    (Kind.TRAINEE, Action.CREATE): _operator,
    (Kind.TRAINEE, Action.UPDATE): _operator,
    (Kind.TRAINEE, Action.REOPEN): _operator,
    (Kind.EXAM_PERIOD, Action.CREATE): _operator,
    (Kind.EXAM_PERIOD, Action.UPDATE): _operator,
    (Kind.SERVICE_STATE, Action.CREATE): _operator,
    (Kind.SERVICE_STATE, Action.UPDATE): _operator,
    (Kind.SERVICE_PILOT, Action.CREATE): _operator,
    (Kind.SERVICE_PILOT, Action.END): _operator,
    (Kind.COMPANY_SERVICE, Action.CREATE): _services,
    (Kind.COMPANY_SERVICE, Action.END): _services,
    (Kind.LETTER, Action.CREATE): _operator,
    (Kind.LETTER, Action.END): _operator,
    (Kind.LETTER, Action.UPDATE): _proven,
    (Kind.GRANT, Action.CREATE): _grant,
    (Kind.GRANT, Action.UPDATE): _grant,
    (Kind.GRANT, Action.END): _grant,
    # Registering and asking for a mail need no rights: whoever reads the mailbox shows it by the token.
    (Kind.ACCOUNT, Action.CREATE): _newcomer,
    (Kind.ACCOUNT, Action.UPDATE): _own_account,
    (Kind.LINK, Action.CREATE): _anyone,
    (Kind.LINK, Action.UPDATE): _link,
    (Kind.SESSION, Action.CREATE): _of_own_account,
    (Kind.SESSION, Action.END): _of_own_account,
    # Consequences of changes that are judged themselves.
    (Kind.MAIL, Action.CREATE): _anyone,
    (Kind.JOB, Action.CREATE): _company_or_proof,
    (Kind.JOB, Action.UPDATE): _operator,
}


def authorise(plan: Plan, authority: Authority, facts: Facts) -> Plan:
    """*plan* without what the asker may not do: refused rows become problems, optional changes simply fall out.

    So do those that are true already, once they are judged.
    """
    refused: dict[tuple[str, int], Problem] = {}
    dropped: set[int] = set()
    for change in plan.changes:
        rule = RULES.get((change.kind, change.action))
        if rule is not None and rule(change, plan, authority, facts):
            continue
        if change.optional:
            dropped.add(change.id)
            continue
        refused.setdefault((change.where, change.line), _refusal(change, authority, facts))
    if not refused and not dropped and not any(change.hollow for change in plan.changes):
        return plan
    return plan.without(refused.values(), dropped)


def _refusal(change: Change, authority: Authority, facts: Facts) -> Problem:
    company = facts.by_id.get(change.company or 0)
    error = _reason(change, authority, company, facts)
    column, value = ("company", company.ident_number) if company else ("", "")
    return Problem(change.where, change.line, error.code, column, error=error, value=value)


def _reason(change: Change, authority: Authority, company: Company | None, facts: Facts) -> Forbidden:
    """What to tell the asker; it names nothing that the row did not name."""
    who = authority.asker.name
    if company is None:
        return OnlyChamber(who=who)
    if change.kind is Kind.GRANT and _own(change, authority):
        return OwnPermission(who=who, company=company.key)
    if change.kind is Kind.GRANT and authority.may(grant_permission(_role(change)), company, facts):
        return SitesOutOfReach(who=who, company=company.key)
    return OutOfReach(who=who, company=company.key)
