"""``--report`` of a set of permissions or registrations: every row of the file, and what became of it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.support.office import CHAMBER, Office

WHY = ("--reason", "Liste vom 2. März")
ADMIN = "admin@firma.example"
HEAD = ["kind", "key", "action", "field", "before", "after", "where", "code", "message"]
Told = tuple[str, str, str, str]
"""Where, action, code, key."""

ROWS = (
    ("new@firma.example", "1", "manager", ""),
    ("old@firma.example", "1", "manager", ""),
    ("ends@firma.example", "1", "manager", "2027-07-31"),
    ("x", "1", "manager", ""),
    ("new@firma.example", "9", "manager", ""),
    ("new@firma.example", "3", "manager", ""),
    ("new@firma.example", "1", "", ""),
    ("bad@firma.example", "1", "Chef", "32.13.2027"),
    ("twice@firma.example", "1", "manager", ""),
    ("Twice@Firma.example", "1", "manager", ""),
    ("torn@firma.example", "1", "manager", "2027-07-31"),
    ("torn@firma.example", "1", "manager", "2027-08-31"),
    ("t@firma.example", "1", "trainer", ""),
    ("", "1", "manager", ""),
)
NAMES = ("email", "company", "role", "valid_until")
CREATED, UPDATED, ENDED, SAME = "create", "update", "end", "unchanged"
EXPECTED: dict[int, list[tuple[str, str]]] = {
    0: [(CREATED, "")],
    1: [(SAME, "")],
    2: [(UPDATED, "")],
    3: [("rejected", "bad_email")],
    4: [("rejected", "unknown_company")],
    5: [("rejected", "company_ended")],
    6: [("rejected", "missing_value")],
    7: [("rejected", "bad_choice"), ("rejected", "bad_date")],
    8: [(CREATED, "")],
    9: [("duplicate", "duplicate_in_file")],
    10: [("rejected", "conflict_in_file")],
    11: [("rejected", "conflict_in_file")],
    12: [(CREATED, ""), ("warned", "unknown_trainer")],
    13: [("rejected", "missing_value")],
}


@pytest.fixture
def firm(office: Office) -> Office:
    """A company with three people, and an ended one."""
    company = office.company("1", activated_at=office.clock.text())
    office.company("3", status="ended")
    for name, role in (("admin", "administrator"), ("old", "manager"), ("ends", "manager")):
        office.holds(office.person(f"{name}@firma.example"), company, role)
    return office


def write(path: Path, rows: Sequence[Sequence[str]], names: Sequence[str] = NAMES) -> Path:
    if path.suffix == ".jsonl":
        objects = [dict(zip(names, row, strict=True)) for row in rows]
        path.write_text("".join(json.dumps(o, ensure_ascii=False) + "\n" for o in objects), encoding="utf-8")
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows([names, *rows])
    return path


def lines(path: Path) -> list[dict[str, str]]:
    if path.suffix == ".jsonl":
        found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    else:
        with path.open(encoding="utf-8", newline="") as file:
            found = list(csv.DictReader(file))
    assert all(list(line) == HEAD for line in found)
    return found


def told(found: Sequence[dict[str, str]], first: int = 2) -> dict[int, list[tuple[str, str]]]:
    """Action and code of what is told of each row, by its place in the file; a change of several fields once."""
    rows: dict[int, list[tuple[str, str]]] = {}
    for line in found:
        of_row = rows.setdefault(int(line["where"].rpartition(":")[2]) - first, [])
        if (line["action"], line["code"]) not in of_row:
            of_row.append((line["action"], line["code"]))
    return rows


@pytest.mark.parametrize("more", [("--dry-run",), (), ("--keep-going",), ("--keep-going", "--dry-run")])
def test_every_row_is_told(firm: Office, tmp_path: Path, more: tuple[str, ...]) -> None:
    path = write(tmp_path / "g.csv", ROWS)
    report = firm.report("perms", "grant", "--from", path, *WHY, "--report", tmp_path / "r.csv", *more, code=3)
    found = lines(tmp_path / "r.csv")
    assert told(found) == EXPECTED
    assert {line["where"].partition(":")[0] for line in found} == {"g.csv"}
    assert len([a for actions in EXPECTED.values() for a, _ in actions if a == SAME]) == report["unchanged"]
    assert len({line["where"] for line in found if line["action"] == "rejected"}) == report["rejected"]
    assert len({line["where"] for line in found if line["action"] == CREATED}) == report["created"]
    assert len({line["where"] for line in found}) == report["rows"]
    texts = {(p["where"], p["code"]): p["message"] for p in report["problems"]}
    assert all(line["message"].startswith(texts[line["where"], line["code"]]) for line in found if line["code"])
    assert {line["kind"] for line in found} == {"access_grant"}
    keys = {line["where"]: line["key"] for line in found}
    assert (keys["g.csv:3"], keys["g.csv:5"], keys["g.csv:15"]) == (
        "old@firma.example 1 manager",
        "x 1 manager",
        "1 manager",
    )
    assert keys["g.csv:2"] == f"new@firma.example {CHAMBER}:1 manager"


def test_by_columns_and_row_by_row_tell_the_same(firm: Office, tmp_path: Path) -> None:
    reports = {}
    for kind, first in (("csv", 2), ("jsonl", 1)):
        path, report = write(tmp_path / f"g.{kind}", ROWS), tmp_path / f"r-{kind}.csv"
        firm("perms", "grant", "--from", path, *WHY, "--keep-going", "--dry-run", "--report", report, code=3)
        found = lines(report)
        reports[kind] = [
            (int(line["where"].rpartition(":")[2]) - first, *(line[name] for name in HEAD if name != "where"))
            for line in found
        ]
    assert reports["csv"] == reports["jsonl"]


def test_programs_read_the_same_in_every_language(firm: Office, tmp_path: Path) -> None:
    path = write(tmp_path / "g.csv", ROWS)
    found = {}
    for lang in ("de", "en"):
        for name in ("r.jsonl", "r.csv"):
            report = tmp_path / f"{lang}-{name}"
            firm("perms", "grant", "--from", path, *WHY, "--dry-run", "--report", report, code=3, lang=lang)
            found[lang, name] = lines(report)
    assert found["de", "r.jsonl"] == found["en", "r.jsonl"] == found["en", "r.csv"]
    messages = {line["code"]: line["message"] for line in found["de", "r.csv"]}
    assert "ist keine E-Mail-Adresse" in messages["bad_email"]


def test_what_is_taken_away(firm: Office, tmp_path: Path) -> None:
    rows = [
        ("old@firma.example", "1"),
        ("nobody@firma.example", "1"),
        ("old@firma.example", "9"),
        ("Old@firma.example", "1"),
    ]
    path = write(tmp_path / "g.csv", rows, NAMES[:2])
    more = ("--keep-going", "--report", tmp_path / "r.csv")
    firm("perms", "revoke", "--from", path, *WHY, *more, code=3)
    expected = {
        0: [(ENDED, "")],
        1: [(SAME, "")],
        2: [("rejected", "unknown_company")],
        3: [("duplicate", "duplicate_in_file")],
    }
    assert told(lines(tmp_path / "r.csv")) == expected
    firm("perms", "revoke", "--from", path, *WHY, *more, code=3)
    assert told(lines(tmp_path / "r.csv")) == {**expected, 0: [(SAME, "")]}


def test_a_sync_tells_its_rows_and_what_no_row_names(firm: Office, tmp_path: Path) -> None:
    rows = [
        (ADMIN, "1", "administrator"),
        ("ends@firma.example", "1", "manager"),
        ("new@firma.example", "1", "manager"),
    ]
    path = write(tmp_path / "g.csv", rows, NAMES[:3])
    firm("perms", "sync", "--from", path, "--company", "1", *WHY, "--report", tmp_path / "r.csv", code=0)
    found = lines(tmp_path / "r.csv")
    assert told([line for line in found if line["where"] != "arguments"]) == {
        0: [(SAME, "")],
        1: [(SAME, "")],
        2: [(CREATED, "")],
    }
    assert {(line["action"], line["key"]) for line in found if line["where"] == "arguments"} == {
        (ENDED, f"old@firma.example {CHAMBER}:1 manager")
    }


def test_a_sync_tells_nothing_of_what_the_asker_may_not_end(firm: Office, tmp_path: Path) -> None:
    path = write(tmp_path / "g.csv", [("t@firma.example", "1", "trainer")], NAMES[:3])
    may_grant = {"ASTA_PERMS__MANAGER_MAY_GRANT_TRAINER": "true"}
    how = ("--company", "1", "--report", tmp_path / "r.csv")
    firm("perms", "sync", "--from", path, *how, code=0, as_="old@firma.example", env=may_grant)
    assert {line["where"] for line in lines(tmp_path / "r.csv")} == {"g.csv:2"}


def test_an_end_that_is_refused_is_told(firm: Office, tmp_path: Path) -> None:
    path = write(tmp_path / "g.csv", [("old@firma.example", "1", "manager")], NAMES[:3])
    how = ("--company", "1", *WHY, "--keep-going", "--report", tmp_path / "r.csv")
    firm("perms", "sync", "--from", path, *how, code=3)
    refused = [line for line in lines(tmp_path / "r.csv") if line["action"] == "rejected"]
    assert [(line["where"], line["key"], line["code"]) for line in refused] == [
        ("arguments", ADMIN, "last_administrator")
    ]


def test_a_renewal_tells_its_rows(firm: Office, tmp_path: Path) -> None:
    company = next(c["id"] for c in firm.rows("company") if c["ident_number"] == "1")
    firm.holds(firm.person("soon@firma.example"), company, "manager", valid_until="2026-12-01T23:00:00Z")
    rows = [
        ("soon@firma.example", "1", "manager"),
        ("old@firma.example", "1", "manager"),
        ("no@firma.example", "1", "manager"),
    ]
    path = write(tmp_path / "g.csv", rows, NAMES[:3])
    more = ("--until", "2027-07-31", *WHY, "--report", tmp_path / "r.csv")
    firm("perms", "renew", "--from", path, "--keep-going", "--dry-run", *more, code=3)
    assert told(lines(tmp_path / "r.csv")) == {
        0: [(UPDATED, "")],
        1: [(SAME, ""), ("warned", "shortens")],
        2: [("rejected", "not_found")],
    }
    firm("perms", "renew", "--expiring", "30d", *more, code=0)
    assert [(line["action"], line["field"], line["where"]) for line in lines(tmp_path / "r.csv")] == [
        (UPDATED, "valid_until", "arguments"),
        (UPDATED, "reason", "arguments"),
    ]


def test_one_item_is_a_set_of_one(firm: Office, tmp_path: Path) -> None:
    grant = ("perms", "grant", "old@firma.example", "--role", "manager", *WHY, "--report", tmp_path / "r.csv")
    firm(*grant, "--company", "1", code=0)
    assert [tuple(line.values()) for line in lines(tmp_path / "r.csv")] == [
        ("access_grant", "old@firma.example 1 manager", SAME, "", "", "", "arguments", "", "")
    ]
    firm(*grant, "--company", "9", code=5)
    assert [(line["action"], line["code"]) for line in lines(tmp_path / "r.csv")] == [("rejected", "unknown_company")]


def people(tmp_path: Path) -> Path:
    rows = [
        ("new@firma.example", "Erika Muster"),
        ("old@firma.example", "Max Muster"),
        ("New@firma.example", "Erika Muster"),
        ("x", "Niemand"),
    ]
    return write(tmp_path / "people.csv", rows, ("email", "name"))


def test_registrations(firm: Office, tmp_path: Path) -> None:
    more = ("--keep-going", "--report", tmp_path / "r.csv")
    firm("register", "--from", people(tmp_path), *more, code=3)
    found = lines(tmp_path / "r.csv")
    expected = {
        0: [(CREATED, "")],
        1: [(SAME, "")],
        2: [("duplicate", "duplicate_in_file")],
        3: [("rejected", "bad_email")],
    }
    assert told(found) == expected
    assert {line["kind"] for line in found} == {"account"}
    assert {line["key"] for line in found if line["where"] == "people.csv:3"} == {"old@firma.example"}
    firm("register", "--from", people(tmp_path), *more, code=3)
    assert told(lines(tmp_path / "r.csv")) == {**expected, 0: [(SAME, "")]}


@pytest.mark.parametrize("more", [("--dry-run",), ()])
def test_a_report_tells_nobody_who_has_an_account(firm: Office, tmp_path: Path, more: tuple[str, ...]) -> None:
    how = ("--keep-going", "--report", tmp_path / "r.csv", *more)
    firm("register", "--from", people(tmp_path), *how, code=3, as_=ADMIN)
    assert told(lines(tmp_path / "r.csv")) == {
        0: [("accepted", "")],
        1: [("accepted", "")],
        2: [("duplicate", "duplicate_in_file")],
        3: [("rejected", "bad_email")],
    }


def test_what_one_may_not_know_is_not_told(firm: Office, tmp_path: Path) -> None:
    """Whoever may revoke nothing there learns of no permission that there is."""
    other = firm.company("2")
    firm.holds("old@firma.example", other, "manager")
    rows = [
        ("old@firma.example", "1", "manager"),
        ("old@firma.example", "2", "manager"),
        ("no@firma.example", "2", "manager"),
    ]
    path = write(tmp_path / "g.csv", rows, NAMES[:3])
    for verb in ("grant", "revoke"):
        firm("perms", verb, "--from", path, "--dry-run", "--report", tmp_path / "r.csv", code=3, as_=ADMIN)
        found = told(lines(tmp_path / "r.csv"))
        assert found[1] == found[2] == [("rejected", "forbidden")]
    firm("perms", "revoke", "old@firma.example", "--report", tmp_path / "r.csv", code=0, as_=ADMIN)
    assert {line["key"] for line in lines(tmp_path / "r.csv")} == {f"old@firma.example {CHAMBER}:1 manager"}


def numbered(count: int) -> Iterator[tuple[str, str, str, str]]:
    for number in range(count):
        yield f"p{number}@firma.example", "1", "manager" if number % 3 else "Chef", ""


def test_rows_of_several_chunks_each_once_and_in_order(
    firm: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from asta_cli.run import road

    monkeypatch.setattr(road, "CHUNK", 7)
    path = write(tmp_path / "g.csv", list(numbered(50)))
    firm("perms", "grant", "--from", path, *WHY, "--dry-run", "--report", tmp_path / "r.csv", code=3)
    found = told(lines(tmp_path / "r.csv"))
    assert list(found) == list(range(50))
    assert found == {n: [(CREATED, "") if n % 3 else ("rejected", "bad_choice")] for n in range(50)}
