"""``perms renew`` on both databases: ends are put off, and never brought forward."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.office import Office, codes, counts

ADMIN = "admin@firma.example"
WHY = ("--reason", "neues Schuljahr")
SOON, LATER = "2026-12-10T23:00:00Z", "2027-05-31T22:00:00Z"
UNTIL, NEW = "2028-07-31", "2028-07-31T22:00:00Z"


@pytest.fixture
def firm(office: Office) -> Office:
    """Permissions that end soon, later and never, at a head office of ADMIN's, its site and another company."""
    head = office.company("0001000", activated_at=office.clock.text())
    site = office.company("0001001", head)
    other = office.company("0002000")
    office.person(ADMIN)
    office.holds(ADMIN, head)
    for name, at, end in (("a", head, SOON), ("b", site, SOON), ("c", other, SOON), ("d", head, LATER)):
        office.person(f"{name}@firma.example")
        office.holds(f"{name}@firma.example", at, "manager", valid_until=end, reminded_at=office.clock.text())
    office.holds("e@firma.example", head, "trainer", valid_until=SOON)
    office.holds("f@firma.example", head, "manager", valid_until="2026-11-01T00:00:00Z")
    return office


def renew(firm: Office, *more: object, code: int = 0, **how: Any) -> Any:
    why = () if "as_" in how else WHY
    return firm.report("perms", "renew", "--expiring", "30d", "--until", UNTIL, *why, *more, code=code, **how)


def ends(firm: Office) -> dict[str, str | None]:
    return {g["email"][0]: g["valid_until"] for g in firm.grants() if g["email"] != ADMIN}


def test_everything_that_ends_in_time(firm: Office) -> None:
    before = ends(firm)
    assert counts(renew(firm, "--dry-run")) == {"rows": 4, "updated": 4}
    assert ends(firm) == before
    assert counts(renew(firm)) == {"rows": 4, "updated": 4}
    assert ends(firm) == before | dict.fromkeys("abce", NEW)
    assert {g["email"][0] for g in firm.grants() if g["reminded_at"]} == {"d"}
    assert {g["reason"] for g in firm.grants() if g["valid_until"] == NEW} == {WHY[1]}
    assert counts(renew(firm)) == {}
    assert firm.log() == [("perms renew", "ok")] * 2


def test_within_the_reach_of_the_asker_and_what_is_named(firm: Office) -> None:
    assert counts(renew(firm, "--role", "trainer")) == {"rows": 1, "updated": 1}
    assert counts(renew(firm, "--company", "0001001")) == {"rows": 1, "updated": 1}
    assert counts(renew(firm, as_=ADMIN)) == {"rows": 1, "updated": 1}
    assert ends(firm)["c"] == SOON


def test_nobody_renews_their_own(firm: Office) -> None:
    head = next(c["id"] for c in firm.rows("company") if c["ident_number"] == "0001000")
    firm.holds("a@firma.example", head, "administrator", valid_until=SOON)
    assert counts(renew(firm, as_="a@firma.example")) == {"rows": 4, "updated": 2, "unchanged": 2}
    own = [g["valid_until"] for g in firm.grants("a@firma.example")]
    assert own == [SOON, SOON]


def test_what_is_not_the_askers_to_renew_is_no_refusal(firm: Office) -> None:
    for until in (UNTIL, "2027-01-31"):
        renewal = ("perms", "renew", "--expiring", "300d", "--until", until)
        assert counts(firm.report(*renewal, as_="d@firma.example", code=0))["unchanged"] == 1
    assert ends(firm)["d"] == LATER


def test_an_end_is_never_brought_forward(firm: Office, tmp_path: Path) -> None:
    report = firm.report("perms", "renew", "--expiring", "300d", "--until", "2027-01-31", *WHY, code=0)
    assert counts(report) == {"rows": 5, "updated": 4, "unchanged": 1, "warned": 1}
    assert [code for _, code, _ in codes(report)] == ["shortens"]
    assert "of d@firma.example at company 177:0001000 " in report["problems"][0]["message"]
    assert ends(firm)["d"] == LATER


def test_from_a_file(firm: Office, tmp_path: Path) -> None:
    path = tmp_path / "renewals.csv"
    rows = f"a@firma.example,0001000,manager,\nd@firma.example,0001000,manager,never\n{ADMIN},0001000,administrator,\n"
    path.write_text("email,company,role,valid_until\n" + rows, encoding="utf-8")
    report = firm.report("perms", "renew", "--from", path, "--until", UNTIL, *WHY, code=0)
    assert counts(report) == {"rows": 3, "updated": 2, "unchanged": 1, "warned": 1}
    assert (ends(firm)["a"], ends(firm)["d"]) == (NEW, None)
    path.write_text("email,company,role\nf@firma.example,0001000,manager\n", encoding="utf-8")
    report = firm.report("perms", "renew", "--from", path, "--until", UNTIL, *WHY, code=3)
    assert [code for _, code, _ in codes(report)] == ["not_found"]


def test_only_the_end_is_renewed(firm: Office, tmp_path: Path) -> None:
    path = tmp_path / "renewals.csv"
    path.write_text("email,company,role,sites,valid_from\na@firma.example,0001000,manager,no,2027-01-01\n", "utf-8")
    report = firm.report("perms", "renew", "--from", path, "--until", UNTIL, *WHY, code=0)
    assert counts(report) == {"rows": 1, "updated": 1}
    (renewed,) = firm.grants("a@firma.example")
    assert (renewed["valid_until"], renewed["sites"], renewed["valid_from"]) == (NEW, True, None)


def test_it_can_be_undone(firm: Office) -> None:
    before = ends(firm)
    firm("runs", "undo", renew(firm)["run"], *WHY, code=0)
    assert ends(firm) == before


@pytest.mark.parametrize(
    "argv",
    [
        ("--until", UNTIL, *WHY),
        ("--expiring", "30d", *WHY),
        ("--expiring", "30d", "--until", UNTIL),
        ("--expiring", "soon", "--until", UNTIL, *WHY),
        ("--expiring", "30d", "--until", "tomorrow", *WHY),
    ],
)
def test_what_is_missing_or_wrong(firm: Office, argv: tuple[str, ...]) -> None:
    assert firm("perms", "renew", *argv).code == 2


def test_a_new_end_that_is_past_is_a_wrong_option(firm: Office) -> None:
    before = ends(firm)
    done = firm("perms", "renew", "--expiring", "30d", "--until", "2026-11-22", *WHY, code=2)
    assert "bad_option" in done.err
    assert "--until: 2026-11-22" in done.err
    assert ends(firm) == before
