"""Locking, disabling and leaving, on both databases: what ends, what is kept, and who may decide it."""

from __future__ import annotations

import pytest

from asta_cli.core import timeline
from tests.support.office import CHAMBER, Office, codes, counts

WHY = ("--reason", "Schreiben vom 2. März")
ERIKA, MAX, GUEST = "erika@firma.example", "max@firma.example", "gast@firma.example"


@pytest.fixture
def firm(office: Office) -> Office:
    """A head office with a site and a second firm. Erika administers both firms, Max the head office only."""
    head = office.company("0001000", activated_at=office.clock.text())
    office.company("0001001", head, activated_at=office.clock.text())
    office.company("0002000", activated_at=office.clock.text())
    for email in (ERIKA, MAX):
        known(office, email)
    office.holds(ERIKA, head)
    office.holds(ERIKA, second(office))
    office.holds(MAX, head)
    return office


def known(office: Office, email: str) -> None:
    """An account whose address was confirmed."""
    office.person(email)
    with office.store.write() as tx:
        tx.driver(f"UPDATE account SET confirmed_at = '{office.clock.text()}' WHERE email_key = '{email}'")


def second(office: Office) -> int:
    """The second firm."""
    return int(next(c["id"] for c in office.rows("company") if c["ident_number"] == "0002000"))


def state(office: Office, email: str) -> str:
    """The state of an account."""
    return str(next(a["state"] for a in office.rows("account") if a["email_key"] == email))


def account_id(office: Office, email: str) -> int:
    return int(next(a["id"] for a in office.rows("account") if a["email_key"] == email))


def lets_in(office: Office, email: str) -> None:
    """A session, a link of a reset mail and a service token of *email*, and an office."""
    now = office.clock.text()
    later = timeline.plus(now, 3_600)
    owner = account_id(office, email)
    office.insert(
        "session", account_id=owner, token_hash=b"x" * 32, os_user="u", created_at=now, used_at=now, expires_at=later
    )
    office.insert("link", purpose="reset", account_id=owner, issued_at=now, expires_at=later)
    office.insert(
        "service_token",
        name="nightly",
        account_id=owner,
        token_hash=b"y" * 32,
        verbs="[]",
        created_at=now,
        created_by="operator",
        expires_at=later,
        run_id=1,
    )
    office.insert("operator", email=email, email_key=email, chamber=CHAMBER, added_at=now, added_by="x", run_id=1)


def left(office: Office) -> dict[str, int]:
    """How many of each are still good for anything."""
    tables = {"session": "ended_at", "link": "used_at", "service_token": "ended_at", "operator": "ended_at"}
    return {table: sum(row[column] is None for row in office.rows(table)) for table, column in tables.items()}


# --- lock, unlock, disable --------------------------------------------------------------------------------------------


def test_a_locked_account_gives_nothing_until_it_is_unlocked(firm: Office) -> None:
    lets_in(firm, MAX)
    may = ("perms", "check", MAX, "perms.grant", "0001000")
    firm(*may, code=0)
    assert counts(firm.report("accounts", "lock", MAX, *WHY, code=0)) == {"rows": 1, "updated": 1}
    firm(*may, code=1)
    assert left(firm) == {"session": 0, "link": 0, "service_token": 1, "operator": 1}
    shown = firm("accounts", "show", MAX, "--format", "json", code=0).json()
    assert (shown["state"], shown["state_since"], shown["state_reason"]) == ("locked", firm.clock.text(), WHY[1])
    assert (shown["grants"], shown["sessions"]) == (1, 0)
    firm("accounts", "unlock", MAX, *WHY, code=0)
    firm(*may, code=0)
    assert [kind for kind in ("account_locked", "account_unlocked") if firm.mails(kind)] == [
        "account_locked",
        "account_unlocked",
    ]


@pytest.mark.parametrize("verb", ["lock", "disable"])
def test_a_repeat_is_no_news(firm: Office, verb: str) -> None:
    firm("accounts", verb, MAX, *WHY, code=0)
    before = firm.dump("run", "audit_entry", "audit_detail", "audit_head")
    assert counts(firm.report("accounts", verb, MAX, *WHY, code=0)) == {"rows": 1, "unchanged": 1}
    assert firm.dump("run", "audit_entry", "audit_detail", "audit_head") == before


