"""Who may change accounts, links and sessions: the owner of the mailbox, whatever command is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from asta_cli.core.facts import Facts, HeldOffice
from asta_cli.core.model import Account, AccountState, Action, Company, Kind, Record
from asta_cli.core.office import Office
from asta_cli.core.plan import Change, Plan
from asta_cli.core.policy import Asker, Authority, authorise
from tests.core.world import EARLIER, grant

NOW = "2026-11-23T09:00:00Z"
OPERATOR = Asker.at_desk("root")
OWNER = Asker("root", "a@example.com", "a@example.com", 1)
OTHER = Asker("root", "b@example.com", "b@example.com", 2)


def allowed(asker: Asker, kind: Kind, action: Action, id_: int, after: Record, before: Record | None = None) -> bool:
    plan = Plan((Change(kind, action, id_, "key", after, before or {}),), rows=1)
    return bool(authorise(plan, Authority(asker), Facts(NOW)).changes)


CASES: list[tuple[Kind, Action, int, Record, Record]] = [
    (Kind.ACCOUNT, Action.UPDATE, 1, {"password_hash": "x"}, {}),
    (Kind.ACCOUNT, Action.UPDATE, 1, {"state": "confirmed"}, {"state": "unconfirmed"}),
    (Kind.LINK, Action.UPDATE, 9, {"used_at": NOW}, {"account_id": 1, "used_at": None}),
    (Kind.LINK, Action.UPDATE, 9, {"password_hash": "x"}, {"account_id": 1}),
    (Kind.SESSION, Action.CREATE, 9, {"account_id": 1}, {}),
    (Kind.SESSION, Action.END, 9, {"ended_at": NOW}, {"account_id": 1, "ended_at": None}),
]


@pytest.mark.parametrize(("kind", "action", "id_", "after", "before"), CASES)
def test_the_owner_and_nobody_else(kind: Kind, action: Action, id_: int, after: Record, before: Record) -> None:
    assert [allowed(asker, kind, action, id_, after, before) for asker in (OWNER, OTHER, OPERATOR)] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("asker", [OPERATOR, OTHER])
@pytest.mark.parametrize(
    ("after", "fine"),
    [
        ({"state": "unconfirmed"}, True),
        ({"state": "unconfirmed", "password_hash": "x"}, False),
        ({"state": "confirmed"}, False),
    ],
)
def test_anybody_registers_anybody_and_no_more(asker: Asker, after: Record, fine: bool) -> None:
    assert allowed(asker, Kind.ACCOUNT, Action.CREATE, 3, after) is fine


@pytest.mark.parametrize("asker", [OPERATOR, OTHER, OWNER])
def test_a_waiting_password_may_always_be_dropped(asker: Asker) -> None:
    before = {"account_id": 1, "used_at": None, "password_hash": "x"}
    assert allowed(asker, Kind.LINK, Action.UPDATE, 9, {"password_hash": None}, before)


# --- what the chamber decides, and where an address leads -------------------------------------------------------------

BLOCK: Record = {"state": "locked", "state_at": NOW, "state_reason": "why"}
NEW = "new@example.com"


def world(chamber: str | None = "177") -> Facts:
    """Account 1 belongs to chamber 177, account 2 to 301; each holds something at a company of its chamber."""
    made = Facts(NOW)
    for id_, email, number in ((1, "a@example.com", chamber), (2, "b@example.com", "301")):
        person = Account(id_, email, email, "Name", number, AccountState.CONFIRMED, "de")
        made.accounts[email] = made.accounts_by_id[id_] = person
        made.add_company(Company(id_, number or "177", f"{id_}", "Betrieb", None, open=True, active=True))
        made.grants[email, id_] = [grant(id_, email=email)]
    return made


def decided(asker: Asker, changes: list[Change], facts: Facts, *, addresses: tuple[str, ...] = ()) -> bool:
    """Whether all *changes* of one row may be made."""
    plan = Plan(tuple(changes), rows=1, addresses=frozenset(addresses))
    return len(authorise(plan, Authority(asker), facts).changes) == len(changes)


def account(id_: int, after: Record, before: Record) -> Change:
    return Change(Kind.ACCOUNT, Action.UPDATE, id_, "a", after, before)


def of_chamber(*numbers: str) -> Asker:
    return Asker("root", "desk@example.com", "desk@example.com", 9, Office(chambers=frozenset(numbers)))


CONFIRMED: Record = {"state": "confirmed"}
UNLOCK: Record = {"state": "confirmed", "state_at": NOW, "state_reason": "why"}


@pytest.mark.parametrize(("after", "before"), [(BLOCK, CONFIRMED), (UNLOCK, {"state": "locked"})])
def test_the_chamber_locks_and_unlocks_and_nobody_else(after: Record, before: Record) -> None:
    change = [account(1, after, before)]
    assert decided(OPERATOR, change, world())
    assert decided(of_chamber("177"), change, world())
    assert not decided(of_chamber("301"), change, world())
    assert not decided(OWNER, change, world())
    assert not decided(OTHER, change, world())


@pytest.mark.parametrize("more", [{"password_hash": "x"}, {"email_key": NEW}, {"confirmed_at": NOW}])
def test_a_decision_changes_the_state_and_nothing_else(more: Record) -> None:
    assert not decided(OPERATOR, [account(1, {**BLOCK, **more}, CONFIRMED)], world(), addresses=(NEW,))


def test_an_account_without_chamber_belongs_to_where_it_holds_something() -> None:
    change = [account(1, BLOCK, CONFIRMED)]
    assert decided(of_chamber("177"), change, world(None))
    assert not decided(of_chamber("301"), change, world(None))
    facts = world()
    here, over = grant(2, email="a@example.com"), grant(2, email="a@example.com", ended=NOW)
    for there, alone in (([here], False), ([over], True), ([over, here], False), ([], True)):
        facts.grants["a@example.com", 2] = there
        assert decided(of_chamber("177"), change, facts) is alone
        assert decided(of_chamber("177", "301"), change, facts)


def held(*chambers: str | None, impersonate: bool = False) -> list[HeldOffice]:
    """Offices of account 1."""
    return [HeldOffice(5, "a@example.com", "a@example.com", chamber, impersonate) for chamber in chambers]


@pytest.mark.parametrize(("after", "before"), [(BLOCK, CONFIRMED), (UNLOCK, {"state": "locked"})])
def test_no_chamber_shuts_out_whoever_works_elsewhere_too(after: Record, before: Record) -> None:
    facts, change = world(), [account(1, after, before)]
    facts.grants["a@example.com", 2] = [grant(2, email="a@example.com")]
    assert [decided(of_chamber(*own), change, facts) for own in (["177"], ["301"], ["177", "301"])] == [
        False,
        False,
        True,
    ]
    assert decided(OPERATOR, change, facts)
    facts.grants["a@example.com", 2] = [grant(2, email="a@example.com", end=EARLIER)]
    assert decided(of_chamber("177"), change, facts)  # there is nothing left to take


@pytest.mark.parametrize(("home", "own", "fine"), [("301", "301", True), ("301", "177", False), ("177", "177", False)])
def test_the_chamber_that_the_owner_named_counts_as_well(home: str, own: str, fine: bool) -> None:
    facts = world(home)
    facts.grants["a@example.com", 2] = [grant(2, email="a@example.com")]
    facts.grants["a@example.com", 1] = []
    assert decided(of_chamber(own), [account(1, BLOCK, CONFIRMED)], facts) is fine


def test_operators_answer_to_those_who_have_all_of_their_desk() -> None:
    facts, change = world(), [account(1, BLOCK, CONFIRMED)]
    for desk, own, fine in ((None, "177", False), ("301", "177", False), ("177", "177", True)):
        facts.offices["a@example.com"] = held(desk)
        assert decided(of_chamber(own), change, facts) is fine
        assert decided(OPERATOR, change, facts)


def test_an_operator_without_anything_else_belongs_to_their_desk() -> None:
    facts, change = world(None), [account(1, BLOCK, CONFIRMED)]
    facts.grants.clear()
    assert not decided(of_chamber("177"), change, facts)
    facts.offices["a@example.com"] = held("177")
    assert decided(of_chamber("177"), change, facts)
    assert not decided(of_chamber("301"), change, facts)


def test_nobody_gets_a_right_to_stand_in_by_another_s_mailbox() -> None:
    facts = world()
    link = [Change(Kind.LINK, Action.CREATE, 9, "email", {"purpose": "email", "account_id": 1})]
    with_right = Asker("root", "desk@example.com", "desk@example.com", 9, Office.of([("177", True)]))
    for impersonate, plain in ((False, True), (True, False)):
        facts.offices["a@example.com"] = held("177", impersonate=impersonate)
        assert decided(of_chamber("177"), link, facts) is plain
        assert decided(with_right, link, facts)
        assert decided(of_chamber("177"), [account(1, BLOCK, CONFIRMED)], facts)


def test_a_token_ends_with_the_account_s_owner_or_by_those_who_see_to_the_account() -> None:
    end = [Change(Kind.TOKEN, Action.END, 9, "t", {"ended_at": NOW}, {"account_id": 1, "ended_at": None}, None, "177")]
    facts = world()
    asked = [decided(asker, end, facts) for asker in (OWNER, OPERATOR, of_chamber("177"), OTHER, of_chamber("301"))]
    assert asked == [True, True, True, False, False]
    facts.grants["a@example.com", 2] = [grant(2, email="a@example.com")]
    assert not decided(of_chamber("177"), end, facts)


@pytest.mark.parametrize(
    "end",
    [
        Change(Kind.SESSION, Action.END, 9, "s", {"ended_at": NOW}, {"account_id": 1, "ended_at": None}),
        Change(Kind.LINK, Action.UPDATE, 9, "reset", {"used_at": NOW}, {"account_id": 1, "used_at": None}),
    ],
)
def test_what_lets_somebody_in_ends_with_the_account_only(end: Change) -> None:
    assert not decided(OPERATOR, [end], world())
    assert decided(OPERATOR, [account(1, BLOCK, CONFIRMED), end], world())
    assert not decided(OPERATOR, [account(2, BLOCK, CONFIRMED), end], world())
    assert not decided(OTHER, [account(1, BLOCK, CONFIRMED), end], world())


def test_a_new_address_is_the_owner_s_who_has_proven_it() -> None:
    moved = [account(1, {"email": NEW, "email_key": NEW, "confirmed_at": NOW}, CONFIRMED)]
    assert decided(OWNER, moved, world(), addresses=(NEW,))
    assert not decided(OWNER, moved, world())
    assert not decided(OWNER, moved, world(), addresses=("other@example.com",))
    assert not decided(OWNER, [account(1, {"email": NEW}, CONFIRMED)], world(), addresses=(NEW,))
    for asker in (OPERATOR, OTHER):
        assert not decided(asker, moved, world(), addresses=(NEW,))


@pytest.mark.parametrize(("kind", "extra"), [(Kind.GRANT, {"role": "administrator"}), (Kind.OPERATOR, {})])
def test_what_one_holds_moves_along_as_it_is(kind: Kind, extra: Record) -> None:
    def move(after: Record, key: str = "a@example.com") -> list[Change]:
        return [Change(kind, Action.UPDATE, 9, "g", after, {"email_key": key, **extra}, 1, "177")]

    new: Record = {"email": NEW, "email_key": NEW}
    assert decided(OWNER, move(new), world(), addresses=(NEW,))
    assert not decided(OWNER, move(new), world())
    assert not decided(OWNER, move(new, "b@example.com"), world(), addresses=(NEW,))
    assert not decided(OWNER, move({**new, "sites": True}), world(), addresses=(NEW,))
    assert not decided(OTHER, move(new), world(), addresses=(NEW,))


def test_what_waits_for_a_proven_address_may_give_way() -> None:
    waiting: Record = {"email_key": NEW, "role": "administrator", "ended_at": None}
    end = [Change(Kind.GRANT, Action.END, 9, "g", {"ended_at": NOW}, waiting, 1, "177")]
    assert decided(OWNER, end, world(), addresses=(NEW,))
    assert not decided(OWNER, end, world())
    squatter: Record = {"state": "unconfirmed", "email_key": NEW}
    gone = {"state": "disabled", "email_key": f"{NEW} x"}
    assert decided(OWNER, [account(2, gone, squatter)], world(), addresses=(NEW,))
    assert not decided(OWNER, [account(2, gone, squatter)], world())
    assert not decided(OWNER, [account(2, gone, {**squatter, "state": "confirmed"})], world(), addresses=(NEW,))


def test_no_chamber_leads_an_account_away_from_another_one() -> None:
    link = [Change(Kind.LINK, Action.CREATE, 9, "email", {"purpose": "email", "account_id": 1})]
    for home in ("177", None):
        facts = world(home)
        facts.grants["a@example.com", 2] = [grant(2, email="a@example.com")]
        asked = {asker: decided(asker, link, facts) for asker in (OPERATOR, of_chamber("177"), of_chamber("301"))}
        assert list(asked.values()) == [True, False, False]
        assert decided(of_chamber("177", "301"), link, facts)


def test_a_link_to_another_address_is_asked_for_by_the_owner_or_the_chamber() -> None:
    link = [Change(Kind.LINK, Action.CREATE, 9, "email", {"purpose": "email", "account_id": 1})]
    asked = {asker: decided(asker, link, world()) for asker in (OWNER, OPERATOR, OTHER, of_chamber("301"))}
    assert list(asked.values()) == [True, True, False, False]
    assert decided(of_chamber("177"), link, world())
    assert decided(of_chamber("177"), link, world(None))
    assert not decided(of_chamber("301"), link, world(None))
    reset = [Change(Kind.LINK, Action.CREATE, 9, "reset", {"purpose": "reset", "account_id": 1})]
    assert decided(OTHER, reset, world())


def test_links_of_an_account_that_never_confirmed_end_for_whoever_proves_the_address() -> None:
    used = [Change(Kind.LINK, Action.UPDATE, 9, "confirm", {"used_at": NOW}, {"account_id": 2, "used_at": None})]
    for state, fine in ((AccountState.UNCONFIRMED, True), (AccountState.CONFIRMED, False)):
        facts = world()
        facts.accounts_by_id[2] = replace(facts.accounts_by_id[2], state=state)
        assert decided(OWNER, used, facts, addresses=("b@example.com",)) is fine
        assert not decided(OWNER, used, facts, addresses=(NEW,))
        assert not decided(OWNER, used, facts)


def test_a_link_to_a_new_address_gives_way_to_another_that_the_chamber_asks_for() -> None:
    def used(purpose: str) -> list[Change]:
        return [Change(Kind.LINK, Action.UPDATE, 9, "k", {"used_at": NOW}, {"account_id": 1, "purpose": purpose})]

    assert decided(OPERATOR, used("email"), world())
    assert decided(of_chamber("177"), used("email"), world())
    assert not decided(of_chamber("301"), used("email"), world())
    assert not decided(OTHER, used("email"), world())
    assert not decided(OPERATOR, used("reset"), world())
