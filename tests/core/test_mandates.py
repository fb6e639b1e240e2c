"""Tokens, and operators in the place of others: never more than the account, nor what makes power out of power."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asta_cli.core.facts import Facts
from asta_cli.core.mandate import Mandate, narrowed
from asta_cli.core.matrix import Toggles
from asta_cli.core.model import Action, Company, Grant, Kind, Permission, Role, Value
from asta_cli.core.office import EVERYWHERE, NO_OFFICE, Office
from asta_cli.core.plan import Change, Plan
from asta_cli.core.policy import Asker, Authority, authorise
from asta_cli.core.refusals import NotByToken, NotInPlace, OnlyChamber
from asta_cli.core.service_tokens import NEVER, OutsideToken, ServiceToken
from tests.core.world import NOW, account, asker, company, facts, grant

ME, OTHER, BEHIND = "a@firma.example", "b@firma.example", "operator@ihk.example"
TOGGLES = Toggles(manager_may_grant_trainer=True, trainer_may_register=True)
COMPANIES = 7


@st.composite
def forests(draw: st.DrawFn) -> list[Company]:
    """Companies, each a site of an earlier one or of none, some of them ended."""
    parents = [draw(st.one_of(st.none(), st.integers(1, n))) if n else None for n in range(COMPANIES)]
    return [company(n + 1, parent, open_=draw(st.integers(0, 4)) > 0) for n, parent in enumerate(parents)]


grants = st.lists(st.builds(grant, st.integers(1, COMPANIES), st.sampled_from(Role), sites=st.booleans()), max_size=6)
limits = st.sets(st.integers(1, COMPANIES), min_size=1, max_size=3)


def authorities(held: list[Grant], companies: set[int], known: Facts) -> tuple[Authority, Authority]:
    """What the account may do, and what a token of it for single *companies* may."""
    mandate = Mandate(token="t", companies=frozenset(companies))
    whole = Authority(asker(ME), tuple(held), TOGGLES)
    return whole, Authority(replace(asker(ME), mandate=mandate), tuple(narrowed(held, companies, known)), TOGGLES)


@given(forests(), grants, limits)
def test_a_token_may_what_its_account_may_at_its_companies_and_no_more(
    forest: list[Company], held: list[Grant], companies: set[int]
) -> None:
    known = facts(forest)
    whole, limited = authorities(held, companies, known)
    for permission, place in product(Permission, forest):
        within = any(above.id in companies for above in known.chain(place))
        if all(known.by_id[id_].open for id_ in companies):
            assert limited.may(permission, place, known) == (within and whole.may(permission, place, known))
        assert limited.may(permission, place, known) <= (within and whole.may(permission, place, known))
        assert limited.may_with_sites(permission, place, known) <= whole.may_with_sites(permission, place, known)


HEAD, SITE, BELOW, ASIDE, SHUT = company(1), company(2, 1), company(3, 2), company(4, 1), company(5, open_=False)
PLACES = (HEAD, SITE, BELOW, ASIDE, SHUT)


@pytest.mark.parametrize(
    ("named", "reached"),
    [
        (None, {1, 2, 3, 4, 5}),
        ({1}, {1, 2, 3, 4}),
        ({2}, {2, 3}),
        ({3}, {3}),
        ({3, 4}, {3, 4}),
        ({5}, {5}),
        (set(), set()),
    ],
)
def test_a_mandate_reaches_its_companies_and_their_sites(named: set[int] | None, reached: set[int]) -> None:
    mandate = Mandate(companies=None if named is None else frozenset(named))
    assert {place.id for place in PLACES if mandate.reaches(place, facts(PLACES))} == reached


@pytest.mark.parametrize(
    ("at", "role", "sites", "named", "left"),
    [
        (SITE, Role.MANAGER, True, [2], [(2, True)]),  # at the company named itself
        (BELOW, Role.MANAGER, False, [2], [(3, False)]),  # at one of its sites
        (HEAD, Role.MANAGER, True, [2], [(2, True)]),  # from above: no further than what is named
        (HEAD, Role.MANAGER, True, [3, 4], [(3, True), (4, True)]),
        (HEAD, Role.MANAGER, True, [4, 5], [(4, True)]),
        (HEAD, Role.MANAGER, False, [2], []),
        (HEAD, Role.TRAINER, True, [2], []),  # a trainer's never reaches the sites
        (ASIDE, Role.MANAGER, True, [2], []),
        (SHUT, Role.MANAGER, True, [5], []),  # on an ended company it gives nothing
        (99, Role.MANAGER, True, [2], []),
        (SITE, Role.MANAGER, True, [99, 2], [(2, True)]),
        (SITE, Role.MANAGER, True, [99], []),
    ],
)
def test_what_is_left_of_a_permission_at_the_companies_named(
    at: Company | int, role: Role, sites: bool, named: list[int], left: list[tuple[int, bool]]
) -> None:
    found = list(narrowed([grant(SHUT), grant(at, role, sites=sites)], named, facts(PLACES)))
    assert [(g.company, g.sites) for g in found] == left
    assert {g.role for g in found} <= {role}


CHANGES: dict[str, tuple[Kind, dict[str, Value]]] = {
    "itself": (Kind.GRANT, {"role": "manager", "email_key": OTHER, "sites": True}),
    "an administrator": (Kind.GRANT, {"role": "administrator", "email_key": OTHER, "sites": True}),
    "for whoever is behind it": (Kind.GRANT, {"role": "manager", "email_key": BEHIND, "sites": True}),
    "a token": (Kind.TOKEN, {"account_id": 1, "name": "x"}),
    "an operator": (Kind.OPERATOR, {"email_key": OTHER, "chamber": None, "impersonate": False}),
    "a session": (Kind.SESSION, {"account_id": 1}),
    "a password": (Kind.ACCOUNT, {"password_hash": "x"}),
    "a new address": (Kind.LINK, {"purpose": "email", "account_id": 1}),
}
IN_PERSON = {"itself", "an administrator", "for whoever is behind it", "a token", "a session", "a password"}


def made(asking: Asker, what: str) -> bool:
    """Whether *asking*, an administrator of the company, may make what is called *what*."""
    return bool(judged(asking, what).changes)


def refused(asking: Asker, what: str) -> str:
    """The message with which *asking* is refused what is called *what*."""
    (problem,) = judged(asking, what).problems
    assert problem.error is not None
    return problem.error.message


def judged(asking: Asker, what: str) -> Plan:
    """What is left of making what is called *what*, and why not more."""
    kind, after = CHANGES[what]
    place = company(1)
    known = facts([place], accounts=[replace(account(ME), id=1)])
    action = Action.UPDATE if kind is Kind.ACCOUNT else Action.CREATE
    target = 1 if kind is Kind.ACCOUNT else 99
    change = Change(kind, action, target, what, after, company=1 if kind is Kind.GRANT else None, chamber=None)
    authority = Authority(asking, (grant(place, email=ME),), TOGGLES)
    return authorise(Plan((change,), rows=1), authority, known)


def test_what_one_may_in_person() -> None:
    assert {what for what in CHANGES if made(asker(ME), what)} == IN_PERSON | {"a new address"}


def test_what_a_program_may() -> None:
    by_token = replace(asker(ME), mandate=Mandate(token="t"))
    assert {what for what in CHANGES if made(by_token, what)} == {"itself", "for whoever is behind it"}


def test_what_an_operator_may_in_ones_place() -> None:
    instead = replace(asker(ME), mandate=Mandate(stand_in=BEHIND, stand_in_key=BEHIND))
    assert {what for what in CHANGES if made(instead, what)} == {"itself", "an administrator"}


@pytest.mark.parametrize(
    ("mandate", "denied"),
    [
        (Mandate(token="t"), {("administrator", OTHER), ("administrator", BEHIND)}),
        (Mandate(stand_in=BEHIND, stand_in_key=BEHIND), {("administrator", BEHIND), ("manager", BEHIND)}),
    ],
)
def test_what_a_mandate_may_not_give_it_may_take_and_ask_about(mandate: Mandate, denied: set[tuple[str, str]]) -> None:
    """Taking makes no power out of the old one; and what is so already nobody has to be given."""
    instead = Authority(replace(asker(ME), mandate=mandate), (grant(HEAD, email=ME),))

    def may(at: Company, action: Action, role: str, key: str, *, hollow: bool = False) -> bool:
        whose: dict[str, Value] = {"email_key": key, "role": role, "sites": True}
        after, before = (whose, {}) if action is Action.CREATE else ({}, whose)
        change = Change(Kind.GRANT, action, 9, "k", after, before, at.id, "177", hollow=hollow)
        plan = Plan((change,), rows=1)
        return not authorise(plan, instead, facts(PLACES)).problems

    for role, key in product(("administrator", "manager"), (OTHER, BEHIND)):
        given = (role, key) not in denied
        assert may(HEAD, Action.CREATE, role, key) is given
        assert may(HEAD, Action.UPDATE, role, key) is given
        assert may(HEAD, Action.UPDATE, role, key, hollow=True)
        assert may(HEAD, Action.END, role, key)


def test_a_mandate_for_single_companies_does_nothing_elsewhere_not_even_what_everybody_may() -> None:
    limited = replace(asker(ME), mandate=Mandate(token="t", companies=frozenset({SITE.id})))
    for place in PLACES:
        own = {"email_key": ME, "role": "manager"}
        change = Change(Kind.GRANT, Action.END, 9, "k", {"ended_at": NOW}, own, place.id, "177")
        done = authorise(Plan((change,), rows=1), Authority(limited), facts(PLACES))
        assert bool(done.changes) is (place in (SITE, BELOW))
        assert not any(isinstance(p.error, NotByToken) for p in done.problems)  # the limit is in the way, not the token


def test_whoever_acts_for_another_is_told_that_it_is_for_the_person_itself() -> None:
    by_token = replace(asker(ME), mandate=Mandate(token="t"))
    for what in ("an administrator", "a token"):
        assert refused(by_token, what) == NotByToken.message
    instead = replace(asker(ME), mandate=Mandate(stand_in=BEHIND, stand_in_key=BEHIND))
    for what in ("for whoever is behind it", "a token", "a new address"):
        assert refused(instead, what) == NotInPlace.message
    for asking in (by_token, instead, asker(ME)):
        assert refused(asking, "an operator") == OnlyChamber.message


@pytest.mark.parametrize("office", [EVERYWHERE, Office.of([("177", True)])])
def test_no_token_appoints_operators_whatever_the_office(office: Office) -> None:
    by_token = replace(asker(ME), office=office, mandate=Mandate(token="t"))
    assert not made(by_token, "an operator")
    assert made(replace(asker(ME), office=EVERYWHERE), "an operator")


def test_nobody_gives_a_right_to_stand_in_that_they_lack() -> None:
    def appoint(office: Office, key: str, chamber: str | None, *, impersonate: bool) -> bool:
        after: dict[str, Value] = {"email_key": key, "chamber": chamber, "impersonate": impersonate}
        change = Change(Kind.OPERATOR, Action.CREATE, 9, "x", after, chamber=chamber)
        authority = Authority(replace(asker(ME), office=office))
        return bool(authorise(Plan((change,), rows=1), authority, Facts(NOW)).changes)

    here, with_right = Office.of([("177", False)]), Office.of([("177", True), ("155", False)])
    assert appoint(here, OTHER, "177", impersonate=False)
    assert not appoint(here, OTHER, "177", impersonate=True)
    assert not appoint(here, ME, "177", impersonate=False)
    assert appoint(with_right, OTHER, "177", impersonate=True)
    for chamber in ("155", "999", None):
        assert not appoint(with_right, OTHER, chamber, impersonate=True)
    assert not appoint(NO_OFFICE, OTHER, "177", impersonate=False)


@pytest.mark.parametrize("verb", sorted(NEVER))
def test_no_token_is_good_for_what_hands_out_power(verb: str) -> None:
    token = ServiceToken(1, "t", 1, frozenset({verb, "perms grant"}), None, "2027-01-01T00:00:00Z")
    with pytest.raises(OutsideToken):
        token.check(verb)
    token.check("perms grant")
