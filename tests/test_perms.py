"""``perms grant``, ``revoke`` and ``check`` on both databases, from the command line to what the tables hold."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.office import Office, codes, counts
from tests.support.workbooks import workbook

HR = "hr@firma.example"
ADMIN = "admin@firma.example"
WHY = ("--reason", "Schreiben vom 2. März")
REPORT = {
    "command", "run", "dry_run", "applied", "held", "rows", "created", "updated", "unchanged", "ended", "reopened",
    "kept", "rejected", "warned", "seconds", "problems",
}  # fmt: skip


@pytest.fixture
def firm(office: Office) -> Office:
    """A head office with two sites, and a firm of its own; ADMIN administers the first with its sites."""
    head = office.company("0001000", activated_at=office.clock.text())
    office.company("0001001", head)
    office.company("0001002", head)
    office.company("0002000")
    office.person(ADMIN)
    office.holds(ADMIN, head)
    return office


def grant(
    firm: Office, email: str = HR, company: str = "0001000", role: str = "manager", *more: object, **how: Any
) -> Any:
    given = () if "as_" in how else WHY
    return firm("perms", "grant", email, "--company", company, "--role", role, *given, *more, **how)


def written(tmp_path: Path, text: str, name: str = "grants.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


# --- one --------------------------------------------------------------------------------------------------------------


def test_a_known_address_gets_access_at_once(firm: Office) -> None:
    firm.person("Hr@firma.example", language="en")
    report = firm.report("perms", "grant", HR, "--company", "0001000", "--role", "manager", *WHY, code=0)
    assert report.keys() == REPORT
    assert (report["command"], report["applied"], report["dry_run"], report["held"]) == (
        "perms grant", True, False, False,
    )  # fmt: skip
    assert counts(report) == {"rows": 1, "created": 1}
    (held,) = firm.grants(HR)
    assert (held["email"], held["role"], bool(held["sites"])) == ("Hr@firma.example", "manager", True)
    assert (held["granted_by"], held["reason"], held["valid_until"]) == ("operator", WHY[1], None)
    assert firm.mails() == [
        (
            "Hr@firma.example",
            {
                "companies": [
                    {
                        "grant": held["id"],
                        "chamber": "177",
                        "ident_number": "0001000",
                        "name": "Betrieb 0001000",
                        "role": "manager",
                    }
                ]
            },
        )
    ]
    assert [m["kind"] for m in firm.rows("mail")] == ["granted"]
    assert [m["language"] for m in firm.rows("mail")] == ["en"]
    assert firm.log() == [("perms grant", "ok")]
    assert firm("perms", "check", HR, "company.view", "0001001", code=0).out == "yes\n"


@pytest.mark.parametrize("state", [None, "unconfirmed"])
def test_an_unknown_or_unconfirmed_address_is_invited(firm: Office, state: str | None) -> None:
    if state:
        firm.person(HR, state)
    before = firm.rows("account")
    grant(firm, code=0)
    assert [m["kind"] for m in firm.rows("mail")] == ["invited"]
    assert firm.rows("account") == before
    assert firm("perms", "check", HR, "company.view", "0001000", code=1).out == "no\n"


def test_a_repeat_changes_nothing_and_tells_nobody(firm: Office) -> None:
    grant(firm, code=0)
    before = firm.dump("run", "audit_entry", "audit_detail", "audit_head")
    for more in ((), ("--reason", "aus anderem Grund")):
        report = firm.report("perms", "grant", HR, "--company", "177:0001000", "--role", "manager", *WHY, *more, code=0)
        assert counts(report) == {"rows": 1, "unchanged": 1}
    assert firm.dump("run", "audit_entry", "audit_detail", "audit_head") == before


def test_what_is_not_stated_stays_as_it_is(firm: Office) -> None:
    grant(firm, HR, "0001000", "manager", "--starting", "2027-01-01", "--until", "31.12.2027", "--no-sites", code=0)
    (first,) = firm.grants(HR)
    assert (first["valid_from"], first["valid_until"]) == ("2026-12-31T23:00:00Z", "2027-12-31T23:00:00Z")
    assert not first["sites"]
    grant(firm, HR, "0001000", "manager", "--until", "2028-06-30", code=0)
    grant(firm, HR, "0001000", "manager", "--sites", code=0)
    (second,) = firm.grants(HR)
    assert (second["valid_from"], second["valid_until"]) == ("2026-12-31T23:00:00Z", "2028-06-30T22:00:00Z")
    assert second["sites"]
    grant(firm, HR, "0001000", "manager", "--until", "never", code=0)
    (third,) = firm.grants(HR)
    assert (third["id"], third["valid_until"]) == (first["id"], None)


def test_for_counts_days_from_the_first_one(firm: Office) -> None:
    grant(firm, HR, "0001000", "manager", "--for", "90d", code=0)
    assert firm.grants(HR)[0]["valid_until"] == "2027-02-20T23:00:00Z"  # 23 November is the first day
    grant(firm, "b@firma.example", "0001000", "manager", "--starting", "1.12.2026", "--for", "1d", code=0)
    assert firm.grants("b@firma.example")[0]["valid_until"] == "2026-12-01T23:00:00Z"


REFUSED = [
    (["--for", "90h"], 2, "--for"),
    (["--for", "0d"], 2, "--for"),
    (["--for", "999999999d"], 2, "--for"),
    (["--for", "90d", "--until", "2027-01-01"], 2, "--for"),
    (["--for", "90d", "--starting", "morgen"], 2, "--starting"),
    (["--until", "31.02.2027"], 2, "bad_date"),
    (["--until", "9999-12-31"], 2, "bad_date"),
    (["--until", "2026-11-22"], 2, "expired"),
    (["--starting", "2027-02-01", "--until", "2027-01-31"], 2, "end_before_start"),
    (["--trainer", "A1"], 2, "bad_value"),
    (["--company", "9999999"], 5, "unknown_company"),
    (["--company", "177:9999999"], 5, "unknown_company"),
    (["--company", "a b"], 2, "bad_value"),
    (["--company", "175:0001000"], 5, "unknown_company"),
    (["--chamber", "175"], 5, "unknown_company"),
    (["--role", "king"], 2, "king"),
    (["--role", "trainer", "--trainer", "A1"], 5, "unknown_trainer"),
    (["--role", "trainer", "--sites"], 2, "bad_choice"),
    (["--reason", ""], 2, "reason"),
    (["--max-errors", "viele"], 2, "--max-errors"),
]
NO_ADDRESS = ["", "kein-at.example", "a@b", "müller@firma.example", "a@firma.example, b@firma.example"]


def test_what_is_refused_and_how(firm: Office) -> None:
    before = firm.dump("audit_entry", "audit_detail", "audit_head")
    for argv, code, said in REFUSED:
        done = grant(firm, HR, "0001000", "manager", *argv, code=code)
        assert said in done.err
        assert done.out == ""
    for email in NO_ADDRESS:
        assert ("bad_email" if email else "missing_answer") in grant(firm, email, code=2).err
    assert firm.dump("audit_entry", "audit_detail", "audit_head") == before


def test_the_last_day_of_yesterday_and_that_of_today(firm: Office) -> None:
    grant(firm, HR, "0001000", "manager", "--until", "2026-11-23", code=0)
    assert firm.grants(HR)[0]["valid_until"] == "2026-11-23T23:00:00Z"


def test_days_that_contradict_those_that_stand(firm: Office) -> None:
    grant(firm, HR, "0001000", "manager", "--starting", "2027-01-01", "--until", "2027-01-31", code=0)
    before = firm.grants()
    for more in (["--starting", "2027-02-01"], ["--until", "2026-12-31"]):
        assert "end_before_start" in grant(firm, HR, "0001000", "manager", *more, code=2).err
    assert firm.grants() == before


def test_an_expired_grant_is_not_open(firm: Office) -> None:
    firm.person(HR)
    grant(firm, HR, "0001000", "manager", "--until", "2026-12-31", code=0)
    firm.clock.advance(days=60)
    assert firm("perms", "check", HR, "company.view", "0001000", code=1).out == "no\n"
    report = firm.report("perms", "grant", HR, "--company", "0001000", "--role", "manager", *WHY, code=0)
    assert counts(report) == {"rows": 1, "created": 1}
    old, new = (g for g in firm.rows("access_grant") if g["email_key"] == HR)
    assert (old["ended_at"], new["ended_at"], new["valid_until"]) == ("2026-12-31T23:00:00Z", None, None)
    listed = firm("perms", "list", "--account", HR, "--all", "--format", "json", code=0).json()
    assert [g["state"] for g in listed] == ["expired", "active"]  # nobody has taken it away
    assert firm("perms", "check", HR, "company.view", "0001000", code=0).out == "yes\n"


def test_a_company_that_has_ended(firm: Office) -> None:
    firm.company("0003000", status="ended")
    assert "company_ended" in grant(firm, HR, "0003000", code=5).err
    assert firm.grants(HR) == []


def test_a_number_that_two_chambers_have(firm: Office) -> None:
    firm.chamber("175")
    firm.company("0001000", chamber="175")
    assert "ambiguous" in grant(firm, code=2).err
    grant(firm, HR, "175:0001000", code=0)
    grant(firm, "b@firma.example", "0001000", "manager", "--chamber", "177", code=0)
    grant(firm, "c@firma.example", env={"ASTA_CHAMBER": "177"}, code=0)
    chambers = {c["id"]: c["chamber"] for c in firm.rows("company")}
    assert {g["email_key"][0]: chambers[g["company_id"]] for g in firm.grants() if g["email_key"] != ADMIN} == {
        "h": "175", "b": "177", "c": "177",
    }  # fmt: skip


def test_a_trainer_is_linked_to_the_record_with_the_same_address(firm: Office) -> None:
    head = firm.rows("company")[0]["id"]
    record = firm.trainer("A1", head, "HR@firma.example")
    firm.trainer("A2", head)
    assert grant(firm, HR, "0001000", "trainer", code=0).err.count("unknown_trainer") == 0
    report = firm.report("perms", "grant", "b@firma.example", "--company", "0001000", "--role", "trainer", *WHY, code=0)
    assert codes(report) == [("arguments", "unknown_trainer", "warning")]
    grant(firm, "b@firma.example", "0001000", "trainer", "--trainer", "A2", code=0)
    assert [g["trainer_id"] for g in firm.grants(HR)] == [record]
    assert [bool(g["sites"]) for g in firm.grants(HR)] == [False]
    assert [g["trainer_id"] for g in firm.grants("b@firma.example")] == [record + 1]


# --- who asks ---------------------------------------------------------------------------------------------------------


def test_an_administrator_needs_no_reason_and_reaches_the_sites(firm: Office) -> None:
    for company in ("0001000", "0001001"):
        grant(firm, HR, company, as_=ADMIN, code=0)
    assert {g["granted_by"] for g in firm.grants(HR)} == {ADMIN}


@pytest.mark.parametrize("argv", [("grant", HR, "--role", "manager"), ("revoke", HR, "--role", "manager")])
def test_another_company_is_out_of_reach(firm: Office, argv: tuple[str, ...]) -> None:
    if argv[0] == "revoke":
        grant(firm, HR, "0002000", code=0)
    before = firm.dump("audit_entry", "audit_detail", "audit_head")
    report = firm.report("perms", *argv, "--company", "0002000", as_=ADMIN, code=77)
    assert codes(report) == [("arguments", "forbidden", "error")]
    assert (report["applied"], report["run"], report["rejected"]) == (False, "", 1)
    assert firm.dump("audit_entry", "audit_detail", "audit_head") == before
    assert firm.log()[-1] == (f"perms {argv[0]}", "refused:forbidden")


@pytest.mark.parametrize("as_", ["nobody@firma.example", "waits@firma.example"])
def test_an_account_without_authority(firm: Office, as_: str) -> None:
    firm.person(as_, "confirmed" if as_[0] == "n" else "unconfirmed")
    firm.holds("waits@firma.example", firm.rows("company")[0]["id"])
    grant(firm, as_=as_, code=77)
    assert firm.grants(HR) == []


def test_nobody_makes_themselves_more(firm: Office) -> None:
    firm.person(HR)
    grant(firm, code=0)
    for who, role in ((HR, "administrator"), (HR, "trainer"), (ADMIN, "manager")):
        assert "forbidden" in grant(firm, who, "0001000", role, as_=who, code=77).err
    firm.holds(HR, firm.rows("company")[2]["id"], sites=False)
    wide = grant(firm, HR, "0001002", "contract_applicant", as_=HR, code=77).err
    assert "--no-sites" in wide
    assert "their own" not in wide
    grant(firm, HR, "0001002", "contract_applicant", "--no-sites", as_=HR, code=0)
    grant(firm, ADMIN, "0001000", "contract_applicant", as_=ADMIN, code=0)
    assert firm.mails("granted")[1:] == []  # who gave it to themselves knows


def test_the_settings_of_the_two_open_cells(firm: Office) -> None:
    firm.person(HR)
    grant(firm, code=0)
    on = {"ASTA_PERMS__MANAGER_MAY_GRANT_TRAINER": "true", "ASTA_EXAM__TRAINER_MAY_REGISTER": "true"}
    grant(firm, "t@firma.example", "0001000", "trainer", as_=HR, code=77)
    grant(firm, "t@firma.example", "0001000", "trainer", as_=HR, env=on, code=0)
    firm.person("t@firma.example")
    for env, code in (({}, 1), (on, 0)):
        firm("perms", "check", "t@firma.example", "exam.register", "0001000", env=env, code=code)


def test_a_revoke_holds_for_the_next_command(firm: Office) -> None:
    firm.person(HR)
    grant(firm, HR, "0001000", "administrator", code=0)
    grant(firm, "c@firma.example", as_=HR, code=0)
    firm("perms", "revoke", HR, "--company", "0001000", as_=ADMIN, code=0)
    grant(firm, "d@firma.example", as_=HR, code=77)


# --- revoking ---------------------------------------------------------------------------------------------------------


def test_a_revoke_ends_and_keeps(firm: Office) -> None:
    grant(firm, code=0)
    grant(firm, HR, "0001000", "contract_applicant", code=0)
    report = firm.report("perms", "revoke", HR, "--company", "0001000", "--role", "manager", *WHY, code=0)
    assert counts(report) == {"rows": 1, "ended": 1}
    assert firm.held(HR) == {("0001000", "contract_applicant")}
    (ended,) = [g for g in firm.rows("access_grant") if g["ended_at"]]
    assert (ended["ended_by"], ended["end_reason"]) == ("operator", WHY[1])
    again = firm.report("perms", "revoke", HR, "--company", "0001000", "--role", "manager", *WHY, code=0)
    assert counts(again) == {"rows": 1, "unchanged": 1}


def test_without_a_company_only_what_the_asker_may_revoke_is_touched_and_named(firm: Office) -> None:
    firm.person(HR)
    for company in ("0001000", "0001001", "0002000"):
        grant(firm, HR, company, code=0)
    done = firm("perms", "revoke", HR, "--format", "json", as_=ADMIN, code=0)
    assert counts(done.json()) == {"rows": 1, "ended": 2}
    assert "0002000" not in done.out + done.err
    assert firm.held(HR) == {("0002000", "manager")}
    unseen, nothing = (
        firm.report("perms", "revoke", email, as_=ADMIN, code=0) for email in (HR, "nobody@firma.example")
    )
    for report in (unseen, nothing):
        report["run"] = report["seconds"] = ""
    assert unseen == nothing


def test_an_operator_without_a_company_ends_everything(firm: Office) -> None:
    for company in ("0001000", "0002000"):
        grant(firm, HR, company, code=0)
    assert counts(firm.report("perms", "revoke", HR, *WHY, code=0)) == {"rows": 1, "ended": 2}
    assert firm.held(HR) == set()


def test_an_empty_company_is_not_all_companies(firm: Office, tmp_path: Path) -> None:
    grant(firm, code=0)
    files = [
        written(tmp_path, f"email;company\n{HR};\n"),
        written(
            tmp_path, f'{{"email": "x@firma.example", "company": "0002000"}}\n{{"email": "{HR}"}}\n', "grants.jsonl"
        ),
    ]
    for path in files:
        report = firm.report("perms", "revoke", "--from", path, *WHY, code=3)
        assert [p["code"] for p in report["problems"]] == ["missing_value"]
    firm("perms", "revoke", HR, "--company", "", *WHY, code=2)
    assert firm.held(HR) == {("0001000", "manager")}


def test_giving_up_what_one_has(firm: Office) -> None:
    firm.person(HR)
    grant(firm, code=0)
    assert counts(firm.report("perms", "revoke", HR, as_=HR, code=0)) == {"rows": 1, "ended": 1}
    assert firm.held(HR) == set()


def test_who_gives_up_their_own_in_a_file_still_does_the_rest(firm: Office, tmp_path: Path) -> None:
    firm.person("b@firma.example")
    grant(firm, "b@firma.example", "0001000", "administrator", code=0)
    grant(firm, code=0)
    path = written(tmp_path, f"email,company,role\n{ADMIN},0001000,\n{HR},0001000,\n")
    for more in (("--dry-run",), ()):
        report = firm.report("perms", "revoke", "--from", path, *more, as_=ADMIN, code=0)
        assert counts(report) == {"rows": 2, "ended": 2}


ORPHANING: list[tuple[str, ...]] = [
    ("grant", ADMIN, "--company", "0001000", "--role", "administrator", "--no-sites"),
    ("grant", ADMIN, "--company", "0001000", "--role", "administrator", "--until", "2027-12-31"),
    ("grant", ADMIN, "--company", "0001000", "--role", "administrator", "--starting", "2027-01-01"),
    ("revoke", ADMIN, "--role", "administrator"),
    ("revoke", ADMIN, "--company", "0001000"),
    ("revoke", ADMIN),
]


def test_the_last_administrator_stays(firm: Office) -> None:
    before = firm.dump("audit_entry", "audit_detail", "audit_head")
    for argv in ORPHANING:
        report = firm.report("perms", *argv, *WHY, code=5)
        assert [p["code"] for p in report["problems"]] == ["last_administrator"]
    assert firm.dump("audit_entry", "audit_detail", "audit_head") == before
    assert firm.log() == [(f"perms {argv[0]}", "refused:last_administrator") for argv in ORPHANING]


def test_an_operator_may_orphan_a_company_knowingly(firm: Office) -> None:
    for argv in ORPHANING[:4]:
        firm("perms", *argv, *WHY, "--orphan-ok", code=0)
    assert firm.held(ADMIN) == set()


def test_a_company_person_cannot_override_the_rule(firm: Office) -> None:
    done = firm("perms", "revoke", ADMIN, "--orphan-ok", as_=ADMIN, code=5)
    assert "last_administrator" in done.err
    assert "chamber" in done.err


def test_one_at_the_head_office_lets_that_of_the_site_go(firm: Office) -> None:
    firm.person(HR)
    grant(firm, HR, "0001001", "administrator", code=0)
    firm("perms", "revoke", HR, "--company", "0001001", *WHY, code=0)
    grant(firm, HR, "0001001", "administrator", code=0)
    done = firm("perms", "revoke", ADMIN, *WHY, code=5)
    assert "177:0001000" in done.err
    assert "177:0001001" not in done.err


def test_an_invitation_does_not_replace_an_administrator(firm: Office) -> None:
    grant(firm, HR, "0001000", "administrator", code=0)
    firm("perms", "revoke", ADMIN, *WHY, code=5)
    firm.person(HR)
    firm("perms", "revoke", ADMIN, *WHY, code=0)


# --- files ------------------------------------------------------------------------------------------------------------

TEN = "".join(f"p{n}@firma.example;000100{n % 3};{role}\n" for n, role in enumerate(["manager", "Verwalter"] * 5))


@pytest.mark.parametrize("how", ["csv", "stdin", "jsonl", "excel", "ansi", "workbook"])
def test_many_from_a_file(firm: Office, tmp_path: Path, how: str) -> None:
    rows = [line.split(";") for line in TEN.splitlines()]
    text = "email;company;role\n" + TEN
    more: dict[str, Any] = {}
    if how == "jsonl":
        text = "".join(json.dumps({"email": e, "company": c, "role": r}) + "\n" for e, c, r in rows)
    elif how == "excel":
        text = "\ufeffE-Mail-Adresse;Identnummer;Rolle;\r\n" + TEN.replace("\n", ";\r\n")
    path: object = written(tmp_path, text, "grants.jsonl" if how == "jsonl" else "grants.csv")
    if how == "ansi":
        heading = "E-Mail;Identnummer;Rolle;Gültig bis;Begründung"
        lines = [heading, *(f"{line};31.07.2027;für Köln" for line in TEN.splitlines())]
        (tmp_path / "grants.csv").write_bytes("\r\n".join([*lines, ""]).encode("cp1252"))
    elif how == "workbook":
        path = tmp_path / "grants.xlsx"
        path.write_bytes(workbook([["E-Mail", "Betrieb", "Rolle"], *rows]))
    elif how == "stdin":
        path, more = "-", {"stdin": text}
    report = firm.report("perms", "grant", "--from", path, *WHY, code=0, **more)
    assert counts(report) == {"rows": 10, "created": 10}
    assert firm.held("p4@firma.example") == {("0001001", "manager")}
    assert len(firm.mails("invited")) == 10
    assert {g["reason"] for g in firm.grants("p4@firma.example")} == {"für Köln" if how == "ansi" else WHY[1]}
    again = firm.report("perms", "grant", "--from", path, *WHY, code=0, **more)
    assert counts(again) == {"rows": 10, "unchanged": 10}


def test_one_mail_for_a_person_and_run(firm: Office, tmp_path: Path) -> None:
    firm.person(HR)
    rows = "".join(
        f"{who};{c};manager\n" for who in (HR, "new@firma.example") for c in ("0001000", "0001001", "0002000")
    )
    firm("perms", "grant", "--from", written(tmp_path, "email;company;role\n" + rows), *WHY, "--dry-run", code=0)
    assert firm.mails() == []
    firm("perms", "grant", "--from", written(tmp_path, "email;company;role\n" + rows), *WHY, code=0)
    named = {to: [c["ident_number"] for c in said["companies"]] for to, said in firm.mails()}
    assert named == {who: ["0001000", "0001001", "0002000"] for who in (HR, "new@firma.example")}


BAD = f"""email;company;role;valid_until;sites;reason
good@firma.example;0001000;manager;;;
kein-at;0001000;manager;;;
b@firma.example;9999999;manager;;;
c@firma.example;0001000;king;;;
d@firma.example;0001000;manager;31.02.2027;;
e@firma.example;0001000;manager;2020-01-01;;
f@firma.example;0001000;manager;;vielleicht;
;0001000;manager;;;
h@firma.example;;manager;;;
i@firma.example;0001000;;;;
{ADMIN};0001000;administrator;2027-01-01;;
k@firma.example;0001000;manager
l@firma.example;0002000;manager;;;
"""
FAULTS = [
    (3, "bad_email"), (4, "unknown_company"), (5, "bad_choice"), (6, "bad_date"), (7, "expired"), (8, "bad_choice"),
    (9, "missing_value"), (10, "missing_value"), (11, "missing_value"), (12, "last_administrator"), (13, "ragged_row"),
]  # fmt: skip


def test_every_bad_row_is_told_and_nothing_written(firm: Office, tmp_path: Path) -> None:
    path = written(tmp_path, BAD)
    before = firm.dump("audit_entry", "audit_detail", "audit_head")
    reports = [firm.report("perms", "grant", "--from", path, *WHY, *more, code=3) for more in (("--dry-run",), ())]
    for report in reports:
        assert codes(report) == [(f"grants.csv:{line}", code, "error") for line, code in FAULTS]
        assert counts(report) == {"rows": 13, "created": 2, "rejected": 11}
        assert not report["applied"]
    assert firm.dump("audit_entry", "audit_detail", "audit_head") == before
    assert firm.log() == [("perms grant", "refused:bad_email")]


def test_going_on_without_the_bad_rows_and_feeding_them_back(firm: Office, tmp_path: Path) -> None:
    path = written(tmp_path, BAD)
    rejects = tmp_path / "rejects.csv"
    report = firm.report("perms", "grant", "--from", path, *WHY, "--keep-going", "--rejects", rejects, code=3)
    assert report["applied"]
    assert {g["email_key"][0] for g in firm.grants()} == {"a", "g", "l"}
    header, *lines = csv.reader(rejects.read_text(encoding="utf-8-sig").splitlines(), delimiter=";")
    assert header == ["email", "company", "role", "valid_until", "sites", "reason", "_line", "_code", "_error"]
    assert [(int(line[-3]), line[-2]) for line in lines] == FAULTS
    mended = rejects.read_text(encoding="utf-8-sig").splitlines()[:-1]  # the last one is ragged and looks cut off
    rejects.write_text("\n".join(mended).replace("kein-at;", "b@firma.example;") + "\n", encoding="utf-8-sig")
    again = firm.report("perms", "grant", "--from", rejects, *WHY, "--keep-going", code=3)
    assert counts(again) == {"rows": 10, "created": 1, "rejected": 9}
    assert [p["code"] for p in again["problems"]] == [code for _, code in FAULTS[1:-1]]


def test_how_many_bad_rows_are_too_many(firm: Office, tmp_path: Path) -> None:
    path = written(tmp_path, BAD)
    for bound, applied in [("10", False), ("84%", False), ("0", False), ("11", True), ("84,7%", True)]:
        report = firm.report("perms", "grant", "--from", path, *WHY, "--keep-going", "--max-errors", bound, code=3)
        assert report["applied"] is applied
        assert bool(firm.grants("good@firma.example")) is applied


def test_rows_outside_the_askers_companies(firm: Office, tmp_path: Path) -> None:
    path = written(tmp_path, f"email;company;role\n{HR};0001001;manager\n{HR};0002000;manager\n{HR};7777777;manager\n")
    report = firm.report("perms", "grant", "--from", path, as_=ADMIN, code=3)
    assert codes(report) == [("grants.csv:3", "forbidden", "error"), ("grants.csv:4", "unknown_company", "error")]
    assert firm.grants(HR) == []
    firm("perms", "grant", "--from", path, "--keep-going", as_=ADMIN, code=3)
    assert firm.held(HR) == {("0001001", "manager")}


def test_the_same_row_twice_counts_once(firm: Office, tmp_path: Path) -> None:
    spelt = f"{HR};0001000;manager;;\n{HR};177:0001000;Verwalter;;\nHR@FIRMA.EXAMPLE;0001000;manager;177;\n"
    path = written(tmp_path, "email;company;role;chamber;valid_until\n" + spelt)
    for more in (("--dry-run",), ()):
        report = firm.report("perms", "grant", "--from", path, *WHY, *more, code=0)
        assert counts(report) == {"rows": 3, "created": 1, "warned": 2}
        assert codes(report) == [(f"grants.csv:{n}", "duplicate_in_file", "warning") for n in (3, 4)]


def test_rows_that_contradict_each_other_all_fall_out(firm: Office, tmp_path: Path) -> None:
    rows = f"{HR};0001000;manager;2027-01-31\n{HR};177:0001000;manager;2027-02-28\nx@firma.example;0001000;manager;\n"
    path = written(tmp_path, "email;company;role;valid_until\n" + rows)
    report = firm.report("perms", "grant", "--from", path, *WHY, "--keep-going", code=3)
    assert codes(report) == [(f"grants.csv:{n}", "conflict_in_file", "error") for n in (2, 3)]
    assert firm.grants(HR) == []
    assert firm.held("x@firma.example") == {("0001000", "manager")}


def test_an_empty_role_means_that_of_the_option(firm: Office, tmp_path: Path) -> None:
    path = written(tmp_path, f"email;company;role\n{HR};0001000;\n{HR};0001000;manager\n{HR};0001000;trainer\n")
    report = firm.report("perms", "grant", "--from", path, "--role", "manager", *WHY, code=0)
    assert counts(report) == {"rows": 3, "created": 2, "warned": 2}
    assert {p["code"] for p in report["problems"]} == {"duplicate_in_file", "unknown_trainer"}


def test_a_row_that_names_the_chamber_and_one_that_does_not(firm: Office, tmp_path: Path) -> None:
    firm.chamber("175")
    firm.company("0001000", chamber="175")
    rows = f"{HR};175:0001000;manager\n{HR};177:0001000;manager\n{HR};0001000;manager\n"
    path = written(tmp_path, "email;company;role\n" + rows)
    report = firm.report("perms", "grant", "--from", path, *WHY, "--keep-going", code=3)
    assert codes(report) == [("grants.csv:4", "ambiguous", "error")]
    assert len(firm.grants(HR)) == 2


def test_revoking_all_roles_and_one_of_them(firm: Office, tmp_path: Path) -> None:
    grant(firm, code=0)
    grant(firm, HR, "0001000", "contract_applicant", code=0)
    path = written(tmp_path, f"email;company;role\n{HR};0001000;manager\n{HR};0001000;\n{HR};0001000;manager\n")
    for more in (("--dry-run",), ()):
        report = firm.report("perms", "revoke", "--from", path, *WHY, *more, code=0)
        assert counts(report) == {"rows": 3, "ended": 2, "warned": 2}
    assert firm.held(HR) == set()


def test_a_listing_of_expired_grants_can_be_revoked(firm: Office, tmp_path: Path) -> None:
    grant(firm, HR, "0001000", "manager", code=0)
    text = f"email,company,role,sites,valid_from,valid_until\n{HR},0001000,manager,yes,2019-01-01,2020-01-01\n"
    firm("perms", "revoke", "--from", written(tmp_path, text), *WHY, code=0)
    assert firm.held(HR) == set()


def test_swapping_administrators_in_one_file(firm: Office, tmp_path: Path) -> None:
    """What is given counts before what is taken, wherever it stands in the file."""
    for who in ("b@firma.example", "c@firma.example"):
        firm.person(who)
    rows = f"{ADMIN};0001000;administrator;2027-06-30\nb@firma.example;0001000;administrator;\n"
    path = written(tmp_path, "email;company;role;valid_until\n" + rows)
    for more in (("--dry-run",), ()):
        report = firm.report("perms", "grant", "--from", path, *WHY, *more, code=0)
        assert counts(report) == {"rows": 2, "created": 1, "updated": 1}
    both = written(tmp_path, f"email;company\n{ADMIN};0001000\nb@firma.example;0001000\n")
    for more in (("--dry-run",), ()):
        report = firm.report("perms", "revoke", "--from", both, *WHY, *more, code=3)
        assert codes(report) == [("grants.csv:3", "last_administrator", "error")]
    report = firm.report("perms", "revoke", "--from", both, *WHY, "--keep-going", code=3)
    assert firm.held(ADMIN) == set()
    assert firm.held("b@firma.example") == {("0001000", "administrator")}


@pytest.mark.parametrize("text", ["email;company\n{0};0001000\n", "email;company;role\n{0};0001000;manager\n"])
def test_an_operator_must_give_a_reason_before_anything_is_read(firm: Office, tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text.format(HR))
    done = firm("perms", "grant", "--from", path, "--role", "manager", code=2)
    assert "--reason" in done.err
    firm("perms", "revoke", "--from", path, code=2)
    firm("perms", "revoke", HR, code=2)


def test_reasons_from_the_file_and_from_the_option(firm: Office, tmp_path: Path) -> None:
    path = written(tmp_path, f"email;company;role;Grund\n{HR};0001000;manager;neu\nb@firma.example;0001000;manager;\n")
    report = firm.report("perms", "grant", "--from", path, code=3)
    assert codes(report) == [("grants.csv:3", "missing_value", "error")]
    firm("perms", "grant", "--from", path, *WHY, code=0)
    assert {g["email_key"]: g["reason"] for g in firm.grants()} == {
        ADMIN: None, HR: "neu", "b@firma.example": WHY[1],
    }  # fmt: skip


def test_one_and_many_at_once_is_a_mistake(firm: Office, tmp_path: Path) -> None:
    path = written(tmp_path, "email;company;role\n")
    for argv in [(HR,), ("--company", "0001000"), ("--until", "2027-01-01"), ("--no-sites",)]:
        assert "mixed_input" in firm("perms", "grant", *argv, "--from", path, *WHY, code=2).err


NO_FILES = {
    "empty.csv": "",
    "header.csv": "email;company;role\n",
    "column.csv": "email;role\na@b.de;manager\n",
    "quote.csv": 'email;company;role\n"a@b.de;0001000;manager\n',
    "torn.csv": "email;company;role\na@b.de;0001000",
    "object.jsonl": "{}\n",
    "list.jsonl": "[1]\n",
}


def test_a_file_that_is_none(firm: Office, tmp_path: Path) -> None:
    before = firm.dump()
    for name, content in NO_FILES.items():
        firm("perms", "grant", "--from", written(tmp_path, content, name), *WHY, code=65)
    for path in (tmp_path, tmp_path / "none.csv", "/dev/null"):
        firm("perms", "revoke", "--from", path, *WHY, code=65)
    assert firm.dump() == before


def test_rejects_that_cannot_be_written_stop_the_run(firm: Office, tmp_path: Path) -> None:
    path = written(tmp_path, BAD)
    before = firm.dump()
    firm("perms", "grant", "--from", path, *WHY, "--keep-going", "--rejects", tmp_path / "no" / "x.csv", code=2)
    firm("perms", "grant", "--from", path, *WHY, "--keep-going", "--rejects", tmp_path, code=2)
    assert firm.dump() == before


TRIED: list[tuple[str, ...]] = [
    ("grant", HR, "--company", "0001000", "--role", "manager"),
    ("grant", HR, "--company", "9999999", "--role", "manager"),
    ("grant", "kein-at", "--company", "0001000", "--role", "manager"),
    ("revoke", ADMIN),
    ("revoke", "old@firma.example"),
    ("grant", "--from", "BAD"),
    ("grant", "--from", "BAD", "--keep-going"),
    ("grant", "--from", "TEN"),
]


def test_a_dry_run_ends_like_the_real_one_and_writes_nothing(firm: Office, tmp_path: Path) -> None:
    grant(firm, "old@firma.example", code=0)
    files = {"BAD": written(tmp_path, BAD, "bad.csv"), "TEN": written(tmp_path, "email;company;role\n" + TEN)}
    for argv in TRIED:
        words = [files.get(w, w) for w in argv]
        before = firm.dump()
        tried = firm("perms", *words, *WHY, "--format", "json", "--dry-run")
        assert firm.dump() == before
        done = firm("perms", *words, *WHY, "--format", "json")
        assert tried.code == done.code
        said, did = tried.json(), done.json()
        assert (said["dry_run"], said["applied"], said["run"]) == (True, False, "")
        assert (said["problems"], counts(said)) == (did["problems"], counts(did))


# --- checking ---------------------------------------------------------------------------------------------------------


def test_a_question_about_somebody(firm: Office) -> None:
    answers = [
        (ADMIN, "perms.grant", "0001002", 0),
        (ADMIN, "perms.grant", "0002000", 1),
        (ADMIN, "contracts.file", "0001000", 1),
        ("nobody@firma.example", "company.view", "0001000", 1),
    ]
    for email, permission, company, code in answers:
        done = firm("perms", "check", email, permission, company, code=code)
        assert done.out == ("no\n" if code else "yes\n")
        told = firm("perms", "check", email, permission, company, "--format", "json", code=code).json()
        where = {"chamber": "177", "company": company, "at": firm.clock.text()}
        assert told == {"email": email, "permission": permission, **where, "allowed": not code}
    firm("perms", "check", ADMIN, "perms.grant", "7777777", code=5)
    firm("perms", "check", ADMIN, "perms.conquer", "0001000", code=2)
    firm("perms", "check", "kein-at", "perms.grant", "0001000", code=2)


def test_who_may_ask_about_whom(firm: Office) -> None:
    firm.person(HR)
    grant(firm, code=0)
    firm("perms", "check", HR, "trainees.view", "0001000", as_=ADMIN, code=0)
    firm("perms", "check", HR, "trainees.view", "0001000", as_=HR, code=0)
    firm("perms", "check", ADMIN, "trainees.view", "0001000", as_=HR, code=77)
    firm("perms", "check", ADMIN, "trainees.view", "0002000", as_=HR, code=5)


def test_another_moment(firm: Office) -> None:
    firm.person(HR)
    firm.clock.advance(days=1)
    grant(firm, HR, "0001000", "manager", "--starting", "2026-12-24", "--until", "2026-12-31", code=0)
    for day, code in (("2026-12-23", 1), ("2026-12-24", 0), ("2026-12-31T23:59:59", 0), ("2027-01-01", 1)):
        firm("perms", "check", HR, "company.view", "0001000", "--at", day, code=code)
    firm.clock.advance(days=31)
    firm("perms", "revoke", HR, *WHY, code=0)
    for day, code in (("2026-12-23", 1), ("2026-12-24", 0), ("2026-12-26", 1)):
        firm("perms", "check", HR, "company.view", "0001000", "--at", day, code=code)
    firm("perms", "check", ADMIN, "company.view", "0001000", "--at", "2026-11-01", code=1)


def test_a_refusal_does_not_tell_whether_there_was_anything(firm: Office) -> None:
    grant(firm, HR, "0002000", code=0)
    for verb in ("grant", "revoke"):
        seen = [
            firm.report("perms", verb, email, "--company", "0002000", "--role", "manager", as_=ADMIN, code=77)
            for email in (HR, "nobody@firma.example")
        ]
        assert [codes(r) for r in seen] == [[("arguments", "forbidden", "error")]] * 2
        assert [p["message"] for r in seen for p in r["problems"]] == [seen[0]["problems"][0]["message"]] * 2


def test_arguments_are_as_clean_as_cells(firm: Office) -> None:
    grant(firm, f" {HR}\t", " 0001000 ", code=0)
    assert firm.held(HR) == {("0001000", "manager")}
    assert "bad_character" in grant(firm, "x\x1b[31m@firma.example", code=2).err
    for reason in ("a\x1bb", "a\u202eb", "x" * 5000):
        done = firm("perms", "grant", HR, "--company", "0001001", "--role", "manager", "--reason", reason, code=2)
        assert "\x1b" not in done.err
        assert "\u202e" not in done.err


@pytest.mark.parametrize("state", ["locked", "disabled"])
def test_the_chamber_hears_that_a_grant_gives_nothing(firm: Office, tmp_path: Path, state: str) -> None:
    """Not so a company: how it is with the accounts of strangers is not for it to try out."""
    firm.person(HR, state)
    firm.person("zweite@firma.example", state)
    told = grant(firm, HR, "0001000", "manager", code=0).err
    assert f"warning[account_blocked]: the account {HR} is locked or disabled" in told
    path = written(
        tmp_path, "email;company;role\nzweite@firma.example;0001000;manager\nx@firma.example;0001001;manager\n"
    )
    report = firm.report("perms", "grant", "--from", path, *WHY, code=0)
    assert codes(report) == [("grants.csv:2", "account_blocked", "warning")]
    assert counts(report) == {"rows": 2, "created": 2, "warned": 1}
    assert grant(firm, HR, "0001001", as_=ADMIN, code=0).err == "done: 1 created\n"
