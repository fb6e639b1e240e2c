"""Invitations: a permission of an address that nobody has confirmed yet, until that happens or its time is over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.office import Office, counts

HR = "hr@firma.example"
ADMIN = "admin@firma.example"
WHY = ("--reason", "Schreiben vom 2. März")
DAYS = 21


@pytest.fixture
def firm(office: Office) -> Office:
    """A head office with a site, administered by ADMIN, and another company."""
    head = office.company("0001000", activated_at=office.clock.text())
    office.company("0001001", head)
    office.company("0002000")
    office.person(ADMIN)
    office.holds(ADMIN, head)
    return office


def invite(firm: Office, email: str = HR, company: str = "0001000", role: str = "manager", **how: Any) -> None:
    firm("perms", "grant", email, "--company", company, "--role", role, *WHY, code=0, **how)


def confirmed(firm: Office, email: str = HR) -> None:
    """*email* registers and confirms, with the token as the mail carries it."""
    firm("register", email, "--name", "Erika Muster", code=0)
    firm("mail", "send", "--once", code=0)
    mails = sorted(firm.asta.asta.home.rglob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    token = [
        line.split()[2]
        for mail in mails
        for line in mail.read_text(encoding="utf-8").splitlines()
        if line.startswith("asta confirm ") and "--resend" not in line
    ]
    firm("confirm", token[-1], code=0)


def may(firm: Office, permission: str = "company.view", company: str = "0001000") -> bool:
    return firm("perms", "check", HR, permission, company).out == "yes\n"


def states(firm: Office, *more: object) -> list[str]:
    rows = firm("perms", "list", "--account", HR, *more, "--format", "json", code=0).json()
    return [row["state"] for row in rows]


def test_confirmed_in_time_it_comes_into_force(firm: Office) -> None:
    invite(firm)
    firm.clock.advance(days=DAYS, seconds=-1)
    assert states(firm) == ["invited"]
    confirmed(firm)
    assert may(firm)
    firm.clock.advance(days=400)
    assert may(firm)
    assert states(firm) == ["active"]


def test_it_lapses_and_never_comes_into_force_later(firm: Office) -> None:
    invite(firm)
    firm.clock.advance(days=DAYS)
    assert states(firm) == []
    assert states(firm, "--all") == ["expired"]
    confirmed(firm)
    assert not may(firm)
    assert states(firm, "--all") == ["expired"]
    assert firm("perms", "who", "0001000", "--format", "ids", code=0).lines == [ADMIN]
    assert firm("companies", "administrable", "--account", HR, "--role", "manager", "--format", "ids").lines == []


def test_granting_again_ends_what_has_lapsed_and_begins_anew(firm: Office) -> None:
    invite(firm)
    first = firm.grants(HR)[0]
    firm.clock.advance(days=DAYS + 5)
    invite(firm)
    ended, second = (g for g in firm.rows("access_grant") if g["email_key"] == HR)
    assert (ended["id"], ended["ended_at"]) == (first["id"], first["invited_until"])
    assert second["invited_until"] > firm.clock.text()
    assert states(firm, "--all") == ["expired", "invited"]
    confirmed(firm)
    assert may(firm)


def test_who_has_confirmed_is_not_invited(firm: Office) -> None:
    firm.person(HR)
    invite(firm)
    assert firm.grants(HR)[0]["invited_until"] is None
    firm.clock.advance(days=DAYS)
    assert may(firm)


def test_how_long_it_holds_is_a_setting(firm: Office) -> None:
    invite(firm, env={"ASTA_PERMS__INVITATION_DAYS": "2"})
    firm.clock.advance(days=2)
    assert states(firm, "--all") == ["expired"]


def test_a_lapsed_mail_is_not_sent(firm: Office) -> None:
    invite(firm)
    firm.clock.advance(days=DAYS)
    firm("mail", "send", "--once", code=0)
    assert [mail["state"] for mail in firm.rows("mail")] == ["dropped"]


def test_a_lapsed_administrator_is_none(firm: Office, tmp_path: Path) -> None:
    invite(firm, role="administrator")
    firm.clock.advance(days=DAYS)
    confirmed(firm)
    report = firm.report("perms", "revoke", ADMIN, "--company", "0001000", *WHY, code=5)
    assert [p["code"] for p in report["problems"]] == ["last_administrator"]
    found = firm("companies", "without-admin", "--at-most", "1", "--format", "json", code=0).json()
    assert [row["ident_number"] for row in found] == ["0001000"]


def resend(firm: Office, email: str = HR, *more: object, **how: Any) -> Any:
    return firm("perms", "resend", email, *more, **how)


def test_an_invitation_is_sent_again_and_is_open_anew(firm: Office) -> None:
    invite(firm)
    invite(firm, company="0002000")
    firm.clock.advance(days=DAYS - 1)
    resend(firm, code=0)
    recipient, params = firm.mails("invited")[-1]
    assert (recipient, [c["ident_number"] for c in params["companies"]]) == (HR, ["0001000", "0002000"])
    assert {g["invited_until"] for g in firm.grants(HR)} == {params["until"]} == {"2027-01-03T09:00:00Z"}
    firm.clock.advance(days=DAYS - 1)
    assert states(firm) == ["invited", "invited"]
    assert firm.log()[-1] == ("perms resend", "ok")


def test_sending_again_shortens_nothing(firm: Office) -> None:
    invite(firm, env={"ASTA_PERMS__INVITATION_DAYS": "60"})
    invite(firm, company="0002000")
    before = [g["invited_until"] for g in firm.grants(HR)]
    firm.clock.advance(days=1)
    resend(firm, code=0)
    longer, anew = [g["invited_until"] for g in firm.grants(HR)]
    assert longer == before[0]
    assert before[1] < anew < longer
    assert firm.mails("invited")[-1][1]["until"] == anew


def test_who_may_not_give_it_does_not_learn_of_it_by_sending(firm: Office) -> None:
    manager = firm.person("m@firma.example")
    firm.holds(manager, next(c["id"] for c in firm.rows("company") if c["ident_number"] == "0001000"), "manager")
    without = resend(firm, HR, "--company", "0001000", as_=manager, code=5).err
    invite(firm)
    assert resend(firm, HR, "--company", "0001000", as_=manager, code=5).err == without


def test_only_those_of_the_company_named_are_sent_again(firm: Office) -> None:
    firm.chamber("188")
    firm.company("0001000", chamber="188")
    invite(firm, company="177:0001000")
    invite(firm, company="188:0001000")
    first, other = [g["invited_until"] for g in firm.grants(HR)]
    firm.clock.advance(days=1)
    resend(firm, HR, "--company", "177:0001000", code=0)
    assert [c["chamber"] for c in firm.mails("invited")[-1][1]["companies"]] == ["177"]
    again = [g["invited_until"] for g in firm.grants(HR)]
    assert again[0] > first
    assert again[1] == other


def test_only_what_the_asker_may_grant_is_sent_again(firm: Office) -> None:
    invite(firm)
    invite(firm, company="0002000")
    firm.clock.advance(days=1)
    resend(firm, as_=ADMIN, code=0)
    assert [c["ident_number"] for c in firm.mails("invited")[-1][1]["companies"]] == ["0001000"]
    assert resend(firm, HR, "--company", "0002000", as_=ADMIN).code in (5, 77)
    assert resend(firm, "--company", "0002000", as_=ADMIN).code != 0
    assert resend(firm, HR, "--dry-run", code=0).out == ""


@pytest.mark.parametrize("case", ["nobody", "confirmed", "lapsed", "elsewhere"])
def test_there_is_nothing_to_send(firm: Office, case: str) -> None:
    if case == "confirmed":
        firm.person(HR)
    if case != "nobody":
        invite(firm, company="0002000" if case == "elsewhere" else "0001000")
    if case == "lapsed":
        firm.clock.advance(days=DAYS)
    sent = len(firm.mails())
    how = {"as_": ADMIN} if case == "elsewhere" else {}
    report = firm.report("perms", "resend", HR, code=5, **how)
    assert [p["code"] for p in report["problems"]] == ["not_found"]
    assert len(firm.mails()) == sent


def test_who_is_no_operator_sends_a_few_at_most(firm: Office) -> None:
    invite(firm)
    for _ in range(2):
        resend(firm, as_=ADMIN, code=0)
    assert "throttled" in resend(firm, as_=ADMIN, code=75).err
    resend(firm, code=0)
    firm.clock.advance(hours=1)
    resend(firm, as_=ADMIN, code=0)


def test_withdrawing_ends_invitations_and_nothing_else(firm: Office) -> None:
    invite(firm)
    invite(firm, company="0002000", role="administrator")
    withdraw = ("perms", "withdraw", HR, "--company", "0001000")
    assert counts(firm.report(*withdraw, as_=ADMIN, code=0)) == {"rows": 1, "ended": 1}
    assert counts(firm.report(*withdraw, as_=ADMIN, code=0)) == {"rows": 1, "unchanged": 1}
    assert firm.held(HR) == {("0002000", "administrator")}
    firm("perms", "withdraw", HR, code=2)
    assert counts(firm.report("perms", "withdraw", ADMIN, *WHY, code=0)) == {"rows": 1, "unchanged": 1}
    assert counts(firm.report("perms", "withdraw", HR, *WHY, "--dry-run", code=0)) == {"rows": 1, "ended": 1}
    assert counts(firm.report("perms", "withdraw", HR, *WHY, code=0)) == {"rows": 1, "ended": 1}
    confirmed(firm)
    assert not may(firm)


def test_what_an_undo_gives_back_lapses_as_before(firm: Office) -> None:
    invite(firm)
    until = firm.grants(HR)[0]["invited_until"]
    firm.clock.advance(days=1)
    run = firm.report("perms", "revoke", HR, "--company", "0001000", *WHY, code=0)["run"]
    assert counts(firm.report("runs", "undo", run, *WHY, code=0))["created"] == 1
    assert firm.grants(HR)[0]["invited_until"] == until
    again = firm.report("perms", "revoke", HR, "--company", "0001000", *WHY, code=0)["run"]
    firm.clock.advance(days=DAYS)
    assert counts(firm.report("runs", "undo", again, *WHY, code=0)).get("created", 0) == 0
    assert firm.grants(HR) == []


def test_how_often_others_invite_somebody_is_not_told(firm: Office) -> None:
    for role in ("administrator", "manager", "contract_applicant"):
        invite(firm, company="0002000", role=role)
    unknown, busy = (firm("perms", "resend", email, as_=ADMIN, code=5).err for email in ("nie@firma.example", HR))
    assert busy.replace(HR, "nie@firma.example") == unknown
    invite(firm, as_=None)
    assert "throttled" in firm("perms", "resend", HR, as_=ADMIN, code=75).err
