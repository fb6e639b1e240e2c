"""``runs approve`` on both databases: what a guard held is written as it was shown, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from asta_cli.core.approving import ApprovePlanner
from asta_cli.core.facts import Facts
from asta_cli.core.ids import read_id
from asta_cli.core.plan import Plan
from asta_cli.store.db import Store
from tests.support.office import CHAMBER, Office, codes, counts
from tests.support.race import Runner, race
from tests.support.registers import Row, write_rows

COMPANIES = [{"ident_number": f"{n:07}", "name": f"Betrieb {n}", "city": "Dresden"} for n in range(1, 11)]
MOVED = [c | {"city": "Köln"} for c in COMPANIES[:5]]


@pytest.fixture
def put(tmp_path: Path) -> Callable[[list[Row]], Path]:
    """Write a file of companies."""
    numbers = iter(range(100))
    return lambda rows: write_rows(tmp_path / f"companies{next(numbers)}.csv", rows)


def held(office: Office, path: Path, *more: object) -> str:
    """Import companies over which the guard stumbles; the id of the held run."""
    report = office.report("import", "companies", path, *more, code=4)
    assert (report["held"], report["applied"]) == (True, False)
    run: str = report["run"] or listed(office, state="held")[-1]
    return run


def listed(office: Office, **wanted: str) -> list[str]:
    """The runs that have these values."""
    runs = office("runs", "list", "--format", "json", code=0).json()
    return [run["run"] for run in runs if all(run[name] == value for name, value in wanted.items())]


def approve(office: Office, run: str, *more: object, code: int = 0) -> dict[str, Any]:
    return office.report("runs", "approve", run, *more, code=code)


@pytest.fixture
def night(office: Office, put: Callable[[list[Row]], Path]) -> str:
    """A run that would change half of ten companies, held."""
    office("import", "companies", put(COMPANIES), "--chamber", CHAMBER, code=0)
    return held(office, put(MOVED))


def cities(office: Office) -> list[str]:
    return [c["city"] for c in office.rows("company")]


def test_what_was_held_is_written(office: Office, night: str) -> None:
    assert cities(office) == ["Dresden"] * 10
    done = approve(office, night)
    assert counts(done) == {"rows": 5, "updated": 5}
    assert (done["command"], done["applied"], done["held"]) == ("runs approve", True, False)
    assert cities(office) == ["Köln"] * 5 + ["Dresden"] * 5
    assert listed(office, state="approved") == [night]
    assert listed(office, of_run=night) == [done["run"]]
    assert office.rows("held_plan") == []
    assert office.log()[-1] == ("runs approve", "ok")


def test_the_run_that_wrote_can_be_undone(office: Office, night: str) -> None:
    wrote = approve(office, night)["run"]
    office("runs", "undo", wrote, code=0)
    assert cities(office) == ["Dresden"] * 10
    assert (listed(office, state="undone"), listed(office, state="approved")) == ([wrote], [night])
    assert codes(approve(office, night, code=5)) == [("arguments", "already_approved", "error")]


def test_a_dry_run_leaves_everything(office: Office, night: str) -> None:
    before = office.dump()
    said = approve(office, night, "--dry-run")
    assert (counts(said), said["run"]) == ({"rows": 5, "updated": 5}, "")
    assert office.dump() == before


def test_the_plan_can_be_looked_at(office: Office, night: str, tmp_path: Path) -> None:
    shown = office("runs", "show", night, "--changes", "2", "--format", "json", code=0).json()
    assert shown == [
        {
            "kind": "company",
            "key": f"{CHAMBER}:{n:07}",
            "action": "update",
            "field": "city",
            "before": "Dresden",
            "after": "Köln",
        }
        for n in (1, 2)
    ]
    office("runs", "show", night, "--report", tmp_path / "plan.csv", code=0)
    lines = (tmp_path / "plan.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "kind,key,action,field,before,after"
    assert len(lines) == 6
    assert f"asta runs approve {night}" in office("runs", "show", night, code=0).err


def test_moved_data_are_named_and_nothing_is_written(office: Office, night: str, put: Callable[..., Path]) -> None:
    office("import", "companies", put([MOVED[1] | {"city": "Bonn"}]), code=0)
    before = office.dump("audit_entry", "audit_detail", "audit_head")
    report = approve(office, night, code=5)
    assert codes(report) == [("arguments", "data_moved", "error")]
    assert (report["problems"][0]["column"], report["problems"][0]["value"]) == ("city", f"{CHAMBER}:0000002")
    assert office.dump("audit_entry", "audit_detail", "audit_head") == before
    assert office.log()[-1] == ("runs approve", "refused:data_moved")


def test_a_record_that_exists_by_now(office: Office, put: Callable[..., Path]) -> None:
    office("import", "companies", put(COMPANIES), "--chamber", CHAMBER, code=0)
    new = COMPANIES[0] | {"ident_number": "0000077"}
    run = held(office, put([*MOVED, new]))
    office("import", "companies", put([new]), code=0)
    assert codes(approve(office, run, code=5)) == [("arguments", "data_moved", "error")]
    assert len(office.rows("company")) == 11


def test_other_fields_that_moved_are_read_again(office: Office, night: str, put: Callable[..., Path]) -> None:
    """The line that the plan was made from no longer says all that the record holds."""
    office("import", "companies", put([COMPANIES[0] | {"name": "Neu"}]), code=0)
    approve(office, night)
    assert (office.rows("company")[0]["name"], office.rows("company")[0]["city"]) == ("Neu", "Köln")
    office("import", "companies", put([MOVED[0]]), code=0)
    assert office.rows("company")[0]["name"] == MOVED[0]["name"]


def test_runs_that_hold_nothing(office: Office, night: str) -> None:
    first = listed(office, state="applied")[0]
    assert codes(approve(office, first, code=5)) == [("arguments", "run_not_held", "error")]
    office.clock.advance(days=31)
    assert listed(office, state="expired") == [night]
    assert codes(approve(office, night, code=5)) == [("arguments", "run_expired", "error")]
    assert "unknown_run" in office("runs", "approve", "0amg3kzfb9pfn", code=5).err


def test_the_next_import_forgets_a_plan_that_is_past_its_time(
    office: Office, night: str, put: Callable[..., Path]
) -> None:
    """A plan holds personal data."""
    office("import", "companies", put(COMPANIES), code=0)
    assert {row["run_id"] for row in office.rows("held_plan")} == {read_id(night)}
    office.clock.advance(days=31)
    office("import", "companies", put(COMPANIES), code=0)
    assert office.rows("held_plan") == []
    assert listed(office, state="expired") == [night]


def test_an_edit_while_the_plan_is_looked_at_is_not_lost(
    office: Office, night: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked at before the database is taken for writing."""
    other = Store(office.store.url, clock=office.clock.text, lock_timeout=0.5)
    waiting = [text("UPDATE company SET city = 'Bonn' WHERE ident_number = '0000002'")]
    plan = ApprovePlanner.finish

    def edited(self: ApprovePlanner, facts: Facts) -> Plan:
        while waiting:
            with other.write() as tx:
                tx.execute(waiting.pop())
        return plan(self, facts)

    monkeypatch.setattr(ApprovePlanner, "finish", edited)
    report = approve(office, night, code=5)
    other.close()
    assert codes(report) == [("arguments", "data_moved", "error")]
    assert cities(office) == ["Dresden", "Bonn"] + ["Dresden"] * 8


