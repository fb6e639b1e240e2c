"""Mirror: the file is the whole truth of its kind. On both databases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.office import CHAMBER, Office, codes, counts
from tests.support.registers import Row, write_rows

COMPANIES: list[Row] = [{"ident_number": f"{n:07}", "name": f"Betrieb {n}", "city": "Dresden"} for n in range(1, 7)]
TRAINERS: list[Row] = [
    {"trainer_number": f"A{n}", "company_ident_number": f"{n:07}", "last_name": "Weber"} for n in range(1, 7)
]
TRAINEES: list[Row] = [
    {
        "trainee_number": f"T{n}",
        "company_ident_number": f"{n:07}",
        "last_name": "Koch",
        "occupation": "Köchin",
        "contract_start": "2025-09-01",
        "contract_end": "2028-08-31",
        "trainer_number": f"A{n}",
    }
    for n in range(1, 7)
]
KINDS = {"companies": COMPANIES, "trainers": TRAINERS, "trainees": TRAINEES}


@pytest.fixture
def night(office: Office, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Import these rows of each kind, all in one run; its report."""

    def run(*more: object, code: int = 0, mode: str = "mirror", **rows: list[Row]) -> dict[str, Any]:
        directory = tmp_path / "night"
        directory.mkdir(exist_ok=True)
        for old in directory.iterdir():
            old.unlink()
        for kind, content in rows.items():
            write_rows(directory / f"{kind}.csv", content)
        words = ("import", "snapshot", directory, "--chamber", CHAMBER, "--mode", mode, *more)
        return office.report(*words, code=code)

    return run


def status(office: Office, table: str) -> list[str]:
    return [str(row["status"]) for row in office.rows(table)]


def without(rows: list[Row], *numbers: int) -> list[Row]:
    """All but those of these companies."""
    return [row for n, row in enumerate(rows, 1) if n not in numbers]


def test_what_is_missing_ends_and_comes_back(office: Office, night: Callable[..., Any]) -> None:
    night(**KINDS)
    report = night(trainees=without(TRAINEES, 2, 3))
    assert counts(report) == {"rows": 4, "unchanged": 4, "ended": 2}
    assert status(office, "trainee") == ["open", "ended", "ended", "open", "open", "open"]
    assert counts(night(trainees=without(TRAINEES, 2, 3))) == {"rows": 4, "unchanged": 4}
    assert counts(night(trainees=TRAINEES)) == {"rows": 6, "unchanged": 4, "reopened": 2}
    assert status(office, "trainee") == ["open"] * 6


def test_merge_ends_nothing(office: Office, night: Callable[..., Any]) -> None:
    night(**KINDS)
    assert counts(night(trainees=without(TRAINEES, 2), mode="merge")) == {"rows": 5, "unchanged": 5}
    assert status(office, "trainee") == ["open"] * 6


def test_without_the_hashes_it_is_the_same(office: Office, night: Callable[..., Any]) -> None:
    night(**KINDS)
    assert counts(night("--full", trainees=without(TRAINEES, 2))) == {"rows": 5, "unchanged": 5, "ended": 1}
    assert status(office, "trainee")[1] == "ended"


def test_a_rejected_row_keeps_its_record_open(office: Office, night: Callable[..., Any]) -> None:
    night(**KINDS)
    bad = [TRAINEES[0] | {"contract_end": "irgendwann"}, *TRAINEES[2:]]
    report = night("--keep-going", code=3, trainees=bad)
    assert counts(report) == {"rows": 5, "unchanged": 4, "ended": 1, "rejected": 1}
    assert status(office, "trainee")[:2] == ["open", "ended"]


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("trainees", "trainee_number", ""),
        ("trainees", "trainee_number", "T\u202e1"),
        ("companies", "ident_number", "0000001!"),
        ("companies", "ident_number", "x" * 21),
        ("trainers", "trainer_number", ""),
        ("trainers", "company_ident_number", "0000001 a"),
        ("trainees", "last_name", "Koch;Koch"),  # one field too many: who knows what the others stand for
    ],
)
def test_a_row_without_readable_key_keeps_everything_open(
    office: Office, night: Callable[..., Any], tmp_path: Path, kind: str, key: str, value: str
) -> None:
    """The row may be about any of the records that the file seems to lack."""
    night(**KINDS)
    rows = KINDS[kind]
    path = write_rows(tmp_path / f"{kind}.csv", [*rows[2:], rows[0] | {key: value}])
    path.write_text(path.read_text().replace('"', ""))  # what is one field becomes two
    report = office.report("import", kind, path, "--keep-going", "--mode", "mirror", code=3)
    told = [(p["where"], p["column"], p["value"]) for p in report["problems"] if p["code"] == "nothing_ended"]
    assert told == [(f"{kind}.csv:6", next(iter(rows[0])), "1")]
    assert (report["ended"], report["rejected"], report["warned"]) == (0, 1, 0)
    assert status(office, kind.removesuffix("s").replace("companie", "company")) == ["open"] * 6


def test_contradicting_rows_without_readable_key_keep_everything_open(
    office: Office, night: Callable[..., Any]
) -> None:
    night(**KINDS)
    bad = [COMPANIES[0] | {"ident_number": "0000001!", "city": city} for city in ("Ulm", "Bonn")]
    report = night("--keep-going", code=3, companies=[*COMPANIES[2:], *bad])
    assert sorted(p["code"] for p in report["problems"]) == ["conflict_in_file"] * 2 + ["nothing_ended"]
    assert status(office, "company") == ["open"] * 6


