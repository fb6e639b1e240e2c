"""The listings from the command line: their keys, who sees what of them, and that reading trainees is logged."""

from __future__ import annotations

import json
from typing import Any

import pytest

from asta_cli.core.model import Role
from asta_cli.store import tables as t
from asta_cli.store.db import Store
from tests.store.views.world import World
from tests.support.cli import Asta, Result
from tests.support.clock import Clock
from tests.support.inprocess import AstaInProcess

ME = "hr@example.com"
KEYS = {
    "companies list": "chamber ident_number name parent city email status active as_of complete",
    "companies without-admin": (
        "chamber ident_number name parent city email status active as_of complete administrators"
    ),
    "companies administrable": "chamber ident_number name role via valid_until",
    "companies admins 01": "email name role via state valid_until account",
    "trainers list": (
        "trainer_number chamber company first_name last_name email aptitude occupations valid_from valid_until "
        "has_account as_of complete"
    ),
    "trainees list": (
        "trainee_number chamber company first_name last_name occupation specialisation contract_start contract_end "
        "terminated_on exam_period trainer_number account_status has_account days_left as_of complete"
    ),
    "exam-periods list": "chamber period deadline days_left",
    "services list": "service chamber state since",
    "services list --company 01": "service chamber state since company active pilot",
}
TYPES = {"active": bool, "complete": bool, "has_account": bool, "days_left": int, "administrators": int, "pilot": bool}


class Firm:
    """Company 01 with its site 02, a trainer, three trainees, and ``hr@example.com`` as administrator."""

    def __init__(self, asta: AstaInProcess, world: World) -> None:
        self.asta, self.world = asta, world
        world.chamber("177", name="IHK Musterstadt", email="info@ihk.example")
        self.head = world.company("01", name="Müller & Söhne", city="Köln")
        self.site = world.company("02", self.head)
        self.trainer = world.trainer("A1", self.head, email=ME, email_key=ME)
        world.put(t.exam_period, chamber="177", period="2027-S", deadline="2026-12-03")
        world.trainee("T1", self.head, trainer_id=self.trainer, exam_period="2027-S", account_status="active")
        world.trainee("T2", self.head, exam_period="2027-S")
        world.trainee("T3", self.site)
        world.account(ME)
        world.grant(ME, self.head)
        world.write()

    def __call__(self, words: str, *more: object, **how: Any) -> Result:
        self.world.write()
        return self.asta(*words.split(), *more, **how)

    def json(self, words: str, *more: object, **how: Any) -> Any:
        return self(words, *more, "--format", "json", code=0, **how).json()

    def readings(self) -> list[tuple[str, str, int]]:
        """Action, target and number of rows of the logged readings."""
        with self.world.store.read() as tx:
            joined = t.audit_entry.join(t.audit_detail, t.audit_detail.c.seq == t.audit_entry.c.seq)
            query = joined.select().where(t.audit_entry.c.action.like("trainees%")).order_by(t.audit_entry.c.seq)
            rows = [(row.action, json.loads(row.payload)) for row in tx.execute(query)]
        return [(action, detail["target"], detail["rows"]) for action, detail in rows]


@pytest.fixture
def firm(asta_inproc_db: AstaInProcess, store: Store) -> Firm:
    """The firm on each of the two databases in turn."""
    return Firm(asta_inproc_db, World(store))


@pytest.mark.parametrize("words", KEYS)
def test_keys_and_types(firm: Firm, words: str) -> None:
    if words == "companies without-admin":
        firm.world.company("03")
    rows = firm.json(words, as_="" if words == "companies without-admin" else ME)
    assert rows
    for row in rows:
        assert list(row) == KEYS[words].split()
        for key, value in row.items():
            assert isinstance(value, TYPES.get(key, str)) or (key == "days_left" and value == ""), key


@pytest.mark.parametrize("words", [w for w in KEYS if "admins" not in w and "--company" not in w])
def test_no_rights_is_an_empty_listing(firm: Firm, words: str) -> None:
    firm.world.account("nobody@example.com")
    assert firm.json(words, as_="nobody@example.com") == []


