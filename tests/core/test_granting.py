"""What a new permission is, which trainer it names, who is told of it, and what stands in its way."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from asta_cli.core.facts import Facts, TrainerRecord
from asta_cli.core.granting import GrantPlanner
from asta_cli.core.model import AccountState, Action, Kind, Role, Value
from asta_cli.core.office import Office
from asta_cli.core.plan import Plan, Severity
from asta_cli.core.policy import Asker, Authority, authorise
from asta_cli.core.rows import Row
from tests.core.test_perms import HEAD, HR, terms, wanted
from tests.core.world import EARLIER, LATER, NOW, account, asker, company, facts, grant

SITE, ENDED = company(3, 1), company(2, open_=False)
WEEKS, UNTIL = "2026-12-14T09:00:00Z", "2027-07-31T22:00:00Z"
TRAINER = {"role": "trainer"}


def made(known: Facts, *rows: Row, **more: Any) -> Plan:
    return GrantPlanner(terms(**more)).plan(rows, known)


def created(known: Facts, **values: str) -> dict[str, Value]:
    """What is written of the only new permission."""
    (new,) = (c for c in made(known, wanted(2, **values)).changes if c.action is Action.CREATE)
    return dict(new.after)


PLAIN: dict[str, Value] = {
    "email": HR, "email_key": HR, "company_id": 1, "role": "manager", "sites": True, "trainer_id": None,
    "valid_from": None, "valid_until": None, "granted_at": NOW, "granted_by": "operator", "reason": None, "run_id": 7,
    "invited_until": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("values", "otherwise"),
    [
        ({}, {}),
        ({"role": "administrator"}, {"role": "administrator"}),
        ({"role": "trainer"}, {"role": "trainer", "sites": False}),
        ({"sites": "nein"}, {"sites": False}),
        ({"sites": "ja"}, {}),
        ({"valid_from": "1.1.2027"}, {"valid_from": "2026-12-31T23:00:00Z"}),
        ({"valid_until": "31.7.2027"}, {"valid_until": UNTIL}),
        ({"valid_until": "never"}, {}),
        ({"reason": "as agreed"}, {"reason": "as agreed"}),
        ({"email": "HR@Firma.example"}, {}),  # the account's own spelling
        (
            {"email": "New@Firma.example"},
            {"email": "New@Firma.example", "email_key": "new@firma.example", "invited_until": WEEKS},
        ),
    ],
)
def test_what_is_written_of_a_new_permission(values: dict[str, str], otherwise: dict[str, Value]) -> None:
    assert created(facts([HEAD], accounts=[account(HR)]), **values) == PLAIN | otherwise


@pytest.mark.parametrize(
    ("state", "since", "lapses"),
    [
        (AccountState.CONFIRMED, EARLIER, None),
        (AccountState.LOCKED, EARLIER, None),
        (AccountState.LOCKED, None, WEEKS),  # shut out before it was confirmed
        (AccountState.UNCONFIRMED, None, WEEKS),
    ],
)
def test_what_is_given_to_an_address_that_nobody_confirmed_is_an_invitation(
    state: AccountState, since: str | None, lapses: str | None
) -> None:
    person = replace(account(HR, state), confirmed_at=since)
    assert created(facts([HEAD], accounts=[person]))["invited_until"] == lapses


# --- trainers ---------------------------------------------------------------------------------------------------------


def trainer(id_: int, number: str, email: str | None, at: int = 1, *, open_: bool = True) -> TrainerRecord:
    return TrainerRecord(id_, at, number, email, open_)


MINE, SAME, OTHERS = trainer(11, "A1", "HR@firma.example"), trainer(12, "A2", HR), trainer(13, "A3", "x@firma.example")


@pytest.mark.parametrize(
    ("there", "values", "linked"),
    [
        ([MINE, OTHERS], {}, 11),  # the only one with this address
        ([OTHERS, MINE], {"trainer_number": "A3"}, 13),  # the one that is named
        ([MINE, SAME], {}, None),
        ([MINE, SAME], {"trainer_number": "A2"}, 12),
        ([OTHERS], {}, None),
        ([trainer(11, "A1", HR, open_=False)], {}, None),
        ([trainer(11, "A1", HR, open_=False)], {"trainer_number": "A1"}, 11),
        ([trainer(11, "A1", None), MINE], {}, 11),
        ([trainer(11, "A1", "no address"), MINE], {}, 11),
        ([], {}, None),
    ],
)
def test_which_trainer_a_permission_names(
    there: list[TrainerRecord], values: dict[str, str], linked: int | None
) -> None:
    known = facts([HEAD], accounts=[account(HR)])
    known.trainers_of = {HEAD.id: there, SITE.id: [trainer(99, "A1", HR, at=3)]}
    plan = made(known, wanted(2, **TRAINER, **values))
    assert plan.changes[0].after["trainer_id"] == linked
    told = [(p.code, p.severity, p.column) for p in plan.problems]
    assert told == ([] if linked else [("unknown_trainer", Severity.WARNING, "trainer_number")])


def test_only_a_trainer_s_permission_names_one() -> None:
    known = facts([HEAD], accounts=[account(HR)])
    known.trainers_of = {HEAD.id: [MINE]}
    assert created(known)["trainer_id"] is None


def test_in_a_list_that_says_everything_an_empty_number_is_no_trainer() -> None:
    known = facts([HEAD], accounts=[account(HR)])
    known.trainers_of = {HEAD.id: [MINE]}
    row = replace(wanted(2, **TRAINER), columns=frozenset({"email", "company", "role", "trainer_number"}))
    assert made(known, row, exact=True).changes[0].after["trainer_id"] is None
    held = grant(HEAD, Role.TRAINER, HR)._replace(trainer=11)
    known = facts([HEAD], grants=[held], accounts=[account(HR)])
    (change,) = made(known, row, exact=True).changes
    assert (change.after, change.before["trainer_id"]) == ({"trainer_id": None}, 11)
    (question,) = made(known, row).changes
    assert question.hollow  # elsewhere it says nothing


# --- what stands in its way -------------------------------------------------------------------------------------------


def test_of_what_is_refused_nothing_is_made_and_who_may_not_ask_is_told_only_that() -> None:
    held = grant(HEAD, Role.MANAGER, HR, end=LATER)
    known = facts([HEAD, ENDED], grants=[held], accounts=[account(HR)])
    rows = [wanted(2, company=ENDED.ident_number, role="trainer"), wanted(3, valid_from="2028-01-01")]
    narrow = Authority(asker(), (grant(HEAD, sites=False), grant(ENDED)))
    for authority, codes in (
        (Authority(Asker.at_desk("root")), ["company_ended", "end_before_start"]),
        (narrow, ["forbidden", "forbidden"]),  # that permission reaches the sites, and they do not
        (Authority(asker()), ["forbidden", "forbidden"]),
    ):
        done = authorise(made(known, *rows), authority, known)
        assert sorted(p.code for p in done.problems) == codes
        assert done.changes == ()


def test_a_permission_may_begin_when_it_ends_but_not_later() -> None:
    def told(**values: str) -> list[str]:
        held = grant(HEAD, Role.MANAGER, HR, start="2027-07-30T22:00:00Z", end=UNTIL)
        return [p.code for p in made(facts([HEAD], grants=[held]), wanted(2, **values)).problems]

    assert told(valid_from="31.7.2027") == []
    assert told(valid_from="1.8.2027") == ["end_before_start"]
    assert told(valid_until="30.7.2027") == ["end_before_start"]
    assert told(valid_from="1.8.2027", valid_until="never") == []


@pytest.mark.parametrize("state", [AccountState.LOCKED, AccountState.DISABLED, AccountState.CONFIRMED])
@pytest.mark.parametrize(
    ("office", "knows"),
    [(Office(everywhere=True), True), (Office(chambers=frozenset({"177"})), True), (Office.of([("301", True)]), False)],
)
def test_only_the_chamber_is_warned_that_it_shut_somebody_out(state: AccountState, office: Office, knows: bool) -> None:
    asking = Authority(Asker("root", office=office), (grant(HEAD),))
    plan = made(facts([HEAD], accounts=[account(HR, state)]), wanted(), asking=asking)
    told = [(p.code, p.severity, p.column, p.value) for p in plan.problems]
    blocked = knows and state is not AccountState.CONFIRMED
    assert told == ([("account_blocked", Severity.WARNING, "email", HR)] if blocked else [])
    assert len(plan.changes) == 1


def test_what_is_over_is_ended_when_it_was_and_given_anew() -> None:
    held = grant(HEAD, Role.MANAGER, HR, end=EARLIER)
    closing, new = made(facts([HEAD], grants=[held], accounts=[account(HR)]), wanted()).changes
    assert (closing.id, closing.after, closing.counted) == (held.id, {"ended_at": EARLIER}, False)
    assert (new.action, new.after["valid_until"], new.counted) == (Action.CREATE, None, True)


# --- who is told ------------------------------------------------------------------------------------------------------


def test_everybody_is_told_once_of_all_that_is_new_and_nobody_of_their_own() -> None:
    known = facts([HEAD, SITE], accounts=[replace(account(HR), language="en"), account("a@firma.example")])
    me = Authority(asker("a@firma.example"), (grant(HEAD),))
    rows = [
        wanted(2),
        wanted(3, company=SITE.ident_number, role="administrator"),
        wanted(4, email="New@firma.example"),
        wanted(5, email="a@firma.example", role="contract_applicant"),
    ]
    planner = GrantPlanner(terms(asking=me, language="en"))
    plan = authorise(planner.plan(rows, known), me, known)
    planner.accepted(replace(plan, changes=plan.changes[:1]), known)
    planner.accepted(replace(plan, changes=plan.changes[1:]), known)
    mails = planner.finish(known).changes
    assert [(c.kind, c.after["kind"], c.after["recipient"], c.after["language"]) for c in mails] == [
        (Kind.MAIL, "granted", HR, "en"),
        (Kind.MAIL, "invited", "New@firma.example", "en"),
    ]
    ids = [c.id for c in plan.changes]
    places = [("0000001", "Betrieb 1", "manager"), ("0000003", "Betrieb 3", "administrator")]
    granted, invited = (json.loads(str(c.after["params"])) for c in mails)
    assert granted == {"companies": [entry(id_, *place) for id_, place in zip(ids[:2], places, strict=True)]}
    assert invited == {"companies": [entry(ids[2], *places[0])], "until": WEEKS}


def entry(grant_: int, number: str, name: str, role: str) -> dict[str, object]:
    return {"grant": grant_, "chamber": "177", "ident_number": number, "name": name, "role": role}


def test_a_changed_permission_is_no_news() -> None:
    held = grant(HEAD, Role.MANAGER, HR)
    known = facts([HEAD], grants=[held], accounts=[account(HR)])
    planner = GrantPlanner(terms())
    planner.accepted(planner.plan([wanted(2, valid_until="31.7.2027")], known), known)
    assert planner.finish(known).changes == ()
