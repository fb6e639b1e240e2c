"""The last-administrator rule against a reference that looks at every company anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asta_cli.core.administrators import AdministratorGuard
from asta_cli.core.coverage import Cover, Forest
from asta_cli.core.model import Account, AccountState, Action, Company, Grant, Kind, Role, Value
from asta_cli.core.office import Office
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
            now[change.id] = now[change.id]._replace(**change.after)  # type: ignore[arg-type]
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


def test_what_was_put_there_counts_for_the_next_question() -> None:
    one, two = grant(HEAD), grant(HEAD, email="b@firma.example", end=LATER)
    forest = Forest([HEAD], [one], NOW)
    gone = {one.id: one._replace(ended_at=NOW)}
    assert (forest.covers()[HEAD.id], forest.orphaned(gone)) == (Cover(True, True), [HEAD])
    forest.put({two.id: two, **gone})
    assert forest.covers()[HEAD.id] == Cover(True, False)
    assert forest.orphaned({two.id: two._replace(ended_at=NOW)}) == [HEAD]


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


# --- accounts ---------------------------------------------------------------------------------------------------------

STATES = [AccountState.UNCONFIRMED, AccountState.CONFIRMED, AccountState.LOCKED, AccountState.DISABLED]


@st.composite
def decisions(draw: st.DrawFn) -> tuple[list[Company], dict[int, Grant], list[Account], list[Change]]:
    """A world and rows that lock, unlock and move accounts, with or without their grants, or end single grants."""
    companies, held = draw(worlds())
    people = [account(email, draw(st.sampled_from(STATES))) for email in PEOPLE]
    states = {person.email: person.state is AccountState.CONFIRMED for person in people}
    held = {id_: g._replace(confirmed=states[g.email]) for id_, g in held.items()}
    changes: list[Change] = []
    for line, person in enumerate(people, 2):
        theirs = {id_: g for id_, g in held.items() if g.email == person.email}
        match draw(st.sampled_from(["nothing", "state", "move", "end"])):
            case "state":
                changes.append(about(person, line, {"state": draw(st.sampled_from(STATES)).value}))
            case "move":
                new = {"email": f"new-{person.email}", "email_key": f"new-{person.email}"}
                changes.append(about(person, line, {**new, "confirmed_at": NOW}))
                moved = draw(st.sets(st.sampled_from(sorted(theirs)))) if theirs else set()
                changes += [row(id_, Action.UPDATE, line, person.email, theirs[id_].company, new) for id_ in moved]
            case "end":
                changes += [
                    row(id_, Action.END, line, g.email, g.company, {"ended_at": NOW}) for id_, g in theirs.items()
                ]
    return companies, held, people, draw(st.permutations(changes))


def about(person: Account, line: int, after: Mapping[str, Value]) -> Change:
    """A change of an account."""
    return Change(Kind.ACCOUNT, Action.UPDATE, person.id, person.email, after, {}, None, None, f"x.csv:{line}", line)


def carried_out(held: Mapping[int, Grant], people: Sequence[Account], changes: Sequence[Change]) -> list[Grant]:
    """The grants afterwards, each in force only by an account that is confirmed and has its address."""
    now = dict(held)
    keys = {person.email_key: person.state is AccountState.CONFIRMED for person in people}
    for change in changes:
        if change.kind is Kind.GRANT:
            now[change.id] = now[change.id]._replace(**change.after)  # type: ignore[arg-type]
    for change in changes:
        if change.kind is Kind.ACCOUNT:
            confirmed = keys.pop(change.key)
            state = change.after.get("state")
            key = str(change.after.get("email_key", change.key))
            keys[key] = confirmed if state is None else state == AccountState.CONFIRMED
    return [g._replace(confirmed=keys.get(g.email_key, False)) for g in now.values()]


@given(decisions())
def test_no_decision_about_accounts_orphans_a_company(
    case: tuple[list[Company], dict[int, Grant], list[Account], list[Change]],
) -> None:
    companies, held, people, changes = case
    by_id = {c.id: c for c in companies}
    known = facts(companies, administrators=held.values(), accounts=people)
    done = AdministratorGuard().guard(Plan(tuple(changes)), known)
    before, after = usable(by_id, held.values()), usable(by_id, carried_out(held, people, done.changes))
    assert not lost(before, after)
    refused = {p.line for p in done.problems}
    assert {c.line for c in changes} == {c.line for c in done.changes} | refused
    whole = usable(by_id, carried_out(held, people, changes))
    if not lost(before, whole):
        assert not refused  # nor is anything refused that would do no harm
    for line in refused:
        one = [*done.changes, *(c for c in changes if c.line == line)]
        assert lost(after, usable(by_id, carried_out(held, people, one)))


def test_a_locked_administrator_is_missed_and_an_unlocked_one_counts() -> None:
    known = [account("a@firma.example"), account("b@firma.example", AccountState.LOCKED)]
    held = [grant(HEAD), grant(HEAD, email="b@firma.example", confirmed=False)]
    lock = about(known[0], 2, {"state": "locked"})
    back = about(known[1], 3, {"state": "confirmed"})
    world = facts([HEAD], administrators=held, accounts=known)
    alone = AdministratorGuard().guard(Plan((lock,)), world)
    assert [p.code for p in alone.problems] == ["last_administrator"]
    assert not AdministratorGuard().guard(Plan((lock, back)), world).problems


def test_a_sign_in_changes_nothing() -> None:
    person = account("a@firma.example")
    world = facts([HEAD], administrators=[grant(HEAD)], accounts=[person])
    assert not AdministratorGuard().guard(Plan((about(person, 2, {"last_sign_in": NOW}),)), world).problems


def test_exempt_chambers_are_told_apart() -> None:
    """An operator may leave a company of the own chamber alone, and none of another."""
    near, far = company(1), company(2, chamber="301")
    person = account("a@firma.example")
    world = facts([near, far], administrators=[grant(near), grant(far)], accounts=[person])
    lock = Plan((about(person, 2, {"state": "locked"}),))
    guard = AdministratorGuard(Office(chambers=frozenset({"177"})))
    blamed, reductions = guard.judge(lock, world)
    assert [c.key for c in blamed["x.csv:2", 2]] == ["177:0000001", "301:0000002"]
    (told,) = guard.refusals(blamed, reductions)
    assert told.error is not None
    assert told.error.fields["companies"] == "301:0000002"
