"""The last-administrator rule against a reference that looks at every company anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asta_cli.core.administrators import AdministratorGuard
from asta_cli.core.coverage import Cover, Forest
from asta_cli.core.model import Account, Action, Company, Grant, Kind, Role, Value
from asta_cli.core.plan import Change, Plan
from tests.core.world import EARLIER, LATER, NOW, account, company, facts, grant

PEOPLE = [f"p{n}@firma.example" for n in range(3)]
CONFIRMED = {email: email != "p2@firma.example" for email in PEOPLE}
ACCOUNTS: list[Account] = [account(email) for email, confirmed in CONFIRMED.items() if confirmed]


def usable(companies: Mapping[int, Company], grants: Iterable[Grant]) -> dict[int, tuple[bool, bool]]:
    """For each company: has it a usable administrator, and one without an end? The slow, plain way."""
    found = {}
    for start in companies.values():
        reaching = []
        step: Company | None = start
        while step is not None:
            for g in grants:
                counts = g.role is Role.ADMINISTRATOR and g.company == step.id and (g.sites or step is start)
                begun = g.valid_from is None or g.valid_from <= NOW
                over = g.ended_at is not None or (g.valid_until is not None and g.valid_until <= NOW)
                if counts and step.open and begun and not over and g.confirmed:
                    reaching.append(g)
            step = companies.get(step.parent or 0)
        found[start.id] = bool(reaching), any(g.valid_until is None for g in reaching)
    return found


def lost(before: dict[int, tuple[bool, bool]], after: dict[int, tuple[bool, bool]]) -> set[int]:
    return {c for c in before if any(had and not has for had, has in zip(before[c], after[c], strict=True))}


@st.composite
def forests(draw: st.DrawFn) -> list[Company]:
    companies: list[Company] = []
    for id_ in range(1, draw(st.integers(1, 7)) + 1):
        parent = draw(st.sampled_from([None, *range(1, id_)]))
        companies.append(company(id_, parent, open_=draw(st.integers(0, 9)) > 0))
    return companies


SPANS = st.sampled_from([(None, None), (None, None), (None, LATER), (None, EARLIER), (LATER, None), (EARLIER, LATER)])


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Company], dict[int, Grant]]:
    companies = draw(forests())
    places = st.tuples(st.sampled_from(PEOPLE), st.sampled_from([c.id for c in companies]))
    held = {}
    for id_, (email, at) in enumerate(draw(st.lists(places, unique=True, max_size=8)), 100):
        start, end = draw(SPANS)
        confirmed = CONFIRMED[email]
        held[id_] = grant(
            at, email=email, sites=draw(st.booleans()), start=start, end=end, confirmed=confirmed, id_=id_
        )
    return companies, held


def row(id_: int, action: Action, line: int, email: str, at: int, after: Mapping[str, Value]) -> Change:
    return Change(Kind.GRANT, action, id_, "k", after, {"email": email}, at, "177", f"x.csv:{line}", line)


@st.composite
def sets(draw: st.DrawFn) -> tuple[list[Company], dict[int, Grant], list[Change]]:
    """A world and rows that end, shorten, lengthen, narrow, widen or add grants."""
    companies, held = draw(worlds())
    changes = []
    for line, (id_, g) in enumerate(held.items(), 2):
        start, end = draw(SPANS)
        options: list[tuple[Action, dict[str, Value]]] = [
            (Action.END, {"ended_at": NOW}),
            (Action.UPDATE, {"sites": not g.sites}),
            (Action.UPDATE, {"valid_from": start, "valid_until": end}),
        ]
        if draw(st.booleans()):
            action, after = draw(st.sampled_from(options))
            changes.append(row(id_, action, line, g.email, g.company, after))
    for line in range(50, 50 + draw(st.integers(0, 2))):
        at, (start, end) = draw(st.sampled_from(companies)).id, draw(SPANS)
        email = draw(st.sampled_from(PEOPLE))
        after = {
            "email": email,
            "email_key": email,
            "company_id": at,
            "role": "administrator",
            "sites": draw(st.booleans()),
            "valid_from": start,
            "valid_until": end,
        }
        changes.append(row(line * 10, Action.CREATE, line, email, at, after))
    return companies, held, draw(st.permutations(changes))


def applied(held: Mapping[int, Grant], changes: Iterable[Change]) -> dict[int, Grant]:
    now = dict(held)
    for change in changes:
        if change.action is Action.CREATE:
            a = change.after
            now[change.id] = grant(
                int(str(a["company_id"])),
                email=str(a["email"]),
                sites=bool(a["sites"]),
                start=a["valid_from"],  # type: ignore[arg-type]
                end=a["valid_until"],  # type: ignore[arg-type]
                confirmed=CONFIRMED[str(a["email"])],
                id_=change.id,
            )
        else:
            now[change.id] = replace(now[change.id], **change.after)  # type: ignore[arg-type]
    return now


@given(worlds())
def test_the_cover_of_every_company(world: tuple[list[Company], dict[int, Grant]]) -> None:
    companies, held = world
    covers = Forest(companies, held.values(), NOW).covers()
    reference = usable({c.id: c for c in companies}, held.values())
    assert {c: (cover.any, cover.endless) for c, cover in covers.items()} == reference


@given(sets(), st.integers(1, 4))
def test_no_set_orphans_a_company(case: tuple[list[Company], dict[int, Grant], list[Change]], size: int) -> None:
    companies, held, changes = case
    by_id = {c.id: c for c in companies}
    guard = AdministratorGuard()
    kept: list[Change] = []
    refused: set[int] = set()
    for start in range(0, len(changes), size):  # in chunks, as a dry-run sees them: the database stays as it is
        known = facts(companies, administrators=held.values(), accounts=ACCOUNTS)
        done = guard.guard(Plan(tuple(changes[start : start + size])), known)
        kept += done.changes
        refused |= {p.line for p in done.problems}
    assert {c.line for c in changes} == {c.line for c in kept} | refused
    after = usable(by_id, applied(held, kept).values())
    assert not lost(usable(by_id, held.values()), after)


@given(sets())
def test_as_few_rows_as_possible_are_refused(case: tuple[list[Company], dict[int, Grant], list[Change]]) -> None:
    companies, held, changes = case
    by_id = {c.id: c for c in companies}
    known = facts(companies, administrators=held.values(), accounts=ACCOUNTS)
    done = AdministratorGuard().guard(Plan(tuple(changes)), known)
    given_ = [c for c in changes if c.action is Action.CREATE]
    together = usable(by_id, applied(held, changes).values())
    if not lost(usable(by_id, applied(held, given_).values()), together):
        assert not done.problems
    final = applied(held, done.changes)
    for change in changes:
        if change.line in {p.line for p in done.problems}:
            assert lost(usable(by_id, final.values()), usable(by_id, applied(final, [change]).values()))


def judged(companies: Sequence[Company], held: Sequence[Grant], *ended: Grant) -> list[str]:
    changes = tuple(row(g.id, Action.END, n, g.email, g.company, {"ended_at": NOW}) for n, g in enumerate(ended, 2))
    done = AdministratorGuard().guard(Plan(changes), facts(companies, administrators=held))
    return [f"{p.line} {p.error.fields['companies']}" for p in done.problems if p.error is not None]


HEAD, SITE = company(1), company(2, 1)


def test_the_only_one_stays() -> None:
    only = grant(HEAD)
    assert judged([HEAD], [only], only) == ["2 177:0000001"]


def test_of_two_the_first_may_go_and_the_second_stays() -> None:
    one, two = grant(HEAD), grant(HEAD, email="b@firma.example")
    assert judged([HEAD], [one, two], one, two) == ["3 177:0000001"]


def test_an_inherited_one_counts() -> None:
    above, own = grant(HEAD), grant(SITE, email="b@firma.example")
    assert judged([HEAD, SITE], [above, own], own) == []
    assert judged([HEAD, SITE], [above, own], above) == ["2 177:0000001"]


def test_an_invitation_does_not() -> None:
    only, invited = grant(HEAD), grant(HEAD, email="b@firma.example", confirmed=False)
    assert judged([HEAD], [only, invited], only) == ["2 177:0000001"]
    assert judged([HEAD], [only, invited], invited) == []


def test_a_narrow_one_at_the_head_office_does_not_keep_the_sites() -> None:
    wide, narrow = grant(HEAD), grant(HEAD, email="b@firma.example", sites=False)
    assert judged([HEAD, SITE], [wide, narrow], wide) == ["2 177:0000002"]


def test_those_who_remain_include_one_without_an_end() -> None:
    for_good, for_now = grant(HEAD), grant(HEAD, email="b@firma.example", end=LATER)
    assert judged([HEAD], [for_good, for_now], for_good) == ["2 177:0000001"]
    assert judged([HEAD], [for_good, for_now], for_now) == []


def test_where_none_had_no_end_an_ending_one_is_enough() -> None:
    one, two = grant(HEAD, end=LATER), grant(HEAD, email="b@firma.example", end=LATER)
    assert judged([HEAD], [one, two], one) == []


def test_a_company_that_never_had_one_is_no_obstacle() -> None:
    late = grant(HEAD, start=LATER)
    assert judged([HEAD], [late], late) == []


def test_many_lost_companies_are_not_all_named() -> None:
    sites = [company(n, 1) for n in range(2, 9)]
    only = grant(HEAD)
    assert judged([HEAD, *sites], [only], only) == ["2 177:0000001, 177:0000002, 177:0000003 (+5)"]


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        (Cover(), Cover(), True),
        (Cover(True), Cover(), False),
        (Cover(True, True), Cover(True), False),
        (Cover(True), Cover(True, True), True),
    ],
)
def test_what_keeping_means(before: Cover, after: Cover, kept: bool) -> None:
    assert before.keeps(after) is kept


def test_companies_of_one_tree_do_not_cost_those_of_others() -> None:
    """A revoke of ten thousand rows in a forest of ten thousand small trees, one of them refused."""
    companies = [company(n) for n in range(1, 10_001)]
    held = [grant(c, email=f"{who}@firma.example") for c in companies for who in ("x", "y")]
    ended = [g for g in held if g.email[0] == "x" or g.company == 77]
    assert judged(companies, held, *ended) == ["79 177:0000077"]
