"""An explanation never contradicts the rules: whoever, wherever, whenever."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from asta_cli.core import obstacles
from asta_cli.core.explained import Explanation, Held, Holdings, Person, Question
from asta_cli.core.explaining import explain
from asta_cli.core.facts import Facts
from asta_cli.core.matrix import Toggles
from asta_cli.core.model import AccountState, Company, Grant, Permission, Role
from asta_cli.core.office import EVERYWHERE
from asta_cli.core.policy import Asker, Authority
from tests.core.world import NOW, company, facts
from tests.support.depth import examples

KEY, BOSS = "a@firma.example", "boss@firma.example"
TIMES = ["2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z", NOW, "2026-11-25T00:00:00Z"]
MOMENTS = st.sampled_from([*TIMES, "2026-11-21T12:00:00Z", "2026-11-24T00:00:00Z"])
# Most of what is drawn stands in nobody's way, so that what does often stands there alone.
MAYBE = st.sampled_from([None] * 12 + TIMES)
WHEN_CONFIRMED = st.sampled_from(TIMES[:4])
STATES = st.sampled_from([AccountState.CONFIRMED] * 8 + [None, *AccountState])
# 1 > 2 > 3 and 1 > 4; 5 stands alone, 6 in another chamber. Some of them are ended.
PARENTS = {1: None, 2: 1, 3: 2, 4: 1, 5: None, 6: None}


@st.composite
def worlds(draw: st.DrawFn) -> Facts:
    ended = draw(st.sampled_from([set(), set(), {1}, {2}, {3, 5}]))
    chambers = {6: "175"}
    known = (company(n, p, open_=n not in ended, chamber=chambers.get(n, "177")) for n, p in PARENTS.items())
    return facts(known)


@st.composite
def people(draw: st.DrawFn) -> Holdings:
    """An account in some state, and what it holds and has held."""
    state = draw(STATES)
    late = state not in (None, AccountState.UNCONFIRMED)
    person = Person(KEY, state, draw(WHEN_CONFIRMED) if late else None)
    return Holdings(person, tuple(draw(_held(person, number)) for number in range(draw(st.integers(0, 4)))))


@st.composite
def _held(draw: st.DrawFn, person: Person, number: int) -> Held:
    start, end = draw(MAYBE), draw(MAYBE)
    grant = Grant(
        id=100 + number,
        email=KEY,
        email_key=KEY,
        company=draw(st.sampled_from([1, 1, 2, 2, 3, 4, 5, 6])),
        role=draw(st.sampled_from(Role)),
        sites=draw(st.booleans()),
        trainer=None,
        valid_from=start,
        valid_until=end,
        ended_at=draw(st.sampled_from([None] * 12 + TIMES[:4])),
        confirmed=person.state is AccountState.CONFIRMED,
        invited_until=draw(MAYBE),
        confirmed_at=person.confirmed_at,
    )
    ended_by = draw(st.sampled_from([None, BOSS])) if grant.ended_at else None
    return Held(grant, draw(st.sampled_from(TIMES[:4])), "operator", 1, ended_by)


TOGGLES = st.builds(Toggles, st.booleans(), st.booleans())


def authority(held: Holdings, moment: str, toggles: Toggles) -> Authority:
    """As the store reads it: the grants there were at the moment, of the account as it is now."""
    return Authority(Asker("os", KEY, KEY), tuple(_in_force(held, moment)), toggles)


def _in_force(held: Holdings, moment: str) -> Iterator[Grant]:
    for h in held.grants:
        past = moment < NOW
        if past and (h.granted_at > moment or (h.grant.ended_at is not None and h.grant.ended_at <= moment)):
            continue
        if not past and h.grant.ended_at is not None:
            continue
        grant = h.grant._replace(ended_at=None)
        if grant.in_force(moment):
            yield grant


def told(held: Holdings, at: Company, moment: str, toggles: Toggles, known: Facts, asking: Authority) -> Explanation:
    question = Question(KEY, KEY, at, tuple(Permission), moment, NOW)
    return explain(question, authority(held, moment, toggles), asking, held, known)


DESK = Authority(Asker("os", office=EVERYWHERE))


@given(worlds(), people(), st.sampled_from(list(PARENTS)), MOMENTS, TOGGLES)
def test_the_answer_is_that_of_the_rules(
    known: Facts, held: Holdings, number: int, moment: str, toggles: Toggles
) -> None:
    at, then = known.by_id[number], authority(held, moment, toggles)
    for answer in told(held, at, moment, toggles, known, DESK).answers:
        assert answer.allowed is then.may(answer.permission, at, known)
        assert bool(answer.grounds) is answer.allowed
        assert not (answer.allowed and (answer.misses or answer.remedies))
        assert all(miss.obstacles for miss in answer.misses)
        assert all(ground.path[-1] == at for ground in answer.grounds)


@settings(max_examples=examples(400))
@given(worlds(), people(), st.sampled_from(list(PARENTS)), MOMENTS, TOGGLES, st.sampled_from(Permission))
def test_a_grant_either_gives_it_or_has_an_obstacle(
    known: Facts, held: Holdings, number: int, moment: str, toggles: Toggles, permission: Permission
) -> None:
    at = known.by_id[number]
    question = Question(KEY, KEY, at, (permission,), moment, NOW)
    grounds = {g.id for g in authority(held, moment, toggles).grounds(permission, at, known)}
    for one in held.grants:
        found = obstacles.obstacles(question, permission, held.person, one, known, toggles)
        assert bool(found) is (one.grant.id not in grounds)


@given(worlds(), people(), st.sampled_from(list(PARENTS)), MOMENTS, TOGGLES)
def test_a_stranger_learns_nothing_of_grants_elsewhere_and_of_the_account(
    known: Facts, held: Holdings, number: int, moment: str, toggles: Toggles
) -> None:
    at = known.by_id[number]
    boss = Grant(1, BOSS, BOSS, number, Role.ADMINISTRATOR, True, None, None, None, None, True)
    asking = Authority(Asker("os", BOSS, BOSS, 7), (boss,), toggles)

    def said(holdings: Holdings) -> Explanation:
        found = told(holdings, at, moment, toggles, known, asking)  # errors are never equal to each other
        return replace(found, answers=tuple(replace(a, caveats=()) for a in found.answers))

    concerned = {c.id for c in known.chain(at)} | {c.id for c in known.by_id.values() if at in known.chain(c)}
    seen = tuple(h for h in held.grants if h.grant.company in concerned)
    assert said(held) == said(replace(held, grants=seen))
    if not seen:
        assert said(held) == said(Holdings(Person(KEY)))
