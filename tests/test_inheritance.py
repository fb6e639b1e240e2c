"""Head offices change: every question about permissions follows the register at once, and all say the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.support.office import Office

A, B, SITE, DEEP = "0001000", "0002000", "0001001", "0001011"
WIDE, BOSS, LOCAL, NARROW = "wide@a.example", "boss@b.example", "local@a.example", "narrow@a.example"
PARENTS = {A: "", B: "", SITE: A, DEEP: SITE}
WHY = ("--reason", "Umzug")

Reach = Mapping[str, set[str]]
NIGHTS: list[tuple[str, Mapping[str, str | None], Reach]] = [
    ("as it was", {}, {WIDE: {A, SITE, DEEP}, BOSS: {B}, LOCAL: {SITE, DEEP}, NARROW: {A}}),
    ("the site moves", {SITE: B}, {WIDE: {A}, BOSS: {B, SITE, DEEP}, LOCAL: {SITE, DEEP}, NARROW: {A}}),
    ("only what lies deep moves", {DEEP: A}, {WIDE: {A, SITE, DEEP}, BOSS: {B}, LOCAL: {SITE}, NARROW: {A}}),
    ("the head office ends", {A: None}, {WIDE: set(), BOSS: {B}, LOCAL: {SITE, DEEP}, NARROW: set()}),
    ("it comes back", {}, {WIDE: {A, SITE, DEEP}, BOSS: {B}, LOCAL: {SITE, DEEP}, NARROW: {A}}),
    ("the site ends", {SITE: None}, {WIDE: {A, SITE, DEEP}, BOSS: {B}, LOCAL: set(), NARROW: {A}}),
    ("and comes back below another", {SITE: B}, {WIDE: {A}, BOSS: {B, SITE, DEEP}, LOCAL: {SITE, DEEP}, NARROW: {A}}),
    ("it stands alone", {SITE: ""}, {WIDE: {A}, BOSS: {B}, LOCAL: {SITE, DEEP}, NARROW: {A}}),
]


@pytest.fixture
def night(office: Office, tmp_path: Path) -> Callable[[Mapping[str, str | None]], None]:
    """The register of one night: PARENTS, but for what is said; None is a company that it no longer names."""

    def run(changed: Mapping[str, str | None]) -> None:
        parents = {**PARENTS, **changed}
        path = tmp_path / "companies.csv"
        rows = "".join(f"{c};Firma {c};{p}\n" for c, p in parents.items() if p is not None)
        path.write_text(f"ident_number;name;parent_ident_number\n{rows}", encoding="utf-8")
        office("import", "companies", path, "--chamber", "177", "--mode", "mirror", code=0)

    return run


def by_list(office: Office, email: str) -> set[str]:
    """The companies whose permissions the person administers, or all that their own roles are carried by."""
    found = office("companies", "administrable", "--account", email, "--role", "manager", "--all", "--format", "ids")
    return set(found.out.split())


def by_check(office: Office, email: str) -> set[str]:
    return {c for c in PARENTS if office("perms", "check", email, "trainees.view", c).code == 0}


def by_explain(office: Office, email: str) -> set[str]:
    """Those explained with yes, by a path from the carrier to the company; where there is no, with what to do."""
    allowed = set()
    for company in PARENTS:
        told = office("perms", "explain", email, "trainees.view", company, "--format", "json").json()
        (answer,) = told["answers"]
        if not told["allowed"]:
            assert answer["remedies"]
            continue
        allowed.add(company)
        ground = answer["grounds"][0]
        assert [ground["company"], company] == [ground["path"][0]["company"], ground["path"][-1]["company"]]
    return allowed


def by_who(office: Office) -> dict[str, set[str]]:
    """Everyone who may, with the companies where they may."""
    found: dict[str, set[str]] = {WIDE: set(), BOSS: set(), LOCAL: set(), NARROW: set()}
    for company in PARENTS:
        for row in office("perms", "who", company, "trainees.view", "--format", "json", code=0).json():
            assert row["state"] == "active"
            found[row["email"]].add(company)
    return found


def test_permissions_follow_the_register(office: Office, night: Callable[[Mapping[str, str | None]], None]) -> None:
    night({})
    for email, company, more in ((WIDE, A, ()), (BOSS, B, ()), (LOCAL, SITE, ()), (NARROW, A, ("--no-sites",))):
        office.person(email)
        office("perms", "grant", email, "--company", company, "--role", "manager", *more, *WHY, code=0)
    listed = office("perms", "list", "--format", "json", code=0).json()
    for what, changed, reach in NIGHTS:
        night(changed)
        assert by_who(office) == reach, what
        for email, companies in reach.items():
            for ask in (by_check, by_explain, by_list):
                assert ask(office, email) == companies, (what, email, ask.__name__)
        # A grant is carried by its own company whatever the register says of that one.
        assert office("perms", "list", "--format", "json", code=0).json() == listed, what


def test_explain_says_that_a_head_office_ended(
    office: Office, night: Callable[[Mapping[str, str | None]], None]
) -> None:
    night({})
    office.person(WIDE)
    office("perms", "grant", WIDE, "--company", A, "--role", "manager", *WHY, code=0)
    night({A: None})
    told = office("perms", "explain", WIDE, "trainees.view", DEEP, "--format", "json", code=1).json()
    (answer,) = told["answers"]
    assert (answer["misses"][0]["relation"], answer["misses"][0]["obstacles"]) == ("above", ["company_ended"])
    assert [r["code"] for r in answer["remedies"]] == ["grant", "reopen_company"]
    night({})
    office("perms", "explain", WIDE, "trainees.view", DEEP, code=0)
