"""``--report``: a line for each field that changes, the same before and after it is so."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.office import CHAMBER, Office
from tests.support.registers import Register, Row, write_rows

HEAD = ["kind", "key", "action", "field", "before", "after"]
ROWS_HEAD = [*HEAD, "where", "code", "message"]
Line = tuple[str, ...]


def read(path: Path, expected: list[str] = HEAD) -> list[Line]:
    """The lines of a report, without its header."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *lines = csv.reader(file)
    assert head == expected
    return [tuple(line) for line in lines]


def snapshot(directory: Path, **kinds: list[Row]) -> Path:
    directory.mkdir(exist_ok=True)
    for kind, rows in kinds.items():
        write_rows(directory / f"{kind}.csv", rows)
    return directory


SITE = {"ident_number": "2", "name": 'Werk, "Süd"', "parent_ident_number": "1"}
HEADQUARTERS = {"ident_number": "1", "name": "Müller", "parent_ident_number": ""}
TRAINER = {"trainer_number": "A1", "company_ident_number": "1", "last_name": "Groß"}
TRAINEE = {
    "trainee_number": "T1",
    "company_ident_number": "1",
    "last_name": "Yılmaz",
    "occupation": "Koch",
    "contract_start": "2025-09-01",
    "contract_end": "2028-08-31",
    "trainer_number": "A1",
    "birth_date": "2009-05-06",
}


@pytest.fixture
def first(office: Office, tmp_path: Path) -> Office:
    """A head office with a site, a trainer and a trainee."""
    files = snapshot(tmp_path / "first", companies=[SITE, HEADQUARTERS], trainers=[TRAINER], trainees=[TRAINEE])
    office("import", "snapshot", files, "--chamber", CHAMBER, code=0)
    return office


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_what_is_created_is_told_field_by_field(office: Office, tmp_path: Path, more: tuple[str, ...]) -> None:
    files = snapshot(tmp_path / "first", companies=[SITE, HEADQUARTERS], trainers=[TRAINER], trainees=[TRAINEE])
    office("import", "snapshot", files, "--report", tmp_path / "r.csv", *more, code=0)
    lines = read(tmp_path / "r.csv")
    site, trainee = f"{CHAMBER}:2", f"{CHAMBER}:T1"
    assert [line for line in lines if line[1] == site] == [
        ("company", site, "create", "ident_number", "", "2"),
        ("company", site, "create", "name", "", 'Werk, "Süd"'),
        ("company", site, "create", "parent_ident_number", "", "1"),
    ]
    told = {line[3]: line[5] for line in lines if line[1] == trainee}
    assert told["company_ident_number"] == "1"
    assert told["trainer_number"] == "A1"
    assert told.keys().isdisjoint({"birth_date", "line_hash", "said", "status", "chamber"})
    assert "2009" not in (tmp_path / "r.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("more", [("--dry-run",), ()])
def test_what_changes_is_told_with_the_numbers_that_people_know(
    first: Office, tmp_path: Path, more: tuple[str, ...]
) -> None:
    trainers = [TRAINER | {"company_ident_number": "2", "trainer_number": "A2"}]
    moved = TRAINEE | {"company_ident_number": "2", "trainer_number": "A2", "last_name": "Yıldız"}
    files = snapshot(
        tmp_path / "second", companies=[SITE | {"parent_ident_number": ""}], trainers=trainers, trainees=[moved]
    )
    first("import", "snapshot", files, "--report", tmp_path / "r.csv", *more, code=0)
    lines = [line for line in read(tmp_path / "r.csv") if line[2] == "update"]
    assert lines == [
        ("company", f"{CHAMBER}:2", "update", "parent_ident_number", "1", ""),
        *(("trainee", f"{CHAMBER}:T1", "update", *rest) for rest in (
            ("company_ident_number", "1", "2"), ("last_name", "Yılmaz", "Yıldız"), ("trainer_number", "A1", "A2")
        )),
    ]  # fmt: skip


def test_a_birth_date_is_only_said_to_have_changed(office: Office, tmp_path: Path) -> None:
    settings = {"ASTA_IMPORT__STORE_BIRTH_DATE": "true"}
    files = snapshot(tmp_path / "a", companies=[HEADQUARTERS], trainees=[TRAINEE | {"trainer_number": ""}])
    office("import", "snapshot", files, "--chamber", CHAMBER, env=settings, code=0)
    assert office.rows("trainee")[0]["birth_date"] == "2009-05-06"
    snapshot(tmp_path / "a", trainees=[TRAINEE | {"trainer_number": "", "birth_date": "2009-06-05"}])
    office("import", "snapshot", files, "--report", tmp_path / "r.csv", env=settings, code=0)
    assert read(tmp_path / "r.csv") == [("trainee", f"{CHAMBER}:T1", "update", "birth_date", "", "")]


def test_json_lines_by_the_name(first: Office, tmp_path: Path) -> None:
    run = first("runs", "list", "--format", "ids", code=0).lines[-1]
    first("runs", "undo", run, "--dry-run", "--report", tmp_path / "r.jsonl", code=0)
    lines = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text(encoding="utf-8").splitlines()]
    keys = {"1", "2", "A1", "T1"}
    assert {line["key"] for line in lines} == {f"{CHAMBER}:{key}" for key in keys}
    assert {(line["field"], line["before"], line["after"]) for line in lines} == {("status", "open", "ended")}