def test_what_was_never_confirmed_is_not_so_after_unlocking(firm: Office) -> None:
    firm.person(GUEST, "unconfirmed")
    firm("accounts", "lock", GUEST, *WHY, code=0)
    firm("accounts", "unlock", GUEST, *WHY, code=0)
    assert state(firm, GUEST) == "unconfirmed"
    assert not firm.mails()  # nobody ever showed that the address is theirs


def test_a_disabled_account_comes_back_only_on_purpose(firm: Office) -> None:
    lets_in(firm, MAX)
    firm("accounts", "disable", MAX, *WHY, code=0)
    assert left(firm) == {"session": 0, "link": 0, "service_token": 0, "operator": 1}
    for verb in ("unlock", "lock"):
        assert codes(firm.report("accounts", verb, MAX, *WHY, code=5)) == [("arguments", "account_disabled", "error")]
    firm("accounts", "unlock", MAX, "--disabled", *WHY, code=0)
    firm("perms", "check", MAX, "perms.grant", "0001000", code=0)


@pytest.mark.parametrize("verb", ["lock", "disable", "offboard"])
def test_the_last_administrator_stays_usable(firm: Office, verb: str) -> None:
    before = firm.dump("audit_entry", "audit_detail", "audit_head")
    refused = firm.report("accounts", verb, ERIKA, *WHY, code=5)
    assert codes(refused) == [("arguments", "last_administrator", "error")]
    assert refused["orphaned"] == ["177:0002000"]
    assert firm.dump("audit_entry", "audit_detail", "audit_head") == before
    done = firm.report("accounts", verb, ERIKA, *WHY, "--orphan-ok", code=0)
    assert done["orphaned"] == ["177:0002000"]
    assert codes(done) == [("arguments", "company_orphaned", "warning")]
    lacking = firm("companies", "without-admin", "--format", "ids", code=0).lines
    assert lacking == ["0002000"]


def test_the_site_counts_too(firm: Office) -> None:
    firm("accounts", "lock", MAX, *WHY, code=0)
    refused = firm.report("accounts", "lock", ERIKA, *WHY, code=5)
    assert refused["orphaned"] == ["177:0001000", "177:0001001", "177:0002000"]


def test_a_locked_administrator_is_none_for_others(firm: Office) -> None:
    firm("accounts", "lock", MAX, *WHY, code=0)
    asked = ("perms", "revoke", ERIKA, "--company", "0001000", *WHY)
    assert codes(firm.report(*asked, code=5)) == [("arguments", "last_administrator", "error")]
    firm("accounts", "unlock", MAX, *WHY, code=0)
    firm(*asked, code=0)


@pytest.mark.parametrize("verb", ["lock", "unlock", "disable", "offboard"])
def test_only_the_chamber_decides_and_says_why(firm: Office, verb: str) -> None:
    assert "missing_answer" in firm("accounts", verb, MAX, code=2).err
    for email in (MAX, ERIKA, "nobody@firma.example"):
        refused = firm("accounts", verb, email, *WHY, "--format", "json", as_=ERIKA, code=77)
        assert [p["code"] for p in refused.json()["problems"]] == ["forbidden"]
    assert codes(firm.report("accounts", verb, "nobody@firma.example", *WHY, code=5)) == [
        ("arguments", "unknown_account", "error")
    ]
    assert codes(firm.report("accounts", verb, "nobody", *WHY, code=2)) == [("arguments", "bad_email", "error")]


def test_a_dry_run_says_the_same_and_writes_nothing(firm: Office) -> None:
    before = firm.dump()
    for argv, code in ((("lock", MAX), 0), (("lock", ERIKA), 5), (("offboard", MAX), 0), (("disable", MAX), 0)):
        told = firm.report("accounts", *argv, *WHY, "--dry-run", code=code)
        assert told["dry_run"]
        assert not told["applied"]
    assert firm.dump() == before


def test_it_cannot_be_undone_behind_the_owner_s_back(firm: Office) -> None:
    for argv in (("lock", MAX), ("unlock", MAX), ("disable", MAX)):
        run = firm.report("accounts", *argv, *WHY, code=0)["run"]
        assert codes(firm.report("runs", "undo", run, *WHY, code=5)) == [("arguments", "not_reversible", "error")]


# --- leaving ----------------------------------------------------------------------------------------------------------


