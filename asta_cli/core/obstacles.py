"""Why a grant does not give a permission, and how near it comes to giving it."""

from __future__ import annotations

from collections.abc import Iterator

from asta_cli.core.explained import Held, Miss, Obstacle, Person, Question, Relation
from asta_cli.core.facts import Facts
from asta_cli.core.matrix import INHERITED, Cell, Toggles, cell
from asta_cli.core.model import AccountState, Company, Permission

# How much would have to change: a mail that waits to be read is less than a role that somebody has to be given.
_WEIGHTS = {
    Obstacle.INVITED: 1,
    Obstacle.LOCKED: 2,
    Obstacle.PENDING: 2,
    Obstacle.NO_SITES: 2,
    Obstacle.DISABLED: 3,
    Obstacle.COMPANY_ENDED: 3,
    Obstacle.EXPIRED: 3,
    Obstacle.LAPSED: 3,
    Obstacle.NOT_GIVEN: 3,
    Obstacle.ENDED: 4,
    Obstacle.SETTING: 5,
    Obstacle.ROLE: 6,
    Obstacle.OWN_ONLY: 6,
    Obstacle.ELSEWHERE: 8,
}
_OF_ACCOUNT = frozenset({Obstacle.LOCKED, Obstacle.DISABLED, Obstacle.INVITED})
_RELATIONS = tuple(Relation)


def misses(
    question: Question, permission: Permission, person: Person, grants: tuple[Held, ...], facts: Facts, toggles: Toggles
) -> list[Miss]:
    """Those of *grants* that come near to giving *permission*, the nearest first; one that gives it is none."""
    found = []
    for held in grants:
        ways = obstacles(question, permission, person, held, facts, toggles)
        if ways and _near(ways):
            carrier = facts.by_id[held.grant.company]
            ordered = tuple(o for o in Obstacle if o in ways)
            found.append(Miss(held, carrier, relation(carrier, question.company, facts), ordered))
    return sorted(found, key=_distance)


def obstacles(
    question: Question, permission: Permission, person: Person, held: Held, facts: Facts, toggles: Toggles
) -> set[Obstacle]:
    """All that stands between the grant and *permission*; nothing if it gives it."""
    carrier = facts.by_id[held.grant.company]
    found = {*_of_account(person, held, question), *_of_grant(held, question)}
    found |= {*_of_place(held, carrier, relation(carrier, question.company, facts))}
    return found | {*_of_role(held, permission, toggles)}


def relation(carrier: Company, company: Company, facts: Facts) -> Relation:
    """Where *carrier* lies, seen from *company*."""
    if carrier.id == company.id:
        return Relation.ITSELF
    if any(c.id == carrier.id for c in facts.chain(company)):
        return Relation.ABOVE
    if any(c.id == company.id for c in facts.chain(carrier)):
        return Relation.BELOW
    if company.parent is not None and company.parent == carrier.parent:
        return Relation.SIBLING
    return Relation.CHAMBER if company.chamber == carrier.chamber else Relation.FOREIGN


def lasting(held: Held, question: Question) -> bool:
    """Whether the grant had been given by the moment, was not taken away and had not expired."""
    over = {Obstacle.NOT_GIVEN, Obstacle.ENDED, Obstacle.EXPIRED}
    return not over & set(_of_grant(held, question))


def _of_account(person: Person, held: Held, question: Question) -> Iterator[Obstacle]:
    """Accounts count as they are today, whatever the moment."""
    if person.state == AccountState.LOCKED:
        yield Obstacle.LOCKED
    elif person.state == AccountState.DISABLED:
        yield Obstacle.DISABLED
    if not held.grant.accepted:
        late = held.grant.confirmed_at is not None or (held.grant.invited_until or "") <= question.moment
        yield Obstacle.LAPSED if late else Obstacle.INVITED
    elif person.state in (None, AccountState.UNCONFIRMED):
        yield Obstacle.INVITED


def _of_grant(held: Held, question: Question) -> Iterator[Obstacle]:
    grant, moment = held.grant, question.moment
    if question.past and held.granted_at > moment:
        yield Obstacle.NOT_GIVEN
    if grant.taken and (not question.past or (grant.ended_at or "") <= moment):
        yield Obstacle.ENDED
    elif grant.valid_until is not None and grant.valid_until <= moment:
        yield Obstacle.EXPIRED
    if grant.valid_from is not None and grant.valid_from > moment:
        yield Obstacle.PENDING


def _of_place(held: Held, carrier: Company, where: Relation) -> Iterator[Obstacle]:
    if not carrier.open:
        yield Obstacle.COMPANY_ENDED
    if where is Relation.ABOVE:
        if held.grant.role not in INHERITED:
            yield Obstacle.OWN_ONLY
        elif not held.grant.sites:
            yield Obstacle.NO_SITES
    elif where is not Relation.ITSELF:
        yield Obstacle.ELSEWHERE


def _of_role(held: Held, permission: Permission, toggles: Toggles) -> Iterator[Obstacle]:
    if not toggles.gives(held.grant.role, permission):
        yield Obstacle.SETTING if cell(held.grant.role, permission) is Cell.SETTING else Obstacle.ROLE


def _near(obstacles: set[Obstacle]) -> bool:
    """A grant elsewhere comes near only if it gives the permission there."""
    return Obstacle.ELSEWHERE not in obstacles or obstacles <= {Obstacle.ELSEWHERE} | _OF_ACCOUNT


def _distance(miss: Miss) -> tuple[int, int, int]:
    """Of two that are equally far the one that lies nearer, of two there the one that was given last."""
    return sum(_WEIGHTS[o] for o in miss.obstacles), _RELATIONS.index(miss.relation), -miss.held.grant.id
