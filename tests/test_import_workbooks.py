"""Workbooks, mapping files and templates through the commands that read files."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from tests.support.office import Office, codes, counts
from tests.support.registers import make_register
from tests.support.workbooks import Cell, Error, workbook

HEAD = ("Identnummer", "Firma", "PLZ", "Ort", "E-Mail")


def book(path: Path, *rows: Sequence[Cell], head: Sequence[Cell] = HEAD) -> Path:
    path.write_bytes(workbook([head, *rows]))
    return path


def from_csv(path: Path) -> Path:
    """The same table as a workbook beside it, its days as days; the CSV file goes."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file, delimiter=";")
    made = book(path.with_suffix(".xlsx"), *([_cell(text) for text in row] for row in rows), head=head)
    path.unlink()
    return made


def _cell(text: str) -> Cell:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text or None


def test_a_snapshot_of_workbooks_is_like_one_of_text(office: Office, tmp_path: Path) -> None:
    register = make_register(tmp_path / "r", companies=2, sites=2, trainees=3)
    for kind in ("companies", "trainees"):
        from_csv(register.path(kind))
    done = office.report("import", "snapshot", register.directory, code=0)
    assert counts(done)["created"] == len(register.companies) + len(register.trainers) + len(register.trainees)
    assert done["problems"] == []
    again = office.report("import", "snapshot", register.directory, code=0)
    assert set(counts(again)) == {"rows", "unchanged"}
    assert {row["contract_start"] for row in office.rows("trainee")} == {t["contract_start"] for t in register.trainees}
    register.path("companies").write_text("x")
    office("import", "snapshot", register.directory, code=65)


def test_what_a_spreadsheet_has_spoilt(office: Office, tmp_path: Path) -> None:
    good = ("0001000", "A", "01067", "Dresden", "a@firma.example")
    office.report("import", "companies", book(tmp_path / "a.xlsx", good), code=0)
    rows: list[Sequence[Cell]] = [
        ("0001000", "B", 1067, Error("#REF!"), Error("#N/A")),
        (1001, "C", None, None, None),
        ("0001002", Error("#NAME?"), None, None, None),
    ]
    path = book(tmp_path / "b.xlsx", *rows)
    done = office.report("import", "companies", path, "--keep-going", "--rejects", tmp_path / "r.csv", code=3)
    assert sorted(codes(done)) == [
        ("b.xlsx:2", "bad_postal_code", "warning"),
        ("b.xlsx:2", "bad_value", "warning"),
        ("b.xlsx:2", "bad_value", "warning"),
        ("b.xlsx:3", "bad_value", "error"),
        ("b.xlsx:4", "bad_value", "error"),
    ]
    (kept,) = office.rows("company")
    assert [kept[c] for c in ("name", "postal_code", "city", "email")] == ["B", "01067", "Dresden", "a@firma.example"]
    rejected = (tmp_path / "r.csv").read_text("utf-8-sig")
    (tmp_path / "r.csv").write_text(rejected.replace("\n1001;", "\n0001001;").replace("#NAME?", "D"), "utf-8")
    assert counts(office.report("import", "companies", tmp_path / "r.csv", code=0)) == {"rows": 2, "created": 2}


def test_a_spoilt_number_of_a_trainer_is_no_reason_to_lose_a_trainee(office: Office, tmp_path: Path) -> None:
    office.report("import", "companies", book(tmp_path / "c.xlsx", ("0001000", "A")), code=0)
    row = ("0007", "0001000", "B", Error("#N/A"))
    trainers = book(tmp_path / "t.xlsx", row, head=("Ausbildernummer", "Identnummer", "Nachname", "Vorname"))
    assert codes(office.report("import", "trainers", trainers, code=0)) == [("t.xlsx:2", "bad_value", "warning")]
    head = ("Azubinummer", "Identnummer", "Nachname", "Beruf", "Beginn", "Ende", "Ausbildernummer", "Fachrichtung")
    days = (date(2027, 8, 1), date(2030, 7, 31))
    good, other = (("T1", "0001000", "C", "D", *days, "0007", "E"), ("T2", "0001000", "C", "D", *days, "0007", "E"))
    office.report("import", "trainees", book(tmp_path / "z.xlsx", good, other, head=head), code=0)
    spoilt = ("T1", "0001000", "C", "D", *days, 7, Error("#REF!"))
    done = office.report("import", "trainees", book(tmp_path / "z.xlsx", spoilt, other, head=head), code=0)
    assert codes(done) == [("z.xlsx:2", "bad_value", "warning")] * 2
    found = {row["trainee_number"]: (row["trainer_id"], row["specialisation"]) for row in office.rows("trainee")}
    assert found["T1"] == found["T2"]
    assert None not in found["T1"]


