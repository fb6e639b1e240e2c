"""Who may change what is given to people: permissions at companies, and operators' offices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asta_cli.core.account_rules import ADDRESS
from asta_cli.core.facts import Facts
from asta_cli.core.matrix import grant_permission
from asta_cli.core.model import Action, Company, Role
from asta_cli.core.plan import Change, Plan

if TYPE_CHECKING:
    from asta_cli.core.policy import Authority


def grant(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    """Whoever may give and take that role there; to themselves nobody more, and from themselves everybody."""
    company = facts.by_id.get(change.company or 0)
    if company is None or not _within_mandate(change, company, authority, facts):
        return False
    role = role_of(change)
    if _follows_address(change, plan, authority):
        return True
    if is_own(change, authority):
        if change.action is Action.END or _lessens(change):
            return True
        if change.company in plan.proofs:
            return change.action is Action.CREATE and role is Role.ADMINISTRATOR
        if role is not Role.CONTRACT_APPLICANT:
            return False  # nobody raises themselves, in reach or in time
    may = authority.may_with_sites if _with_sites(change) and not change.hollow else authority.may
    return may(grant_permission(role), company, facts)


def _lessens(change: Change) -> bool:
    """Whether a permission is only to reach less far or less long: who may give it up may keep a part of it."""
    if change.action is not Action.UPDATE or not change.after.keys() <= _LESSENED:
        return False
    was, then = change.before, {**change.before, **change.after}
    wider = bool(then.get("sites")) > bool(was.get("sites"))
    sooner = str(then.get("valid_from") or "") < str(was.get("valid_from") or "")
    longer = str(then.get("valid_until") or _NEVER) > str(was.get("valid_until") or _NEVER)
    return not (wider or sooner or longer)


_LESSENED = frozenset({"sites", "valid_from", "valid_until", "reminded_at", "reason"})
_NEVER = "~"  # after every instant


def _follows_address(change: Change, plan: Plan, authority: Authority) -> bool:
    """Whether something of the asker's goes along to an address proven theirs, or gives way to what they hold."""
    key = change.before.get("email_key")
    if change.action is Action.END:
        return key in plan.addresses
    moved = ADDRESS <= change.after.keys() <= ADDRESS | {"invited_until"}
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


def office(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    """An operator of the chamber in question, in person; never for themselves, nor to do what they may not.

    An office goes with its holder to a new address, and everybody may give up their own.
    """
    if _follows_address(change, plan, authority):
        return True
    key = change.after.get("email_key") or change.before.get("email_key")
    if change.action is Action.END:
        return authority.office.covers(change.chamber) or (key == authority.asker.email_key and authority.in_person)
    if not authority.in_person or key == authority.asker.email_key or not authority.office.covers(change.chamber):
        return False
    return not change.after.get("impersonate") or authority.office.may_impersonate(change.chamber)


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
