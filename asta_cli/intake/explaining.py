"""Asking about permissions: whether somebody may do something at a company, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from asta_cli.addresses import normalise
from asta_cli.core.checks import may_ask, named_company
from asta_cli.core.explained import Explanation, Question
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.fields import read_option
from asta_cli.core.model import Company, Permission
from asta_cli.core.naming import split_key
from asta_cli.core.policy import Asker, Authority
from asta_cli.run import Desk, authority, authority_at, facts_for, reading
from asta_cli.run.explaining import companies_held, holdings, know, office

if TYPE_CHECKING:
    from asta_cli.run import Tx

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was typed: about whom, where, and at which moment (RFC 3339 UTC; None: now)."""

    email: str
    company: str
    chamber: str | None
    moment: str | None = None
    usual_chamber: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a question is about, once it may be asked: who asks, at which time, and what is known of the company."""

    now: str
    moment: str
    email: str
    key: str
    company: Company
    asking: Authority
    facts: Facts


def may(desk: Desk, asked: Asked, permission: Permission) -> tuple[Company, bool]:
    """The company meant, and whether the person has *permission* there at the moment; an unknown address has none.

    Raises UnknownCompany (also for one that the asker may not know of), Ambiguous, Forbidden, BadForm.
    """

    def look(tx: Tx, found: Found) -> tuple[Company, bool]:
        then = authority_at(tx, _about(tx, desk, found), found.moment)
        return found.company, then.may(permission, found.company, found.facts)

    return _looking(desk, asked, Needs(), look)


def explain(desk: Desk, asked: Asked, permissions: tuple[Permission, ...]) -> Explanation:
    """Why the person may do each of *permissions* at the company at the moment, or why not. Raises as `may` does."""
    from asta_cli.core.explaining import explain as explained

    def look(tx: Tx, found: Found) -> Explanation:
        held = holdings(tx, found.email, found.key)
        know(tx, found.facts, {h.grant.company for h in held.grants})
        then = authority_at(tx, _about(tx, desk, found), found.moment)
        email = held.person.email
        question = Question(email, found.key, found.company, permissions, found.moment, found.now)
        return explained(question, then, found.asking, held, found.facts)

    return _looking(desk, asked, Needs(services=True, whole_accounts=True), look)


def _looking(desk: Desk, asked: Asked, needs: Needs, look: Callable[[Tx, Found], T]) -> T:
    """What *look* finds in one transaction, once it is clear that the question may be asked."""
    email, key = read_option("EMAIL", asked.email.strip(), normalise, "name@company.example")
    prefix, number = read_option("COMPANY", asked.company.strip(), split_key, "0001234, 177:0001234")
    needs.idents.add(number)
    if needs.whole_accounts:
        needs.accounts.add(key)
        needs.holders.add(key)

    def found(tx: Tx) -> T:
        now = desk.now()
        facts, asking = facts_for(tx, needs, now), authority(tx, desk, now)
        own = companies_held(tx, key) if key == asking.asker.email_key else set()
        company = named_company(facts, number, prefix or asked.chamber, asking, asked.usual_chamber, own)
        may_ask(asking, key, company, facts)
        return look(tx, Found(now, asked.moment or now, email, key, company, asking, facts))

    return reading(desk, found)


def _about(tx: Tx, desk: Desk, found: Found) -> Desk:
    """A desk at which the person asked about would ask, an operator as an operator."""
    asker = Asker(desk.asker.os_user, found.email, found.key, office=office(tx, found.key))
    return Desk(desk.store, asker, lambda: found.now, desk.keys, desk.toggles)