def test_the_count_is_that_of_the_rows(firm: Firm) -> None:
    for words in ("companies list", "trainers list", "trainees list", "trainees list --missing-account"):
        found = len(firm.json(words))
        assert firm(words, "--format", "count", code=0).out == f"{found}\n"
    assert firm("trainees list --limit 2 --format count", code=0).out == "2\n"
    assert firm("companies administrable --format count", as_=ME, code=0).out == "2\n"


def test_ids_name_the_things(firm: Firm) -> None:
    assert firm("companies list --format ids").lines == ["01", "02"]
    assert firm("companies administrable --format ids", as_=ME).lines == ["01", "02"]
    assert firm("trainers list --format ids").lines == ["A1"]
    assert firm("trainees list --format ids").lines == ["T1", "T2", "T3"]


def test_unknown_companies_and_chambers_in_filters(firm: Firm) -> None:
    other = firm.world.company("03")
    firm.world.trainee("T9", other)
    for noun in ("companies", "trainers", "trainees"):
        for name in ("99", "x!"):
            assert "error[unknown_company]" in firm(f"{noun} list --company {name}", code=5).err
        assert "error[unknown_company]" in firm(f"{noun} list --company 03", as_=ME, code=5).err
        assert "error[unknown_chamber]" in firm(f"{noun} list --chamber 9", code=5).err
    assert "error[unknown_company]" in firm("companies show 03", as_=ME, code=5).err
    assert "error[unknown_company]" in firm("companies admins 03", as_=ME, code=5).err
    assert "error[unknown_trainee]" in firm("trainees show T9", as_=ME, code=5).err
    assert "error[unknown_trainer]" in firm("trainers show A9", as_=ME, code=5).err


def test_wrong_values_of_options(firm: Firm) -> None:
    assert "2027-S" in firm("trainees list --exam-period spring", code=2).err
    assert "2027-07-31" in firm("trainees list --ending-before soon", code=2).err
    assert firm.json("trainees list --exam-period", "Sommer 2027", "--missing-account")[0]["trainee_number"] == "T2"
    assert len(firm.json("trainees list --ending-before 01.09.2027")) == 3


def test_show(firm: Firm) -> None:
    company = firm.json("companies show 01", as_=ME)
    assert (company["ident_number"], company["sites"], company["active"]) == ("01", 1, True)
    assert firm.json("trainers show A1", as_=ME)["has_account"] is True
    trainee = firm.json("trainees show T2", as_=ME)
    assert (trainee["days_left"], trainee["kind"], trainee["birth_date"]) == (10, "trainee", "2009-02-01")
    firm.world.account("trainer@example.com")
    firm.world.grant("trainer@example.com", firm.head, Role.TRAINER, trainer_id=firm.trainer)
    assert firm.json("trainees show T1", as_="trainer@example.com")["birth_date"] == ""


def test_administrable_asks_about_oneself(firm: Firm) -> None:
    asked = firm.json("companies administrable --account HR@Example.com")
    assert asked == firm.json("companies administrable", as_=ME)
    assert asked == firm.json(f"companies administrable --account {ME}", as_=ME)
    assert [(row["ident_number"], row["via"]) for row in asked] == [("01", "01"), ("02", "01")]
    assert firm.json("companies administrable --account nobody@example.com") == []
    assert "error[forbidden]" in firm("companies administrable --account a@example.com", as_=ME, code=77).err
    assert "--account" in firm("companies administrable", code=2).err
    firm("companies administrable --account nonsense", code=2)


def test_what_is_incomplete_is_said(firm: Firm) -> None:
    for words in ("companies list", "trainees list", "trainers list"):
        assert "incomplete" not in firm(words, code=0).err
    with firm.world.store.write() as tx:
        tx.execute(t.company.update().where(t.company.c.id == firm.site), {"transfer_open": True})
    for words in ("companies list", "trainees list --format csv", "companies show 02", "trainees show T3"):
        told = firm(words, as_=ME, code=0)
        assert "data are incomplete: 177:02" in told.err, words
    rows = firm.json("trainees list")
    assert [(row["trainee_number"], row["complete"]) for row in rows] == [("T1", True), ("T2", True), ("T3", False)]
    assert "incomplete" not in firm("trainers list", code=0).err  # all of another company
    assert firm("-q trainees list", code=0).err == ""


