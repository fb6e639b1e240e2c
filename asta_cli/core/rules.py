"""Which changes may be made, and on what ground. No rule means no.

Authority is judged on changes, not on commands, so whatever comes to write later is covered. The rules are those of the
chambers' portal; that an operator gives a reason follows BSI IT-Grundschutz (ORP.4).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from asta_cli.core.facts import Facts
from asta_cli.core.matrix import grant_permission
from asta_cli.core.model import BLOCKED, AccountState, Action, Company, Kind, LinkPurpose, Permission, Role
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


_STATE = frozenset({"state", "state_at", "state_reason"})
_ADDRESS = frozenset({"email", "email_key"})


def _account(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    """Operators lock and unlock, and nothing else; the owner has the rest, a new address when it is proven theirs."""
    before, after = change.before.get("state"), change.after.get("state")
    if before == AccountState.UNCONFIRMED and change.before.get("email_key") in plan.addresses:
        return after == AccountState.DISABLED  # it never proved the address that the asker proves
    if before in BLOCKED or after in BLOCKED:
        return change.after.keys() <= _STATE and _at_desk_of(change.id, authority, facts)
    if not _in_person(authority):
        return False  # whoever acts for the owner must not come to hold what they sign in with
    if authority.asker.account is None or change.id != authority.asker.account:
        return False
    return not _ADDRESS & change.after.keys() or change.after.get("email_key") in plan.addresses


def _at_desk_of(account: object, authority: Authority, facts: Facts) -> bool:
    """Whether the asker is an operator to whom an account belongs: of its chamber, or of one where it holds anything.

    Whoever works at a desk themselves answers only to those who have all of that desk.
    """
    return any(map(authority.office.covers, _chambers_of(account, authority, facts)))


def _at_only_desk_of(account: object, authority: Authority, facts: Facts) -> bool:
    """Whether all chambers to which an account belongs are the asker's.

    Whoever reads the mailbox can take all that the account holds, so no desk leads it away from another one.
    """
    chambers = _chambers_of(account, authority, facts)
    home = chambers - {None} or chambers
    return bool(home) and all(map(authority.office.covers, home))


def _chambers_of(account: object, authority: Authority, facts: Facts) -> set[str | None]:
    """The chambers to which an account belongs; none of somebody who works at a desk that is not all the asker's."""
    found = facts.accounts_by_id.get(account) if isinstance(account, int) else None
    if found is None or not authority.office:
        return set()
    if not all(authority.office.covers(held.chamber) for held in facts.offices.get(found.email_key, ())):
        return set()
    return {found.chamber} | {facts.by_id[at].chamber for key, at in facts.grants if key == found.email_key}


def _blocked_with(account: object, plan: Plan, authority: Authority, facts: Facts) -> bool:
    """Whether the same plan locks or disables *account*, so that whatever lets its owner in ends with it."""
    blocked = any(
        change.id == account and change.kind is Kind.ACCOUNT and change.after.get("state") in BLOCKED
        for change in plan.changes
    )
    return blocked and _at_desk_of(account, authority, facts)


