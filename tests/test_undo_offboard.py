"""``runs undo`` of an offboarding, on both databases: everything that it ended is given back, or nothing."""

from __future__ import annotations

from typing import Any

import pytest

from asta_cli.core import timeline
from tests.support.office import CHAMBER, Office, codes, counts

WHY = ("--reason", "zur falschen Person")
ERIKA, MAX = "erika@firma.example", "max@firma.example"


@pytest.fixture
def firm(office: Office) -> Office:
    """Erika administers a head office together with Max, trains at its site, and holds two offices."""
    now = office.clock.text()
    head = office.company("0001000", activated_at=now)
    site = office.company("0001001", head, activated_at=now)
    other = office.company("0002000", activated_at=now)
    for email in (ERIKA, MAX):
        office.person(email)
        office.holds(email, head)
    office.holds(ERIKA, site, "trainer", trainer_id=office.trainer("A1", site))
    office.holds(ERIKA, other, "manager", sites=False, valid_until=timeline.plus(now, 90 * 86_400), reason="neu")
    for chamber, impersonate in ((CHAMBER, True), (None, False)):
        named = {"email": ERIKA, "email_key": ERIKA, "chamber": chamber, "impersonate": impersonate}
        office.insert("operator", **named, added_at=now, added_by="operator", run_id=1)
    return office


def offboard(firm: Office, email: str = ERIKA, *more: object) -> str:
    run: str = firm.report("accounts", "offboard", email, "--reason", "geht", *more, code=0)["run"]
    firm.clock.advance(hours=1)
    return run


def undo(firm: Office, run: str, *more: object, code: int = 0, **how: Any) -> dict[str, Any]:
    return firm.report("runs", "undo", run, *WHY, *more, code=code, **how)


def stated(firm: Office) -> list[Any]:
    """What is open of Erika's, as far as somebody said it."""
    names = ("company_id", "role", "sites", "trainer_id", "valid_from", "valid_until", "invited_until")
    held = sorted(str([g[name] for name in names]) for g in firm.grants(ERIKA))
    open_ = [(o["chamber"], bool(o["impersonate"])) for o in firm.rows("operator") if o["ended_at"] is None]
    account = next(a for a in firm.rows("account") if a["email_key"] == ERIKA)
    return [*held, *sorted(open_, key=str), (account["state"],)]


def test_everything_comes_back_as_it_was(firm: Office) -> None:
    before, old = stated(firm), {g["id"] for g in firm.grants(ERIKA)}
    run = offboard(firm)
    gone = firm.dump()
    assert undo(firm, run, "--dry-run")["dry_run"]
    assert firm.dump() == gone
    assert counts(undo(firm, run)) == {"rows": 6, "created": 5, "updated": 1}
    assert stated(firm) == before
    assert not old & {g["id"] for g in firm.grants(ERIKA)}  # that they were not held in between stays true
    assert {g["reason"] for g in firm.grants(ERIKA)} == {WHY[1]}
    shown = firm("accounts", "show", ERIKA, "--format", "json", code=0).json()
    assert (shown["state"], shown["state_since"], shown["state_reason"]) == ("confirmed", firm.clock.text(), WHY[1])
    told = [kind for kind in ("account_disabled", "account_unlocked", "operator_added") for _ in firm.mails(kind)]
    assert told == ["account_disabled", "account_unlocked", "operator_added", "operator_added"]
    assert next(r["state"] for r in firm("runs", "list", "--format", "json").json() if r["run"] == run) == "undone"
    assert ("runs undo", "ok") in firm.log()


def test_what_let_them_in_stays_ended(firm: Office) -> None:
    owner = next(a["id"] for a in firm.rows("account") if a["email_key"] == ERIKA)
    now = firm.clock.text()
    later = timeline.plus(now, 86_400)
    named = {"account_id": owner, "created_at": now, "expires_at": later}
    firm.insert("session", **named, token_hash=b"x" * 32, os_user="u", used_at=now)
    firm.insert("service_token", **named, name="n", token_hash=b"y" * 32, verbs="[]", created_by="x", run_id=1)
    undo(firm, offboard(firm))
    assert all(row["ended_at"] for table in ("session", "service_token") for row in firm.rows(table))


