"""Opening services of the portal, and using them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from asta_cli.core.model import Role
from asta_cli.store import tables as t
from asta_cli.store.db import Store
from tests.store.views.world import EARLIER, LATER, World
from tests.support.inprocess import AstaInProcess
from tests.test_looking import ME, Firm

EXAM = "exam-registration"
REPORTED = ("created", "ended", "unchanged", "rejected")


@pytest.fixture
def firm(asta_inproc_db: AstaInProcess, store: Store) -> Firm:
    """The firm on each of the two databases in turn."""
    return Firm(asta_inproc_db, World(store))


def change(firm: Firm, words: str, code: int = 0, as_: str = "") -> dict[str, Any]:
    """What a change of services reports: the counts that are not zero, and the codes of its problems."""
    report = firm(f"services {words}", "--format", "json", as_=as_, code=code).json()
    counts: dict[str, Any] = {key: report[key] for key in ("updated", *REPORTED) if report[key]}
    problems = [problem["code"] for problem in report["problems"]]
    return counts | ({"problems": problems} if problems else {})


def told(firm: Firm) -> dict[str, list[str]]:
    """Who got a mail about a release, and the companies it names."""
    with firm.world.store.read() as tx:
        rows = tx.execute(t.mail.select().where(t.mail.c.kind == "service_released")).mappings().all()
    assert len(rows) == len({row["recipient"] for row in rows})
    return {row["recipient"]: [c["ident_number"] for c in json.loads(row["params"])["companies"]] for row in rows}


def state(firm: Firm) -> str:
    (row,) = [r for r in firm.json("services list --company 01", as_=ME) if r["service"] == EXAM]
    return f"{row['state']} {row['active']} {row['pilot']}"


def test_from_pilot_to_release(firm: Firm) -> None:
    assert state(firm) == "unavailable False False"
    assert change(firm, f"set-state {EXAM} pilot") == {"created": 1}
    assert change(firm, f"set-state {EXAM} pilot") == {"unchanged": 1}
    assert told(firm) == {}
    assert change(firm, f"activate {EXAM} --company 01", 5, ME) == {"rejected": 1, "problems": ["service_not_open"]}
    assert change(firm, f"pilot add {EXAM} --company 01") == {"created": 1}
    assert change(firm, f"pilot add {EXAM} --company 01") == {"unchanged": 1}
    assert change(firm, f"activate {EXAM} --company 01", 0, ME) == {"created": 1}
    assert change(firm, f"activate {EXAM} --company 177:01", 0, ME) == {"unchanged": 1}
    assert state(firm) == "pilot True True"
    assert change(firm, f"pilot remove {EXAM} --company 01") == {"ended": 1}
    assert change(firm, f"pilot remove {EXAM} --company 01") == {"unchanged": 1}
    assert change(firm, f"set-state {EXAM} available") == {"updated": 1}
    assert state(firm) == "available True False"
    assert change(firm, f"activate {EXAM} --company 02", 0, ME) == {"created": 1}
    assert change(firm, f"deactivate {EXAM} --company 01 --company 02", 0, ME) == {"ended": 2}
    assert change(firm, f"deactivate {EXAM} --company 01", 0, ME) == {"unchanged": 1}
    assert change(firm, f"activate {EXAM} --company 01", 0, ME) == {"created": 1}


def test_a_release_is_told_to_every_usable_administrator_once(firm: Firm) -> None:
    world = firm.world
    world.account("both@example.com")
    world.grant("both@example.com", firm.site)
    world.grant("both@example.com", firm.head, sites=False)
    closed = world.company("03", status="ended")
    elsewhere = world.company("01", chamber="188") if world.chamber("188") else 0
    for name, state in (("locked", "locked"), ("late", "confirmed"), ("past", "confirmed"), ("far", "confirmed")):
        world.account(f"{name}@example.com", state)
    world.account("closed@example.com")
    world.account("manager@example.com")
    world.grant("locked@example.com", firm.head)
    world.grant("late@example.com", firm.head, valid_from=LATER)
    world.grant("past@example.com", firm.head, valid_until=EARLIER)
    world.grant("far@example.com", elsewhere)
    world.grant("closed@example.com", closed)
    world.grant("manager@example.com", firm.head, Role.MANAGER)
    world.grant("invited@example.com", firm.head)
    assert change(firm, f"set-state {EXAM} available --chamber 177") == {"created": 1}
    assert told(firm) == {ME: ["01"], "both@example.com": ["01", "02"]}
    change(firm, f"set-state {EXAM} available --chamber 177")
    assert len(told(firm)) == 2


def test_a_dry_run_tells_nobody(firm: Firm) -> None:
    assert change(firm, f"set-state {EXAM} available --dry-run") == {"created": 1}
    assert told(firm) == {}
    assert state(firm) == "unavailable False False"


def test_why_a_service_is_not_open(firm: Firm) -> None:
    def answer() -> str:
        return firm(f"services activate {EXAM} --company 01", as_=ME, code=5).err

    contact = "IHK Musterstadt, info@ihk.example"
    never = answer()
    assert "error[service_not_open]" in never
    assert "never been opened" in never
    assert contact in never
    change(firm, f"set-state {EXAM} pilot")
    assert "pilot at chamber 177 since 2026-11-23" in answer()
    change(firm, f"set-state {EXAM} unavailable")
    closed = answer()
    assert "unavailable at chamber 177 since 2026-11-23" in closed
    assert contact in closed


def test_a_company_that_cannot_use_services(firm: Firm) -> None:
    firm.world.company("03", firm.head, activated_at=None)
    firm.world.company("04", firm.head, status="ended")
    change(firm, f"set-state {EXAM} available")
    asked = "activate exam-registration --company"
    assert change(firm, f"{asked} 03", 5, ME) == {"rejected": 1, "problems": ["not_activated"]}
    assert change(firm, f"{asked} 04", 5, ME) == {"rejected": 1, "problems": ["company_ended"]}
    assert change(firm, f"{asked} 05", 5, ME) == {"rejected": 1, "problems": ["unknown_company"]}


def test_several_companies_all_or_none(firm: Firm) -> None:
    firm.world.company("03", firm.head, activated_at=None)
    change(firm, f"set-state {EXAM} available")
    both = change(firm, f"activate {EXAM} --company 01 --company 03 --company 01", 3, ME)
    assert both == {"created": 1, "rejected": 1, "problems": ["not_activated"]}
    assert state(firm) == "available False False"


@pytest.mark.parametrize("role", [Role.MANAGER, Role.TRAINER, Role.CONTRACT_APPLICANT])
def test_only_administrators_manage_services(firm: Firm, role: Role) -> None:
    who = f"{role}@example.com"
    firm.world.account(who)
    firm.world.grant(who, firm.head, role)
    firm.world.company("03", firm.head, activated_at=None)
    for name in ("01", "03"):  # what is wrong with the company is not for them to know
        refused = change(firm, f"activate {EXAM} --company {name}", 77, who)
        assert refused == {"rejected": 1, "problems": ["forbidden"]}
    change(firm, f"set-state {EXAM} available")
    change(firm, f"activate {EXAM} --company 01", 0, ME)
    assert change(firm, f"deactivate {EXAM} --company 01", 77, who) == {"rejected": 1, "problems": ["forbidden"]}


def test_only_the_chamber_opens_services(firm: Firm) -> None:
    for words in (f"set-state {EXAM} available", f"pilot add {EXAM} --company 01"):
        assert change(firm, words, 77, ME)["problems"] == ["forbidden"]
    change(firm, f"set-state {EXAM} available")
    assert change(firm, f"activate {EXAM} --company 01") == {"created": 1}  # the chamber may do it for a company, too


def test_which_chamber(firm: Firm) -> None:
    firm.world.chamber("188")
    assert "--chamber" in firm(f"services set-state {EXAM} pilot", code=2).err
    assert change(firm, f"set-state {EXAM} pilot --chamber 188") == {"created": 1}
    rows = firm.json("services list --chamber 188")
    assert [(row["service"], row["chamber"], row["state"]) for row in rows] == [
        (EXAM, "188", "pilot"),
        ("contract-management", "188", "unavailable"),
    ]
    firm("services list --chamber 9", code=5)
    firm("services list --company 99", code=5)
    firm(f"services set-state {EXAM} open", code=2)
