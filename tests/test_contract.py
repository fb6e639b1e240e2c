"""What scripts rely on across all commands: who may ask, what a repeat says, which key a database takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.cli import Asta
from tests.support.office import Office, codes, counts

ADMIN, STRANGER, HR = "admin@firma.example", "fremd@firma.example", "hr@firma.example"
WHY = ("--reason", "Schreiben vom 2. März")


@pytest.fixture
def firm(office: Office) -> Office:
    """A firm that is active, has an administrator and a manager; and somebody who has nothing to do with it."""
    head = office.company("0001000", activated_at=office.clock.text())
    office.company("0002000", activated_at=office.clock.text())
    for email in (ADMIN, STRANGER, HR):
        office.person(email)
    office.holds(ADMIN, head)
    office.holds(HR, head, "manager", reason=None)
    return office


ASKED = [
    ("perms", "grant", HR, "--company", "0001000", "--role", "manager"),
    ("perms", "revoke", HR, "--company", "0001000", "--role", "administrator"),
    ("perms", "revoke", "nobody@firma.example", "--company", "0001000"),
    ("services", "deactivate", "exam-registration", "--company", "0001000"),
]
CHAMBERS = [
    ("chambers", "set", "177", "--name", "IHK 177"),
    ("chambers", "add", "177", "--name", "IHK 177"),
    ("services", "pilot", "remove", "exam-registration", "--company", "0001000"),
    ("services", "set-state", "exam-registration", "pilot"),
    ("exam-periods", "set", "2027-S", "--deadline", "2027-02-15"),
]


@pytest.mark.parametrize("asked", ASKED, ids=" ".join)
def test_what_is_so_already_is_no_news_to_whoever_may_ask_and_refused_to_others(
    firm: Office, asked: tuple[str, ...]
) -> None:
    assert counts(firm.report(*asked, as_=ADMIN, code=0)) == {"rows": 1, "unchanged": 1}
    refused = firm.report(*asked, as_=STRANGER, code=77)
    assert codes(refused) == [("arguments", "forbidden", "error")]
    assert counts(refused) == {"rows": 1, "rejected": 1}


@pytest.mark.parametrize("asked", CHAMBERS, ids=" ".join)
def test_only_the_chamber_repeats_what_only_the_chamber_does(firm: Office, asked: tuple[str, ...]) -> None:
    firm(*asked, code=0)
    assert counts(firm.report(*asked, code=0)) == {"rows": 1, "unchanged": 1}
    assert codes(firm.report(*asked, as_=ADMIN, code=77)) == [("arguments", "forbidden", "error")]


def test_nobody_learns_from_a_service_that_a_company_uses_it(firm: Office) -> None:
    firm("services", "set-state", "exam-registration", "available", code=0)
    asked = ("services", "activate", "exam-registration", "--company", "0001000")
    firm(*asked, as_=ADMIN, code=0)
    assert counts(firm.report(*asked, as_=ADMIN, code=0)) == {"rows": 1, "unchanged": 1}
    firm(*asked, as_=STRANGER, code=77)


def test_one_s_own_grants_may_be_named_again(firm: Office) -> None:
    own = ("perms", "grant", ADMIN, "--company", "0001000", "--role", "administrator")
    assert counts(firm.report(*own, as_=ADMIN, code=0)) == {"rows": 1, "unchanged": 1}
    gone = ("perms", "revoke", STRANGER, "--company", "0001000")
    assert counts(firm.report(*gone, as_=STRANGER, code=0)) == {"rows": 1, "unchanged": 1}


TRAINER = ("--role", "trainer", "--trainer", "A9")
CLOSED = ("--company", "0003000", "--role", "manager")
ENDS = ("--company", "0002000", "--role", "manager", "--starting", "2027-05-01")
TOLD = [
    (("perms", "grant", HR, "--company", "0001000", *TRAINER), "unknown_trainer"),
    (("perms", "grant", HR, "--company", "0001000", "--role", "trainer"), None),
    (("perms", "grant", HR, *CLOSED), "company_ended"),
    (("perms", "grant", STRANGER, *CLOSED), "company_ended"),
    (("perms", "grant", HR, *ENDS), "end_before_start"),
    (("services", "activate", "exam-registration", "--company", "0003000"), "company_ended"),
]


@pytest.mark.parametrize(("asked", "wrong"), TOLD, ids=lambda v: " ".join(v) if isinstance(v, tuple) else "")
def test_what_is_wrong_is_told_to_those_alone_who_might_ask(
    firm: Office, asked: tuple[str, ...], wrong: str | None
) -> None:
    firm.company("0003000", status="ended", ended_at="2026-01-01T00:00:00Z")
    other = next(c["id"] for c in firm.rows("company") if c["ident_number"] == "0002000")
    firm.holds(HR, other, "manager", valid_until="2027-04-01T00:00:00Z")
    reason = () if asked[0] == "services" else ("--reason", "r")
    told = firm.report(*asked, *reason)
    assert wrong in (None, *[p["code"] for p in told["problems"]])
    refused = firm.report(*asked, as_=STRANGER, code=77)
    assert codes(refused) == [("arguments", "forbidden", "error")]
    assert counts(refused) == {"rows": 1, "rejected": 1}


def test_in_a_file_too_a_refusal_is_all_that_is_told(firm: Office, tmp_path: Path) -> None:
    path = tmp_path / "grants.csv"
    lines = (f"{HR};0001000;trainer;A9", "t@firma.example;0001000;trainer;", f"{STRANGER};0001000;manager;")
    path.write_text("\n".join(("email;company;role;trainer_number", *lines)))
    refused = firm.report("perms", "grant", "--from", path, as_=STRANGER, code=3)
    assert codes(refused) == [(f"grants.csv:{n}", "forbidden", "error") for n in (2, 3, 4)]
    assert counts(refused) == {"rows": 3, "rejected": 3}


@pytest.mark.parametrize("asked", [ASKED[0], ASKED[1], ASKED[3]], ids=" ".join)
def test_companies_that_one_may_not_see_do_not_count(firm: Office, asked: tuple[str, ...]) -> None:
    hidden = firm.report(*asked, as_=STRANGER, code=77)["problems"]
    firm.chamber("178")
    firm.company("0001000", chamber="178")
    reason = () if asked[0] == "services" else ("--reason", "r")
    assert codes(firm.report(*asked, *reason, code=2)) == [("arguments", "ambiguous", "error")]
    assert counts(firm.report(*asked, as_=ADMIN, code=0)) == {"rows": 1, "unchanged": 1}
    assert firm.report(*asked, as_=STRANGER, code=77)["problems"] == hidden
    firm(*asked, env={"ASTA_CHAMBER": "178"}, as_=ADMIN, code=0)


OTHER_CHAMBER = [
    ("perms", "grant", HR, "--company", "177:0001000", "--role", "manager", "--reason", "r"),
    ("perms", "revoke", HR, "--company", "177:0001000", "--reason", "r"),
    ("perms", "check", HR, "company.view", "177:0001000"),
    ("perms", "who", "177:0001000"),
    ("perms", "list", "--company", "0001000", "--company", "177:0001000"),
    ("companies", "show", "177:0001000"),
    ("companies", "admins", "177:0001000"),
    ("trainees", "list", "--company", "177:0001000"),
    ("services", "activate", "exam-registration", "--company", "177:0001000"),
    ("letters", "issue", "--csv", "x.csv", "--company", "177:0001000"),
    ("activate", "177:0001000", "--code-file", "-"),
]


@pytest.mark.parametrize("asked", OTHER_CHAMBER, ids=" ".join)
def test_two_chambers_for_one_company_are_a_contradiction(firm: Office, asked: tuple[str, ...]) -> None:
    firm.chamber("178")
    before = firm.dump()
    told = firm(*asked, "--chamber", "178", code=2)
    assert "error[two_chambers]: 177:0001000" in told.err
    assert firm.dump() == before
    assert "two_chambers" not in firm(*asked, "--chamber", "177").err


GUESSED = "nobody@firma.example"
REFUSED = [
    (("import", "companies", "companies.csv"), {"kind": "companies", "file": "companies.csv", "sha256": ""}),
    (("import", "snapshot", "companies.csv"), {"kinds": []}),
    (("activate", "177:0001000", "--code-file", "-"), {"company": "0001000", "job": ""}),
    (("confirm", "--resend", HR), {"email": HR}),
    (("password", "set", HR, "--password-file", "-"), {"email": HR}),
    (("perms", "grant", HR, "--company", "0001000", "--role", "manager"), {}),
]


@pytest.mark.parametrize(("asked", "more"), REFUSED, ids=lambda v: " ".join(v) if isinstance(v, tuple) else "")
def test_whoever_is_no_account_gets_the_object_of_a_refusal(
    firm: Office, tmp_path: Path, asked: tuple[str, ...], more: dict[str, Any]
) -> None:
    (tmp_path / "companies.csv").write_text("ident_number;name\n")
    report = firm.report(*asked, as_=GUESSED, cwd=tmp_path, code=77)
    assert codes(report) == [("arguments", "unknown_account", "error")]
    assert more.items() <= report.items()
    assert (report["applied"], report["dry_run"], report["run"]) == (False, False, "")


@pytest.mark.parametrize("files", [("companies", "companies.csv"), ("snapshot", "companies.csv")])
def test_an_import_that_is_refused_names_its_file(firm: Office, tmp_path: Path, files: tuple[str, str]) -> None:
    (tmp_path / files[1]).write_text("ident_number;name\n0009;X\n")
    report = firm.report("import", *files, as_=ADMIN, cwd=tmp_path, code=77)
    if files[0] == "snapshot":
        assert report["kinds"] == []
    else:
        assert (report["kind"], report["file"], report["sha256"]) == ("companies", "companies.csv", "")


def test_a_dry_run_writes_the_rejected_rows_that_were_asked_for_and_nothing_else(firm: Office, tmp_path: Path) -> None:
    path, rejects = tmp_path / "grants.csv", tmp_path / "rejects.csv"
    path.write_text(f"email;company;role\n{HR};9999999;manager\n")
    before = firm.dump()
    firm("perms", "grant", "--from", path, "--reason", "r", "--rejects", rejects, "--dry-run", code=3)
    assert "9999999" in rejects.read_text(encoding="utf-8-sig")
    assert firm.dump() == before


READ = {
    ("perms", "grant", "--reason", "r", "--from"): f"email;company;role\n{HR};9999999;manager\n",
    ("perms", "revoke", "--reason", "r", "--from"): f"email;company\n{HR};9999999\n",
    ("register", "--from"): "email;name\nnobody;X\n",
    ("letters", "issue", "--csv", "codes.csv", "--chamber", "177", "--from"): "company\n9999999\n",
    ("import", "companies"): "ident_number;name\n1 2;X\n",
}


@pytest.mark.parametrize("asked", READ, ids=" ".join)
@pytest.mark.parametrize("as_", ["in.csv", "./in.csv", "linked/in.csv", "hard.csv"])
@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_rejected_rows_never_take_the_place_of_what_is_read(
    firm: Office, tmp_path: Path, asked: tuple[str, ...], as_: str, more: tuple[str, ...]
) -> None:
    read = tmp_path / "in.csv"
    read.write_text(READ[asked])
    (tmp_path / "linked").symlink_to(tmp_path)
    (tmp_path / "hard.csv").hardlink_to(read)
    firm(*asked, "in.csv", "--rejects", as_, *more, cwd=tmp_path, code=2)
    assert read.read_text() == (tmp_path / "hard.csv").read_text() == READ[asked]
    assert not (tmp_path / "codes.csv").exists()
    firm(*asked, "in.csv", "--rejects", "rejects.csv", *more, cwd=tmp_path, code=3)
    assert "_code" in (tmp_path / "rejects.csv").read_text(encoding="utf-8-sig")
    assert read.read_text() == READ[asked]


@pytest.mark.parametrize("option", ["--from", "--rejects"])
@pytest.mark.parametrize("name", ["codes.csv", "linked/codes.csv", "hard.csv"])
def test_codes_never_take_the_place_of_what_is_read_or_rejected(
    firm: Office, tmp_path: Path, option: str, name: str
) -> None:
    codes_file = tmp_path / "codes.csv"
    codes_file.write_text("company;chamber\n0001000;177\n9999999;177\n")
    (tmp_path / "linked").symlink_to(tmp_path)
    (tmp_path / "hard.csv").hardlink_to(codes_file)
    (tmp_path / "wanted.csv").write_text(codes_file.read_text())
    files = {"--from": "wanted.csv", "--csv": "codes.csv"} | {option: name}
    words = [word for pair in files.items() for word in pair]
    firm("letters", "issue", *words, "--keep-going", cwd=tmp_path, code=2)
    assert firm.rows("letter") == []
    assert "9999999" in codes_file.read_text()


FOR_THE_CHAMBER = [
    (("chambers", "set", "{}", "--name", "X"), "177", "999"),
    (("chambers", "add", "{}", "--name", "X"), "177", "999"),
    (("services", "set-state", "exam-registration", "pilot", "--chamber", "{}"), "177", "999"),
    (("exam-periods", "set", "2027-S", "--deadline", "2027-02-15", "--chamber", "{}"), "177", "999"),
    (("services", "pilot", "add", "exam-registration", "--company", "{}"), "0001000", "9999999"),
    (("services", "pilot", "remove", "exam-registration", "--company", "{}"), "0001000", "9999999"),
    (("letters", "issue", "--csv", "x.csv", "--company", "{}"), "0001000", "9999999"),
    (("letters", "issue", "--csv", "x.csv", "--missing", "--chamber", "{}"), "177", "999"),
]


@pytest.mark.parametrize(("asked", "there", "nowhere"), FOR_THE_CHAMBER)
def test_what_only_the_chamber_does_tells_others_nothing(
    firm: Office, asked: tuple[str, ...], there: str, nowhere: str
) -> None:
    answers = []
    for name in (there, nowhere):
        report = firm.report(*(word.format(name) for word in asked), as_=ADMIN, code=77)
        del report["seconds"]
        answers.append(report)
    assert answers[0] == answers[1]
    assert codes(answers[0]) == [("arguments", "forbidden", "error")]


@pytest.mark.parametrize("as_", [None, ADMIN])
def test_the_listing_of_permissions_is_read_back_and_changes_nothing(firm: Office, as_: str | None) -> None:
    """Also by an operator, whom reasons that others did not give need not stop."""
    listed = firm("perms", "list", "--format", "csv", as_=as_, code=0).out
    report = firm.report("perms", "grant", "--from", "-", "--input-format", "csv", stdin=listed, as_=as_, code=0)
    assert counts(report) == {"rows": 2, "unchanged": 2}
    changed = listed.replace(",manager,yes", ",manager,no")
    again = firm.report("perms", "grant", "--from", "-", stdin=changed, code=3)
    assert [(p["code"], p["column"]) for p in again["problems"]] == [("missing_value", "reason")]


@pytest.mark.parametrize("many", [("--company", "0001000"), ("--missing",)])
def test_a_dry_run_of_letters_is_judged_and_leaves_nothing(firm: Office, tmp_path: Path, many: tuple[str, ...]) -> None:
    before = firm.dump()
    report = firm.report("letters", "issue", *many, "--csv", tmp_path / "letters.csv", "--dry-run", code=0)
    assert (report["dry_run"], report["applied"], report["created"]) == (True, False, 1)
    assert firm.dump() == before
    assert not list(tmp_path.glob("letters*"))


def test_another_key_is_refused_before_anything_is_told(asta_db: Asta, tmp_path: Path) -> None:
    asta_db("chambers", "add", "177", "--name", "IHK", code=0)
    other = tmp_path / "other.key"
    other.touch(0o600)
    other.write_bytes(bytes(40))
    for command in (["chambers", "list"], ["perms", "list"], ["chambers", "set", "177", "--name", "X", "--dry-run"]):
        refused = asta_db(*command, env={"ASTA_SECRET_KEY_FILE": str(other)}, code=78)
        assert "error[wrong_key]" in refused.err
        assert refused.out == ""


def test_a_server_s_database_is_not_begun_without_a_key(asta: Asta, empty_pg_url: str, key_file: Path) -> None:
    env = {"ASTA_DATABASE_URL": empty_pg_url}
    for command in ("init", "upgrade"):
        assert "error[key_missing]" in asta("db", command, env=env, code=78).err
    asta("db", "init", env={**env, "ASTA_SECRET_KEY_FILE": str(key_file)}, code=0)
    assert "error[key_missing]" in asta("chambers", "list", env=env, code=78).err


NAMED = [
    ("companies", "show", "0001000", "--format", "json"),
    ("companies", "list", "--company", "0001000", "--format", "ids"),
    ("companies", "admins", "0001000", "--format", "ids"),
    ("trainers", "list", "--company", "0001000", "--format", "ids"),
    ("letters", "list", "--company", "0001000", "--format", "ids"),
    ("perms", "list", "--company", "0001000", "--format", "ids"),
    ("perms", "who", "0001000", "--format", "ids"),
    ("perms", "check", ADMIN, "company.view", "0001000"),
]


@pytest.mark.parametrize("asked", NAMED, ids=" ".join)
def test_a_number_of_several_chambers_needs_its_chamber(firm: Office, asked: tuple[str, ...]) -> None:
    firm.chamber("178")
    firm.company("0001000", chamber="178")
    assert "error[ambiguous]" in firm(*asked, code=2).err
    usual = firm(*asked, env={"ASTA_CHAMBER": "177"}, code=0).out
    said = [word if word != "0001000" else "177:0001000" for word in asked]
    assert firm(*said, code=0).out == usual
    assert firm(*asked, as_=ADMIN).code == 0, "there is only one that they may see"


def test_the_usual_chamber_filters_no_listing(firm: Office) -> None:
    firm.chamber("178")
    assert firm("companies", "list", "--format", "count", env={"ASTA_CHAMBER": "178"}, code=0).out == "2\n"


@pytest.mark.parametrize(
    ("argv", "option"),
    [
        (("perms", "grant", HR, "--company", "0001000", *WHY), "--role"),
        (("perms", "grant", HR, "--role", "manager", *WHY), "--company"),
        (("perms", "grant", "--company", "0001000", "--role", "manager", *WHY), "EMAIL"),
        (("perms", "grant", HR, "--company", "0001000", "--role", "manager"), "--reason"),
        (("perms", "revoke", *WHY), "EMAIL"),
        (("perms", "revoke", HR), "--reason"),
        (("register", HR), "--name"),
        (("chambers", "add", "178"), "--name"),
        (("letters", "issue", "--missing"), "--csv"),
        (("letters", "issue", "--csv", "codes.csv"), "--missing"),
        (("exam-periods", "set", "2027-S"), "--deadline"),
        (("services", "activate", "exam-registration"), "--company"),
        (("companies", "administrable"), "--account"),
        (("login", HR), "--password-file"),
    ],
)
def test_a_missing_answer_is_named_where_nobody_can_be_asked(firm: Office, argv: tuple[str, ...], option: str) -> None:
    refused = firm(*argv, code=2)
    assert "error[missing_answer]" in refused.err
    assert option in refused.err


def test_letters_for_the_companies_of_a_file(firm: Office, tmp_path: Path) -> None:
    """One item answers with its own refusal, several reject rows; what a listing writes is read."""
    file, rejects = tmp_path / "letters.csv", tmp_path / "rejects.csv"
    listed = firm("companies", "list", "--format", "csv", code=0).out
    issue = ("letters", "issue", "--csv", file)
    assert counts(firm.report(*issue, "--from", "-", stdin=listed, code=0)) == {"rows": 2, "created": 2}
    assert len(file.read_text().splitlines()) == 3
    several = "Identnummer;Kammer\n0001000;177\n177:0001000;\n99;\n178:0002000;177\n0002000;\n"
    (tmp_path / "some.csv").write_text(several)
    some = (*issue, "--from", tmp_path / "some.csv")
    before = firm.dump("audit_entry", "audit_detail", "audit_head")
    assert codes(firm.report(*some, code=3)) == [
        ("some.csv:3", "duplicate_in_file", "warning"),
        ("some.csv:4", "unknown_company", "error"),
        ("some.csv:5", "bad_value", "error"),
    ]
    assert firm.dump("audit_entry", "audit_detail", "audit_head") == before
    report = firm.report(*some, "--keep-going", "--rejects", rejects, code=3)
    assert counts(report) == {"rows": 5, "created": 2, "ended": 2, "rejected": 2, "warned": 1}
    assert rejects.read_text(encoding="utf-8-sig").splitlines()[1].startswith("99;;4;unknown_company;")
    firm(*issue, "--company", "99", code=5)
    firm(*issue, "--company", "99", "--company", "0001000", code=3)
    for beside in (("--company", "0001000"), ("--missing",)):
        assert "error[mixed_input]" in firm(*some, *beside, code=2).err


@pytest.mark.parametrize(
    ("argv", "status", "code"),
    [
        (("import", "companies", "c.csv", "--chamber", "999"), 5, "unknown_chamber"),
        (("import", "snapshot", ".", "--chamber", "999"), 5, "unknown_chamber"),
        (("services", "set-state", "exam-registration", "pilot", "--chamber", "999"), 5, "unknown_chamber"),
        (("exam-periods", "set", "2027-S", "--deadline", "2027-02-15", "--chamber", "999"), 5, "unknown_chamber"),
        (("letters", "issue", "--missing", "--csv", "l.csv", "--chamber", "999", "--dry-run"), 5, "unknown_chamber"),
        (("register", "new@firma.example", "--name", "A B", "--password-file", "short"), 5, "weak_password"),
        (("--as", "nobody@firma.example", "perms", "revoke", HR), 77, "unknown_account"),
    ],
)
def test_a_change_answers_with_an_object_however_early_it_is_refused(
    firm: Office, home: Path, argv: tuple[str, ...], status: int, code: str
) -> None:
    (home / "companies.csv").write_text("Identnummer;Firma\n1;A\n")
    (home / "c.csv").write_text("Identnummer;Firma\n1;A\n")
    (home / "short").write_text("kurz\n")
    report = firm.report(*argv, code=status)
    assert counts(report) == {"rows": 1, "rejected": 1}
    assert (report["run"], report["applied"], report["held"]) == ("", False, False)
    assert report["dry_run"] is ("--dry-run" in argv)
    assert codes(report) == [("arguments", code, "error")]
    assert all(report["problems"][0][key] for key in ("message", "hint"))
    assert report["command"] in " ".join(argv)
    assert ("kinds" in report) is ("snapshot" in argv)
    assert ({"kind", "file", "sha256"} <= report.keys()) is ("companies" in argv)
    assert ("email" in report) is ("register" in argv)
    assert f"error[{code}]" in firm(*argv, code=status).err
    assert firm(*argv, code=status).out == ""


def test_a_problem_names_the_column_that_is_to_be_corrected(firm: Office) -> None:
    grant = ("perms", "grant", HR, "--company", "177:0001000", "--role", "trainer", *WHY)
    (problem,) = firm.report(*grant, "--trainer", "X9", code=5)["problems"]
    assert (problem["code"], problem["column"], problem["value"]) == ("unknown_trainer", "trainer_number", "X9")
    firm(*grant[:5], "--role", "manager", "--starting", "2099-01-01", *WHY, code=0)
    (problem,) = firm.report(*grant[:5], "--role", "manager", "--until", "2098-01-01", *WHY, code=2)["problems"]
    assert (problem["column"], problem["value"]) == ("valid_until", "2098-01-01")


def test_one_address_written_twice_is_registered_once(firm: Office) -> None:
    people = "email,name\nNew@Firma.example,A B\nnew@firma.example,A B\n"
    report = firm.report("register", "--from", "-", stdin=people, code=0)
    assert counts(report) == {"rows": 2, "created": 1, "warned": 1}
    assert codes(report) == [("stdin:3", "duplicate_in_file", "warning")]
