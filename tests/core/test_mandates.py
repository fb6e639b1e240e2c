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
    kind, after = CHANGES[what]
    place = company(1)
    known = facts([place], accounts=[replace(account(ME), id=1)])
    action = Action.UPDATE if kind is Kind.ACCOUNT else Action.CREATE
    target = 1 if kind is Kind.ACCOUNT else 99
    change = Change(kind, action, target, what, after, company=1 if kind is Kind.GRANT else None, chamber=None)
    authority = Authority(asking, (grant(place, email=ME),), TOGGLES)
    return bool(authorise(Plan((change,), rows=1), authority, known).changes)


def test_what_one_may_in_person() -> None:
    assert {what for what in CHANGES if made(asker(ME), what)} == IN_PERSON | {"a new address"}


def test_what_a_program_may() -> None:
    by_token = replace(asker(ME), mandate=Mandate(token="t"))
    assert {what for what in CHANGES if made(by_token, what)} == {"itself", "for whoever is behind it"}


def test_what_an_operator_may_in_ones_place() -> None:
    instead = replace(asker(ME), mandate=Mandate(stand_in=BEHIND, stand_in_key=BEHIND))
    assert {what for what in CHANGES if made(instead, what)} == {"itself", "an administrator"}


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
