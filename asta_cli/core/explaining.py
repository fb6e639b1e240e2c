"""Why a person may do something at a company, or why not: facts -> explanation.

Whether they may is what `Authority` says and nothing else; this module only finds the words for it. What the asker may
not know stays out: other people's grants elsewhere, and whether somebody has an account whom they gave nothing to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from asta_cli.core import obstacles
from asta_cli.core.explained import (
    Account,
    AccountKnown,
    Answer,
    Caveat,
    Cure,
    Explanation,
    Ground,
    Held,
    Holdings,
    Obstacle,
    Person,
    Question,
    Relation,
    Warned,
)
from asta_cli.core.facts import Facts
from asta_cli.core.matrix import INHERITED, grant_permission
from asta_cli.core.model import Company, Permission, Role, Service
from asta_cli.core.policy import Authority
from asta_cli.core.remedies import Advice, giving
from asta_cli.core.service_access import EndedCompany, NotActivated, NotInPilot, contact, why_closed

MOST = 10
"""So many grants that come near are told; who has thousands of companies has thousands of them."""

_SERVICES = {
    Permission.EXAM_REGISTER: Service.EXAM_REGISTRATION,
    Permission.CONTRACTS_FILE: Service.CONTRACT_MANAGEMENT,
}


def explain(question: Question, then: Authority, asking: Authority, holdings: Holdings, facts: Facts) -> Explanation:
    """Why the person may or may not do each thing asked about.

    *then* is what they may do at the moment in question, *asking* what the asker may do now, *holdings* all that the
    person ever held. *facts* know the companies concerned with all above them, and the services of the one asked about.
    """
    seen = tuple(held for held in holdings.grants if _seen(held, question, asking, facts))
    person, account = _told(question, asking, holdings.person, seen)
    advice = Advice(question, asking, Holdings(person, seen), facts, then.toggles)
    answers = tuple(_answer(permission, then, advice, account) for permission in question.permissions)
    return Explanation(question, account, contact(facts, question.company.chamber), answers)


def _answer(permission: Permission, then: Authority, advice: Advice, account: Account) -> Answer:
    q, facts, grants = advice.question, advice.facts, advice.holdings.grants
    known = {held.grant.id: held for held in grants}
    grounds = tuple(
        Ground(known[g.id], _path(facts.by_id[g.company], q.company, facts))
        for g in then.grounds(permission, q.company, facts)
    )
    answer = Answer(permission, then.may(permission, q.company, facts), giving(permission, then.toggles), grounds)
    answer = replace(answer, caveats=tuple(_caveats(answer, advice)))
    if answer.allowed:
        return answer
    near = obstacles.misses(q, permission, advice.holdings.person, grants, facts, then.toggles)
    if account.known is AccountKnown.UNDISCLOSED:
        near = [replace(m, obstacles=_without_account(m.obstacles)) for m in near]
    remedies = tuple(advice.remedies(permission, near[0] if near else None))
    return replace(answer, misses=tuple(near[:MOST]), remedies=remedies)


def _seen(held: Held, question: Question, asking: Authority, facts: Facts) -> bool:
    """One's own grants, those one might give or take where they are carried, and those that reach this company."""
    if question.email_key == asking.asker.email_key:
        return True
    carrier = facts.by_id[held.grant.company]
    if asking.may(grant_permission(held.grant.role), carrier, facts):
        return True
    reaches = held.grant.sites and held.grant.role in INHERITED
    return reaches and obstacles.relation(carrier, question.company, facts) is Relation.ABOVE


def _told(question: Question, asking: Authority, person: Person, seen: tuple[Held, ...]) -> tuple[Person, Account]:
    """The person and their account, as far as the asker may know of it.

    Whoever manages permissions sees of those to whom something was given whether they can use it, as in every list;
    of a stranger not even whether there is an account.
    """
    own = question.email_key == asking.asker.email_key
    desk = asking.office.covers(question.company.chamber)
    if not (own or desk):
        person = replace(person, state_reason=None)
        if not any(obstacles.lasting(held, question) for held in seen):
            return Person(person.email), Account(AccountKnown.UNDISCLOSED)
        if person.state is None:
            return person, Account(AccountKnown.UNCONFIRMED)
    if person.state is None:
        return person, Account(AccountKnown.UNKNOWN)
    known = AccountKnown(person.state)
    return person, Account(known, person.confirmed_at, person.state_at, person.state_reason)


def _without_account(found: tuple[Obstacle, ...]) -> tuple[Obstacle, ...]:
    hidden = {Obstacle.INVITED, Obstacle.LOCKED, Obstacle.DISABLED}
    return tuple(o for o in found if o not in hidden)


def _path(carrier: Company, company: Company, facts: Facts) -> tuple[Company, ...]:
    """From *carrier* down to *company*, both included."""
    path: list[Company] = []
    for step in facts.chain(company):
        path.insert(0, step)
        if step.id == carrier.id:
            break
    return tuple(path)


def _caveats(answer: Answer, advice: Advice) -> Iterator[Warned]:
    company, facts = advice.question.company, advice.facts
    ask = contact(facts, company.chamber)
    if answer.allowed and not company.open:
        yield Warned(Caveat.COMPANY_ENDED, EndedCompany(company=company.ident_number, contact=ask))
    first = answer.grounds[0].held if answer.grounds else None
    if first is not None and first.grant.role is Role.TRAINER and first.trainer_number is None:
        yield Warned(Caveat.NO_TRAINER_RECORD, remedy=advice.link_trainer(first))
    service = _SERVICES.get(answer.permission)
    if service is not None and company.open:
        yield from _of_service(service, advice)


def _of_service(service: Service, advice: Advice) -> Iterator[Warned]:
    """What keeps the company from using *service*: what it may be used for, nobody can use before."""
    company, facts = advice.question.company, advice.facts
    closed = why_closed(facts, company, service)
    if isinstance(closed, NotInPilot):
        words = ("pilot", "add", service.value, "--company", company.key)
        yield Warned(Caveat.SERVICE_NOT_OPEN, closed, advice.service(Cure.JOIN_PILOT, service, *words))
    elif closed is not None:
        words = ("set-state", service.value, "available", "--chamber", company.chamber)
        yield Warned(Caveat.SERVICE_NOT_OPEN, closed, advice.service(Cure.OPEN_SERVICE, service, *words))
    elif not company.active:
        named = NotActivated(company=company.ident_number, ident=company.ident_number)
        yield Warned(Caveat.NOT_ACTIVATED, named, advice.activate())
    elif (company.id, service) not in facts.services:
        yield Warned(Caveat.SERVICE_NOT_ACTIVE, remedy=advice.service(Cure.ACTIVATE_SERVICE, service))