def test_a_locked_account_is_locked_again(firm: Office) -> None:
    firm("accounts", "lock", ERIKA, *WHY, code=0)
    undo(firm, offboard(firm))
    assert stated(firm)[-1] == ("locked",)


def test_what_was_an_invitation_only_is_one_again(firm: Office) -> None:
    guest = "gast@firma.example"
    firm("perms", "grant", guest, "--company", "0002000", "--role", "manager", *WHY, code=0)
    run = offboard(firm, guest)
    assert counts(undo(firm, run)) == {"rows": 1, "created": 1}
    assert firm.held(guest) == {("0002000", "manager")}


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (("accounts", "unlock", ERIKA, "--disabled"), "changed_since"),
        (("perms", "grant", ERIKA, "--company", "0001000", "--role", "administrator"), "in_use"),
        (("operators", "add", ERIKA, "--everywhere"), "in_use"),
        (("operators", "add", ERIKA, "--chamber", CHAMBER), "in_use"),
    ],
)
def test_what_was_decided_since_is_not_overruled(firm: Office, argv: tuple[str, ...], code: str) -> None:
    run = offboard(firm)
    firm(*argv, *WHY, code=0)
    before = firm.dump("audit_entry", "audit_detail", "audit_head")
    assert codes(undo(firm, run, code=5)) == [("arguments", code, "error")]
    assert firm.dump("audit_entry", "audit_detail", "audit_head") == before


def test_it_is_given_back_once_and_ended_by_another_offboarding(firm: Office) -> None:
    run = offboard(firm)
    back = undo(firm, run)["run"]
    assert codes(undo(firm, run, code=5)) == [("arguments", "already_undone", "error")]
    refused = undo(firm, back, code=5)
    assert codes(refused) == [("arguments", "not_reversible", "error")]
    assert "accounts offboard" in refused["problems"][0]["hint"]
    offboard(firm)
    assert firm.grants(ERIKA) == []


def test_only_those_who_might_give_it_give_it_back(firm: Office) -> None:
    """A chamber gives back what is of its own; who works for all is for those who do so, too; nobody for themselves."""
    firm.chamber("301")
    desk = "desk@ihk.example"
    firm.person(desk)
    firm.insert("operator", email=desk, email_key=desk, chamber=CHAMBER, added_at="x", added_by="x", run_id=1)
    run = offboard(firm)
    assert codes(undo(firm, run, code=5, as_=desk)) == [("arguments", "unknown_run", "error")]
    guest = "gast@firma.example"
    firm.person(guest)
    firm.holds(guest, next(c["id"] for c in firm.rows("company") if c["ident_number"] == "0002000"), "manager")
    with firm.store.write() as tx:
        tx.driver(f"UPDATE account SET chamber = '{CHAMBER}' WHERE email_key = '{guest}'")
    run = offboard(firm, guest)
    elsewhere = firm.holds(guest, firm.company("0009000", chamber="301"), "manager")
    assert codes(undo(firm, run, code=77, as_=desk)) == [("arguments", "forbidden", "error")]
    with firm.store.write() as tx:
        tx.driver(f"UPDATE access_grant SET ended_at = granted_at WHERE id = {elsewhere}")
    assert counts(undo(firm, run, as_=desk)) == {"rows": 2, "created": 1, "updated": 1}
    assert firm.held(guest) == {("0002000", "manager")}


def test_a_reason_is_asked_for(firm: Office) -> None:
    run = offboard(firm)
    assert "missing_answer" in firm("runs", "undo", run, code=2).err
    assert "error" not in firm("runs", "undo", run, *WHY, lang="de", code=0).err