def test_the_history_of_a_run(first: Office, tmp_path: Path) -> None:
    run = first("runs", "list", "--format", "ids", code=0).lines[-1]
    shown = first("runs", "show", run, "--changes", "9", "--format", "json", code=0).json()
    assert [(c["kind"], c["key"], c["action"], c["field"]) for c in shown] == [
        ("company", f"{CHAMBER}:1", "create", ""),
        ("company", f"{CHAMBER}:2", "create", ""),
        ("trainer", f"{CHAMBER}:A1", "create", ""),
        ("trainee", f"{CHAMBER}:T1", "create", ""),
    ]
    first("runs", "show", run, "--report", tmp_path / "r.csv", code=0)
    assert len(read(tmp_path / "r.csv")) == 4
    assert "there are more" in first("runs", "show", run, "--changes", "2", code=0).err
    german = first("runs", "show", run, "--changes", "4", lang="de", code=0).out
    assert "Auszubildende" in german
    assert "neu" in german


def test_nothing_to_tell_is_told(first: Office, tmp_path: Path, register: Callable[..., Register]) -> None:
    first("import", "companies", tmp_path / "first" / "companies.csv", "--report", tmp_path / "r.csv", code=0)
    assert read(tmp_path / "r.csv") == []


def test_a_rejected_run_tells_what_it_would_change(first: Office, tmp_path: Path) -> None:
    rows = [HEADQUARTERS | {"name": "Neu"}, SITE | {"name": ""}]
    path = write_rows(tmp_path / "c.csv", rows)
    first("import", "companies", path, "--report", tmp_path / "r.csv", code=3)
    assert read(tmp_path / "r.csv") == [("company", f"{CHAMBER}:1", "update", "name", "Müller", "Neu")]


def test_a_place_where_it_cannot_lie_stops_the_run(first: Office, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "c.csv", [HEADQUARTERS | {"name": "Neu"}])
    before = first.dump()
    for place in (tmp_path / "no" / "r.csv", tmp_path, path):
        first("import", "companies", path, "--report", place, code=2)
    assert first.dump() == before
    assert not list(tmp_path.glob(".asta-*"))


def test_a_failed_run_leaves_no_report(first: Office, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("ident_number;name\n1;X\n2", encoding="utf-8")
    first("import", "companies", tmp_path / "bad.csv", "--report", tmp_path / "r.csv", code=65)
    assert not (tmp_path / "r.csv").exists()


def test_permissions_too(first: Office, tmp_path: Path) -> None:
    why = ("--reason", "neu", "--report", tmp_path / "r.csv")
    grant = ("perms", "grant", "hr@firma.example", "--company", "1", "--role", "manager", "--no-sites", *why)
    key = f"hr@firma.example {CHAMBER}:1 manager"
    first(*grant, "--dry-run", code=0)
    lines = read(tmp_path / "r.csv", ROWS_HEAD)
    told = {line[3]: line[5] for line in lines if line[:3] == ("access_grant", key, "create")}
    assert (told["company_ident_number"], told["role"], told["sites"], told["reason"]) == ("1", "manager", "no", "neu")
    first(*grant, code=0)
    first("perms", "revoke", "hr@firma.example", *why, code=0)
    assert {line[:4] for line in read(tmp_path / "r.csv", ROWS_HEAD)} == {
        ("access_grant", key, "end", field) for field in ("ended_at", "ended_by", "end_reason")
    }
