"""Which changes may be made, and on what ground. No rule means no.

Authority is judged on changes, not on commands, so whatever comes to write later is covered. The rules are those of the
chambers' portal; that an operator gives a reason follows BSI IT-Grundschutz (ORP.4).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from asta_cli.core.account_rules import account, link, new_link, of_own_account, token, way_in
from asta_cli.core.facts import Facts
from asta_cli.core.grant_rules import grant, office
from asta_cli.core.model import AccountState, Action, Kind, Permission
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


def _services(change: Change, plan: Plan, authority: Authority, facts: Facts) -> bool:
    company = facts.by_id.get(change.company or 0)
    return company is not None and authority.may(Permission.SERVICES_MANAGE, company, facts)


UNIFORM: frozenset[Rule] = frozenset({_operator, _anyone})
"""The rules that say the same of every change of one kind."""

PLACED: frozenset[Rule] = frozenset({grant})
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
    (Kind.GRANT, Action.CREATE): grant,
    (Kind.GRANT, Action.UPDATE): grant,
    (Kind.GRANT, Action.END): grant,
    # Registering and asking for a mail need no rights: whoever reads the mailbox shows it by the token.
    (Kind.ACCOUNT, Action.CREATE): _newcomer,
    (Kind.ACCOUNT, Action.UPDATE): account,
    (Kind.LINK, Action.CREATE): new_link,
    (Kind.LINK, Action.UPDATE): link,
    (Kind.SESSION, Action.CREATE): of_own_account,
    (Kind.SESSION, Action.END): way_in,
    (Kind.OPERATOR, Action.CREATE): office,
    (Kind.OPERATOR, Action.UPDATE): office,
    (Kind.OPERATOR, Action.END): office,
    (Kind.TOKEN, Action.CREATE): token,
    (Kind.TOKEN, Action.END): token,
    (Kind.RUN, Action.UPDATE): _operator,
    # Consequences of changes that are judged themselves.
    (Kind.MAIL, Action.CREATE): _anyone,
    (Kind.JOB, Action.CREATE): _company_or_proof,
    (Kind.JOB, Action.UPDATE): _operator,
}
