"""``--at``: which grants were or will be valid at another moment, told alike by list, check, who and explain."""

from __future__ import annotations

import pytest

from tests.support.office import Office

HR, HEAD, SITE = "hr@firma.example", "0001000", "0001001"
WHY = ("--reason", "Test")


@pytest.fixture
def firm(office: Office) -> Office:
    office.company(SITE, office.company(HEAD))
    office.person(HR)
    return office


def states(firm: Office, *at: object) -> tuple[bool, bool, str, str]:
    """What check, explain, list and who say at the moment."""
    check = firm("perms", "check", HR, "trainees.view", SITE, *at).code == 0
    told = firm("perms", "explain", HR, "trainees.view", SITE, "--format", "json", *at).json()
    listed = firm("perms", "list", "--all", "--format", "json", *at, code=0).json()
    who = firm("perms", "who", SITE, "trainees.view", "--all", "--format", "json", *at, code=0).json()
    assert [row["via"] for row in who] == [HEAD] * len(who)
    return check, told["allowed"], *("".join(row["state"] for row in rows) for rows in (listed, who))


def same(allowed: bool, state: str) -> tuple[bool, bool, str, str]:
    return allowed, allowed, state, state


def test_days_are_inclusive_and_days_of_berlin(firm: Office) -> None:
    grant = ("--company", HEAD, "--role", "manager", "--starting", "2026-12-24", "--until", "2027-07-31")
    firm("perms", "grant", HR, *grant, *WHY, code=0)
    for moment, expected in (
        ("2026-12-23T23:59:59", same(False, "pending")),
        ("2026-12-24", same(True, "active")),
        ("2026-12-23T23:00:00Z", same(True, "active")),
        ("2027-07-31T23:59:59", same(True, "active")),
        ("2027-07-31T22:00:00Z", same(False, "expired")),
        ("01.08.2027", same(False, "expired")),
        ("2026-11-22T09:00:00Z", same(False, "")),  # nobody had given it yet
    ):
        assert states(firm, "--at", moment) == expected, moment


def test_the_hour_that_comes_twice_is_the_first(firm: Office) -> None:
    """On 25 October 2026 the clocks of Berlin went back from 3 to 2: 02:30 was at 00:30 and again at 01:30 UTC."""
    given = {"granted_at": "2026-10-25T00:45:00Z"}
    firm.holds(HR, firm.rows("company")[0]["id"], "manager", **given)
    for moment, expected in (
        ("2026-10-25T02:30", same(False, "")),
        ("2026-10-25T02:30+02:00", same(False, "")),
        ("2026-10-25T02:50", same(True, "active")),
        ("2026-10-25T02:30+01:00", same(True, "active")),
    ):
        assert states(firm, "--at", moment) == expected, moment
    told = firm("perms", "explain", HR, "trainees.view", SITE, "--at", "2026-10-25T02:30", "--format", "json", code=1)
    assert told.json()["at"] == "2026-10-25T00:30:00Z"


def test_what_ended_was_valid_before(firm: Office) -> None:
    grant = ("--company", HEAD, "--role", "manager")
    firm("perms", "grant", HR, *grant, *WHY, code=0)
    firm.clock.advance(days=10)
    firm("perms", "revoke", HR, "--company", HEAD, *WHY, code=0)
    before, after = "2026-12-03T08:59:59Z", "2026-12-03T09:00:00Z"
    assert states(firm, "--at", before) == same(True, "active")
    assert states(firm, "--at", after) == states(firm) == same(False, "ended")
    assert states(firm, "--at", "2030-01-01") == same(False, "ended")


def test_accounts_and_companies_are_as_they_are_today(firm: Office) -> None:
    firm("perms", "grant", HR, "--company", HEAD, "--role", "manager", *WHY, code=0)
    firm.clock.advance(days=10)
    assert states(firm, "--at", "2026-11-24")[:2] == (True, True)
    with firm.store.write() as tx:
        tx.driver("UPDATE account SET state = 'locked'", ())
    assert states(firm, "--at", "2026-11-24")[:2] == (False, False)
    with firm.store.write() as tx:
        tx.driver("UPDATE account SET state = 'confirmed'", ())
        tx.driver("UPDATE company SET status = 'ended' WHERE parent_id IS NULL", ())
    assert states(firm, "--at", "2026-11-24")[:2] == (False, False)


def test_a_moment_that_is_none(firm: Office) -> None:
    for verb in (("check", HR, "trainees.view", SITE), ("explain", HR, SITE), ("who", SITE), ("list",)):
        assert "--at" in firm("perms", *verb, "--at", "gestern", code=2).err
