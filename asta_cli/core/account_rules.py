"""Who may change accounts, and what lets their owners in: links, sessions, service tokens.

The owner has all that makes power; operators lock, unlock and disable. The state of an account and its address decide
about everything that it holds, so they are for operators of all its chambers together, never of one of several: none
may shut out, or lead away, what belongs to another one. What is of their own chamber they take by ending it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asta_cli.core.facts import Facts
from asta_cli.core.model import BLOCKED, Account, AccountState, Action, Kind, LinkPurpose
from asta_cli.core.office import Office
from asta_cli.core.plan import Change, Plan

if TYPE_CHECKING:
    from asta_cli.core.policy import Authority

_STATE = frozenset({"state", "state_at", "state_reason"})
ADDRESS = frozenset({"email", "email_key"})


def sees_to(office: Office, account: Account, facts: Facts) -> bool:
    """Whether *office* covers every chamber to which *account* belongs.

    These are the one that its owner named, those where anything is given to it, and those where it has an office
    itself; one that belongs to none is seen to by operators of every chamber.
    """
    held = {
        facts.by_id[company].chamber
        for (key, company), grants in facts.grants.items()
        if key == account.email_key and any(grant.open(facts.now) for grant in grants)
    }
    home = held | ({account.chamber} if account.chamber is not None else set())
    places = home | {desk.chamber for desk in facts.offices.get(account.email_key, ())}
    return all(map(office.covers, places or {None}))


def account(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    """Operators lock and unlock, and nothing else; the owner has the rest, a new address when it is proven theirs."""
    before, after = change.before.get("state"), change.after.get("state")
    if before == AccountState.UNCONFIRMED and change.before.get("email_key") in plan.addresses:
        return after == AccountState.DISABLED  # it never proved the address that the asker proves
    if before in BLOCKED or after in BLOCKED:
        return change.after.keys() <= _STATE and _seen_to(change.id, authority, facts)
    if not authority.in_person:
        return False  # whoever acts for the owner must not come to hold what they sign in with
    if authority.asker.account is None or change.id != authority.asker.account:
        return False
    return not ADDRESS & change.after.keys() or change.after.get("email_key") in plan.addresses


def of_own_account(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    """The link or session belongs to the asker's account; who shows a token acts as the account it was mailed to."""
    owner = {**change.before, **change.after}["account_id"]
    return authority.asker.account is not None and owner == authority.asker.account and authority.in_person


def new_link(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    """Anybody has a mail sent to whoever reads it; to another address only for one's own account, or by an operator."""
    if change.after.get("purpose") != LinkPurpose.EMAIL:
        return True
    if of_own_account(change, plan, authority, facts):
        return True
    return authority.in_person and _may_lead(change.after.get("account_id"), authority, facts)


def link(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    """Using up one's own link; dropping the password that waits on one, which can only ever be safer."""
    return change.after == {"password_hash": None} or way_in(change, plan, authority, facts)


def way_in(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    """Ending what lets the owner of an account in: one's own, or that of an account which is blocked in the same plan.

    Links of an account that never confirmed an address end when somebody else proves that it is theirs.
    """
    if of_own_account(change, plan, authority, facts):
        return True
    owner = change.before.get("account_id")
    found = _found(owner, facts)
    if change.before.get("purpose") == LinkPurpose.EMAIL and _seen_to(owner, authority, facts):
        return True  # an operator may ask for another address in place of one that has not answered
    squats = found is not None and found.state is AccountState.UNCONFIRMED and found.email_key in plan.addresses
    return squats or _blocked_with(owner, plan, authority, facts)


def token(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    """The owner in person makes one. They end it, or operators who see to the account."""
    if of_own_account(change, plan, authority, facts):
        return True
    return change.action is Action.END and _seen_to(change.before.get("account_id"), authority, facts)


def _found(id_: object, facts: Facts) -> Account | None:
    return facts.accounts_by_id.get(id_) if isinstance(id_, int) else None


def _seen_to(id_: object, authority: Authority, facts: Facts) -> bool:
    """Whether the asker is an operator of all chambers to which the account belongs."""
    found = _found(id_, facts)
    return found is not None and sees_to(authority.office, found, facts)


def _may_lead(id_: object, authority: Authority, facts: Facts) -> bool:
    """Whether the asker may lead the account to another address: who reads the mailbox there has all that it holds."""
    found = _found(id_, facts)
    if found is None or not sees_to(authority.office, found, facts):
        return False
    desks = facts.offices.get(found.email_key, ())
    return all(authority.office.may_impersonate(desk.chamber) for desk in desks if desk.impersonate)


def _blocked_with(id_: object, plan: Plan, authority: Authority, facts: Facts) -> bool:
    """Whether the same plan locks or disables the account, so that whatever lets its owner in ends with it."""
    blocked = any(
        change.id == id_ and change.kind is Kind.ACCOUNT and change.after.get("state") in BLOCKED
        for change in plan.changes
    )
    return blocked and _seen_to(id_, authority, facts)
