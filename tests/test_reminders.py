"""Reminders of permissions that are about to end, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.office import Office, counts

ADMIN, SITE_ADMIN, HR = "admin@firma.example", "vor.ort@firma.example", "hr@firma.example"
WHY = ("--reason", "neues Schuljahr")
SOON, LATER = "2026-12-03T23:00:00Z", "2027-05-31T22:00:00Z"


@pytest.fixture
def firm(office: Office) -> Office:
    """A head office, a site with an administrator of its own, and a company that has none."""
    head = office.company("0001000", activated_at=office.clock.text())
    site = office.company("0001001", head)
    other = office.company("0002000")
    for email in (ADMIN, SITE_ADMIN, HR):
        office.person(email)
    office.holds(ADMIN, head)
    office.holds(SITE_ADMIN, site)
    office.holds(HR, head, "manager", valid_until=SOON)
    office.holds(HR, site, "manager", valid_until=SOON)
    office.holds(HR, other, "manager", valid_until=SOON)
    office.holds(HR, head, "contract_applicant", valid_until=LATER)
    return office


def work(firm: Office, **how: Any) -> str:
    return firm("jobs", "work", "--once", code=0, **how).err


def told(firm: Office) -> dict[tuple[str, bool], list[tuple[str, str]]]:
    return {
        (to, params.get("own", False)): [(g["ident_number"], g["email"]) for g in params["companies"]]
        for to, params in firm.mails("expiring")
    }


def test_administrators_are_told_once(firm: Office) -> None:
    assert "3 permissions" in work(firm)
    assert told(firm) == {
        (ADMIN, False): [("0001000", HR), ("0001001", HR)],
        (SITE_ADMIN, False): [("0001001", HR)],
        (HR, True): [("0002000", HR)],
    }
    assert firm.log() == [("perms remind", "ok")]
    work(firm)
    assert (len(firm.mails()), len(firm.log())) == (3, 1)


def test_where_no_administrator_can_act_the_holder_is_told(firm: Office) -> None:
    """Locked, over, without the sites, or at a head office that is ended."""
    locked, over = firm.company("0003000"), firm.company("0003001")
    without_sites, ended = firm.company("0004000"), firm.company("0005000", status="ended")
    firm.holds(firm.person("locked@firma.example", "locked"), locked)
    firm.holds(ADMIN, over, valid_until="2026-11-01T23:00:00Z")
    firm.holds(ADMIN, without_sites, sites=False)
    firm.holds(ADMIN, ended)
    for company in (locked, over, firm.company("0004001", without_sites), firm.company("0005001", ended)):
        firm.holds(HR, company, "manager", valid_until=SOON)
    work(firm)
    assert sorted(ident for ident, _ in told(firm)[HR, True]) == ["0002000", "0003000", "0003001", "0004001", "0005001"]
    assert told(firm)[ADMIN, False] == [("0001000", HR), ("0001001", HR)]


def test_what_is_renewed_is_told_of_again(firm: Office) -> None:
    work(firm)
    renewed = ("perms", "grant", HR, "--company", "0001001", "--role", "manager", "--until", "2027-01-31", *WHY)
    firm(*renewed, code=0)
    firm.clock.advance(days=60)
    work(firm)
    assert [(to, [c["ident_number"] for c in p["companies"]]) for to, p in firm.mails("expiring")[3:]] == [
        (ADMIN, ["0001001"]), (SITE_ADMIN, ["0001001"]),
    ]  # fmt: skip


def test_when_and_whether_is_a_setting(firm: Office) -> None:
    work(firm, env={"ASTA_PERMS__REMIND_DAYS": "0"})
    work(firm, env={"ASTA_PERMS__REMIND_DAYS": "3"})
    assert firm.mails() == []
    assert "4 permissions" in work(firm, env={"ASTA_PERMS__REMIND_DAYS": "300"})


def test_a_mail_does_not_tell_of_what_was_renewed_meanwhile(firm: Office) -> None:
    work(firm)
    firm("perms", "renew", "--expiring", "30d", "--until", "2028-07-31", "--company", "0001001", *WHY, code=0)
    firm("mail", "send", "--once", code=0)
    states = {m["recipient"]: m["state"] for m in firm.rows("mail")}
    assert states == {ADMIN: "sent", SITE_ADMIN: "dropped", HR: "sent"}


def test_a_reminder_stands_against_no_undo(firm: Office) -> None:
    run = firm.report(
        "perms", "grant", HR, "--company", "0001000", "--role", "administrator", "--until", "2026-12-01", *WHY, code=0
    )["run"]
    work(firm)
    assert counts(firm.report("runs", "undo", run, *WHY, code=0))["ended"] == 1
