"""Another address for an account, on both databases: nothing before it answers, everything once it has."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from asta_cli.core import timeline, tokens
from asta_cli.core.facts import Needs
from asta_cli.core.keys import MacKey
from asta_cli.core.model import LinkPurpose
from asta_cli.store import load
from tests.support.cli import Asta
from tests.support.office import Office, codes, counts
from tests.support.race import Runner, race
from tests.test_accounts import account_id, known, left, lets_in, state

WHY = ("--reason", "Heirat")
OLD, NEW, OTHER = "erika@firma.example", "Erika.Neu@firma.example", "max@firma.example"
NEW_KEY = NEW.lower()
CHANGE = ("accounts", "change-email", OLD, NEW)


@pytest.fixture
def firm(office: Office) -> Office:
    """A firm with Erika as its only administrator."""
    firm = office.company("0001000", activated_at=office.clock.text())
    known(office, OLD)
    office.holds(OLD, firm)
    return office


def company(office: Office) -> int:
    return int(office.rows("company")[0]["id"])


def token(office: Office, number: int = -1) -> str:
    """The token in one of the mails to new addresses, as its reader sees it."""
    link = office.mails("email_change")[number][1]["link"]
    key = MacKey(office.keys.id, office.keys.subkey(tokens.PURPOSE))
    address = link["email"], link["email_key"]
    return tokens.make_link(key, LinkPurpose.EMAIL, link["id"], link["account"], link["expires_at"], address)


def row(office: Office, email_key: str) -> dict[str, Any]:
    (found,) = [a for a in office.rows("account") if a["email_key"] == email_key]
    return found


def test_nothing_changes_before_the_new_address_answers(firm: Office) -> None:
    before = firm.dump("run", "mail", "link", "run_change", "audit_entry", "audit_detail", "audit_head")
    assert counts(firm.report(*CHANGE, code=0)) == {"rows": 1, "created": 1}
    assert firm.dump("run", "mail", "link", "run_change", "audit_entry", "audit_detail", "audit_head") == before
    assert [to for to, _ in firm.mails("email_change")] == [NEW]
    assert [(to, p["new_email"]) for to, p in firm.mails("email_change_asked")] == [(OLD, NEW)]
    assert firm("accounts", "show", OLD, "--format", "json", code=0).json()["new_email"] == NEW


def test_everything_moves_when_it_does(firm: Office) -> None:
    lets_in(firm, OLD)
    account = account_id(firm, OLD)
    (grant,) = firm.grants(OLD)
    firm(*CHANGE, code=0)
    firm.clock.advance(seconds=60)
    told = firm.report("confirm", token(firm), code=0)
    assert told["email"] == NEW
    moved = row(firm, NEW_KEY)
    assert (moved["id"], moved["email"], moved["confirmed_at"]) == (account, NEW, firm.clock.text())
    (now,) = firm.grants(NEW_KEY)
    assert {**now, "email": OLD, "email_key": OLD} == grant
    assert left(firm) == {"session": 0, "link": 0, "service_token": 1, "operator": 1}
    assert {o["email_key"] for o in firm.rows("operator")} == {NEW_KEY}
    assert [to for to, _ in firm.mails("email_changed")] == [OLD, NEW]
    firm("perms", "check", NEW, "perms.grant", "0001000", code=0)
    firm("perms", "check", OLD, "perms.grant", "0001000", code=1)
    assert firm("companies", "without-admin", "--format", "count", code=0).lines == ["0"]


def test_a_second_look_at_the_link_is_harmless(firm: Office) -> None:
    firm(*CHANGE, code=0)
    firm("confirm", token(firm), code=0)
    before = firm.dump("run", "audit_entry", "audit_detail", "audit_head")
    assert counts(firm.report("confirm", token(firm), code=0)) == {"rows": 1, "unchanged": 1}
    assert firm.dump("run", "audit_entry", "audit_detail", "audit_head") == before


def test_the_link_lives_a_day(firm: Office) -> None:
    firm(*CHANGE, code=0)
    firm.clock.advance(hours=24)
    refused = firm.report("confirm", token(firm), code=5)
    assert codes(refused) == [("arguments", "expired", "error")]
    assert f"change-email {OLD} {NEW}" in refused["problems"][0]["hint"]
    assert row(firm, OLD)


def test_the_token_is_for_that_address_only(firm: Office) -> None:
    firm(*CHANGE, code=0)
    with firm.store.write() as tx:
        tx.driver("UPDATE link SET email = 'boese@example.com', email_key = 'boese@example.com'")
    assert codes(firm.report("confirm", token(firm), code=5)) == [("arguments", "foreign_token", "error")]
    assert codes(firm.report("password", "set", OLD, "--token-file", "-", stdin=token(firm), code=5)) == [
        ("arguments", "foreign_token", "error")
    ]


def test_asked_again_the_same_link_is_sent_again(firm: Office) -> None:
    firm(*CHANGE, code=0)
    assert counts(firm.report(*CHANGE, code=0)) == {"rows": 1, "unchanged": 1}
    assert token(firm, 0) == token(firm, 1)
    assert len(firm.rows("link")) == 1


def test_of_two_new_addresses_the_last_one_counts(firm: Office) -> None:
    firm(*CHANGE, code=0)
    firm("accounts", "change-email", OLD, "zweite@firma.example", code=0)
    assert codes(firm.report("confirm", token(firm, 0), code=5)) == [("arguments", "used", "error")]
    firm("confirm", token(firm, 1), code=0)
    assert row(firm, "zweite@firma.example")


def test_only_the_spelling_changes(firm: Office) -> None:
    firm("accounts", "change-email", OLD, OLD.upper().replace("FIRMA.EXAMPLE", "firma.example"), code=0)
    firm("confirm", token(firm), code=0)
    assert row(firm, OLD)["email"].startswith("ERIKA@")
    assert [g["email"][:6] for g in firm.grants(OLD)] == ["ERIKA@"]
    assert counts(firm.report("accounts", "change-email", OLD, row(firm, OLD)["email"], code=0)) == {
        "rows": 1,
        "unchanged": 1,
    }


# --- what waits at the new address ------------------------------------------------------------------------------------


def test_an_invitation_of_the_new_address_comes_along(firm: Office) -> None:
    other = firm.company("0002000", activated_at=firm.clock.text())
    firm("perms", "grant", NEW, "--company", "0002000", "--role", "manager", *WHY, code=0)
    assert other
    firm(*CHANGE, code=0)
    firm("confirm", token(firm), code=0)
    assert firm.held(NEW_KEY) == {("0001000", "administrator"), ("0002000", "manager")}
    firm("perms", "check", NEW, "trainees.view", "0002000", code=0)


def test_what_the_account_holds_stays_and_the_same_invitation_ends(firm: Office) -> None:
    (own,) = firm.grants(OLD)
    firm("perms", "grant", NEW, "--company", "0001000", "--role", "administrator", "--no-sites", *WHY, code=0)
    firm(*CHANGE, code=0)
    firm("confirm", token(firm), code=0)
    (held,) = firm.grants(NEW_KEY)
    assert (held["id"], bool(held["sites"])) == (own["id"], True)
    (ended,) = [g for g in firm.rows("access_grant") if g["ended_at"] is not None]
    assert ended["end_reason"] == f"accounts change-email {OLD} {NEW}"


def test_an_invitation_outlives_what_was_over(firm: Office) -> None:
    over = timeline.plus(firm.clock.text(), -60)
    firm.holds(OLD, company(firm), "manager", valid_until=over)
    firm("perms", "grant", NEW, "--company", "0001000", "--role", "manager", *WHY, code=0)
    firm(*CHANGE, code=0)
    firm("confirm", token(firm), code=0)
    (ended,) = [g for g in firm.rows("access_grant") if g["ended_at"] is not None]
    assert (ended["email_key"], ended["ended_at"]) == (OLD, over)
    firm("perms", "check", NEW, "trainees.view", "0001000", code=0)


def test_what_was_accepted_in_time_does_not_lapse_by_the_move(firm: Office) -> None:
    lapses = timeline.plus(firm.clock.text(), 3_600)
    firm.holds(OLD, company(firm), "manager", invited_until=lapses)
    firm.clock.advance(hours=2)
    firm(*CHANGE, code=0)
    firm("confirm", token(firm), code=0)
    assert {g["invited_until"] for g in firm.grants(NEW_KEY)} == {None}
    firm("perms", "check", NEW, "trainees.view", "0001000", code=0)


def test_an_account_that_never_proved_the_address_gives_way(firm: Office) -> None:
    firm("register", NEW, "--name", "Fremd", "--password-file", "-", stdin="drei Gänse am Teich", code=0)
    squatter = account_id(firm, NEW_KEY)
    firm(*CHANGE, code=0)
    firm("confirm", token(firm), code=0)
    assert row(firm, NEW_KEY)["id"] == account_id(firm, NEW_KEY) != squatter
    (gone,) = [a for a in firm.rows("account") if a["id"] == squatter]
    assert (gone["state"], gone["email"]) == ("disabled", NEW)
    assert left(firm)["link"] == 0
    firm("accounts", "list", code=0)


# --- who may --------------------------------------------------------------------------------------------------------


def test_an_address_with_an_account_is_refused_to_the_chamber(firm: Office) -> None:
    known(firm, OTHER)
    asked = ("accounts", "change-email", OLD, OTHER)
    assert codes(firm.report(*asked, code=5)) == [("arguments", "address_taken", "error")]
    firm("accounts", "lock", OTHER, *WHY, code=0)
    assert codes(firm.report(*asked, code=5)) == [("arguments", "address_taken", "error")]


def test_others_learn_nothing_about_the_new_address(firm: Office) -> None:
    for email in (OTHER, "gesperrt@firma.example"):
        known(firm, email)
    firm("accounts", "lock", "gesperrt@firma.example", *WHY, code=0)
    firm.person("offen@firma.example", "unconfirmed")
    answers = []
    for new in (OTHER, "gesperrt@firma.example", "offen@firma.example", "niemand@firma.example"):
        for argv in ((), ("--format", "json")):
            answer = firm("accounts", "change-email", OLD, new, *argv, as_=OLD, code=0)
            said = (answer.out + answer.err).replace(new, "NEW")
            answers.append("".join(line for line in said.splitlines() if '"run"' not in line and "seconds" not in line))
        firm.clock.advance(seconds=16 * 60)
    assert len(set(answers)) == 2  # one in words, one as JSON
    assert [to for to, _ in firm.mails("email_taken")] == [OTHER] * 2


def test_an_account_asks_three_times_in_a_quarter_of_an_hour(firm: Office) -> None:
    for n in range(5):
        firm("accounts", "change-email", OLD, f"neu{n}@firma.example", as_=OLD, code=0)
    assert len(firm.mails("email_change")) == 3


def test_in_the_meantime_the_address_was_taken(firm: Office) -> None:
    firm(*CHANGE, code=0)
    known(firm, NEW_KEY)
    assert codes(firm.report("confirm", token(firm), code=5)) == [("arguments", "address_taken", "error")]
    assert row(firm, OLD)


def test_nobody_changes_another_s_address(firm: Office) -> None:
    known(firm, OTHER)
    for email in (OLD, "niemand@firma.example"):
        refused = firm.report("accounts", "change-email", email, NEW, as_=OTHER, code=77)
        assert codes(refused) == [("arguments", "forbidden", "error")]
    assert not firm.rows("link")


@pytest.mark.parametrize(("verb", "code"), [("lock", "account_blocked"), ("disable", "account_blocked")])
def test_a_blocked_account_stays_where_it_is(firm: Office, verb: str, code: str) -> None:
    firm(*CHANGE, code=0)
    firm("accounts", verb, OLD, *WHY, "--orphan-ok", code=0)
    assert codes(firm.report("confirm", token(firm), code=5)) == [("arguments", code, "error")]
    assert codes(firm.report(*CHANGE, code=5)) == [("arguments", code, "error")]
    assert state(firm, OLD) != "confirmed"


def test_what_was_never_confirmed_takes_nothing_along(firm: Office) -> None:
    """Else whoever registers the address of an invited person could have the invitation sent elsewhere."""
    firm.person("offen@firma.example", "unconfirmed")
    for as_ in (None, "offen@firma.example"):
        refused = firm.report("accounts", "change-email", "offen@firma.example", NEW, as_=as_, code=5)
        assert codes(refused) == [("arguments", "not_confirmed", "error")]


def test_wrong_words(firm: Office) -> None:
    for argv in ((OLD, "kein"), ("kein", NEW)):
        assert codes(firm.report("accounts", "change-email", *argv, code=2)) == [("arguments", "bad_email", "error")]
    assert firm("accounts", "change-email", OLD, code=2).err
    unknown = firm.report("accounts", "change-email", "niemand@firma.example", NEW, code=5)
    assert codes(unknown) == [("arguments", "unknown_account", "error")]


def test_a_grant_of_earlier_can_still_be_undone(firm: Office) -> None:
    run = firm.report("perms", "grant", OLD, "--company", "0001000", "--role", "manager", *WHY, code=0)["run"]
    firm(*CHANGE, code=0)
    firm("confirm", token(firm), code=0)
    firm("runs", "undo", run, *WHY, code=0)
    assert firm.held(NEW_KEY) == {("0001000", "administrator")}


# --- at the same moment -----------------------------------------------------------------------------------------------


@pytest.fixture
def today(firm: Office) -> Office:
    """The firm at the time of the machine: the commands of a race know no other."""
    firm.clock.now = datetime.now(UTC)
    return firm


def test_one_of_eight_moves_and_all_are_content(asta_db: Asta, today: Office) -> None:
    today(*CHANGE, code=0)
    results = race(asta_db, [Runner(("confirm", token(today), "--format", "json"))] * 8)
    assert {r.code for r in results} == {0}
    assert Counter(r.json()["unchanged"] for r in results) == {0: 1, 1: 7}


def test_no_grant_is_lost_on_the_way(asta_db: Asta, today: Office) -> None:
    """Each grant comes before the move and moves, or after it and is an invitation to the address that was named."""
    for n in range(6):
        today.company(f"000300{n}")
        today.chamber(f"30{n}")
        today.company(f"000400{n}", chamber=f"30{n}")
    today(*CHANGE, code=0)
    idents = [f"000{k}00{n}" for n in range(6) for k in (3, 4)]
    grants = [Runner(("perms", "grant", OLD, "--company", i, "--role", "manager", *WHY)) for i in idents]
    results = race(asta_db, [*grants[:6], Runner(("confirm", token(today))), *grants[6:]])
    assert {r.code for r in results} == {0}
    runs = {r["id"]: r["started_at"] for r in today.rows("run")}
    assert len(runs) >= 13
    moved, stayed = today.held(NEW_KEY), today.held(OLD)
    assert moved | stayed == {(i, "manager") for i in idents} | {("0001000", "administrator")}
    invited = {to for to, p in today.mails("invited")}
    assert bool(stayed) == (OLD in invited)
    told = sum(len(p["companies"]) for _, p in today.mails("invited"))
    assert told == len(stayed)  # who was told of a permission has it; who was invited is not the account


def test_two_administrators_are_not_locked_at_once(asta_db: Asta, today: Office) -> None:
    known(today, OTHER)
    today.holds(OTHER, company(today))
    asked = [Runner(("accounts", verb, who, *WHY)) for who in (OLD, OTHER) for verb in ("lock", "disable", "offboard")]
    results = race(asta_db, asked)
    assert {r.code for r in results} <= {0, 5}
    usable = [who for who in (OLD, OTHER) if state(today, who) == "confirmed" and today.grants(who)]
    assert len(usable) == 1


def test_a_new_administrator_counts_only_while_usable(asta_db: Asta, today: Office) -> None:
    """One is locked while he is being made administrator elsewhere and the only other one there is revoked."""
    today.chamber("301")
    elsewhere = today.company("0005000", chamber="301", activated_at=today.clock.text())
    known(today, OTHER)
    today.holds(OLD, elsewhere)
    for _ in range(5):
        made = Runner(("perms", "grant", OTHER, "--company", "301:0005000", "--role", "administrator", *WHY))
        gone = Runner(("perms", "revoke", OLD, "--company", "301:0005000", *WHY))
        race(asta_db, [made, Runner(("accounts", "lock", OTHER, *WHY)), gone])
        lacking = today("companies", "without-admin", "--format", "ids", code=0).lines
        assert "0005000" not in lacking
        today("accounts", "unlock", OTHER, *WHY, code=0)
        today("perms", "grant", OLD, "--company", "301:0005000", "--role", "administrator", *WHY, code=0)
        today("perms", "revoke", OTHER, "--company", "301:0005000", *WHY, code=0)


def waits(office: Office, asta: Asta, needs: Needs, *argv: object) -> None:
    """That the command *argv* waits for whoever has locked what *needs* names, and then does its work."""
    known = {name: value for name, value in office.rows("access_grant")[0].items() if name != "id"}
    with ThreadPoolExecutor(1) as pool:
        with office.store.write() as tx:
            load.lock(tx, needs)
            done = pool.submit(asta, *argv, code=0)
            deadline = time.monotonic() + 60
            while tx.dialect == "postgresql" and not done.done() and time.monotonic() < deadline:
                if tx.driver("SELECT count(*) FROM pg_locks WHERE NOT granted").scalar():
                    break
                time.sleep(0.05)
            assert not done.done()
            tx.insert("access_grant", {**known, "id": 77, "role": "manager"})
        done.result(60)


def test_a_move_waits_for_a_permission_that_is_just_given(asta_db: Asta, today: Office) -> None:
    today(*CHANGE, code=0)
    waits(today, asta_db, Needs(accounts={OLD}), "confirm", token(today))
    assert today.held(NEW_KEY) == {("0001000", "administrator"), ("0001000", "manager")}


def test_an_account_that_is_just_given_something_is_locked_afterwards(asta_db: Asta, today: Office) -> None:
    waits(today, asta_db, Needs(accounts={OLD}), "accounts", "offboard", OLD, "--orphan-ok", *WHY)
    assert today.grants(OLD) == []


def test_nothing_is_given_to_an_account_that_is_being_changed(asta_db: Asta, today: Office) -> None:
    ask = ("perms", "grant", OLD, "--company", "0001000", "--role", "contract_applicant", *WHY)
    waits(today, asta_db, Needs(accounts={OLD}, whole_accounts=True), *ask)
    assert len(today.grants(OLD)) == 3


def test_signing_in_does_not_wait_for_permissions_that_are_being_given(today: Office) -> None:
    if today.store.path is not None:
        return  # an embedded database has one writer at a time

    def enter() -> None:
        with today.store.write() as tx:
            load.lock(tx, Needs(accounts={OLD}, sessions=True))
            tx.driver(f"UPDATE account SET last_sign_in = '{today.clock.text()}' WHERE email_key = '{OLD}'")

    with ThreadPoolExecutor(1) as pool, today.store.write() as giving:
        load.lock(giving, Needs(accounts={OLD}))
        pool.submit(enter).result(60)


def test_whoever_was_invited_long_ago_moves_as_the_last_administrator(office: Office) -> None:
    """The time to accept the invitation is over; that it was accepted is not."""
    firm = office.company("0001000", activated_at=office.clock.text())
    office.holds(OLD, firm, invited_until=timeline.plus(office.clock.text(), 60))
    known(office, OLD)
    office.clock.advance(days=40)
    office(*CHANGE, code=0)
    office("confirm", token(office), code=0)
    office("perms", "check", NEW, "perms.grant", "0001000", code=0)


@pytest.mark.parametrize("who", [None, OLD])
def test_the_same_address_twice_takes_the_question_back(firm: Office, who: str | None) -> None:
    """Somebody mistyped the new address, and it is a stranger's."""
    firm(*CHANGE, as_=who, code=0)
    asked = token(firm)
    mails = len(firm.mails())
    said = firm("accounts", "change-email", OLD, OLD, as_=who, code=0).err
    assert "asked no longer" in said
    assert "asked no longer" in firm("accounts", "change-email", OLD, OLD, as_=who, code=0).err
    assert len(firm.mails()) == mails
    assert firm("accounts", "show", OLD, "--format", "json", code=0).json()["new_email"] == ""
    firm("confirm", asked, code=5)
    assert row(firm, OLD)["email"] == OLD


def test_what_was_asked_is_not_undone_but_taken_back(firm: Office) -> None:
    run = firm.report(*CHANGE, code=0)["run"]
    assert "change-email EMAIL EMAIL" in firm("runs", "undo", run, *WHY, code=5).err


def test_a_password_does_not_move_along(firm: Office) -> None:
    """A mail scanner opens every link: that must not give a stranger what is given to the mailbox's reader."""
    with firm.store.write() as tx:
        tx.driver("UPDATE account SET password_hash = 'known to whoever asked'")
    firm(*CHANGE, as_=OLD, code=0)
    said = firm("confirm", token(firm), code=0).err
    assert row(firm, NEW_KEY)["password_hash"] is None
    assert f"asta password reset {NEW}" in said


def test_another_spelling_of_the_address_keeps_the_password(firm: Office) -> None:
    with firm.store.write() as tx:
        tx.driver("UPDATE account SET password_hash = 'mine'")
    firm("accounts", "change-email", OLD, OLD.title(), as_=OLD, code=0)
    firm("confirm", token(firm), code=0)
    assert (row(firm, OLD)["password_hash"], row(firm, OLD)["email"]) == ("mine", OLD.title())