def test_a_later_held_run_takes_its_place(office: Office, night: str, put: Callable[..., Path]) -> None:
    later = held(office, put([c | {"city": "Bonn"} for c in COMPANIES]))
    assert codes(approve(office, night, code=5)) == [("arguments", "run_superseded", "error")]
    assert {row["run_id"] for row in office.rows("held_plan")} != set()
    approve(office, later)
    assert cities(office) == ["Bonn"] * 10


def test_only_operators_approve(office: Office, night: str) -> None:
    office.holds(office.person("chef@firma.example"), office.rows("company")[0]["id"])
    report = office.report("runs", "approve", night, as_="chef@firma.example", code=77)
    assert codes(report) == [("arguments", "forbidden", "error")]
    assert cities(office) == ["Dresden"] * 10


def test_of_several_at_once_one_wins(office: Office, night: str) -> None:
    asked = ("runs", "approve", night, "--lock-wait", "60s", "--format", "json")
    done = race(office.asta.asta, [Runner(asked)] * 4)
    assert sorted(r.code for r in done) == [0, 5, 5, 5], done
    assert {code for r in done for code in codes(r.json())} == {("arguments", "already_approved", "error")}
    assert [r["command"] for r in office.rows("run")].count("runs approve") == 1
    assert cities(office) == ["Köln"] * 5 + ["Dresden"] * 5
    office.log()


def test_a_company_that_ended_meanwhile(office: Office, tmp_path: Path, put: Callable[..., Path]) -> None:
    trainee = {"trainee_number": "", "company_ident_number": "0000001", "last_name": "Y", "occupation": "Koch"}
    trainee |= {"contract_start": "2025-09-01", "contract_end": "2028-08-31"}
    people = [trainee | {"trainee_number": f"T{n}"} for n in range(8)]
    office("import", "companies", put(COMPANIES), "--chamber", CHAMBER, code=0)
    office("import", "trainees", write_rows(tmp_path / "a.csv", people), code=0)
    moved = [p | {"company_ident_number": "0000002"} for p in people]
    office("import", "trainees", write_rows(tmp_path / "b.csv", moved), code=4)
    with office.store.write() as tx:
        tx.execute(
            text(
                "UPDATE company SET status = 'ended', ended_at = '2026-01-01T00:00:00Z' WHERE ident_number = '0000002'"
            )
        )
    report = approve(office, listed(office, state="held")[-1], code=5)
    assert {p["code"] for p in report["problems"]} == {"data_moved"}
    assert "0000002" in report["problems"][0]["message"]