def test_sheets_and_standard_input(office: Office, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ("0001000", "A"))
    done = office("import", "companies", path, "--sheet", "Blatt 7", code=65)
    assert "error[unknown_sheet]" in done.err
    assert "Tabelle1" in done.err
    office("import", "companies", path, "--sheet", "tabelle1", code=0)
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    assert "error[workbook]" in office("import", "companies", tmp_path / "old.xls", code=65).err


def test_a_mapping_for_a_whole_snapshot(office: Office, tmp_path: Path) -> None:
    night = tmp_path / "night"
    night.mkdir()
    (night / "companies.csv").write_text("Nr;Firma\n4711;A\n")
    (night / "trainees.csv").write_text("Azubi;Nr;Nachname;von;bis;Konto\n7;4711;B;20270801;20300731;J\n")
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        '[columns]\nNr = "ident_number"\n[digits]\nident_number = 7\ncompany_ident_number = 7\n'
        '[dates]\nformats = ["%Y%m%d"]\n[values.account_status]\nJ = "active"\n'
        '[trainees.columns]\nNr = "company_ident_number"\nAzubi = "trainee_number"\nvon = "contract_start"\n'
        'bis = "contract_end"\nKonto = "account_status"\n[trainees.constants]\noccupation = "Koch/Köchin"\n'
    )
    asked = ("import", "snapshot", night, "--mapping", mapping)
    assert counts(office.report(*asked, code=0)) == {"rows": 2, "created": 2}
    assert counts(office.report(*asked, code=0)) == {"rows": 2, "unchanged": 2}
    (trainee,) = office.rows("trainee")
    assert [trainee[c] for c in ("contract_start", "contract_end", "occupation", "account_status")] == [
        "2027-08-01", "2030-07-31", "Koch/Köchin", "active",
    ]  # fmt: skip
    mapping.write_text(mapping.read_text().replace("Koch/Köchin", "Bäcker/in"))
    assert counts(office.report(*asked, code=0)) == {"rows": 2, "updated": 1, "unchanged": 1}


def test_a_wrong_mapping_is_a_wrong_file(office: Office, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Identnummer;Firma\n1;A\n")
    (tmp_path / "m.toml").write_text('[columns]\nNr = "identnumber"\n[constants]\nnosuch = "1"\n')
    done = office("import", "companies", tmp_path / "a.csv", "--mapping", tmp_path / "m.toml", code=65)
    assert "error[bad_mapping]" in done.err
    assert "constants.nosuch" in done.err


def test_other_commands_read_workbooks_and_mappings(office: Office, tmp_path: Path) -> None:
    office.company("0001000", activated_at=office.clock.text())
    grants = book(tmp_path / "g.xlsx", ("hr@firma.example", date(2099, 12, 31)), head=("Adresse", "Gültig bis"))
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        '[columns]\nAdresse = "email"\n[constants]\ncompany = "0001000"\nrole = "manager"\nGrund = "x"\n'
    )
    assert counts(office.report("perms", "grant", "--from", grants, "--mapping", mapping, code=0))["created"] == 1
    (grant,) = office.rows("access_grant")
    assert grant["valid_until"].startswith("2099-12-31T23:")
    people = book(tmp_path / "p.xlsx", ("neu@firma.example", "Neu"), head=("E-Mail", "Name"))
    assert counts(office.report("register", "--from", people, code=0))["created"] == 1


@pytest.mark.parametrize("kind", ["companies", "trainers", "trainees"])
@pytest.mark.parametrize("how", [(), ("--lang", "de"), ("--lang", "de", "--excel")])
def test_a_template_is_usable_as_it_is(office: Office, tmp_path: Path, kind: str, how: tuple[str, ...]) -> None:
    path = tmp_path / "new.csv"
    office("import", "template", kind, *how, "--output", path, code=0)
    assert path.read_bytes().decode().split() == office("import", "template", kind, *how, code=0).out.split()
    office("import", kind, path, code=65)
    assert counts(office.report("import", kind, path, "--allow-empty", code=0)) == {}