def _of_own_account(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    """The link or session belongs to the asker's account; who shows a token acts as the account it was mailed to."""
    owner = {**change.before, **change.after}["account_id"]
    return authority.asker.account is not None and owner == authority.asker.account and _in_person(authority)


def _new_link(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    """Anybody has a mail sent to whoever reads it; to another address only for one's own account, or by an operator."""
    if change.after.get("purpose") != LinkPurpose.EMAIL:
        return True
    if _of_own_account(change, plan, authority, facts):
        return True
    return _in_person(authority) and _at_only_desk_of(change.after.get("account_id"), authority, facts)


def _link(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    """Using up one's own link; dropping the password that waits on one, which can only ever be safer."""
    return change.after == {"password_hash": None} or _way_in(change, plan, authority, facts)


def _way_in(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    """Ending what lets the owner of an account in: one's own, or that of an account which is blocked in the same plan.

    Links of an account that never confirmed an address end when somebody else proves that it is theirs.
    """
    if _of_own_account(change, plan, authority, facts):
        return True
    owner = change.before.get("account_id")
    account = facts.accounts_by_id.get(owner) if isinstance(owner, int) else None
    if change.before.get("purpose") == LinkPurpose.EMAIL and _at_desk_of(owner, authority, facts):
        return True  # an operator may ask for another address in place of one that has not answered
    squats = account is not None and account.state is AccountState.UNCONFIRMED and account.email_key in plan.addresses
    return squats or _blocked_with(owner, plan, authority, facts)


def _services(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    company = facts.by_id.get(change.company or 0)
    return company is not None and authority.may(Permission.SERVICES_MANAGE, company, facts)


def _grant(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    company = facts.by_id.get(change.company or 0)
    if company is None or not _within_mandate(change, company, authority, facts):
        return False
    role = role_of(change)
    if _follows_address(change, plan, authority):
        return True
    if is_own(change, authority):
        if change.action is Action.END or (change.hollow and change.action is Action.UPDATE):
            return True
        if change.company in plan.proofs:
            return change.action is Action.CREATE and role is Role.ADMINISTRATOR
        if role is not Role.CONTRACT_APPLICANT:
            return False  # nobody raises themselves, in reach or in time
    may = authority.may_with_sites if _with_sites(change) and not change.hollow else authority.may
    return may(grant_permission(role), company, facts)


def _follows_address(change: Change, plan: Plan, authority: Authority) -> bool:
    """Whether something of the asker's goes along to an address proven theirs, or gives way to what they hold."""
    key = change.before.get("email_key")
    if change.action is Action.END:
        return key in plan.addresses
    moved = _ADDRESS <= change.after.keys() <= _ADDRESS | {"invited_until"}
    return moved and key == authority.asker.email_key and change.after["email_key"] in plan.addresses


def _within_mandate(change: Change, company: Company, authority: Authority, facts: Facts) -> bool:
    """Whether somebody who acts for the asker may: no program makes administrators, no operator raises themselves."""
    mandate = authority.asker.mandate
    if mandate is None:
        return True
    if not mandate.reaches(company, facts):
        return False
    if change.action is Action.END or change.hollow:
        return True
    key = change.after.get("email_key") or change.before.get("email_key")
    return key != mandate.stand_in_key and not (mandate.token and role_of(change) is Role.ADMINISTRATOR)


def _office(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    """An operator of the chamber in question, in person; never for themselves, nor to do what they may not.

    An office goes with its holder to a new address, and everybody may give up their own.
    """
    if _follows_address(change, plan, authority):
        return True
    key = change.after.get("email_key") or change.before.get("email_key")
    if change.action is Action.END:
        return authority.office.covers(change.chamber) or (key == authority.asker.email_key and _in_person(authority))
    if not _in_person(authority) or key == authority.asker.email_key or not authority.office.covers(change.chamber):
        return False
    return not change.after.get("impersonate") or authority.office.may_impersonate(change.chamber)


def _token(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    """The owner in person makes one. They end it, or operators who may see to the account or to its office."""
    if _of_own_account(change, plan, authority, facts):
        return True
    if change.action is not Action.END:
        return False
    return authority.office.covers(change.chamber) or _at_desk_of(change.before.get("account_id"), authority, facts)


def _in_person(authority: Authority) -> bool:
    """Whether nobody acts for the asker: no program, no operator in their place."""
    return authority.asker.mandate is None


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
    (Kind.ACCOUNT, Action.UPDATE): _account,
    (Kind.LINK, Action.CREATE): _new_link,
    (Kind.LINK, Action.UPDATE): _link,
    (Kind.SESSION, Action.CREATE): _of_own_account,
    (Kind.SESSION, Action.END): _way_in,
    (Kind.OPERATOR, Action.CREATE): _office,
    (Kind.OPERATOR, Action.UPDATE): _office,
    (Kind.OPERATOR, Action.END): _office,
    (Kind.TOKEN, Action.CREATE): _token,
    (Kind.TOKEN, Action.END): _token,
    (Kind.RUN, Action.UPDATE): _operator,
    # Consequences of changes that are judged themselves.
    (Kind.MAIL, Action.CREATE): _anyone,
    (Kind.JOB, Action.CREATE): _company_or_proof,
    (Kind.JOB, Action.UPDATE): _operator,
}
