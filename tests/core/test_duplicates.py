"""Which accounts are taken for one person's: spelled out, and against a slow reference that compares every pair."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asta_cli.core.duplicates import Likeness, Person, folded_address, folded_local, folded_name, groups


def person(id_: int, key: str, name: str = "Erika Muster", chamber: str | None = None) -> Person:
    return Person(id_, key, name, chamber)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("e.muster@firma.example", "emuster@firma.example"),
        ("e-muster+asta@firma.example", "emuster@firma.example"),
        ("juergen.strauss@firma.example", "jurgen.straus@firma.example"),
        ("info@mueller-gmbh.example", "info@xn--mller-gmbh-9db.example"),
    ],
)
def test_one_address_in_two_spellings(one: str, two: str) -> None:
    assert folded_address(one) == folded_address(two)


@pytest.mark.parametrize(
    ("one", "two"),
    [("erika@firma.example", "erik@firma.example"), ("a@firma.example", "a@firma2.example")],
)
def test_two_addresses(one: str, two: str) -> None:
    assert folded_address(one) != folded_address(two)


def test_names_are_compared_without_what_people_leave_out() -> None:
    assert folded_name("Dr. Jürgen Müller-Groß") == folded_name("müller gross, juergen".replace(",", ""))
    assert folded_name("Ayşe Yılmaz") != folded_name("Ayşe Yilmazer")
    assert folded_name("Erika") == ""  # one word is no name


def test_a_mangled_domain_is_no_obstacle() -> None:
    assert folded_address("a@xn--\u00e4\u00f6.example")


def test_each_reason() -> None:
    people = [
        person(1, "e.muster@firma.example", chamber="177"),
        person(2, "emuster@firma.example", "E. M."),
        person(3, "erika@andere.example", "Muster Erika", "177"),
        person(4, "erika@dritte.example", "Erika M."),
        person(5, "info@dritte.example", "Anna Alt"),
        person(6, "info@vierte.example", "Anna Neu"),
        person(7, "t@firma.example", "Tom Trainer"),
        person(8, "tom@privat.example", "T. T."),
    ]
    found = groups(people, [], [("177:A1", 7), ("177:A1", 8)])
    assert [(alike.why, alike.accounts) for alike in found] == [
        ((Likeness.ADDRESS, Likeness.LOCAL_PART), (1, 2)),
        ((Likeness.NAME,), (1, 3)),
        ((Likeness.LOCAL_PART,), (3, 4)),
        ((Likeness.TRAINER,), (7, 8)),
    ]


def test_a_name_needs_a_place_in_common() -> None:
    two = [person(1, "a1@x.example"), person(2, "b2@y.example")]
    assert groups(two, [], []) == []
    assert groups(two, [(1, 9), (2, 8)], []) == []
    assert [a.why for a in groups(two, [(1, 9), (2, 9)], [])] == [(Likeness.NAME,)]


LOCALS = st.sampled_from(["erika", "e.rika", "muster", "info", "max", "mueller", "muller"])
DOMAINS = st.sampled_from(["a.example", "b.example", "a-.example".replace("-", "")])
NAMES = st.sampled_from(["Erika Muster", "Muster Erika", "Max Müller", "Max Mueller", "Erika"])


@st.composite
def populations(draw: st.DrawFn) -> tuple[list[Person], list[tuple[int, int]], list[tuple[str, int]]]:
    keys = draw(st.lists(st.builds(lambda a, b: f"{a}@{b}", LOCALS, DOMAINS), unique=True, min_size=1, max_size=8))
    people = [person(n, key, draw(NAMES), draw(st.sampled_from([None, "177", "301"]))) for n, key in enumerate(keys, 1)]
    ids = st.sampled_from([p.id for p in people])
    companies = draw(st.lists(st.tuples(ids, st.integers(1, 3)), max_size=8))
    trainers = draw(st.lists(st.tuples(st.sampled_from(["177:A1", "177:A2"]), ids), max_size=6))
    return people, companies, trainers


@given(populations(), st.randoms(use_true_random=False))
def test_pairs_are_found_exactly_where_something_is_alike(
    case: tuple[list[Person], list[tuple[int, int]], list[tuple[str, int]]], random: object
) -> None:
    people, companies, trainers = case
    found = {
        (*sorted(pair), why)
        for alike in groups(people, companies, trainers)
        for pair in combinations(alike.accounts, 2)
        for why in alike.why
    }
    expected = set()
    for one, two in combinations(people, 2):
        ids = (min(one.id, two.id), max(one.id, two.id))
        at = [{c for i, c in companies if i == p.id} for p in (one, two)]
        by = [{t for t, i in trainers if i == p.id} for p in (one, two)]
        place = (one.chamber is not None and one.chamber == two.chamber) or at[0] & at[1]
        locals_ = {folded_local(p.key.split("@")[0]) for p in (one, two)}
        if folded_address(one.key) == folded_address(two.key):
            expected.add((*ids, Likeness.ADDRESS))
        if by[0] & by[1]:
            expected.add((*ids, Likeness.TRAINER))
        if folded_name(one.name) and folded_name(one.name) == folded_name(two.name) and place:
            expected.add((*ids, Likeness.NAME))
        if len(locals_) == 1 and not locals_ & {"info", "max"}:
            expected.add((*ids, Likeness.LOCAL_PART))
    assert found == expected
    shuffled = [*people]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert groups(shuffled, companies, trainers) == groups(people, companies, trainers)
