"""``perms sync`` on both databases: the file is true afterwards, and only what it was to be true for has changed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.office import Office, codes, counts
from tests.support.workbooks import workbook

ADMIN = "admin@firma.example"
HR = "hr@firma.example"
WHY = ("--reason", "Liste vom 2. März")
HEAD, SITE, OTHER = "0001000", "0001001", "0002000"


@pytest.fixture
def firm(office: Office) -> Office:
    """A head office with a site and another company; ADMIN administers the first, HR manages it."""
    head = office.company(HEAD, activated_at=office.clock.text())
    office.company(SITE, head)
    office.company(OTHER)
    for email in (ADMIN, HR):
        office.person(email)
    office.holds(ADMIN, head)
    office.holds(HR, head, "manager")
    return office


@pytest.fixture
def put(tmp_path: Path) -> Callable[[str], Path]:
    """Write a file of grants; its heading is email, company, role and what the first line adds."""
    numbers = iter(range(100))

    def write(text: str) -> Path:
        path = tmp_path / f"grants{next(numbers)}.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def sync(
    firm: Office, path: object, *more: object, code: int = 0, companies: tuple[str, ...] = (HEAD,), **how: Any
) -> Any:
    named = [part for company in companies for part in ("--company", company)]
    why = () if "as_" in how else WHY
    return firm.report("perms", "sync", "--from", path, *named, *why, *more, code=code, **how)


def exported(firm: Office, *more: object, **how: Any) -> str:
    return firm("perms", "list", "--company", HEAD, "--format", "csv", *more, code=0, **how).out


def test_the_file_is_true_afterwards(firm: Office, put: Callable[[str], Path]) -> None:
    path = put(
        f"email,company,role,valid_until\n{ADMIN},{HEAD},administrator,\nnew@firma.example,{HEAD},trainer,\n"
        f"{ADMIN},{HEAD},contract_applicant,2027-12-31\n"
    )
    report = sync(firm, path)
    assert counts(report) == {"rows": 3, "created": 2, "unchanged": 1, "ended": 1, "warned": 1}
    assert firm.held(ADMIN) == {(HEAD, "administrator"), (HEAD, "contract_applicant")}
    assert (firm.held(HR), firm.held("new@firma.example")) == (set(), {(HEAD, "trainer")})
    ended = next(g for g in firm.rows("access_grant") if g["email"] == HR)
    assert (ended["ended_by"], ended["end_reason"]) == ("operator", WHY[1])
    assert {m[0] for m in firm.mails()} == {ADMIN, "new@firma.example"}
    assert firm.log() == [("perms sync", "ok")]
    assert counts(sync(firm, path)) == {"rows": 3, "unchanged": 3}


def test_an_undo_brings_everything_back(firm: Office, put: Callable[[str], Path]) -> None:
    before = firm.held(ADMIN), firm.held(HR)
    run = sync(firm, put(f"email,company,role,sites\n{ADMIN},{HEAD},administrator,\n{ADMIN},{HEAD},manager,no\n"))[
        "run"
    ]
    assert firm.held(HR) == set()
    firm("runs", "undo", run, *WHY, code=0)
    assert (firm.held(ADMIN), firm.held(HR)) == before


@pytest.fixture
def all_sorts(firm: Office) -> Office:
    """Grants of every state, with trainer, without sites, with days."""
    head = next(c["id"] for c in firm.rows("company") if c["ident_number"] == HEAD)
    trainer = firm.trainer("T1", head, "t@firma.example")
    firm.person("t@firma.example")
    days = {"valid_from": "2026-12-31T23:00:00Z", "valid_until": "2027-12-31T23:00:00Z"}
    firm.holds("t@firma.example", head, "trainer", trainer_id=trainer, reason="neu, und; gut")
    firm.holds("bare@firma.example", head, "trainer")
    firm.holds("later@firma.example", head, "administrator", sites=False, **days)
    firm.holds("lapsed@firma.example", head, "manager", invited_until="2026-11-01T00:00:00Z")
    firm.holds("over@firma.example", head, "manager", valid_until="2026-11-01T00:00:00Z")
    firm.holds(ADMIN, head, "manager", ended_at="2026-11-01T00:00:00Z")
    firm.holds(HR, head, "administrator", ended_at="2026-11-01T00:00:00Z")
    return firm


@pytest.mark.parametrize("all_", [(), ("--all",)])
@pytest.mark.parametrize("who", [None, ADMIN])
def test_what_is_listed_is_true(all_sorts: Office, put: Callable[[str], Path], all_: tuple[str, ...], who: str) -> None:
    how: dict[str, Any] = {"as_": who} if who else {}
    before = all_sorts.rows("access_grant")
    text = exported(all_sorts, *all_, **how)
    assert len(text.splitlines()) == (10 if all_ else 6)
    report = sync(all_sorts, put(text), **how)
    assert counts(report) == {"rows": 9 if all_ else 5, "unchanged": 9 if all_ else 5}
    assert all_sorts.rows("access_grant") == before


@pytest.mark.parametrize("form", ["csv", "jsonl", "stdin", "xlsx"])
def test_every_form(all_sorts: Office, tmp_path: Path, form: str) -> None:
    before = all_sorts.rows("access_grant")
    if form == "stdin":
        named = ("perms", "sync", "--from", "-", "--company", HEAD, *WHY, "--format", "json")
        report = all_sorts(*named, stdin=exported(all_sorts), code=0).json()
    elif form == "xlsx":
        path = tmp_path / "grants.xlsx"
        path.write_bytes(workbook(list(csv.reader(io.StringIO(exported(all_sorts))))))
        report = sync(all_sorts, path)
    else:
        path = tmp_path / f"grants.{form}"
        path.write_text(all_sorts("perms", "list", "--company", HEAD, "--format", form).out, encoding="utf-8")
        report = sync(all_sorts, path)
    assert counts(report) == {"rows": 5, "unchanged": 5}
    assert all_sorts.rows("access_grant") == before


def test_empty_cells_say_something_and_absent_columns_nothing(all_sorts: Office, put: Callable[[str], Path]) -> None:
    rows = list(csv.DictReader(io.StringIO(exported(all_sorts))))
    bare = "".join(f"{r['email']},{HEAD},{r['role']}\n" for r in rows)
    assert counts(sync(all_sorts, put("email,company,role\n" + bare))) == {"rows": 5, "unchanged": 5}
    empty = "".join(f"{r['email']},{HEAD},{r['role']},,,,\n" for r in rows)
    report = sync(all_sorts, put("email,company,role,trainer_number,sites,valid_from,valid_until\n" + empty))
    assert counts(report) == {"rows": 5, "updated": 2, "unchanged": 3}
    (later,) = all_sorts.grants("later@firma.example")
    assert (later["valid_from"], later["valid_until"], bool(later["sites"])) == ("2026-12-31T23:00:00Z", None, True)
    assert [g["trainer_id"] for g in all_sorts.grants("t@firma.example")] == [None]


def test_a_row_for_another_company_is_an_error(firm: Office, put: Callable[[str], Path]) -> None:
    path = put(f"email,company,role\n{ADMIN},{HEAD},administrator\n{HR},{SITE},manager\n")
    report = sync(firm, path, code=3)
    assert codes(report) == [("grants0.csv:3", "bad_value", "error")]
    assert firm.held(HR) == {(HEAD, "manager")}
    assert counts(sync(firm, path, "--keep-going", code=3)) == {"rows": 2, "unchanged": 1, "ended": 1, "rejected": 1}
    assert firm.held(HR) == set()


def test_a_rejected_row_keeps_its_grant(firm: Office, put: Callable[[str], Path]) -> None:
    path = put(f"email,company,role,valid_until\n{ADMIN},{HEAD},administrator,\n{HR},{HEAD},manager,31.02.2027\n")
    assert counts(sync(firm, path, "--keep-going", code=3)) == {"rows": 2, "unchanged": 1, "rejected": 1}
    assert firm.held(HR) == {(HEAD, "manager")}


@pytest.mark.parametrize("row", [f"nobody,{HEAD},manager", f"{HR},{HEAD},chief", f"{HR},,manager", f"{HR},{HEAD},"])
def test_a_row_without_readable_key_ends_nothing(firm: Office, put: Callable[[str], Path], row: str) -> None:
    path = put(f"email,company,role\n{ADMIN},{HEAD},administrator\n{row}\n")
    report = sync(firm, path, "--keep-going", code=3)
    assert counts(report) == {"rows": 2, "unchanged": 1, "rejected": 1}
    assert ("nothing_ended", "warning") in [(p["code"], p["severity"]) for p in report["problems"]]
    assert firm.held(HR) == {(HEAD, "manager")}


def test_repeats(firm: Office, put: Callable[[str], Path]) -> None:
    line = f"{ADMIN},{HEAD},administrator,\n"
    path = put(f"email,company,role,sites\n{line}{ADMIN.upper()},177:{HEAD},Administrator,ja\n")
    report = sync(firm, path)
    assert counts(report) == {"rows": 2, "unchanged": 1, "ended": 1, "warned": 1}
    assert codes(report) == [("grants0.csv:3", "duplicate_in_file", "warning")]
    report = sync(
        firm, put(f"email,company,role,sites\n{line}{ADMIN},{HEAD},administrator,no\n"), "--keep-going", code=3
    )
    assert {code for _, code, _ in codes(report)} == {"conflict_in_file"}
    assert firm.held(ADMIN) == {(HEAD, "administrator")}


def test_only_adding_and_only_removing(firm: Office, put: Callable[[str], Path]) -> None:
    path = put(
        f"email,company,role,valid_until\nnew@firma.example,{HEAD},manager,\n{ADMIN},{HEAD},administrator,2027-01-01\n"
    )
    assert counts(sync(firm, path, "--add-only")) == {"rows": 2, "created": 1, "unchanged": 1}
    assert firm.grants(ADMIN)[0]["valid_until"] is None
    path = put(f"email,company,role\nother@firma.example,{HEAD},manager\n{ADMIN},{HEAD},administrator\n")
    assert counts(sync(firm, path, "--remove-only")) == {"rows": 2, "unchanged": 2, "ended": 2}
    assert {g["email"] for g in firm.grants()} == {ADMIN}
    assert sync_code(firm, path, "--add-only", "--remove-only") == 2


def sync_code(firm: Office, path: Path, *more: object) -> int:
    return firm("perms", "sync", "--from", path, "--company", HEAD, *WHY, *more).code


def test_the_last_administrator_stays(firm: Office, put: Callable[[str], Path]) -> None:
    path = put(f"email,company,role\n{HR},{HEAD},manager\n")
    report = sync(firm, path, code=3)
    assert codes(report) == [("arguments", "last_administrator", "error")]
    assert counts(sync(firm, path, "--orphan-ok")) == {"rows": 1, "unchanged": 1, "ended": 1}


def test_one_administrator_may_take_the_place_of_another(firm: Office, put: Callable[[str], Path]) -> None:
    path = put(f"email,company,role\n{HR},{HEAD},administrator\n")
    assert counts(sync(firm, path)) == {"rows": 1, "created": 1, "ended": 2}


def test_an_empty_file(firm: Office, put: Callable[[str], Path]) -> None:
    path = put("email,company,role\n")
    assert sync_code(firm, path) == 65
    assert counts(sync(firm, path, "--allow-empty", "--orphan-ok")) == {"ended": 2}
    assert counts(sync(firm, put(exported(firm)), "--allow-empty")) == {}


@pytest.fixture
def crowd(firm: Office) -> Office:
    """Sixty managers more."""
    head = next(c["id"] for c in firm.rows("company") if c["ident_number"] == HEAD)
    for n in range(60):
        firm.holds(f"m{n}@firma.example", head, "manager")
    return firm


def test_too_much_is_held_and_may_be_approved(crowd: Office, put: Callable[[str], Path]) -> None:
    rows = "".join(f"m{n}@firma.example,{HEAD},manager,\n" for n in range(30))
    path = put(
        f"email,company,role,valid_until\n{ADMIN},{HEAD},administrator,\n{rows}new@firma.example,{HEAD},manager,\n"
    )
    before = crowd.rows("access_grant")
    assert sync(crowd, path, "--dry-run", code=4)["held"]
    assert crowd.rows("run") == []
    report = sync(crowd, path, code=4)
    assert (report["held"], report["applied"], report["run"]) == (True, False, report["run"])
    assert counts(report) == {"rows": 32, "created": 1, "unchanged": 31, "ended": 31}
    assert crowd.rows("access_grant") == before
    crowd.clock.advance(days=10)
    done = crowd.report("runs", "approve", report["run"], code=0)
    assert counts(done) == {"rows": 32, "created": 1, "ended": 31}
    assert len(crowd.grants()) == 32
    (new,) = crowd.grants("new@firma.example")
    assert (new["granted_at"], new["invited_until"]) == (crowd.clock.text(), "2026-12-24T09:00:00Z")
    assert crowd.log()[-1] == ("runs approve", "ok")
    crowd("runs", "undo", done["run"], *WHY, code=0)
    assert len(crowd.grants()) == 62
    assert counts(sync(crowd, path, "--max-ended", "100%")) == {"rows": 32, "created": 1, "unchanged": 31, "ended": 31}


def test_an_approval_keeps_the_last_administrator(crowd: Office, put: Callable[[str], Path]) -> None:
    crowd("perms", "grant", HR, "--company", HEAD, "--role", "administrator", *WHY, code=0)
    run = sync(crowd, put(f"email,company,role\n{HR},{HEAD},administrator\n"), code=4)["run"]
    crowd("perms", "revoke", HR, "--company", HEAD, "--role", "administrator", *WHY, code=0)
    crowd("perms", "grant", HR, "--company", HEAD, "--role", "administrator", "--until", "2027-01-01", *WHY, code=0)
    report = crowd.report("runs", "approve", run, code=5)
    assert "last_administrator" in [p["code"] for p in report["problems"]]
    assert (HEAD, "administrator") in crowd.held(ADMIN)


def test_a_company_makes_its_own_file_true(firm: Office, put: Callable[[str], Path]) -> None:
    path = put(f"email,company,role\n{ADMIN},{HEAD},administrator\nnew@firma.example,{SITE},manager\n")
    report = sync(firm, path, companies=(HEAD, SITE), as_=ADMIN)
    assert counts(report) == {"rows": 2, "created": 1, "unchanged": 1, "ended": 1}
    sync(firm, path, companies=(HEAD, OTHER), as_=ADMIN, code=77)
    sync(firm, path, companies=(HEAD,), as_=HR, code=77)
    assert sync(firm, path, companies=(HEAD, "9"), code=5)["problems"][0]["code"] == "unknown_company"


def test_a_manager_s_file_of_trainers_takes_nothing_of_the_manager(firm: Office, put: Callable[[str], Path]) -> None:
    """Anyone may give up what is their own; not to be named in a file about others does not say so."""
    on = {"ASTA_PERMS__MANAGER_MAY_GRANT_TRAINER": "1"}
    sync(firm, put(f"email,company,role\nt@firma.example,{HEAD},trainer\n"), "--add-only")
    path = put(f"email,company,role\nnew@firma.example,{HEAD},trainer\n")
    report = sync(firm, path, as_=HR, env=on)
    assert counts(report) == {"rows": 1, "created": 1, "ended": 1, "warned": 1}
    assert firm.held(HR) == {(HEAD, "manager")}
    assert firm.held("t@firma.example") == set()


def test_two_companies_of_one_number(firm: Office, put: Callable[[str], Path]) -> None:
    firm.chamber("188")
    twin = firm.company(HEAD, chamber="188")
    firm.holds(HR, twin, "manager")
    both = ("177:" + HEAD, "188:" + HEAD)
    header = "email,company,role,chamber\n"
    path = put(header + f"{ADMIN},{HEAD},administrator,177\n{HR},{HEAD},manager,188\n")
    assert counts(sync(firm, path, companies=both)) == {"rows": 2, "unchanged": 2, "ended": 1}
    report = sync(firm, put(header + f"{ADMIN},{HEAD},administrator,\n"), "--keep-going", companies=both, code=3)
    assert {code for _, code, _ in codes(report)} == {"nothing_ended", "ambiguous"}
    assert len(firm.grants()) == 2


def test_an_operator_gives_a_reason(firm: Office, put: Callable[[str], Path]) -> None:
    path = put(f"email,company,role,reason\n{ADMIN},{HEAD},administrator,alt\n")
    assert firm("perms", "sync", "--from", path, "--company", HEAD).code == 2
    assert firm("perms", "sync", "--from", path, "--company", HEAD, "--add-only").code == 0


def test_the_report_has_every_change(firm: Office, put: Callable[[str], Path], tmp_path: Path) -> None:
    sync(firm, put(f"email,company,role\n{ADMIN},{HEAD},administrator\n"), "--report", tmp_path / "changes.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "changes.csv").read_text(encoding="utf-8-sig"))))
    named = (f"{ADMIN} {HEAD} administrator", "unchanged")
    assert {(r["key"], r["action"]) for r in rows} == {named, (f"{HR} 177:{HEAD} manager", "end")}


def test_a_refusal_is_logged_and_nothing_else(firm: Office, put: Callable[[str], Path]) -> None:
    before = json.dumps(firm.rows("access_grant"))
    sync(firm, put(f"email,company,role\n{ADMIN},{OTHER},administrator\n"), companies=(OTHER,), as_=ADMIN, code=77)
    assert json.dumps(firm.rows("access_grant")) == before
    assert firm.log() == [("perms sync", "refused:forbidden")]