def test_people_of_a_company_that_ends_in_the_same_night(office: Office, night: Callable[..., Any]) -> None:
    """Their lines are known, and no longer good."""
    night(**KINDS)
    report = night(code=3, companies=without(COMPANIES, 2), trainers=TRAINERS, trainees=TRAINEES)
    assert {p["code"] for p in report["problems"]} == {"company_ended"}
    assert (report["rejected"], report["rows"]) == (2, 17)
    assert status(office, "company") == ["open"] * 6
    gone = {kind: without(rows, 2) for kind, rows in KINDS.items()}
    assert counts(night(**gone)) == {"rows": 15, "unchanged": 15, "ended": 3}
    assert [status(office, t)[1] for t in ("company", "trainer", "trainee")] == ["ended"] * 3
    assert counts(night(**KINDS)) == {"rows": 18, "unchanged": 15, "reopened": 3}
    assert counts(night(**KINDS)) == {"rows": 18, "unchanged": 18}


def test_a_trainer_who_ends_is_told_at_the_trainees(office: Office, night: Callable[..., Any]) -> None:
    night(**KINDS)
    report = night(trainers=without(TRAINERS, 2), trainees=TRAINEES)
    assert {p["code"] for p in report["problems"]} == {"trainer_ended"}
    assert (report["ended"], report["unchanged"], report["warned"]) == (1, 11, 1)
    healed = night(trainers=TRAINERS, trainees=TRAINEES)
    assert (healed["reopened"], healed["warned"]) == (1, 0)


def test_a_warned_row_heals_the_next_night(office: Office, night: Callable[..., Any]) -> None:
    first = night(companies=COMPANIES, trainees=TRAINEES)
    assert {p["code"] for p in first["problems"]} == {"unknown_trainer"}
    assert first["warned"] == 6
    second = night("--max-updated", "100%", **KINDS)
    assert (second["updated"], second["warned"]) == (6, 0)
    assert all(row["trainer_id"] for row in office.rows("trainee"))


def test_swapped_headings_make_every_line_unknown(office: Office, night: Callable[..., Any]) -> None:
    night(companies=[c | {"street": "Weg 1"} for c in COMPANIES])
    same_lines = [
        {"ident_number": c["ident_number"], "name": c["name"], "street": c["city"], "city": "Weg 1"} for c in COMPANIES
    ]
    report = night("--dry-run", code=4, companies=same_lines)
    assert report["updated"] == 6


def test_an_edit_by_hand_is_kept_in_a_mirror(office: Office, night: Callable[..., Any]) -> None:
    night(**KINDS)
    office("companies", "set", "0000001", "city=Köln", code=0)
    for _ in range(2):
        report = night(**KINDS)
        assert (report["kept"], report["unchanged"], report["ended"]) == (1, 18, 0)
    assert office.rows("company")[0]["city"] == "Köln"


def test_undo_and_the_same_file_again(office: Office, night: Callable[..., Any]) -> None:
    night(**KINDS)
    changed = without(TRAINEES, 2)
    done = night(trainees=changed)
    office("runs", "undo", done["run"], code=0)
    assert status(office, "trainee") == ["open"] * 6
    assert counts(night(trainees=changed)) == {"rows": 5, "unchanged": 5, "ended": 1}


def test_the_guard_counts_each_kind(office: Office, night: Callable[..., Any]) -> None:
    night(**KINDS)
    before = office.dump("run", "held_plan", "audit_entry", "audit_detail", "audit_head")
    report = night(code=4, **(KINDS | {"trainees": TRAINEES[:2]}))
    assert (report["held"], report["applied"], report["ended"]) == (True, False, 4)
    assert office.dump("run", "held_plan", "audit_entry", "audit_detail", "audit_head") == before
    dry = night("--dry-run", code=4, **(KINDS | {"trainees": TRAINEES[:2]}))
    assert (dry["held"], dry["run"]) == (True, "")
    approved = office.report("runs", "approve", report["run"], code=0)
    assert approved["ended"] == 4
    assert status(office, "trainee") == ["open"] * 2 + ["ended"] * 4
    assert codes(report) == []


def test_contracts_that_are_over_are_not_counted(office: Office, night: Callable[..., Any]) -> None:
    old = [t | {"contract_start": "2020-09-01", "contract_end": "2023-08-31"} for t in TRAINEES[2:]]
    night(**(KINDS | {"trainees": [*TRAINEES[:2], *old]}))
    assert night(trainees=TRAINEES[:2])["ended"] == 4


def test_an_empty_file_ends_everything_only_when_it_is_meant(
    office: Office, night: Callable[..., Any], tmp_path: Path
) -> None:
    night(**KINDS)
    empty = tmp_path / "trainees.csv"
    empty.write_text(",".join(TRAINEES[0]) + "\n", encoding="utf-8")
    words = ("import", "trainees", empty, "--chamber", CHAMBER, "--mode", "mirror")
    office(*words, code=65)
    assert office.report(*words, "--allow-empty", code=4)["ended"] == 6
    assert office.report(*words, "--allow-empty", "--max-ended", "100%", code=0)["ended"] == 6


def test_sites_are_told_that_their_head_office_closed(office: Office, night: Callable[..., Any]) -> None:
    site = {"ident_number": "0000009", "name": "Werk", "city": "", "parent_ident_number": "0000001"}
    rows = [*[c | {"parent_ident_number": ""} for c in COMPANIES], site]
    night(companies=rows)
    office.holds(office.person("chef@firma.example"), office.rows("company")[0]["id"])
    report = night(companies=rows[1:])
    assert report["ended"] == 1
    (warned,) = report["problems"]
    assert (warned["code"], warned["value"]) == ("company_orphaned", "0000009")
    assert "--company 177:0000009 --role administrator" in warned["hint"]  # as it stands, also with other chambers
