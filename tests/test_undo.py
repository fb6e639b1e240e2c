"""``runs undo`` on both databases: what it leaves is what was there before, and nothing later is lost by it."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from asta_cli.core import cases
from asta_cli.core.ids import read_id, show_id
from asta_cli.store.locks import chamber_lock
from tests.support.office import CHAMBER, Office, codes, counts
from tests.support.race import Runner, race
from tests.support.registers import Register, Row, write_rows
from tests.test_road import writing

WHY = ("--reason", "falsche Datei")
REGISTER = ("company", "trainer", "trainee")
COMPANY = {"ident_number": "0001000", "name": "Müller GmbH", "parent_ident_number": "", "city": "Dresden"}
TRAINER = {"trainer_number": "A1", "company_ident_number": "0001000", "last_name": "Groß", "email": "k@firma.example"}
TRAINEE = {
    "trainee_number": "T1",
    "company_ident_number": "0001000",
    "last_name": "Yılmaz",
    "occupation": "Bäcker/in",
    "contract_start": "2025-09-01",
    "contract_end": "2028-08-31",
    "trainer_number": "A1",
}
BASE: dict[str, Row] = {"companies": COMPANY, "trainers": TRAINER, "trainees": TRAINEE}


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Path]:
    """Write a snapshot: ``put(companies=[{...}], trainees=[...])``, each row the base row but for what is named."""

    def write(name: str = "night", **kinds: list[Row]) -> Path:
        directory = tmp_path / name
        directory.mkdir(exist_ok=True)
        for kind, rows in kinds.items():
            write_rows(directory / f"{kind}.csv", [BASE[kind] | row for row in rows])
        return directory

    return write


def load(office: Office, path: Path, *more: object) -> str:
    """Import a snapshot; the id of the run."""
    run: str = office.report("import", "snapshot", path, "--max-updated", "100%", *more, code=0)["run"]
    return run


def undo(office: Office, run: str, *more: object, code: int = 0) -> dict[str, Any]:
    return office.report("runs", "undo", run, *more, code=code)


def content(office: Office) -> dict[str, list[dict[str, Any]]]:
    """The register without the hashes of lines."""
    hidden = {"line_hash", "feed_hash"}
    return {
        table: [{k: v for k, v in row.items() if k not in hidden} for row in office.rows(table)] for table in REGISTER
    }


def states(office: Office) -> dict[str, str]:
    runs = office("runs", "list", "--format", "json", code=0).json()
    return {run["run"]: run["state"] for run in runs}


def whole(**more: list[Row]) -> dict[str, list[Row]]:
    return {"companies": [{}], "trainers": [{}], "trainees": [{}], **more}


# --- the register -----------------------------------------------------------------------------------------------------


def test_what_a_run_created_ends_and_the_same_file_reopens_it(office: Office, put: Callable[..., Path]) -> None:
    files = put(**whole())
    first = load(office, files)
    before = content(office)
    done = undo(office, first)
    assert counts(done) == {"rows": 3, "ended": 3}
    assert (done["command"], done["applied"]) == ("runs undo", True)
    now = office.clock.text()
    assert {(r["status"], r["ended_at"]) for table in REGISTER for r in office.rows(table)} == {("ended", now)}
    assert {r["line_hash"] for table in REGISTER for r in office.rows(table)} == {None}
    assert states(office) == {first: "undone", done["run"]: "applied"}
    assert counts(office.report("import", "snapshot", files, code=0)) == {"rows": 3, "reopened": 3}
    assert content(office) == before
    assert office.log()[-1] == ("import snapshot", "ok")


def test_values_come_back_and_the_same_file_writes_them_again(office: Office, put: Callable[..., Path]) -> None:
    load(office, put(**whole()))
    before = content(office)
    night = put(
        "second",
        companies=[{"name": "Müller SE", "city": ""}],
        trainers=[{"email": ""}],
        trainees=[{"trainer_number": "", "contract_end": "2029-01-31"}, {"trainee_number": "T2"}],
    )
    second = load(office, night)
    after = content(office)
    assert counts(undo(office, second)) == {"rows": 4, "updated": 3, "ended": 1}
    restored = content(office)
    assert restored["trainee"].pop()["status"] == "ended"
    assert restored == before
    assert counts(office.report("import", "snapshot", night, code=0)) == {"rows": 4, "updated": 3, "reopened": 1}
    assert content(office) == after


def test_what_a_run_reopened_ends_again(office: Office, put: Callable[..., Path]) -> None:
    files = put(**whole())
    first = load(office, files)
    undo(office, first)
    ended = content(office)
    second = load(office, files)
    assert counts(undo(office, second)) == {"rows": 3, "ended": 3}
    assert content(office) == ended


def test_undoing_an_undo_brings_everything_back(office: Office, put: Callable[..., Path]) -> None:
    first = load(office, put(**whole()))
    before = content(office)
    back = undo(office, first)["run"]
    again = undo(office, back)
    assert counts(again) == {"rows": 3, "reopened": 3}
    assert content(office) == before
    assert states(office) == {first: "applied", back: "undone", again["run"]: "applied"}
    assert counts(undo(office, first)) == {"rows": 3, "ended": 3}


def test_edits_by_hand_are_as_they_were(office: Office, put: Callable[..., Path]) -> None:
    load(office, put(**whole()))
    with office.store.write() as tx:
        tx.execute(text("UPDATE company SET city = 'Bonn', said = '{\"city\":\"Dresden\"}', line_hash = NULL"))
    before = content(office)
    second = load(office, put("second", companies=[{"city": "Köln"}]))
    assert (office.rows("company")[0]["city"], office.rows("company")[0]["said"]) == ("Köln", None)
    undo(office, second)
    assert content(office) == before


def test_a_dry_run_says_the_same_and_writes_nothing(office: Office, put: Callable[..., Path]) -> None:
    first = load(office, put(**whole()))
    before = office.dump()
    said = undo(office, first, "--dry-run")
    assert (counts(said), said["run"], said["dry_run"]) == ({"rows": 3, "ended": 3}, "", True)
    assert office.dump() == before


def test_a_run_that_changed_nothing(office: Office, put: Callable[..., Path]) -> None:
    files = put(**whole())
    load(office, files)
    second = load(office, files)
    before = content(office)
    assert counts(undo(office, second)) == {}
    assert content(office) == before
    assert states(office)[second] == "undone"


# --- what would be lost -----------------------------------------------------------------------------------------------


def test_later_changes_are_named_and_nothing_is_written(office: Office, put: Callable[..., Path]) -> None:
    load(office, put(**whole()))
    second = load(office, put("second", companies=[{"name": "Müller SE"}], trainees=[{"last_name": "Yildiz"}]))
    third = load(office, put("third", companies=[{"name": "Müller AG"}]))
    before = office.dump("audit_entry", "audit_detail", "audit_head")
    report = undo(office, second, code=5)
    assert codes(report) == [("arguments", "changed_since", "error")]
    (told,) = report["problems"]
    assert (told["column"], told["value"]) == ("name", f"{CHAMBER}:0001000")
    assert third in told["message"]
    assert third in told["hint"]
    assert office.dump("audit_entry", "audit_detail", "audit_head") == before
    assert office.log()[-1] == ("runs undo", "refused:changed_since")
    undo(office, third)
    assert counts(undo(office, second)) == {"rows": 2, "updated": 2}


def test_another_field_of_the_same_record_may_have_changed(office: Office, put: Callable[..., Path]) -> None:
    load(office, put(**whole()))
    second = load(office, put("second", companies=[{"name": "Müller SE"}]))
    load(office, put("third", companies=[{"name": "Müller SE", "city": "Köln"}]))
    undo(office, second)
    assert [(c["name"], c["city"]) for c in office.rows("company")] == [("Müller GmbH", "Köln")]


def test_a_value_that_went_and_came_back_counts_as_changed(office: Office, put: Callable[..., Path]) -> None:
    load(office, put(**whole()))
    second = load(office, put("second", companies=[{"name": "Müller SE"}]))
    load(office, put("third", companies=[{"name": "Müller AG"}]))
    fourth = load(office, put("fourth", companies=[{"name": "Müller SE"}]))
    assert fourth in undo(office, second, code=5)["problems"][0]["message"]


def test_any_later_change_of_a_record_that_would_end(office: Office, put: Callable[..., Path]) -> None:
    first = load(office, put(**whole()))
    later = load(office, put("second", trainees=[{"contract_end": "2029-01-31"}]))
    (told,) = undo(office, first, code=5)["problems"]
    assert (told["column"], told["value"]) == ("contract_end", f"{CHAMBER}:T1")
    assert later in told["message"]


def test_records_that_came_to_it_later(office: Office, put: Callable[..., Path]) -> None:
    first = load(office, put(companies=[{}]))
    later = load(office, put("second", trainees=[{"trainer_number": ""}]))
    (told,) = undo(office, first, code=5)["problems"]
    assert told["code"] == "in_use"
    assert f"{CHAMBER}:T1" in told["message"]
    assert later in told["message"]
    undo(office, later)
    undo(office, first)


@pytest.mark.parametrize("column", ["company", "trainer"])
def test_permissions_that_came_to_it_later(office: Office, put: Callable[..., Path], column: str) -> None:
    first = load(office, put(**whole()))
    if column == "trainer":
        load(office, put("only", companies=[{}]))
    role = ("--role", "trainer") if column == "trainer" else ("--role", "manager")
    given = office.report("perms", "grant", "k@firma.example", "--company", "0001000", *role, *WHY, code=0)["run"]
    problems = undo(office, first, code=5)["problems"]
    assert {p["code"] for p in problems} == {"in_use"}
    assert all(given in p["message"] for p in problems)
    undo(office, given, *WHY)
    undo(office, first)


def test_ten_are_named(office: Office, put: Callable[..., Path]) -> None:
    numbers = [{"ident_number": f"{n:07}"} for n in range(1, 14)]
    first = load(office, put(companies=numbers))
    load(office, put("second", companies=[n | {"city": "Köln"} for n in numbers]))
    err = office("runs", "undo", first, code=5).err
    assert err.count("error[changed_since]") == 10
    assert "and 3 more" in err


def test_of_very_many_the_rest_is_counted(
    office: Office, put: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cases, "MOST", 5)
    numbers = [{"ident_number": f"{n:07}"} for n in range(1, 14)]
    first = load(office, put(companies=numbers))
    load(office, put("second", companies=[n | {"city": "Köln"} for n in numbers]))
    report = undo(office, first, code=5)
    assert [p["code"] for p in report["problems"]] == ["changed_since"] * 5 + ["more_cases"]
    assert "8 more" in report["problems"][-1]["message"]


def test_a_former_head_office_that_lies_below_now(office: Office, put: Callable[..., Path]) -> None:
    site, head = {"ident_number": "2"}, {"ident_number": "1"}
    load(office, put(companies=[head, site | {"parent_ident_number": "1"}]))
    second = load(office, put("second", companies=[site]))
    load(office, put("third", companies=[head | {"parent_ident_number": "2"}]))
    assert codes(undo(office, second, code=5)) == [("arguments", "parent_cycle", "error")]


def test_a_swap_of_head_offices_goes_back(office: Office, put: Callable[..., Path]) -> None:
    site, head = {"ident_number": "2"}, {"ident_number": "1"}
    load(office, put(companies=[head, site | {"parent_ident_number": "1"}]))
    before = content(office)
    second = load(office, put("second", companies=[site, head | {"parent_ident_number": "2"}]))
    undo(office, second)
    assert content(office) == before


def test_a_record_behind_our_back(office: Office, put: Callable[..., Path]) -> None:
    first = load(office, put(companies=[{}]))
    with office.store.write() as tx:
        tx.execute(text("UPDATE company SET status = 'ended', ended_at = '2026-01-01T00:00:00Z'"))
    (told,) = undo(office, first, code=5)["problems"]
    assert (told["code"], told["column"]) == ("changed_since", "status")


# --- permissions ------------------------------------------------------------------------------------------------------


@pytest.fixture
def firm(office: Office) -> Office:
    """A company with an administrator."""
    head = office.company("0001000")
    office.holds(office.person("chef@firma.example"), head)
    office.person("hr@firma.example")
    return office


def test_what_was_given_ends(firm: Office) -> None:
    given = firm.report("perms", "grant", "hr@firma.example", "--company", "0001000", "--role", "manager", *WHY, code=0)
    done = undo(firm, given["run"], "--reason", "doch nicht")
    assert counts(done) == {"rows": 1, "ended": 1}
    (grant,) = [g for g in firm.rows("access_grant") if g["role"] == "manager"]
    assert (grant["ended_at"], grant["ended_by"], grant["end_reason"]) == (firm.clock.text(), "operator", "doch nicht")
    assert grant["end_run_id"] == read_id(done["run"])


def test_what_was_taken_is_given_again_as_it_was(firm: Office) -> None:
    grant = ("perms", "grant", "hr@firma.example", "--company", "0001000", "--role", "manager")
    firm(*grant, "--no-sites", "--until", "2099-12-31", "--reason", "Vertretung", code=0)
    (was,) = [g for g in firm.rows("access_grant") if g["role"] == "manager"]
    firm.clock.advance(seconds=60)
    taken = firm.report("perms", "revoke", "hr@firma.example", "--company", "0001000", *WHY, code=0)["run"]
    assert counts(undo(firm, taken, *WHY)) == {"rows": 1, "created": 1}
    (now,) = [g for g in firm.grants("hr@firma.example") if g["role"] == "manager"]
    same = ("email", "email_key", "company_id", "role", "sites", "trainer_id", "valid_from", "valid_until")
    assert {n: now[n] for n in same} == {n: was[n] for n in same}
    assert (now["granted_at"], now["reason"]) == (firm.clock.text(), "falsche Datei")
    assert len(firm.mails()) == 1


def test_what_was_changed_is_restored(firm: Office) -> None:
    grant = ("perms", "grant", "hr@firma.example", "--company", "0001000", "--role", "manager")
    firm(*grant, *WHY, code=0)
    (before,) = [g for g in firm.rows("access_grant") if g["role"] == "manager"]
    changed = firm.report(*grant, "--until", "2099-12-31", "--no-sites", "--reason", "kürzer", code=0)["run"]
    assert counts(undo(firm, changed, *WHY)) == {"rows": 1, "updated": 1}
    (after,) = [g for g in firm.rows("access_grant") if g["role"] == "manager"]
    assert after == before


def test_a_place_that_somebody_took_meanwhile(firm: Office) -> None:
    grant = ("perms", "grant", "hr@firma.example", "--company", "0001000", "--role", "manager", *WHY)
    firm(*grant, code=0)
    taken = firm.report("perms", "revoke", "hr@firma.example", "--company", "0001000", *WHY, code=0)["run"]
    again = firm.report(*grant, code=0)["run"]
    (told,) = undo(firm, taken, *WHY, code=5)["problems"]
    assert told["code"] == "in_use"
    assert again in told["message"]


def test_the_last_administrator_stays(firm: Office) -> None:
    grant = ("perms", "grant", "hr@firma.example", "--company", "0001000", "--role", "administrator", *WHY)
    given = firm.report(*grant, code=0)["run"]
    firm("perms", "revoke", "chef@firma.example", "--company", "0001000", *WHY, code=0)
    report = undo(firm, given, *WHY, code=5)
    assert codes(report) == [("arguments", "last_administrator", "error")]
    assert firm.held("hr@firma.example") == {("0001000", "administrator")}
    assert counts(undo(firm, given, "--orphan-ok", *WHY)) == {"rows": 1, "ended": 1}


def test_an_exchange_of_administrators_goes_back(firm: Office, tmp_path: Path) -> None:
    """One ends and one returns in the same run: whoever remains in the end counts, whatever the order."""
    grant = ("perms", "grant", "hr@firma.example", "--company", "0001000", "--role", "administrator", *WHY)
    firm(*grant, code=0)
    taken = firm.report("perms", "revoke", "chef@firma.example", "--company", "0001000", *WHY, code=0)["run"]
    back = undo(firm, taken, *WHY)["run"]
    firm("perms", "revoke", "hr@firma.example", "--company", "0001000", *WHY, code=0)
    assert codes(undo(firm, back, *WHY, code=5)) == [("arguments", "last_administrator", "error")]


def test_a_reason_is_needed_for_permissions_alone(firm: Office, put: Callable[..., Path]) -> None:
    given = firm.report("perms", "grant", "hr@firma.example", "--company", "0001000", "--role", "manager", *WHY, code=0)
    assert "--reason" in firm("runs", "undo", given["run"], code=2).err
    undo(firm, load(firm, put(companies=[{"ident_number": "7"}])))


# --- services and the rest --------------------------------------------------------------------------------------------


def test_services(firm: Office) -> None:
    state = ("services", "set-state", "exam-registration")
    first = firm.report(*state, "pilot", code=0)["run"]
    second = firm.report(*state, "available", code=0)["run"]
    undo(firm, second)
    assert [s["state"] for s in firm.rows("service_state")] == ["pilot"]
    added = firm.report("services", "pilot", "add", "exam-registration", "--company", "0001000", code=0)["run"]
    undo(firm, added)
    assert [p["ended_at"] is not None for p in firm.rows("service_pilot")] == [True]
    undo(firm, first)
    assert [s["state"] for s in firm.rows("service_state")] == ["unavailable"]


def test_a_pilot_that_was_left_returns(firm: Office) -> None:
    pilot = ("services", "pilot")
    what = ("exam-registration", "--company", "0001000")
    firm(*pilot, "add", *what, code=0)
    left = firm.report(*pilot, "remove", *what, code=0)["run"]
    assert counts(undo(firm, left)) == {"rows": 1, "created": 1}
    assert [p["ended_at"] is None for p in firm.rows("service_pilot")] == [False, True]


def test_deadlines_and_chambers(firm: Office) -> None:
    first = firm.report("exam-periods", "set", "2027-S", "--deadline", "2027-02-01", code=0)["run"]
    second = firm.report("exam-periods", "set", "2027-S", "--deadline", "2027-03-01", code=0)["run"]
    undo(firm, second)
    assert [p["deadline"] for p in firm.rows("exam_period")] == ["2027-02-01"]
    assert codes(undo(firm, first, code=5)) == [("arguments", "not_reversible", "error")]
    named = firm.report("chambers", "set", CHAMBER, "--name", "IHK Neu", code=0)["run"]
    undo(firm, named)
    assert [c["name"] for c in firm.rows("chamber")] == [f"IHK {CHAMBER}"]


def test_what_has_left_the_house(firm: Office, tmp_path: Path) -> None:
    letters = firm.report("letters", "issue", "--company", "0001000", "--csv", tmp_path / "codes.csv", code=0)["run"]
    report = undo(firm, letters, code=5)
    assert codes(report) == [("arguments", "not_reversible", "error")]
    assert "letters issue" in report["problems"][0]["hint"]
    added = firm.report("chambers", "add", "178", "--name", "IHK 178", code=0)["run"]
    assert codes(undo(firm, added, code=5)) == [("arguments", "not_reversible", "error")]


# --- whose, which, when -----------------------------------------------------------------------------------------------


def test_only_operators_undo(firm: Office, put: Callable[..., Path]) -> None:
    first = load(firm, put(companies=[{"ident_number": "7"}]))
    before = content(firm)
    assert codes(firm.report("runs", "undo", first, as_="chef@firma.example", code=77)) == [
        ("arguments", "forbidden", "error")
    ]
    assert content(firm) == before


def test_runs_that_are_not_there(office: Office) -> None:
    assert "unknown_run" in office("runs", "undo", "0amg3kzfb9pfn", code=5).err
    assert "unknown_run" in office("runs", "undo", "x", code=5).err


@pytest.mark.parametrize(
    ("state", "expires", "code"),
    [
        ("held", "2099-01-01T00:00:00Z", "run_held"),
        ("held", "2001-01-01T00:00:00Z", "run_expired"),
        ("superseded", None, "run_superseded"),
        ("approved", None, "already_approved"),
    ],
)
def test_runs_that_wrote_nothing(office: Office, state: str, expires: str | None, code: str) -> None:
    values = {"command": "import snapshot", "chamber": CHAMBER, "state": state, "started_at": office.clock.text()}
    number = office.insert("run", **values, principal="operator", expires_at=expires)
    assert codes(undo(office, show_id(number), code=5)) == [("arguments", code, "error")]


def test_a_second_undo_names_the_first(office: Office, put: Callable[..., Path]) -> None:
    first = load(office, put(**whole()))
    by = undo(office, first)["run"]
    (told,) = undo(office, first, code=5)["problems"]
    assert told["code"] == "already_undone"
    assert by in told["message"]
    assert "already_undone" in office("runs", "undo", first, "--dry-run", code=5).err


def test_erased_history_cannot_be_undone(office: Office, put: Callable[..., Path]) -> None:
    load(office, put(**whole()))
    second = load(office, put("second", trainees=[{"last_name": "Yildiz"}]))
    with office.store.write() as tx:
        tx.execute(text("UPDATE run_change SET payload = NULL WHERE kind = 'trainee' AND action = 'update'"))
    assert codes(undo(office, second, code=5)) == [("arguments", "data_erased", "error")]


def test_of_two_at_once_one_wins(office: Office, register: Callable[..., Register]) -> None:
    first = load(office, register(companies=3, sites=2, trainees=5).directory)
    asked = ("runs", "undo", first, "--lock-wait", "60s", "--format", "json")
    done = race(office.asta.asta, [Runner(asked)] * 4)
    assert sorted(r.code for r in done) == [0, 5, 5, 5], done
    assert {code for r in done for code in codes(r.json())} == {("arguments", "already_undone", "error")}
    assert list(states(office).values()).count("undone") == 1
    assert [r["action"] for r in office.rows("run_change")].count("end") == 9 + 9 + 45
    office.log()


def test_permissions_undone_at_once(firm: Office) -> None:
    given = firm.report("perms", "grant", "hr@firma.example", "--company", "0001000", "--role", "manager", *WHY, code=0)
    done = race(firm.asta.asta, [Runner(("runs", "undo", given["run"], *WHY))] * 4)
    assert sorted(r.code for r in done) == [0, 5, 5, 5], done
    assert json.dumps([g["role"] for g in firm.grants("hr@firma.example")]) == "[]"
    firm.log()


def test_killed_in_the_middle_nothing_is_undone(office: Office, register: Callable[..., Register]) -> None:
    files = register(companies=120, sites=1, trainees=40)
    first = load(office, files.directory)
    before = office.dump()
    process = office.asta.asta.start("runs", "undo", first)
    deadline = time.monotonic() + 60
    while not writing(office) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert office.dump() == before
    done = undo(office, first, "--lock-wait", "20s")
    assert counts(done) == {"rows": 240 + 240 + 9600, "ended": 240 + 240 + 9600}


def test_an_undo_waits_for_an_import(office: Office, put: Callable[..., Path]) -> None:
    first = load(office, put(**whole()))
    with chamber_lock(office.store, CHAMBER, wait=0, holder="nachtlauf"):
        assert "import_running" in office("runs", "undo", first, code=75).err
    undo(office, first)


def test_lines_below_a_company_that_ends_again_are_judged_anew(office: Office, put: Callable[..., Path]) -> None:
    load(office, put(**whole()))
    with office.store.write() as tx:
        tx.execute(text("UPDATE company SET status = 'ended', ended_at = '2026-01-01T00:00:00Z', line_hash = NULL"))
    reopened = load(office, put("second", companies=[{}]))
    assert [row["line_hash"] is None for row in (*office.rows("trainer"), *office.rows("trainee"))] == [False, False]
    undo(office, reopened)
    assert [row["line_hash"] is None for row in (*office.rows("trainer"), *office.rows("trainee"))] == [True, True]
    report = office.report("import", "trainees", put(trainees=[{}]) / "trainees.csv", code=3)
    assert codes(report)[0][1] == "company_ended"