def test_whoever_leaves_keeps_nothing(firm: Office) -> None:
    lets_in(firm, MAX)
    firm.holds(MAX, second(firm), "manager")
    told = firm.report("accounts", "offboard", MAX, *WHY, code=0)
    assert {k: told[k] for k in ("grants", "sessions", "links", "tokens", "offices")} == {
        "grants": 2,
        "sessions": 1,
        "links": 1,
        "tokens": 1,
        "offices": 1,
    }
    assert firm.grants(MAX) == []
    assert left(firm) == {"session": 0, "link": 0, "service_token": 0, "operator": 0}
    assert state(firm, MAX) == "disabled"
    ended = [g for g in firm.rows("access_grant") if g["email_key"] == MAX]
    assert {(g["ended_by"], g["end_reason"]) for g in ended} == {("operator", WHY[1])}
    assert counts(firm.report("accounts", "offboard", MAX, *WHY, code=0)) == {"rows": 1, "unchanged": 1}
    assert len(firm.mails("account_disabled")) == 1
    assert ("accounts offboard", "ok") in firm.log()


def test_an_invitation_ends_without_an_account(firm: Office) -> None:
    firm("perms", "grant", GUEST, "--company", "0001000", "--role", "manager", *WHY, code=0)
    assert firm.report("accounts", "offboard", GUEST, *WHY, code=0)["grants"] == 1
    assert firm.grants(GUEST) == []
    assert counts(firm.report("accounts", "offboard", GUEST, *WHY, code=0)) == {"rows": 1, "unchanged": 1}


def test_the_way_back_for_a_company_that_was_left_alone(firm: Office) -> None:
    firm("accounts", "offboard", ERIKA, *WHY, "--orphan-ok", code=0)
    assert firm("companies", "without-admin", "--format", "ids", code=0).lines == ["0002000"]
    firm("perms", "grant", MAX, "--company", "0002000", "--role", "administrator", *WHY, code=0)
    assert firm("companies", "without-admin", "--format", "ids", code=0).lines == []
    firm("perms", "check", MAX, "perms.grant", "0002000", code=0)


def test_people_read_what_ended(firm: Office) -> None:
    assert "permissions 1," in firm("accounts", "offboard", MAX, *WHY, "--dry-run", code=0).err
    assert "Berechtigungen 1" in firm("accounts", "offboard", MAX, *WHY, lang="de", code=0).err
    assert "keine Änderung" in firm("accounts", "offboard", MAX, *WHY, lang="de", code=0).err
    assert firm("-q", "accounts", "offboard", MAX, *WHY, code=0).err == ""


