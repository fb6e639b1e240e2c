"""An operator of one chamber is an operator there, and a stranger everywhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.office import CHAMBER, Office, codes

HERE, THERE = CHAMBER, "155"
DESK = "sachbearbeitung@ihk.example"
CHEF, OTHER = "chef@firma.example", "leitung@anderswo.example"
REFUSED = [
    "chambers add 179 --name X",
    f"chambers set {THERE} --name X",
    f"import companies companies.csv --chamber {THERE}",
    f"letters issue --company {THERE}:0002000 --csv letters.csv",
    f"letters issue --missing --chamber {THERE} --csv letters.csv",
    f"services set-state exam-registration available --chamber {THERE}",
    f"services pilot add exam-registration --company {THERE}:0002000",
    f"services activate exam-registration --company {THERE}:0002000",
    f"exam-periods set 2027-S --deadline 2027-02-01 --chamber {THERE}",
    f"perms grant neu@firma.example --company {THERE}:0002000 --role manager --reason x",
    f"perms revoke {OTHER} --company {THERE}:0002000 --reason x --orphan-ok",
    f"perms grant {DESK} --company {HERE}:0001000 --role administrator --reason x",
    "jobs work --once",
    "mail send --once",
]
UNKNOWN = [
    f"companies show {THERE}:0002000",
    f"companies set {THERE}:0002000 city=Berlin",
    f"companies admins {THERE}:0002000",
    f"accounts show {OTHER}",
    "runs show {run}",
    "runs undo {run} --reason x",
    "runs approve {run}",
]
SHOWS_NOTHING = [
    f"companies list --chamber {THERE}",
    f"perms list --chamber {THERE}",
    f"letters list --chamber {THERE} --all",
    f"jobs list --chamber {THERE}",
    f"runs list --chamber {THERE}",
    f"services list --chamber {THERE}",
    f"exam-periods list --chamber {THERE}",
]


@pytest.fixture
def two(office: Office) -> Office:
    """Two chambers with a company each, both with an administrator; the operator's desk is in the first."""
    office.chamber(THERE)
    for chamber, ident, email in ((HERE, "0001000", CHEF), (THERE, "0002000", OTHER)):
        company = office.company(ident, chamber=chamber, activated_at=office.clock.text())
        office.holds(office.person(email), company)
        office("exam-periods", "set", "2026-W", "--deadline", "2026-09-01", "--chamber", chamber, code=0)
    office.insert(
        "operator",
        email=office.person(DESK),
        email_key=DESK,
        chamber=HERE,
        impersonate=False,
        added_at=office.clock.text(),
        added_by="operator",
        run_id=1,
    )
    return office


def grant_there(two: Office) -> str:
    """A run of the other chamber."""
    there = ("--company", f"{THERE}:0002000", "--role", "manager", "--reason", "x")
    run: str = two.report("perms", "grant", "hr@anderswo.example", *there, code=0)["run"]
    return run


@pytest.mark.parametrize(("words", "status"), [(w, 77) for w in REFUSED] + [(w, 5) for w in UNKNOWN])
def test_nothing_of_another_chamber(two: Office, tmp_path: Path, words: str, status: int) -> None:
    (tmp_path / "companies.csv").write_text("ident_number;name\n0002000;X\n")
    run = grant_there(two)
    before = two.dump("audit_entry", "audit_detail", "audit_head")
    two(*words.format(run=run).split(), as_=DESK, cwd=tmp_path, code=status)
    assert two.dump("audit_entry", "audit_detail", "audit_head") == before


@pytest.mark.parametrize("words", SHOWS_NOTHING)
def test_no_listing_tells_of_another_chamber(two: Office, words: str) -> None:
    grant_there(two)
    assert two(*words.split(), "--format", "json", as_=DESK, code=0).json() == []


def test_what_is_of_the_own_chamber(two: Office, tmp_path: Path) -> None:
    (tmp_path / "companies.csv").write_text("ident_number;name\n0001000;Neuer Name\n0001001;Neu\n")
    two("import", "companies", "companies.csv", as_=DESK, cwd=tmp_path, code=0)
    two("letters", "issue", "--company", "0001001", "--csv", "codes.csv", as_=DESK, cwd=tmp_path, code=0)
    grant_there(two)
    run = two.report(
        "perms", "grant", "neu@firma.example", "--company", "0001000", "--role", "manager", "--reason", "x", as_=DESK
    )["run"]
    assert [c["ident_number"] for c in two("companies", "list", "--format", "json", as_=DESK).json()] == [
        "0001000",
        "0001001",
    ]
    commands = [r["command"] for r in two("runs", "list", "--format", "json", as_=DESK).json()]
    assert commands == ["exam-periods set", "import companies", "letters issue", "perms grant"]
    actions = [e["action"] for e in two("audit", "list", "--format", "json", as_=DESK).json()]
    assert actions == commands
    accounts = {a["email"] for a in two("accounts", "list", "--format", "json", as_=DESK).json()}
    assert accounts == {CHEF, DESK}
    two("runs", "undo", run, "--reason", "x", as_=DESK, code=0)
    assert two.held("neu@firma.example") == set()


def test_the_reason_is_asked_of_every_operator(two: Office) -> None:
    two("perms", "grant", "neu@firma.example", "--company", "0001000", "--role", "manager", as_=DESK, code=2)


def test_orphan_ok_counts_in_the_own_chamber_only(two: Office) -> None:
    there = next(c["id"] for c in two.rows("company") if c["chamber"] == THERE)
    here = next(c["id"] for c in two.rows("company") if c["chamber"] == HERE)
    two.holds(DESK, there)
    with_reason = ("--reason", "x", "--orphan-ok")
    two.holds("zweite@anderswo.example", there, ended_at=two.clock.text())
    report = two.report("perms", "revoke", CHEF, "--company", f"{HERE}:0001000", *with_reason, as_=DESK, code=0)
    assert report["ended"] == 1
    two("perms", "revoke", OTHER, "--company", f"{THERE}:0002000", *with_reason, as_=DESK, code=0)
    own = two.report("perms", "revoke", DESK, "--company", f"{THERE}:0002000", *with_reason, as_=DESK, code=5)
    assert codes(own) == [("arguments", "last_administrator", "error")]
    assert here != there


def test_an_office_ends_with_the_account(two: Office) -> None:
    from asta_cli.store import tables as t

    with two.store.write() as tx:
        tx.execute(t.account.update().where(t.account.c.email_key == DESK), {"state": "locked"})
    two("exam-periods", "set", "2027-S", "--deadline", "2027-02-01", as_=DESK, code=77)
    assert two("companies", "list", "--format", "json", as_=DESK, code=0).json() == []