def test_the_sign_of_a_missing_account(firm: Firm) -> None:
    lines = firm("trainees list", lang="de", code=0).lines
    marked = [line.split()[0] for line in lines if "●" in line]
    assert marked == ["T2", "T3"]
    firm.world.account("applicant@example.com")
    firm.world.grant("applicant@example.com", firm.site, Role.CONTRACT_APPLICANT)
    assert "●" not in firm("trainees list", as_="applicant@example.com", code=0).out  # they may not know


def test_birth_dates_are_in_no_list(firm: Firm) -> None:
    assert "birth_date" in firm("trainees list --fields birth_date", code=2).err
    for form in ("table --wide", "json", "jsonl", "csv"):
        assert "2009-02-01" not in firm(f"trainees list --format {form}", code=0).out


def test_reading_trainees_is_logged(firm: Firm) -> None:
    firm("trainees list --missing-account --company 01 --exam-period 2027-S", as_=ME, code=0)
    firm("trainees list --format count", code=0)
    firm("trainees show T3", code=0)
    assert firm.readings() == [
        ("trainees list", "company=01 missing_account exam_period=2027-S", 1),
        ("trainees list", "", 3),
        ("trainees show", "177:T3", 1),
    ]
    firm("companies list", code=0)
    firm("trainers list", code=0)
    assert len(firm.readings()) == 3
    firm("audit verify", code=0)


def test_what_cannot_be_logged_is_not_shown(asta_db: Asta, store: Store, clock: Clock) -> None:
    world = World(store)
    world.chamber("177")
    world.trainee("T1", world.company("01"))
    world.write()
    asta_db("trainees", "list", code=0)
    patience = {"ASTA_SQLITE__LOCK_TIMEOUT": "0.1"}
    with store.write() as tx:  # somebody else writes an entry of the log
        tx.execute(t.audit_head.update().values(seq=t.audit_head.c.seq))
        for words in (["list"], ["list", "--format", "csv"], ["show", "T1"]):
            refused = asta_db("trainees", *words, env=patience)
            assert (refused.code, refused.out) == (75, ""), words
        output = asta_db.home / "out.csv"
        asta_db("trainees", "list", "--format", "csv", "--output", output, env=patience, code=75)
        assert not output.exists()
        tx.rollback_only()


def test_exam_periods(firm: Firm) -> None:
    done = firm.json("exam-periods set", "Winter 2026/27", "--deadline", "01.09.2026")
    assert (done["created"], done["applied"]) == (1, True)
    again = firm.json("exam-periods set 2026-W --deadline 2026-09-01")
    assert (again["unchanged"], again["created"]) == (1, 0)
    moved = firm.json("exam-periods set 2026-W --deadline 2026-09-15 --chamber 177")
    assert moved["updated"] == 1
    listed = [tuple(row.values()) for row in firm.json("exam-periods list", as_=ME)]
    assert listed == [("177", "2026-W", "2026-09-15", -69), ("177", "2027-S", "2026-12-03", 10)]
    dry = firm.json("exam-periods set 2028-S --deadline 2028-02-01 --dry-run")
    assert (dry["created"], dry["applied"]) == (1, False)
    assert len(firm.json("exam-periods list")) == 2
    assert "bad_choice" in firm("exam-periods set spring --deadline 2028-02-01", code=2).err
    assert "bad_date" in firm("exam-periods set 2028-S --deadline 2028-02-31", code=2).err
    firm("exam-periods set 2028-S --deadline 2028-02-01", as_=ME, code=77)
    firm("exam-periods set 2028-S --deadline 2028-02-01 --chamber 9", code=5)
