"""Every verb there is, tried by people who have no right there: nothing changes and nothing of a company shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_help_pages import VERBS
from tests.support.office import Office

CANARY = "Kanarienvogel"
STRANGER, NEIGHBOUR, GONE = "fremd@aussen.example", "nachbar@nebenan.example", "ehemals@nebenan.example"
LISTS, SHOWS, CHANGES = "lists", "shows", "changes"
STATUS = {LISTS: (0,), SHOWS: (5, 77), CHANGES: (77,)}

# What each verb is tried with: it lists nothing (0), knows nothing (5), or may not (77).
TRIED: dict[str, tuple[str, str]] = {
    "companies list": (LISTS, ""),
    "companies show": (SHOWS, "0001000"),
    "companies admins": (SHOWS, "0001000"),
    "companies without-admin": (LISTS, ""),
    "companies set": (CHANGES, "0001000 city=Berlin"),
    "companies administrable": (LISTS, ""),
    "trainers list": (LISTS, ""),
    "trainers show": (SHOWS, "A1"),
    "trainees list": (LISTS, ""),
    "trainees show": (SHOWS, "T1"),
    "trainers set": (CHANGES, "A1 email=x@firma.example"),
    "trainees set": (CHANGES, "T1 email=x@firma.example"),
    "perms grant": (CHANGES, f"{STRANGER} --company 0001000 --role manager"),
    "perms revoke": (CHANGES, f"chef-{CANARY}@firma.example --company 0001000"),
    "perms list": (LISTS, ""),
    "perms who": (SHOWS, "0001000"),
    "perms check": (SHOWS, f"chef-{CANARY}@firma.example company.view 0001000"),
    "perms explain": (SHOWS, f"chef-{CANARY}@firma.example company.view 0001000"),
    "perms sync": (CHANGES, "--from grants.csv --company 0001000"),
    "perms resend": (SHOWS, f"neu-{CANARY}@firma.example --company 0001001"),
    "perms withdraw": (CHANGES, f"neu-{CANARY}@firma.example --company 0001001"),
    "perms renew": (SHOWS, "--expiring 30d --until 2099-12-31 --company 0001000"),
    "chambers add": (CHANGES, "179 --name X"),
    "chambers set": (CHANGES, "177 --name X"),
    "import companies": (CHANGES, "companies.csv"),
    "import trainers": (CHANGES, "trainers.csv"),
    "import trainees": (CHANGES, "trainees.csv"),
    "import azubi-accounts": (CHANGES, "azubi-accounts.csv"),
    "import snapshot": (CHANGES, "."),
    "runs list": (LISTS, ""),
    "runs show": (SHOWS, "{run}"),
    "runs approve": (CHANGES, "{run}"),
    "runs undo": (CHANGES, "{run}"),
    "letters issue": (CHANGES, "--company 0001000 --csv letters.csv"),
    "letters list": (LISTS, ""),
    "accounts list": (LISTS, ""),
    "accounts show": (SHOWS, f"chef-{CANARY}@firma.example"),
    "accounts change-email": (CHANGES, f"chef-{CANARY}@firma.example x@y.example"),
    "accounts lock": (CHANGES, f"chef-{CANARY}@firma.example --reason x"),
    "accounts unlock": (CHANGES, f"chef-{CANARY}@firma.example --reason x"),
    "accounts disable": (CHANGES, f"chef-{CANARY}@firma.example --reason x"),
    "accounts offboard": (CHANGES, f"chef-{CANARY}@firma.example --reason x"),
    "accounts duplicates": (LISTS, ""),
    "operators add": (CHANGES, f"{STRANGER} --chamber 177 --reason x"),
    "operators remove": (CHANGES, f"{STRANGER} --chamber 177 --reason x"),
    "operators list": (LISTS, ""),
    "services list": (LISTS, ""),
    "services set-state": (CHANGES, "exam-registration available"),
    "services pilot": (CHANGES, "add exam-registration --company 0001000"),
    "services activate": (CHANGES, "exam-registration --company 0001000"),
    "services deactivate": (CHANGES, "exam-registration --company 0001000"),
    "exam-periods list": (LISTS, ""),
    "exam-periods set": (CHANGES, "2027-S --deadline 2027-02-01"),
    "jobs list": (LISTS, ""),
    "jobs work": (CHANGES, "--once"),
    "mail list": (LISTS, ""),
    "mail send": (CHANGES, "--once"),
    "audit list": (LISTS, ""),
    "audit verify": (CHANGES, ""),
}
# What anybody may: about oneself, about asta, and about the database that they can open anyway.
OPEN = {
    "register", "confirm", "login", "logout", "whoami", "password set", "password reset", "activate", "chambers list",
    "import template", "completion", "config init", "config path", "config show", "db check", "db info", "db init",
    "db upgrade", "demo", "doctor", "tokens create", "tokens list", "tokens revoke",
}  # fmt: skip
HAS_NO_JSON = {"jobs work", "mail send", "audit verify"}


@pytest.fixture
def firm(office: Office, tmp_path: Path) -> Office:
    """A firm every text of which has the canary in it, and its neighbour, who has an administrator and had another."""
    texts: dict[str, Any] = dict.fromkeys(("name", "street", "city", "email"), f"{CANARY}@firma.example")
    head = office.company("0001000", activated_at=office.clock.text(), **texts)
    office.company("0001001", head, **texts)
    chef = office.person(f"chef-{CANARY}@firma.example")
    office.holds(chef, head, reason=CANARY)
    trainer = office.trainer("A1", head, f"{CANARY}@firma.example")
    values = {"chamber": "177", "trainee_number": "T1", "company_id": head, "trainer_id": trainer, "last_name": CANARY}
    contract = {"contract_start": "2026-08-01", "contract_end": "2029-07-31", "occupation": CANARY, "kind": "trainee"}
    office.insert("trainee", **values, **contract, account_status="none", status="open")
    office("letters", "issue", "--company", "0001000", "--csv", tmp_path / "codes.csv", code=0)
    office(
        "perms", "grant", f"neu-{CANARY}@firma.example", "--company", "0001001", "--role", "manager", "--reason", CANARY
    )
    near = office.company("0002000")
    for email, more in ((STRANGER, None), (NEIGHBOUR, {}), (GONE, {"ended_at": office.clock.text()})):
        office.person(email)
        if more is not None:
            office.holds(email, near, **more)
    (tmp_path / "in").mkdir()
    for kind, header in (("companies", "ident_number;name"), ("trainers", "x"), ("trainees", "x")):
        (tmp_path / "in" / f"{kind}.csv").write_text(f"{header}\n0001000;X\n")
    (tmp_path / "in" / "grants.csv").write_text(f"email;company;role\nchef-{CANARY}@firma.example;0001000;manager\n")
    return office


def test_the_canary_sings(firm: Office, tmp_path: Path) -> None:
    """To those who may hear it, so that silence means something."""
    for verb in ("companies list", "trainers list", "trainees list", "perms list", "letters list"):
        assert fault_of(firm, tmp_path, verb, "", "") is not None


def test_every_verb_is_tried() -> None:
    assert {words.removeprefix("asta ") for words in VERBS} == TRIED.keys() | OPEN


@pytest.mark.parametrize("who", [STRANGER, NEIGHBOUR, GONE])
def test_nothing_changes_and_nothing_shows(firm: Office, tmp_path: Path, who: str) -> None:
    run = firm("runs", "list", "--format", "ids", code=0).lines[-1]
    before = firm.dump("audit_entry", "audit_detail", "audit_head")
    wrong = [fault for verb in TRIED if (fault := fault_of(firm, tmp_path / "in", verb, run, who))]
    assert not wrong
    assert firm.dump("audit_entry", "audit_detail", "audit_head") == before
    assert not (tmp_path / "in" / "letters.csv").exists()


def fault_of(firm: Office, cwd: Path, verb: str, run: str, who: str) -> str | None:
    """What is wrong with the answer that *who* gets to *verb*."""
    what, words = TRIED[verb]
    json = () if verb in HAS_NO_JSON else ("--format", "json")
    done = firm(*verb.split(), *words.format(run=run).split(), *json, as_=who, cwd=cwd)
    shown = done.out + done.err
    for named in (f"chef-{CANARY}", f"neu-{CANARY}"):  # whom they named themselves
        shown = shown.replace(named, "")
    if done.code not in STATUS[what]:
        return f"{verb}: {done}"
    if CANARY in shown or (what is LISTS and "0001" in done.out):
        return f"{verb} shows {done}"
    return None
