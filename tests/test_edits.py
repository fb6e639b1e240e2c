"""``companies|trainers|trainees set``: edits by hand on both databases, and what the nights make of them."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.support.office import Office, codes, counts
from tests.support.registers import write_rows

HEAD = {"ident_number": "K0", "name": "Kopf", "parent_ident_number": "", "email": "k@firma.example", "city": "Köln",
        "postal_code": "50667"}  # fmt: skip
SITE = HEAD | {"ident_number": "W1", "name": "Werk", "parent_ident_number": "K0"}
TRAINER = {"trainer_number": "A1", "company_ident_number": "K0", "last_name": "Groß", "email": "a1@firma.example",
           "valid_from": "2020-01-01", "valid_until": ""}  # fmt: skip
TRAINEE = {"trainee_number": "T1", "company_ident_number": "K0", "last_name": "Yılmaz", "email": "t@post.example",
           "occupation": "Koch", "contract_start": "2025-09-01", "contract_end": "2028-08-31", "trainer_number": "A1",
           "exam_period": "2028-S", "account_status": "none"}  # fmt: skip
HR = "hr@firma.example"


class Register:
    """The files of a night."""

    def __init__(self, office: Office, directory: Path) -> None:
        self.office, self.directory = office, directory
        directory.mkdir()
        self.write("companies", HEAD, SITE)
        self.write("trainers", TRAINER, TRAINER | {"company_ident_number": "W1"})
        self.write("trainees", TRAINEE)

    def write(self, kind: str, *rows: dict[str, str]) -> None:
        write_rows(self.directory / f"{kind}.csv", [dict(row) for row in rows])

    def night(self, *more: object) -> dict[str, Any]:
        return self.office.report("import", "snapshot", self.directory, *more, code=0)


@pytest.fixture
def register(office: Office, tmp_path: Path) -> Register:
    made = Register(office, tmp_path / "night")
    made.night()
    return made


def shown(office: Office, noun: str, key: str, *more: str) -> dict[str, Any]:
    found: dict[str, Any] = office(noun, "show", key, *more, "--format", "json", code=0).json()
    return found


def test_an_edit_survives_until_the_file_itself_changes(office: Office, register: Register) -> None:
    done = office.report("companies", "set", "W1", "city=Aachen", "email=", code=0)
    assert counts(done) == {"rows": 1, "updated": 1}
    for more in ((), (), ("--full",)):  # its line is read anew, then known, then compared all the same
        companies = register.night(*more)["kinds"][0]
        assert counts(companies) == {"rows": 2, "unchanged": 2, "kept": 1}
    found = shown(office, "companies", "W1")
    assert (found["city"], found["email"], found["by_hand"]) == ("Aachen", "", "city, email")
    register.write("companies", HEAD, SITE | {"city": "Ulm"})
    register.night()
    found = shown(office, "companies", "W1")
    assert (found["city"], found["email"], found["by_hand"]) == ("Ulm", "", "email")


def test_from_file_has_at_once_what_the_file_said_last(office: Office, register: Register) -> None:
    office("trainees", "set", "T1", "email=neu@post.example", "account_status=locked", code=0)
    register.write("trainees", TRAINEE | {"exam_period": "2027-W"})
    register.night()
    assert counts(office.report("trainees", "set", "T1", "--from-file", "email", code=0)) == {"rows": 1, "updated": 1}
    found = shown(office, "trainees", "T1")
    assert (found["email"], found["account_status"], found["by_hand"]) == ("t@post.example", "locked", "account_status")
    again = office.report("trainees", "set", "T1", "--from-file", "email", "--from-file", "exam_period", code=0)
    assert counts(again) == {"rows": 1, "unchanged": 1}


def test_the_same_value_is_no_edit(office: Office, register: Register) -> None:
    before = office.dump("run", "audit_entry", "audit_detail", "audit_head")
    assert counts(office.report("companies", "set", "177:W1", "city=Köln", code=0)) == {"rows": 1, "unchanged": 1}
    assert counts(office.report("companies", "set", "W1", "city=Ulm", "--dry-run", code=0))["updated"] == 1
    assert office.dump("run", "audit_entry", "audit_detail", "audit_head") == before


@pytest.mark.parametrize(
    ("words", "status", "code", "column"),
    [
        (("companies", "set", "W1", "postal_code=1"), 2, "bad_postal_code", "postal_code"),
        (("companies", "set", "W1", "city=Ulm", "name="), 2, "missing_value", "name"),
        (("companies", "set", "W1", "city=Ulm", "email=kein-at"), 2, "bad_email", "email"),
        (("companies", "set", "K0", "parent_ident_number=W1"), 5, "parent_cycle", "parent_ident_number"),
        (("companies", "set", "W1", "parent_ident_number=XX"), 5, "parent_unknown", "parent_ident_number"),
        (("companies", "set", "XX", "city=Ulm"), 5, "unknown_company", ""),
        (("trainers", "set", "A9", "last_name=Klein"), 5, "unknown_trainer", ""),
        (("trainers", "set", "A1", "valid_until=2019-01-01", "--company", "K0"), 2, "end_before_start", "valid_until"),
        (("trainees", "set", "T1", "contract_end=2025-01-01"), 2, "end_before_start", "contract_end"),
        (("trainees", "set", "T1", "contract_start=2029-01-01"), 2, "end_before_start", "contract_end"),
        (("trainees", "set", "T1", "company_ident_number=XX"), 5, "unknown_company", "company_ident_number"),
        (("trainees", "set", "T1", "trainer_number=A9"), 5, "unknown_trainer", "trainer_number"),
        (("trainees", "set", "175:T1", "last_name=Klein"), 5, "unknown_chamber", ""),
        (("trainees", "set", "T9", "last_name=Klein"), 5, "unknown_trainee", ""),
        (("trainees", "set", "T1", "account_status=weg"), 2, "bad_choice", "account_status"),
    ],
)
def test_a_refusal_is_told_by_its_own_status_and_nothing_is_written(
    office: Office, register: Register, words: tuple[str, ...], status: int, code: str, column: str
) -> None:
    tables = [office.rows(kind) for kind in ("company", "trainer", "trainee")]
    report = office.report(*words, code=status)
    assert [(p["code"], p["column"], p["severity"]) for p in report["problems"]] == [(code, column, "error")]
    assert [office.rows(kind) for kind in ("company", "trainer", "trainee")] == tables


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("city",), "city is not FIELD=VALUE"),
        (("ident_number=W2",), "possible: name, parent_ident_number, email"),
        (("chamber=175",), "chamber cannot be set here"),
        (("--from-file", "stadt"), "stadt cannot be set here"),
        (("city=Ulm", "city=Bonn"), "city is named twice"),
        (("city=Ulm", "--from-file", "city"), "city is named twice"),
        ((), "what is to be changed is missing"),
    ],
)
def test_what_cannot_be_meant_is_told_with_what_can(
    office: Office, register: Register, words: tuple[str, ...], says: str
) -> None:
    assert says in office("companies", "set", "W1", *words, code=2).err


def test_a_birth_date_is_set_only_where_it_is_stored(office: Office, register: Register) -> None:
    words = ("trainees", "set", "T1", "birth_date=17.5.2010")
    assert "birth_date cannot be set here" in office(*words, code=2).err
    office(*words, code=0, env={"ASTA_IMPORT__STORE_BIRTH_DATE": "true"})
    assert shown(office, "trainees", "T1")["birth_date"] == "2010-05-17"


def test_company_people_may_not_edit(office: Office, register: Register) -> None:
    office.person(HR)
    office.holds(HR, office.rows("company")[0]["id"])
    for words in (("companies", "set", "K0", "city=Ulm"), ("trainees", "set", "T9", "email=")):
        report = office.report(*words, code=77, as_=HR)
        assert codes(report) == [("arguments", "forbidden", "error")]
    assert ("companies set", "refused:forbidden") in office.log()


def test_a_trainee_moved_by_hand_goes_alone_and_comes_back_with_the_trainer(office: Office, register: Register) -> None:
    office("trainees", "set", "T1", "company_ident_number=W1", code=0)
    for _ in range(2):
        found = shown(office, "trainees", "T1")
        assert (found["company"], found["trainer_number"]) == ("W1", "")
        register.night("--full")
    office("trainees", "set", "T1", "trainer_number=A1", code=0)
    assert shown(office, "trainees", "T1")["trainer_number"] == "A1"
    office("trainees", "set", "T1", "--from-file", "company_ident_number", "--from-file", "trainer_number", code=0)
    found = shown(office, "trainees", "T1")
    assert (found["company"], found["trainer_number"], found["by_hand"]) == ("K0", "A1", "")
    assert {t["said"] for t in office.rows("trainee")} == {None}


def test_an_e_mail_set_by_hand_is_the_key_of_the_account(office: Office, register: Register) -> None:
    office.person("neu@firma.example")
    office("trainers", "set", "A1", "email=Neu@firma.example", "--company", "W1", code=0)
    register.night("--full")
    assert shown(office, "trainers", "A1", "--company", "W1")["has_account"] is True
    office("trainers", "set", "A1", "--from-file", "email", "--company", "W1", code=0)
    assert {t["email_key"] for t in office.rows("trainer")} == {"a1@firma.example"}


def test_a_site_taken_from_its_head_office_warns_of_a_lost_administrator(office: Office, register: Register) -> None:
    office.person(HR)
    office.holds(HR, office.rows("company")[0]["id"])
    report = office.report("companies", "set", "W1", "parent_ident_number=", code=0)
    assert codes(report) == [("arguments", "company_orphaned", "warning")]
    assert shown(office, "companies", "W1")["parent"] == ""


def test_what_is_not_edited_does_not_matter(office: Office, register: Register) -> None:
    with office.store.write() as tx:
        tx.driver("UPDATE company SET status = 'ended' WHERE ident_number = 'K0'")
    assert counts(office.report("trainees", "set", "T1", "email=neu@post.example", code=0))["updated"] == 1
    assert codes(office.report("trainees", "set", "T1", "company_ident_number=K0", code=5)) == [
        ("arguments", "company_ended", "error")
    ]


def test_the_history_holds_all_that_an_undo_needs(office: Office, register: Register) -> None:
    office("companies", "set", "W1", "city=Aachen", code=0)
    change = json.loads(office.rows("run_change")[-1]["payload"])
    assert change["before"] == {"city": "Köln", "said": None}
    assert change["after"] == {"city": "Aachen", "said": '{"city":"Köln"}'}


def test_a_trainer_at_several_companies_is_not_guessed(office: Office, register: Register) -> None:
    refused = office("trainers", "set", "A1", "last_name=Klein", code=2)
    assert "177:K0, 177:W1; add --company" in refused.err
    office("trainers", "set", "177:A1", "last_name=Klein", "--company", "W1", code=0)
    assert [t["last_name"] for t in office.rows("trainer")] == ["Groß", "Klein"]


@pytest.mark.parametrize("seed", range(3))
def test_weeks_of_nights_portals_and_hands(office: Office, register: Register, seed: int) -> None:
    chance = random.Random(seed)
    words = {"email": ("a@post.example", "b@post.example", ""), "exam_period": ("2027-S", "2027-W", ""),
             "account_status": ("none", "active", "locked")}  # fmt: skip
    said = {name: TRAINEE[name] for name in words}
    value, feed = dict(said), ""
    for _ in range(25):
        name = chance.choice(list(words))
        new = chance.choice(words[name])
        match chance.choice(("night", "portal", "hand")):
            case "night":
                register.write("trainees", TRAINEE | said | {name: new})
                if chance.random() < 0.3:
                    register.night("--dry-run")
                register.night(*chance.choice([(), ("--full",)]))
                value[name] = new if new != said[name] else value[name]
                said[name] = new
            case "portal":
                status = chance.choice(words["account_status"])
                register.write("azubi-accounts", {"trainee_number": "T1", "account_status": status})
                register.night()
                (register.directory / "azubi-accounts.csv").unlink()
                value["account_status"] = status if status != feed else value["account_status"]
                feed = status
            case "hand":
                office("trainees", "set", "T1", f"{name}={new}", code=0)
                value[name] = new
        found = shown(office, "trainees", "T1")
        assert {name: found[name] for name in words} == value