def test_a_company_takes_only_its_own_and_names_nothing_else(
    firm: Office, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """An administrator of the head office revokes a person who also works for the second firm."""
    firm.holds(GUEST, second(firm), "manager")
    with_own = next(c["id"] for c in firm.rows("company") if c["ident_number"] == "0001000")
    firm.holds(GUEST, with_own, "manager")
    written = tmp_path_factory.mktemp("report") / "changes.csv"
    said = []
    for more in (("--dry-run",), ("--dry-run", "--format", "json"), ("--report", written), ("--format", "json"), ()):
        answer = firm("perms", "revoke", GUEST, *more, as_=MAX, code=0)
        said.append(answer.out + answer.err)
    said.append(written.read_text())
    for argv in (("perms", "list", "--account", GUEST, "--all"), ("audit", "list"), ("runs", "list")):
        answer = firm(*argv, "--format", "csv", as_=MAX, code=0)
        said.append(answer.out + answer.err)
    assert "0001000" in said[5]
    assert "0002000" not in "".join(said)
    assert firm.held(GUEST) == {("0002000", "manager")}
    stranger = [
        firm("perms", "revoke", who, "--format", "json", as_=MAX, code=0).json() for who in (GUEST, "x@y.example")
    ]
    assert counts(stranger[0]) == counts(stranger[1]) == {"rows": 1, "unchanged": 1}


# --- who works at the desk of one chamber -----------------------------------------------------------------------------


@pytest.fixture
def desks(firm: Office) -> Office:
    """Two chambers with an operator each; Erika also works for a company of the second one."""
    firm.chamber("301")
    firm.holds(ERIKA, firm.company("0009000", chamber="301", activated_at=firm.clock.text()), "manager")
    for chamber in (CHAMBER, "301"):
        email = f"desk{chamber}@ihk.example"
        known(firm, email)
        firm.insert("operator", email=email, email_key=email, chamber=chamber, added_at="x", added_by="x", run_id=1)
    return firm


def test_a_chamber_decides_about_whoever_works_there_alone(desks: Office) -> None:
    firm = desks
    firm("accounts", "lock", MAX, *WHY, as_="desk177@ihk.example", code=0)
    assert codes(firm.report("accounts", "unlock", MAX, *WHY, as_="desk301@ihk.example", code=77)) == [
        ("arguments", "forbidden", "error")
    ]
    for verb in ("lock", "disable", "offboard"):
        for chamber in ("177", "301"):
            desk = {"as_": f"desk{chamber}@ihk.example"}
            refused = firm.report("accounts", verb, ERIKA, *WHY, "--orphan-ok", **desk, code=77)
            assert codes(refused) == [("arguments", "forbidden", "error")]
            assert "perms revoke" in refused["problems"][0]["hint"]
    assert state(firm, ERIKA) == "confirmed"
    firm("accounts", "lock", ERIKA, *WHY, "--orphan-ok", code=0)
    firm("accounts", "unlock", ERIKA, *WHY, as_="desk177@ihk.example", code=77)
    told = firm("perms", "explain", ERIKA, "perms.grant", "0001000", as_="desk177@ihk.example", code=1).out
    assert "all chambers of that account" in told
    answers = [explained(firm, ERIKA, **how) for how in ({"as_": "desk177@ihk.example"}, {"as_": ERIKA}, {})]
    assert [(a["by"], a["may_run"]) for a in answers] == [("chambers", False), ("chamber", False), ("chamber", True)]
    firm("accounts", "unlock", ERIKA, *WHY, code=0)


def explained(office: Office, email: str, **how: str) -> dict[str, object]:
    """What unlocks the account, as the explanation of a no says it."""
    asked = ("perms", "explain", email, "perms.grant", "0001000", "--format", "json")
    (remedy,) = office(*asked, code=1, **how).json()["answers"][0]["remedies"]
    assert remedy["code"] == "unlock_account"
    return dict(remedy)


def test_what_is_over_elsewhere_binds_no_chamber(desks: Office) -> None:
    past = timeline.plus(desks.clock.text(), -3_600)
    with desks.store.write() as tx:
        tx.driver(f"UPDATE access_grant SET valid_until = '{past}' WHERE role = 'manager'")
    desks("accounts", "lock", ERIKA, *WHY, "--orphan-ok", as_="desk177@ihk.example", code=0)
    told = desks.report("accounts", "offboard", ERIKA, *WHY, "--orphan-ok", as_="desk177@ihk.example", code=0)
    assert told["grants"] == 2
    assert desks.held(ERIKA) == {("0009000", "manager")}  # not theirs to end, and over


def test_to_appoint_and_to_dismiss_somebody_ends_no_token_of_another_chamber(desks: Office) -> None:
    lets_in(desks, ERIKA)
    with desks.store.write() as tx:
        tx.driver(f"UPDATE operator SET ended_at = added_at WHERE email_key = '{ERIKA}'")
    desk = {"as_": "desk177@ihk.example"}
    desks("operators", "add", ERIKA, "--chamber", CHAMBER, *WHY, **desk, code=0)
    desks("operators", "remove", ERIKA, "--chamber", CHAMBER, *WHY, **desk, code=0)
    assert left(desks)["service_token"] == 1
    desks("tokens", "revoke", "nightly", "--account", ERIKA, **desk, code=77)
    desks("tokens", "revoke", "nightly", "--account", ERIKA, code=0)


def test_tokens_end_with_the_last_office(desks: Office) -> None:
    lets_in(desks, MAX)
    desks.insert("operator", email=MAX, email_key=MAX, chamber="301", added_at="x", added_by="x", run_id=1)
    desks("operators", "remove", MAX, "--chamber", "301", *WHY, code=0)
    assert left(desks)["service_token"] == 1
    desks("operators", "remove", MAX, *WHY, as_="desk177@ihk.example", code=0)
    assert left(desks)["service_token"] == 0


def test_a_chamber_ends_no_permission_of_another_one(desks: Office) -> None:
    before = desks.grants(ERIKA)
    refused = desks.report("accounts", "offboard", ERIKA, *WHY, "--orphan-ok", as_="desk301@ihk.example", code=77)
    assert codes(refused) == [("arguments", "forbidden", "error")]
    assert "0001000" not in str(refused)
    assert desks.grants(ERIKA) == before
    desks("perms", "revoke", ERIKA, *WHY, as_="desk301@ihk.example", code=0)
    assert desks.held(ERIKA) == {("0001000", "administrator"), ("0002000", "administrator")}


def test_a_permission_given_on_purpose_makes_nobody_a_desk_s_own(desks: Office) -> None:
    """Whoever reads the new mailbox would have all that the account holds, elsewhere too."""
    with_desk = {"as_": "desk301@ihk.example"}
    desks("perms", "grant", MAX, "--company", "301:0009000", "--role", "manager", *WHY, **with_desk, code=0)
    asked = desks("accounts", "change-email", MAX, "neu@ihk.example", **with_desk, code=77)
    assert "one chamber alone" in asked.err
    assert desks.mails("email_change") == []
    desks("accounts", "change-email", MAX, "neu@ihk.example", code=0)


def test_operators_are_not_locked_by_those_of_another_desk(desks: Office) -> None:
    with desks.store.write() as tx:
        tx.driver("UPDATE account SET chamber = '177' WHERE email_key = 'desk301@ihk.example'")
    asked = ("accounts", "lock", "desk301@ihk.example", *WHY)
    desks(*asked, as_="desk177@ihk.example", code=77)
    desks("accounts", "change-email", "desk301@ihk.example", "neu@ihk.example", as_="desk177@ihk.example", code=77)
    desks(*asked, code=0)


# --- listings ---------------------------------------------------------------------------------------------------------

KEYS = ["group", "reason", "email", "name", "chamber", "state", "grants", "created_at", "last_sign_in"]


def test_accounts_are_searched_by_address_and_name(firm: Office) -> None:
    with firm.store.write() as tx:
        tx.driver("UPDATE account SET name = 'Max Müller' WHERE email_key = 'max@firma.example'")
    for text, found in (("MUELLER", [MAX]), ("erika", [ERIKA]), ("@firma", [ERIKA, MAX]), ("%", [])):
        assert firm("accounts", "list", "--search", text, "--format", "ids", code=0).lines == found
    assert firm("accounts", "list", "--search", "max", "--format", "ids", as_=ERIKA, code=0).lines == []
    assert firm("accounts", "list", "--search", "firma", "--state", "locked", "--format", "json", code=0).json() == []


def test_duplicates_say_why(firm: Office) -> None:
    for email in ("e.rika@firma.example", "zweite@privat.example", "dritte@privat.example"):
        known(firm, email)
    firm.trainer("A1", second(firm), "zweite@privat.example")
    with firm.store.write() as tx:
        tx.driver("UPDATE trainer SET email_key = email")
        tx.driver("UPDATE account SET name = 'N ' || email_key")
    record = firm.rows("trainer")[0]["id"]
    firm.holds("dritte@privat.example", second(firm), "trainer", trainer_id=record)
    found = firm("accounts", "duplicates", "--format", "json", code=0).json()
    assert list(found[0]) == KEYS
    assert [(d["group"], d["reason"], d["email"], d["grants"]) for d in found] == [
        (1, "trainer", "dritte@privat.example", 1),
        (1, "trainer", "zweite@privat.example", 0),
        (2, "address, local_part", "e.rika@firma.example", 0),
        (2, "address, local_part", ERIKA, 2),
    ]
    forms = {
        f: firm("accounts", "duplicates", "--format", f, code=0) for f in ("csv", "jsonl", "ids", "count", "table")
    }
    assert forms["csv"].lines[0] == ",".join(KEYS)
    assert forms["count"].lines == ["4"]
    assert forms["ids"].lines == [d["email"] for d in found]
    assert len(forms["jsonl"].lines) == 4
    assert firm("accounts", "duplicates", "--format", "json", as_=ERIKA, code=0).json() == []
    firm("accounts", "disable", "dritte@privat.example", *WHY, code=0)
    assert len(firm("accounts", "duplicates", "--format", "json", code=0).json()) == 2
    assert len(firm("accounts", "duplicates", "--all", "--format", "json", code=0).json()) == 4
    assert firm("accounts", "duplicates", "--chamber", CHAMBER, "--format", "count", code=0).lines == ["0"]
    firm("accounts", "duplicates", "--chamber", "999", code=5)
