"""``import`` on both databases: what files say is what the tables hold, and what is wrong is told by line and code."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest

from asta_cli.store import tables as t
from tests.support.office import CHAMBER, Office, codes, counts
from tests.support.registers import Register, Row, write_rows

BOOKKEEPING = ("run", "run_change", "audit_entry", "audit_detail", "audit_head", "chamber")
KINDS = ("companies", "trainers", "trainees")
COMPANY = {"ident_number": "0001000", "name": "Müller GmbH", "parent_ident_number": "", "email": "a@firma.example",
           "street": "Weg 1", "postal_code": "01067", "city": "Dresden", "establishment_number": ""}  # fmt: skip
TRAINER = {"trainer_number": "A1", "company_ident_number": "0001000", "first_name": "Käthe", "last_name": "Groß",
           "email": "k@firma.example", "aptitude": "aevo", "occupations": "Bäcker/in | Koch/Köchin",
           "valid_from": "2020-01-01", "valid_until": ""}  # fmt: skip
TRAINEE = {"trainee_number": "T1", "company_ident_number": "0001000", "kind": "", "first_name": "Änne",
           "last_name": "Yılmaz", "email": "t@post.example", "birth_date": "", "occupation": "Bäcker/in",
           "specialisation": "", "contract_start": "2025-09-01", "contract_end": "2028-08-31", "terminated_on": "",
           "trainer_number": "A1", "exam_period": "2028-S", "account_status": "active"}  # fmt: skip
BASE = {"companies": COMPANY, "trainers": TRAINER, "trainees": TRAINEE}


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Path]:
    """Write rows of a kind, each the base row but for what is named: ``put("companies", {"email": "x"}, {...})``."""

    def write(kind: str, *rows: Row, columns: list[str] | None = None, name: str = "", **how: Any) -> Path:
        whole = [BASE[kind] | row for row in rows]
        if columns:
            whole = [{c: row[c] for c in columns} for row in whole]
        return write_rows(tmp_path / (name or f"{kind}.csv"), whole, **how)

    return write


def load(office: Office, kind: str, path: Path, *more: object, code: int = 0) -> dict[str, Any]:
    return office.report("import", kind, path, *more, code=code)


def only(office: Office, table: str) -> dict[str, Any]:
    (found,) = office.rows(table)
    return found


def seeded(office: Office, put: Callable[..., Path]) -> None:
    """The base company, trainer and trainee."""
    for kind in KINDS:
        load(office, kind, put(kind, {}))


# --- the truth of whole registers -------------------------------------------------------------------------------------


def as_written(office: Office) -> dict[str, list[Row]]:
    """The three tables under the names that the files have."""
    company = {c["id"]: c["ident_number"] for c in office.rows("company")}
    trainer = {x["id"]: x["trainer_number"] for x in office.rows("trainer")}
    found: dict[str, list[Row]] = {}
    for kind, table in zip(KINDS, ("company", "trainer", "trainee"), strict=True):
        found[kind] = []
        for row in office.rows(table):
            named = dict(row)
            named["parent_ident_number"] = company.get(row.get("parent_id"), "")
            named["company_ident_number"] = company.get(row.get("company_id"), "")
            if table == "trainee":
                named["trainer_number"] = trainer.get(row["trainer_id"], "")
            found[kind].append({k: "" if v is None else str(v) for k, v in named.items()})
    return found


@pytest.mark.parametrize(
    ("encoding", "language", "delimiter"),
    [
        ("utf-8", "de", ";"),
        ("cp1252", "de", ";"),
        ("utf-8-sig", "en", ","),
        ("cp1252", "en", "\t"),
        ("utf-8", "de", "|"),
    ],
)
def test_a_register_arrives_as_it_was_written(
    office: Office,
    register: Callable[..., Register],
    encoding: str,
    language: Literal["de", "en"],
    delimiter: str,
) -> None:
    files = register(companies=3, sites=2, trainees=3, encoding=encoding, language=language, delimiter=delimiter)
    report = office.report("import", "snapshot", files.directory, code=0)
    assert counts(report) == {"rows": 45, "created": 45}
    assert [(k["kind"], k["file"], counts(k)) for k in report["kinds"]] == [
        ("companies", "companies.csv", {"rows": 9, "created": 9}),
        ("trainers", "trainers.csv", {"rows": 9, "created": 9}),
        ("trainees", "trainees.csv", {"rows": 27, "created": 27}),
    ]
    stored = as_written(office)
    for kind in KINDS:
        written: list[Row] = getattr(files, kind)
        columns = [c for c in written[0] if c != "birth_date"]
        key = columns[0]
        have = {row[key]: {c: row[c] for c in columns} for row in stored[kind]}
        assert have == {row[key]: {c: row[c] for c in columns} for row in written}
    assert {row["birth_date"] for row in office.rows("trainee")} == {None}
    assert office.log() == [("import snapshot", "ok")]


def test_the_same_files_again_change_nothing(office: Office, register: Callable[..., Register]) -> None:
    files = register(companies=2, sites=1)
    office.report("import", "snapshot", files.directory, code=0)
    before = office.dump(*BOOKKEEPING)
    for more in ((), ("--full",), ("--dry-run",)):
        report = office.report("import", "snapshot", files.directory, *more, code=0)
        assert counts(report) == {"rows": 24, "unchanged": 24}
    assert office.dump(*BOOKKEEPING) == before


def test_the_same_register_in_another_form_changes_nothing(office: Office, register: Callable[..., Register]) -> None:
    office.report("import", "snapshot", register(name="a").directory, code=0)
    before = office.dump(*BOOKKEEPING, "company", "trainer", "trainee")
    other = register(name="b", encoding="cp1252", language="en", delimiter=",")
    assert counts(office.report("import", "snapshot", other.directory, code=0)) == {"rows": 24, "unchanged": 24}
    assert office.dump(*BOOKKEEPING, "company", "trainer", "trainee") == before
    assert counts(office.report("import", "snapshot", other.directory, code=0)) == {"rows": 24, "unchanged": 24}


def test_json_lines(office: Office, tmp_path: Path) -> None:
    def say(kind: str, **more: object) -> None:
        line = {k: v for k, v in BASE[kind].items() if v} | more
        (tmp_path / f"{kind}.jsonl").write_text(json.dumps(line, ensure_ascii=False) + "\n", encoding="utf-8")

    for kind in KINDS:
        say(kind)
    assert counts(office.report("import", "snapshot", tmp_path, code=0)) == {"rows": 3, "created": 3}
    say("trainees", exam_period=None)
    assert counts(office.report("import", "snapshot", tmp_path, code=0)) == {"rows": 3, "unchanged": 2, "updated": 1}
    assert only(office, "trainee")["exam_period"] is None


def test_standard_input(office: Office, put: Callable[..., Path]) -> None:
    text = put("companies", {}, {"ident_number": "0002000"}).read_bytes()
    report = office.report("import", "companies", "-", "--input-format", "csv", stdin=text, code=0)
    assert (report["file"], counts(report)) == ("stdin", {"rows": 2, "created": 2})


# --- what a later night says ------------------------------------------------------------------------------------------


def test_a_night_that_changes_adds_and_leaves_out(office: Office, put: Callable[..., Path]) -> None:
    load(office, "companies", put("companies", {}, {"ident_number": "0002000"}, {"ident_number": "0003000"}))
    path = put("companies", {"street": "Allee 5", "city": "Köln"}, {"ident_number": "0003000"}, {"ident_number": "4"})
    report = load(office, "companies", path)
    assert counts(report) == {"rows": 3, "created": 1, "updated": 1, "unchanged": 1}
    stored = {row["ident_number"]: row["street"] for row in office.rows("company")}
    assert stored == {"0001000": "Allee 5", "0002000": "Weg 1", "0003000": "Weg 1", "4": "Weg 1"}
    assert {row["status"] for row in office.rows("company")} == {"open"}
    (change,) = [row for row in office.rows("run_change") if row["action"] == "update" and row["kind"] == "company"]
    assert json.loads(change["payload"]) == {
        "key": "177:0001000",
        "before": {"street": "Weg 1", "city": "Dresden"},
        "after": {"street": "Allee 5", "city": "Köln"},
    }


def test_an_absent_column_leaves_and_an_empty_cell_takes_away(office: Office, put: Callable[..., Path]) -> None:
    seeded(office, put)
    load(office, "companies", put("companies", {"name": "Neu"}, columns=["ident_number", "name"]))
    load(
        office,
        "trainers",
        put("trainers", {"last_name": "Neu"}, columns=["trainer_number", "company_ident_number", "last_name"]),
    )
    needed = ["trainee_number", "company_ident_number", "last_name", "occupation", "contract_start", "contract_end"]
    load(office, "trainees", put("trainees", {"last_name": "Neu"}, columns=needed))
    company, trainer, trainee = (only(office, table) for table in ("company", "trainer", "trainee"))
    assert (company["name"], company["email"], company["city"]) == ("Neu", "a@firma.example", "Dresden")
    assert (trainer["last_name"], trainer["aptitude"], trainer["valid_from"]) == ("Neu", "aevo", "2020-01-01")
    assert (trainee["last_name"], trainee["account_status"], trainee["exam_period"]) == ("Neu", "active", "2028-S")
    assert trainee["trainer_id"] == trainer["id"]

    load(office, "companies", put("companies", {"email": "", "city": ""}))
    load(office, "trainers", put("trainers", {"email": "", "aptitude": "", "occupations": "", "valid_from": ""}))
    load(
        office,
        "trainees",
        put("trainees", {"email": "", "exam_period": "", "trainer_number": "", "account_status": ""}),
    )
    company, trainer, trainee = (only(office, table) for table in ("company", "trainer", "trainee"))
    assert (company["email"], company["city"], company["street"]) == (None, None, "Weg 1")
    assert (trainer["email"], trainer["aptitude"], trainer["occupations"], trainer["valid_from"]) == (None,) * 4
    assert (trainee["email"], trainee["exam_period"], trainee["trainer_id"]) == (None,) * 3
    assert (trainee["account_status"], trainee["kind"]) == ("none", "trainee")


def test_full_repairs_what_was_changed_behind_the_back(office: Office, put: Callable[..., Path]) -> None:
    seeded(office, put)
    with office.store.write() as tx:
        tx.execute(t.trainee.update(), {"last_name": "Falsch", "contract_end": "2030-01-01"})
        tx.execute(t.company.update(), {"status": "ended", "ended_at": office.clock.text()})
    path = put("trainees", {})
    assert counts(load(office, "companies", put("companies", {}))) == {"rows": 1, "reopened": 1}
    assert counts(load(office, "trainees", path)) == {"rows": 1, "unchanged": 1}
    assert counts(load(office, "trainees", path, "--full")) == {"rows": 1, "updated": 1}
    assert (only(office, "trainee")["last_name"], only(office, "company")["status"]) == ("Yılmaz", "open")
    assert only(office, "company")["ended_at"] is None


def test_swapped_headings_are_read_anew(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "companies.csv"
    path.write_text("ident_number;name;street;city\n0001000;Firma;Köln;Bonn\n", encoding="utf-8")
    load(office, "companies", path)
    path.write_text("ident_number;name;city;street\n0001000;Firma;Köln;Bonn\n", encoding="utf-8")
    assert counts(load(office, "companies", path)) == {"rows": 1, "updated": 1}
    assert (only(office, "company")["city"], only(office, "company")["street"]) == ("Köln", "Bonn")


def test_a_warned_row_heals_the_night_the_trainer_comes(office: Office, put: Callable[..., Path]) -> None:
    load(office, "companies", put("companies", {}))
    trainees = put("trainees", {})
    for counted in ({"rows": 1, "created": 1, "warned": 1}, {"rows": 1, "unchanged": 1, "warned": 1}):
        report = load(office, "trainees", trainees)
        assert counts(report) == counted
        assert codes(report) == [("trainees.csv:2", "unknown_trainer", "warning")]
    load(office, "trainers", put("trainers", {}))
    assert counts(load(office, "trainees", trainees)) == {"rows": 1, "updated": 1}
    assert only(office, "trainee")["trainer_id"] == only(office, "trainer")["id"]
    assert counts(load(office, "trainees", trainees)) == {"rows": 1, "unchanged": 1}


def test_a_warned_value_is_left_as_it_was(office: Office, put: Callable[..., Path]) -> None:
    seeded(office, put)
    load(office, "companies", put("companies", {"email": "kein-at", "postal_code": "123", "city": "Bonn"}))
    load(office, "trainers", put("trainers", {"aptitude": "vielleicht", "email": "@"}))
    load(office, "trainees", put("trainees", {"exam_period": "Herbst", "account_status": "?", "trainer_number": "A9"}))
    company, trainer, trainee = (only(office, table) for table in ("company", "trainer", "trainee"))
    assert (company["email"], company["postal_code"], company["city"]) == ("a@firma.example", "01067", "Bonn")
    assert (trainer["aptitude"], trainer["email"]) == ("aevo", "k@firma.example")
    assert (trainee["exam_period"], trainee["account_status"]) == ("2028-S", "active")
    assert trainee["trainer_id"] == trainer["id"]


def test_who_moves_leaves_the_trainer_behind(office: Office, put: Callable[..., Path]) -> None:
    seeded(office, put)
    load(office, "companies", put("companies", {}, {"ident_number": "0002000"}))
    moved = {"company_ident_number": "0002000"}
    report = load(office, "trainees", put("trainees", moved))
    assert codes(report) == [("trainees.csv:2", "unknown_trainer", "warning")]
    assert only(office, "trainee")["trainer_id"] is None
    load(office, "trainees", put("trainees", {}))
    assert only(office, "trainee")["trainer_id"] == only(office, "trainer")["id"]
    without = [c for c in TRAINEE if c != "trainer_number"]
    load(office, "trainees", put("trainees", moved, columns=without))
    assert only(office, "trainee")["trainer_id"] is None


def test_a_trainer_at_two_sites_is_two_records(office: Office, put: Callable[..., Path]) -> None:
    load(office, "companies", put("companies", {}, {"ident_number": "0002000"}))
    load(office, "trainers", put("trainers", {}, {"company_ident_number": "0002000", "email": "b@firma.example"}))
    load(office, "trainees", put("trainees", {}, {"trainee_number": "T2", "company_ident_number": "0002000"}))
    assert len({row["company_id"] for row in office.rows("trainer")}) == 2
    at = {row["id"]: row["company_id"] for row in office.rows("trainer")}
    assert all(at[row["trainer_id"]] == row["company_id"] for row in office.rows("trainee"))


@pytest.mark.parametrize("on", [True, False])
def test_birth_dates_only_where_the_chamber_wants_them(office: Office, put: Callable[..., Path], on: bool) -> None:
    load(office, "companies", put("companies", {}))
    env = {"ASTA_IMPORT__STORE_BIRTH_DATE": str(on).lower()}
    office("import", "trainees", put("trainees", {"birth_date": "17.5.2010"}), env=env, code=0)
    assert only(office, "trainee")["birth_date"] == ("2010-05-17" if on else None)
    office("import", "trainees", put("trainees", {"birth_date": "17.5.2010"}), env={}, code=0)
    office(
        "import",
        "trainees",
        put("trainees", {"birth_date": "17.5.2010"}),
        env={"ASTA_IMPORT__STORE_BIRTH_DATE": "true"},
    )
    assert only(office, "trainee")["birth_date"] == "2010-05-17"


# --- what is wrong with rows ------------------------------------------------------------------------------------------

E, W = "error", "warning"
FAULTS: dict[str, list[tuple[Row, list[tuple[str, str]]]]] = {
    "companies": [
        ({"ident_number": ""}, [("missing_value", E)]),
        ({"ident_number": "0001 000"}, [("bad_value", E)]),
        ({"ident_number": "1" * 21}, [("bad_value", E)]),
        ({"name": ""}, [("missing_value", E)]),
        ({"name": "", "email": "x"}, [("missing_value", E), ("bad_email", W)]),
        ({"name": "a\x1b[31mb"}, [("bad_character", E)]),
        ({"name": "x" * 5000}, [("too_long", E)]),
        ({"email": "kein-at"}, [("bad_email", W)]),
        ({"postal_code": "1234"}, [("bad_postal_code", W)]),
        ({"establishment_number": "12345678"}, [("bad_establishment_number", W)]),
        ({"email": "@", "postal_code": "D-1"}, [("bad_email", W), ("bad_postal_code", W)]),
        ({"parent_ident_number": "7777777"}, [("parent_unknown", E)]),
        ({"parent_ident_number": "SELF"}, [("parent_cycle", E)]),
        ({"parent_ident_number": "x y"}, [("bad_value", E)]),
    ],
    "trainers": [
        ({"trainer_number": ""}, [("missing_value", E)]),
        ({"company_ident_number": ""}, [("missing_value", E)]),
        ({"company_ident_number": "7777777"}, [("unknown_company", E)]),
        ({"company_ident_number": "0009000"}, [("company_ended", E)]),
        ({"last_name": ""}, [("missing_value", E)]),
        ({"aptitude": "vielleicht"}, [("bad_choice", W)]),
        ({"email": "a@b@c"}, [("bad_email", W)]),
        ({"occupations": "|"}, [("bad_value", W)]),
        ({"valid_from": "1.1.20"}, [("bad_date", W)]),
        ({"valid_from": "2020-01-02", "valid_until": "2020-01-01"}, [("end_before_start", E)]),
    ],
    "trainees": [
        ({"trainee_number": ""}, [("missing_value", E)]),
        ({"company_ident_number": ""}, [("missing_value", E)]),
        ({"company_ident_number": "7777777"}, [("unknown_company", E)]),
        ({"company_ident_number": "0009000"}, [("company_ended", E)]),
        ({"last_name": ""}, [("missing_value", E)]),
        ({"occupation": ""}, [("missing_value", E)]),
        ({"contract_start": ""}, [("missing_value", E)]),
        ({"contract_start": "31.02.2026"}, [("bad_date", E)]),
        ({"contract_end": "01.01.27"}, [("bad_date", E)]),
        ({"contract_end": "2025-09-01"}, [("end_before_start", E)]),
        ({"contract_end": "", "last_name": ""}, [("missing_value", E), ("missing_value", E)]),
        ({"terminated_on": "gestern"}, [("bad_date", W)]),
        ({"kind": "Praktikant"}, [("bad_choice", W)]),
        ({"email": "kein-at"}, [("bad_email", W)]),
        ({"exam_period": "Winter 2026/28"}, [("bad_choice", W)]),
        ({"account_status": "vielleicht"}, [("bad_choice", W)]),
        ({"trainer_number": "A9"}, [("unknown_trainer", W)]),
    ],
}


def faulty(kind: str) -> tuple[list[Row], list[tuple[str, str, str]]]:
    """Rows with one defect each and a good one at the end; what is to be told of them."""
    rows, told = [], []
    for line, (defect, found) in enumerate(FAULTS[kind], 2):
        key = "ident_number" if kind == "companies" else f"{kind[:-1]}_number"
        row = {key: f"N{line}"} | defect
        rows.append({k: row[key] if v == "SELF" else v for k, v in row.items()})
        told += [(f"{kind}.csv:{line}", code, severity) for code, severity in found]
    return [*rows, {"ident_number": "GOOD"} if kind == "companies" else {f"{kind[:-1]}_number": "GOOD"}], told


@pytest.mark.parametrize("kind", KINDS)
def test_every_defect_is_told_by_line_and_code(office: Office, put: Callable[..., Path], kind: str) -> None:
    seeded(office, put)
    office.company("0009000", status="ended")
    rows, told = faulty(kind)
    path = put(kind, *rows)
    errors = {where for where, _, severity in told if severity == E}
    warnings = {where for where, _, severity in told if severity == W} - errors
    right = {"rows": len(rows), "created": len(rows) - len(errors), "rejected": len(errors), "warned": len(warnings)}
    before = office.dump(*BOOKKEEPING)
    reports = [load(office, kind, path, *more, code=3) for more in (("--dry-run",), ())]
    for report in reports:
        assert sorted(codes(report)) == sorted(told)
        lines = [int(where.partition(":")[2]) for where, _, _ in codes(report)]
        assert lines == sorted(lines)
        assert counts(report) == right
    assert office.dump(*BOOKKEEPING) == before
    for problem in reports[0]["problems"]:
        assert problem["message"]
        assert problem["hint"] or problem["code"] in ("bad_character", "too_long")
    strict = load(office, kind, path, "--strict", code=3)
    assert {s for _, _, s in codes(strict)} == {E}
    assert counts(strict) == {"rows": len(rows), "created": 1, "rejected": len(rows) - 1}


@pytest.mark.parametrize("kind", KINDS)
def test_rejects_are_read_again_and_only_the_faults_are_in_them(
    office: Office, put: Callable[..., Path], tmp_path: Path, kind: str
) -> None:
    seeded(office, put)
    office.company("0009000", status="ended")
    rows, told = faulty(kind)
    rejects = tmp_path / "rejects.csv"
    report = load(office, kind, put(kind, *rows, encoding="utf-8"), "--keep-going", "--rejects", rejects, code=3)
    assert report["applied"]
    wrong = sorted({int(where.partition(":")[2]) for where, _, severity in told if severity == E})
    found = list(csv.DictReader(rejects.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert [int(row["_line"]) for row in found] == wrong
    again = load(office, kind, rejects, "--keep-going", code=3)
    assert counts(again)["rejected"] == len(wrong) == again["rows"]
    assert counts(load(office, kind, put(kind, *rows), "--keep-going", code=3)).get("created", 0) == 0


def test_rejects_never_take_the_place_of_what_is_read(office: Office, put: Callable[..., Path], tmp_path: Path) -> None:
    path = put("companies", {}, {"ident_number": ""})
    before = path.read_bytes()
    (tmp_path / "link").symlink_to(tmp_path)
    office("import", "companies", path, "--rejects", tmp_path / "link" / path.name, code=2)
    office("import", "snapshot", tmp_path, "--keep-going", "--rejects", tmp_path, code=2)
    assert (path.read_bytes(), office.rows("company")) == (before, [])


def test_rejects_of_a_snapshot_are_a_snapshot(
    office: Office, register: Callable[..., Register], tmp_path: Path
) -> None:
    files = register(companies=2, sites=0, trainees=2)
    for kind, column in (("companies", "name"), ("trainees", "occupation")):
        rows = [dict(row) for row in getattr(files, kind)]
        rows[0][column] = ""
        write_rows(files.path(kind), rows, language="de")
    rejects = tmp_path / "rejects"
    report = office.report("import", "snapshot", files.directory, "--keep-going", "--rejects", rejects, code=3)
    assert sorted(path.name for path in rejects.iterdir()) == [f"{kind}.csv" for kind in sorted(KINDS)]
    assert [(k["kind"], counts(k)) for k in report["kinds"]] == [
        ("companies", {"rows": 2, "created": 1, "rejected": 1}),
        ("trainers", {"rows": 2, "created": 1, "rejected": 1}),
        ("trainees", {"rows": 4, "created": 2, "rejected": 2}),
    ]
    assert [(where, code) for where, code, _ in codes(report)] == [
        ("companies.csv:2", "missing_value"),
        ("trainers.csv:2", "depends_on_rejected"),
        ("trainees.csv:2", "depends_on_rejected"),
        ("trainees.csv:2", "missing_value"),
        ("trainees.csv:3", "depends_on_rejected"),
    ]
    for kind, column, value in (("companies", "Firma", "Neu"), ("trainees", "Ausbildungsberuf", "Bäcker/in")):
        rows = list(csv.DictReader((rejects / f"{kind}.csv").read_text("utf-8-sig").splitlines(), delimiter=";"))
        with (rejects / f"{kind}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys(), delimiter=";")
            writer.writeheader()
            writer.writerows(row | {column: row[column] or value} for row in rows)
    mended = office.report("import", "snapshot", rejects, code=0)
    assert counts(mended) == {"rows": 4, "created": 4}


# --- head offices -----------------------------------------------------------------------------------------------------


def tree(put: Callable[..., Path], **parents: str) -> Path:
    """Companies with their head offices, in the order given."""
    return put("companies", *({"ident_number": k, "parent_ident_number": v} for k, v in parents.items()))


def heads(office: Office) -> dict[str, str]:
    return {row["ident_number"]: row["parent_ident_number"] for row in as_written(office)["companies"]}


def test_sites_may_stand_before_their_head_offices(office: Office, put: Callable[..., Path]) -> None:
    wanted = {"D": "C", "B": "A", "C": "B", "A": "", "E": "A"}
    path = tree(put, **wanted)
    assert counts(load(office, "companies", path, "--dry-run")) == {"rows": 5, "created": 5}
    assert counts(load(office, "companies", path)) == {"rows": 5, "created": 5}
    assert heads(office) == wanted
    turned = {"A": "D", "B": "", "C": "B", "D": "C", "E": ""}
    for more in (("--dry-run",), ()):
        assert counts(load(office, "companies", tree(put, **turned), *more)) == {
            "rows": 5,
            "updated": 3,
            "unchanged": 2,
        }
    assert heads(office) == turned


def test_circles_are_named_by_their_way(office: Office, put: Callable[..., Path]) -> None:
    path = tree(put, A="C", B="A", C="B", D="D", E="A", F="E", G="")
    for more in (("--dry-run",), ("--keep-going",)):
        report = load(office, "companies", path, *more, code=3)
        assert [(where, code) for where, code, _ in codes(report)] == [
            ("companies.csv:2", "parent_cycle"),
            ("companies.csv:3", "parent_cycle"),
            ("companies.csv:4", "parent_cycle"),
            ("companies.csv:5", "parent_cycle"),
            ("companies.csv:6", "depends_on_rejected"),
            ("companies.csv:7", "depends_on_rejected"),
        ]
        ways = [p["message"].rpartition(": ")[2] for p in report["problems"][:4]]
        assert ways == ["A → C → B → A", "B → A → C → B", "C → B → A → C", "D → D"]
    assert heads(office) == {"G": ""}


def test_a_circle_through_companies_that_the_file_does_not_name(office: Office, put: Callable[..., Path]) -> None:
    load(office, "companies", tree(put, A="", B="A", C="B"))
    for more in (("--dry-run",), ()):
        report = load(office, "companies", tree(put, A="C"), *more, code=3)
        assert [p["message"].rpartition(": ")[2] for p in report["problems"]] == ["A → C → B → A"]
    assert counts(load(office, "companies", tree(put, A="C", B=""))) == {"rows": 2, "updated": 2}
    assert heads(office) == {"A": "C", "B": "", "C": "B"}


def test_what_only_seems_a_circle_until_another_row_has_moved(office: Office, put: Callable[..., Path]) -> None:
    load(office, "companies", tree(put, R="", Q="R", P="Q", X="", Y="X", Z="Y"))
    moved = tree(put, R="P", Q="Z", Z="Y", Y="N", N="X")
    for more in (("--dry-run",), ()):
        assert counts(load(office, "companies", moved, *more))["rejected"] == 0
    assert heads(office) == {"R": "P", "Q": "Z", "P": "Q", "X": "", "Y": "N", "Z": "Y", "N": "X"}


def test_what_hangs_on_a_rejected_company(office: Office, put: Callable[..., Path], tmp_path: Path) -> None:
    seeded(office, put)
    put(
        "companies",
        {"name": ""},
        {"ident_number": "0002000", "name": ""},
        {"ident_number": "3", "parent_ident_number": "0002000"},
    )
    put("trainers", {"trainer_number": "A2"}, {"trainer_number": "A3", "company_ident_number": "0002000"})
    put(
        "trainees",
        {"trainee_number": "T2"},
        {"trainee_number": "T3", "company_ident_number": "3", "trainer_number": ""},
    )
    for more in (("--dry-run",), ()):
        report = office.report("import", "snapshot", tmp_path, *more, code=3)
        assert [(where, code) for where, code, _ in codes(report)] == [
            ("companies.csv:2", "missing_value"),
            ("companies.csv:3", "missing_value"),
            ("companies.csv:4", "depends_on_rejected"),
            ("trainers.csv:3", "depends_on_rejected"),
            ("trainees.csv:3", "depends_on_rejected"),
        ]


def test_what_hangs_on_companies_that_contradict_each_other(
    office: Office, put: Callable[..., Path], tmp_path: Path
) -> None:
    put("companies", {"name": "A"}, {"name": "B"})
    put("trainers", {})
    report = office.report("import", "snapshot", tmp_path / "companies.csv", tmp_path / "trainers.csv", code=3)
    assert [code for _, code, _ in codes(report)] == ["conflict_in_file", "conflict_in_file", "depends_on_rejected"]


def test_a_site_that_loses_its_administrator_by_moving(office: Office, put: Callable[..., Path]) -> None:
    load(office, "companies", tree(put, A="", S="A", T="S", B="", U="A"))
    ids = {row["ident_number"]: row["id"] for row in office.rows("company")}
    office.person("a@firma.example")
    office.holds("a@firma.example", ids["A"])
    for target in ("", "B", "NEU"):
        moved = tree(put, S=target, B="", **({"NEU": ""} if target == "NEU" else {}))
        report = load(office, "companies", moved, "--dry-run")
        assert codes(report) == [("companies.csv:2", "company_orphaned", "warning")] * 2
        assert [p["value"] for p in report["problems"]] == ["S", "T"]
    below = tree(put, S="NEU", NEU="U")
    assert codes(load(office, "companies", below, "--dry-run")) == []
    office.holds("a@firma.example", ids["T"])
    report = load(office, "companies", tree(put, S="B"))
    assert [p["value"] for p in report["problems"]] == ["S"]
    assert counts(report) == {"rows": 1, "updated": 1, "warned": 1}
    assert codes(load(office, "companies", tree(put, S="A"))) == []


# --- several lines for one record -------------------------------------------------------------------------------------

OLD = {"contract_start": "2022-09-01", "contract_end": "2025-08-31", "occupation": "Koch/Köchin"}
OVER = {"contract_start": "2025-10-01", "terminated_on": "2026-01-31", "occupation": "Maler/in"}


@pytest.mark.parametrize("night", ["first", "after one", "again"])
def test_identical_lines_count_once(office: Office, put: Callable[..., Path], night: str) -> None:
    if night != "first":
        seeded(office, put)
    for kind in KINDS:
        path = put(kind, {}, {}, {})
        if night == "again":
            load(office, kind, path)
        report = load(office, kind, path)
        assert counts(report)["warned"] == 2
        assert {code for _, code, _ in codes(report)} == {"duplicate_in_file"}
    assert [len(office.rows(table)) for table in ("company", "trainer", "trainee")] == [1, 1, 1]


@pytest.mark.parametrize("night", ["first", "second", "known"])
def test_contradicting_lines_leave_the_record_alone(office: Office, put: Callable[..., Path], night: str) -> None:
    load(office, "companies", put("companies", {}, {"ident_number": "B"}))
    if night != "first":
        load(office, "trainers", put("trainers", {}))
        load(office, "trainees", put("trainees", {} if night == "known" else {"first_name": "Zoë"}))
    before = office.rows("trainee")
    path = put("trainees", {}, {"first_name": "Anna"}, {"trainee_number": "T2"})
    report = load(office, "trainees", path, "--keep-going", code=3)
    assert [(where, code) for where, code, s in codes(report) if s == E] == [
        ("trainees.csv:2", "conflict_in_file"),
        ("trainees.csv:3", "conflict_in_file"),
    ]
    assert (counts(report)["created"], counts(report)["rejected"]) == (1, 2)
    assert counts(report).get("unchanged", 0) == 0
    assert [row for row in office.rows("trainee") if row["trainee_number"] == "T1"] == before


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_the_running_contract_with_the_latest_start_is_the_record(
    office: Office, put: Callable[..., Path], order: tuple[int, ...]
) -> None:
    seeded(office, put)
    contracts = [OLD, {}, OVER]
    rows = [contracts[n] for n in order]
    path = put("trainees", *rows, {"trainee_number": "T9"})
    older = {f"trainees.csv:{line}" for line, row in enumerate(rows, 2) if row}
    for created in (1, 0):
        report = load(office, "trainees", path)
        assert {(where, code) for where, code, _ in codes(report)} == {(where, "older_contract") for where in older}
        assert counts(report).get("created", 0) == created
        assert counts(report)["warned"] == 2
        record = next(row for row in office.rows("trainee") if row["trainee_number"] == "T1")
        assert (record["occupation"], record["contract_start"]) == ("Bäcker/in", "2025-09-01")


def test_a_new_contract_overrules_the_one_that_stands(office: Office, put: Callable[..., Path]) -> None:
    seeded(office, put)
    newer = {"contract_start": "2026-09-01", "contract_end": "2029-08-31", "occupation": "Koch/Köchin"}
    path = put("trainees", {}, newer)
    for counted in ({"rows": 2, "updated": 1, "warned": 1}, {"rows": 2, "unchanged": 1, "warned": 1}):
        report = load(office, "trainees", path)
        assert codes(report) == [("trainees.csv:2", "older_contract", "warning")]
        assert counts(report) == counted
    assert only(office, "trainee")["occupation"] == "Koch/Köchin"


def test_a_contract_that_cannot_be_read_is_no_older_one(office: Office, put: Callable[..., Path]) -> None:
    seeded(office, put)
    path = put(
        "trainees", {"contract_start": "31.02.2026"}, {"contract_end": "nie"}, OLD, {"contract_end": "2028-07-31"}
    )
    report = load(office, "trainees", path, "--keep-going", code=3)
    assert sorted((where, code) for where, code, _ in codes(report)) == [
        ("trainees.csv:2", "bad_date"),
        ("trainees.csv:3", "bad_date"),
        ("trainees.csv:4", "older_contract"),
    ]
    assert only(office, "trainee")["contract_end"] == "2028-07-31"


def test_a_line_that_comes_back_after_its_record_ended(office: Office, put: Callable[..., Path]) -> None:
    seeded(office, put)
    with office.store.write() as tx:
        tx.execute(t.trainee.update(), {"status": "ended", "ended_at": office.clock.text()})
    assert counts(load(office, "trainees", put("trainees", {}))) == {"rows": 1, "reopened": 1}


# --- which chamber ----------------------------------------------------------------------------------------------------


def test_the_chamber_is_told_or_clear(office: Office, put: Callable[..., Path]) -> None:
    with_column = put("companies", {"chamber": "175"}, {"ident_number": "2", "chamber": "175"}, name="column.csv")
    assert "unknown_chamber" in office("import", "companies", with_column, code=5).err
    office.chamber("175")
    assert "which_chamber" in office("import", "companies", put("companies", {}), code=2).err
    load(office, "companies", put("companies", {}), "--chamber", CHAMBER)
    load(office, "companies", with_column)
    office("import", "companies", put("companies", {}), env={"ASTA_CHAMBER": "175"}, code=0)
    assert sorted((row["chamber"], row["ident_number"]) for row in office.rows("company")) == [
        ("175", "0001000"), ("175", "2"), ("177", "0001000"),
    ]  # fmt: skip


def test_a_row_of_another_chamber_is_refused(office: Office, put: Callable[..., Path]) -> None:
    office.chamber("175")
    path = put(
        "companies", {"chamber": "177"}, {"ident_number": "2", "chamber": "175"}, {"ident_number": "3", "chamber": ""}
    )
    report = load(office, "companies", path, code=3)
    assert codes(report) == [("companies.csv:3", "bad_value", "error")]
    assert "175" in report["problems"][0]["message"]
    both = load(office, "companies", path, "--chamber", "175", "--keep-going", code=3)
    assert codes(both) == [("companies.csv:2", "bad_value", "error")]
    assert counts(both) == {"rows": 3, "created": 2, "rejected": 1}


# --- files and people -------------------------------------------------------------------------------------------------


def test_a_file_that_cannot_be_read(office: Office, put: Callable[..., Path], tmp_path: Path) -> None:
    good = put("companies", {}).read_text(encoding="utf-8")
    contents = {
        "empty.csv": b"",
        "header.csv": good.splitlines()[0].encode() + b"\n",
        "column.csv": b"ident_number;city\n1;Bonn\n",
        "doubled.csv": b"ident_number;Identnummer;name\n1;1;A\n",
        "quote.csv": good.encode() + b'2;"Firma\n',
        "torn.csv": good.encode() + b"2;Fir",
        "wide.csv": good.encode("utf-16"),
        "book.xlsx": b"PK\x03\x04 and so on",
        "nul.csv": b"\x00\x01\x02",
        "mixed.csv": good.encode() + "9;Bäcker;;;;;;\n".encode("cp1252"),
    }
    before = office.dump()
    for name, content in contents.items():
        path = tmp_path / name
        path.write_bytes(content)
        done = office("import", "companies", path, code=65)
        assert name in done.err
    for path in (tmp_path, tmp_path / "none.csv", Path("/dev/zero")):
        office("import", "companies", path, code=65)
    twice = [put("companies", {}), tmp_path / "companies.jsonl"]
    twice[1].write_text("{}\n", encoding="utf-8")
    office("import", "snapshot", *twice, code=65)
    office("import", "snapshot", tmp_path / "quote.csv", code=65)
    assert office.dump() == before


def test_a_header_without_rows_may_be_meant(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "companies.csv"
    path.write_text("ident_number;name\n", encoding="utf-8")
    assert counts(load(office, "companies", path, "--allow-empty")) == {}


def test_only_operators_import(office: Office, put: Callable[..., Path]) -> None:
    seeded(office, put)
    office.person("a@firma.example")
    office.holds("a@firma.example", only(office, "company")["id"])
    before = office.dump("audit_entry", "audit_detail", "audit_head")
    for kind in KINDS:
        report = office.report(
            "import", kind, put(kind, {"email": "neu@firma.example"}), as_="a@firma.example", code=77
        )
        assert codes(report) == [("arguments", "forbidden", "error")]
    assert office.dump("audit_entry", "audit_detail", "audit_head") == before
    assert office.log()[-1] == ("import trainees", "refused:forbidden")


def test_a_dry_run_counts_like_the_real_one_and_writes_nothing(
    office: Office, register: Callable[..., Register]
) -> None:
    files = register(companies=3, sites=2, trainees=2)
    for _ in range(2):
        before = office.dump()
        words = ("import", "snapshot", files.directory, "--max-updated", "100%")
        tried = office.report(*words, "--dry-run", code=0)
        assert office.dump() == before
        done = office.report(*words, code=0)
        assert (counts(tried), tried["problems"]) == (counts(done), done["problems"])
        rows = [row | {"street": "Neu", "parent_ident_number": "0001000"} for row in files.companies[1:]]
        write_rows(files.path("companies"), [files.companies[0], *rows])


def test_a_file_whose_name_is_no_utf_8(office: Office, put: Callable[..., Path], tmp_path: Path) -> None:
    name = os.fsdecode(b"Betriebsst\xe4tten.csv")  # as archives from older Windows machines have it
    put("companies", {}, {"ident_number": ""}).rename(tmp_path / name)
    done = load(office, "companies", tmp_path / name, "--keep-going", "--rejects", tmp_path / "r.csv", code=3)
    assert (done["created"], done["file"]) == (1, "Betriebsst\\udce4tten.csv")
    assert [p["where"] for p in done["problems"]] == ["Betriebsst\\udce4tten.csv:3"]
