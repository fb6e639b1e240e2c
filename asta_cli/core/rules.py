"""Which changes may be made, and on what ground. No rule means no.

Authority is judged on changes, not on commands, so whatever comes to write later is covered. The rules are those of the
chambers' portal; that an operator gives a reason follows BSI IT-Grundschutz (ORP.4).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from asta_cli.core.facts import Facts
from asta_cli.core.matrix import grant_permission
from asta_cli.core.model import AccountState, Action, Kind, Permission, Role
from asta_cli.core.plan import Change, Plan

if TYPE_CHECKING:
    from asta_cli.core.policy import Authority

Rule = Callable[[Change, Plan, "Authority", Facts], bool]


def _operator(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    """The operator of the chamber to which the record belongs; of what belongs to none, the operator of all."""
    return authority.office.covers(change.chamber)


def _anyone(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    return True


def _proven(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    """The code of the company's letter was shown, by a signed-in account."""
    return change.company in plan.proofs and authority.asker.account is not None


def _company_or_proof(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    return _operator(change, plan, authority, facts) or _proven(change, plan, authority, facts)


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
    return company is not None and authority.may(Permission.SERVICES_MANAGE, company, facts)


def _grant(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    company = facts.by_id.get(change.company or 0)
    if company is None:
        return False
    role = role_of(change)
    if is_own(change, authority):
        if change.action is Action.END or (change.hollow and change.action is Action.UPDATE):
            return True
        if change.company in plan.proofs:
            return change.action is Action.CREATE and role is Role.ADMINISTRATOR
        if role is not Role.CONTRACT_APPLICANT:
            return False  # nobody raises themselves, in reach or in time
    may = authority.may_with_sites if _with_sites(change) and not change.hollow else authority.may
    return may(grant_permission(role), company, facts)


def role_of(change: Change) -> Role:
    """The role that a change of a grant is about."""
    return Role(str(change.after.get("role") or change.before.get("role")))


def is_own(change: Change, authority: Authority) -> bool:
    """Whether a change of a grant is about the asker's own permission."""
    key = authority.asker.email_key
    return key is not None and key == (change.after.get("email_key") or change.before.get("email_key"))


def _with_sites(change: Change) -> bool:
    """Whether a change of a grant reaches, or reached, the sites below the company."""
    return bool(change.after.get("sites") or change.before.get("sites"))


UNIFORM: frozenset[Rule] = frozenset({_operator, _anyone})
"""The rules that say the same of every change of one kind."""

PLACED: frozenset[Rule] = frozenset({_grant})
"""Those that say the same of all grants to others at one company, of one role, that reach equally far."""

RULES: dict[tuple[Kind, Action], Rule] = {
    (Kind.CHAMBER, Action.CREATE): _operator,
    (Kind.CHAMBER, Action.UPDATE): _operator,
    (Kind.COMPANY, Action.CREATE): _operator,
    (Kind.COMPANY, Action.UPDATE): _company_or_proof,
    (Kind.COMPANY, Action.END): _operator,
    (Kind.COMPANY, Action.REOPEN): _operator,
    (Kind.TRAINER, Action.CREATE): _operator,
    (Kind.TRAINER, Action.UPDATE): _operator,
    (Kind.TRAINER, Action.END): _operator,
    (Kind.TRAINER, Action.REOPEN): _operator,
    (Kind.TRAINEE, Action.CREATE): _operator,
    (Kind.TRAINEE, Action.UPDATE): _operator,
    (Kind.TRAINEE, Action.END): _operator,
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
    (Kind.RUN, Action.UPDATE): _operator,
    # Consequences of changes that are judged themselves.
    (Kind.MAIL, Action.CREATE): _anyone,
    (Kind.JOB, Action.CREATE): _company_or_proof,
    (Kind.JOB, Action.UPDATE): _operator,
}
