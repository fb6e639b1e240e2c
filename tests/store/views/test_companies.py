"""Companies, their administrators, and the companies of a person."""

from __future__ import annotations

import random
from typing import Any

import pytest

from asta_cli.core.chambers import UnknownChamber
from asta_cli.core.coverage import Forest
from asta_cli.core.errors import Ambiguous
from asta_cli.core.facts import Needs
from asta_cli.core.model import Role
from asta_cli.core.naming import UnknownCompany
from asta_cli.store import load, views
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.views import CompaniesWhere, Scope, Where
from tests.store.views.conftest import Companies
from tests.store.views.test_scope import COMPANY, ME
from tests.store.views.world import EARLIER, LATER, NOW, World

ADMINISTRABLE = "chamber ident_number name role via valid_until"
WHO = "email name role via state valid_until account"


def found(world: World, email: str = "", **where: Any) -> list[str]:
    rows = world.rows(COMPANY, lambda tx, scope: views.companies(tx, scope, CompaniesWhere(**where)), email)
    return [f"{r['chamber']}:{r['ident_number']}" for r in rows]


def test_a_company_in_full(world: World) -> None:
    world.chamber("177", imported_at="2026-11-01T00:00:00Z")
    head = world.company("01")
    world.company(
        "02",
        head,
        name="Ä",
        city="Köln",
        email="a@b.example",
        activated_at=None,
        transferred_at=NOW,
        transfer_open=True,
    )
    first, second = world.rows(COMPANY, lambda tx, scope: views.companies(tx, scope, CompaniesWhere()))
    assert first == {
        "chamber": "177",
        "ident_number": "01",
        "name": "Firma 01",
        "parent": None,
        "city": None,
        "email": None,
        "status": "open",
        "active": True,
        "as_of": "2026-11-01T00:00:00Z",
        "complete": True,
    }
    assert second["parent"] == "01"
    assert (second["active"], second["as_of"], second["complete"]) == (False, NOW, False)


def test_never_imported_nor_transferred_is_as_of_never(world: World) -> None:
    world.chamber("177", imported_at=None)
    world.company("01")
    (row,) = world.rows(COMPANY, lambda tx, scope: views.companies(tx, scope, CompaniesWhere()))
    assert not row["as_of"]


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("MÜLLER", ["1", "2", "3"]),
        ("mueller", ["1", "2", "3"]),
        ("Mu\u0308ller", ["1", "2", "3"]),
        ("straße", ["4"]),
        ("STRASSE", ["4"]),
        ("köln", ["5"]),
        ("100%", ["6"]),
        ("_", ["6"]),
        ("çelik", ["7"]),
        ("ÇELIK", ["7"]),
        ("7", ["7"]),
        ("nichts", []),
    ],
)
def test_search_knows_neither_case_nor_umlauts(world: World, text: str, hits: list[str]) -> None:
    world.chamber("177")
    names = ["Müller", "MÜLLER AG", "Mueller", "Hauptstraße 3", "X", "100%_Bio", "Çelik GmbH"]
    for number, name in enumerate(names, 1):
        world.company(str(number), name=name, city="KÖLN" if name == "X" else "Ulm")
    assert found(world, search=text) == [f"177:{n}" for n in hits]


def test_filters(world: World, firms: Companies) -> None:
    world.company("03", city="Bad Münster", activated_at=None)
    assert found(world, city="bad muenster") == ["177:03"]
    assert found(world, city="Bad") == []
    assert found(world, not_activated=True) == ["177:03"]
    assert found(world, companies=["0011000", "188:0020000"]) == ["177:0011000", "188:0020000"]
    assert found(world, companies=["0020000"], chamber="188") == ["188:0020000"]
    assert found(world, companies=["0012000"]) == []
    assert found(world, companies=["0012000"], all=True) == ["177:0012000"]


def test_names_that_name_nothing(world: World, firms: Companies) -> None:
    world.account(ME)
    world.grant(ME, firms.site)
    for name in ("9", "not a number!", "99:0011000"):
        with pytest.raises(UnknownCompany):
            found(world, companies=[name])
    with pytest.raises(UnknownCompany):
        found(world, ME, companies=["0010000"])  # it exists, but not for them
    with pytest.raises(UnknownChamber):
        found(world, chamber="99")
    with pytest.raises(Ambiguous):
        found(world, companies=["0020000"])


def test_a_number_is_unambiguous_among_what_is_seen(world: World, firms: Companies) -> None:
    world.account(ME)
    world.grant(ME, firms.twin)
    assert found(world, ME, companies=["0020000"]) == ["188:0020000"]


def test_show(world: World, firms: Companies) -> None:
    row = world.look(lambda tx, scope: tuple(views.company(tx, scope, "0010000")))
    assert row[1:3] == ("0010000", "Firma 0010000")
    assert row[-2:] == (1, "")  # the closed site is not counted, nor what lies below the other
    with pytest.raises(UnknownCompany):
        world.look(lambda tx, scope: views.company(tx, scope, "0010000"), "nobody@firm.example")


def test_order_is_the_same_on_both_databases(world: World) -> None:
    world.chamber("177")
    world.chamber("9")
    for ident in ("a", "B", "10", "9", "A-1", "A"):
        world.company(ident)
    world.company("1", chamber="9")
    assert found(world) == ["177:10", "177:9", "177:A", "177:A-1", "177:B", "177:a", "9:1"]


def administrable(world: World, email: str, role: Role = Role.ADMINISTRATOR, *, ended: bool = False) -> list[Any]:
    rows = world.rows(ADMINISTRABLE, lambda tx, scope: views.administrable(tx, email, NOW, role, ended=ended))
    return [tuple(row.values()) for row in rows]


def test_administrable_names_each_company_once_by_its_nearest_grant(world: World, firms: Companies) -> None:
    world.account(ME)
    world.grant(ME, firms.head, valid_until="2027-07-31T22:00:00Z")
    world.grant(ME, firms.site)
    world.grant(ME, firms.other, Role.MANAGER)
    assert administrable(world, ME) == [
        ("177", "0010000", "Firma 0010000", "administrator", "0010000", "2027-07-31"),
        ("177", "0011000", "Firma 0011000", "administrator", "0011000", None),
        ("177", "0011100", "Firma 0011100", "administrator", "0011000", None),
    ]
    assert [row[1] for row in administrable(world, ME, ended=True)] == ["0010000", "0011000", "0011100", "0012000"]
    assert [row[1] for row in administrable(world, ME, Role.MANAGER)] == ["0020000"]
    assert administrable(world, ME, Role.TRAINER) == administrable(world, "else@firm.example") == []


def test_a_trainers_role_reaches_no_site(world: World, firms: Companies) -> None:
    world.account(ME)
    world.grant(ME, firms.head, Role.TRAINER, sites=True)
    assert [row[1] for row in administrable(world, ME, Role.TRAINER)] == ["0010000"]


def test_admins(world: World, firms: Companies) -> None:
    world.account("Anna@firm.example")
    world.account("late@firm.example")
    world.account("locked@firm.example", "locked")
    world.account("manager@firm.example")
    world.grant("Anna@firm.example", firms.head, valid_until=LATER)
    world.grant("late@firm.example", firms.site, valid_from=LATER)
    world.grant("new@firm.example", firms.site)
    world.grant("locked@firm.example", firms.site)
    world.grant("manager@firm.example", firms.site, Role.MANAGER)
    world.grant("own-only@firm.example", firms.head, sites=False)
    world.grant("gone@firm.example", firms.site, ended_at=EARLIER)
    world.grant("past@firm.example", firms.site, valid_until=EARLIER)
    expected = [
        ("Anna@firm.example", "Anna", "administrator", "0010000", "active", "2027-01-01", "confirmed"),
        ("late@firm.example", "Late", "administrator", "0011000", "pending", None, "confirmed"),
        ("new@firm.example", "", "administrator", "0011000", "invited", None, "unconfirmed"),
    ]
    for asker in ("", "Anna@firm.example", "manager@firm.example"):
        rows = world.rows(WHO, lambda tx, scope: views.admins(tx, scope, "0011000"), asker)
        assert [tuple(row.values()) for row in rows] == expected


def test_all_admins_with_what_keeps_them_from_it(world: World, firms: Companies) -> None:
    """That an account is locked is for those who give and take permissions, and for its holder."""
    for name in ("boss", "manager"):
        world.account(f"{name}@firm.example")
    for name in ("locked", "disabled"):
        world.account(f"{name}@firm.example", name)
        world.grant(f"{name}@firm.example", firms.site)
    world.grant("boss@firm.example", firms.head)
    world.grant("manager@firm.example", firms.site, Role.MANAGER)
    world.grant("gone@firm.example", firms.site, ended_at=EARLIER)
    world.grant("past@firm.example", firms.site, valid_until=EARLIER)

    def told(email: str, *, all: bool = True) -> dict[str, tuple[str, str]]:
        rows = world.rows(WHO, lambda tx, scope: views.admins(tx, scope, "0011000", all=all), email)
        return {row["email"].partition("@")[0]: (row["state"], row["account"]) for row in rows}

    open_ = {"boss": ("active", "confirmed")}
    over = {"gone": ("ended", "unconfirmed"), "past": ("expired", "unconfirmed")}
    resting = {"locked": ("active", "locked"), "disabled": ("active", "disabled")}
    for asker in ("", "boss@firm.example"):
        assert told(asker) == open_ | over | resting
    assert told("manager@firm.example") == open_ | over
    for asker in ("", "boss@firm.example", "manager@firm.example"):
        assert told(asker, all=False) == open_


LACKING = f"{COMPANY} administrators"


def lacking(world: World, at_most: int = 0, email: str = "", **where: Any) -> dict[str, int]:
    rows = world.rows(LACKING, lambda tx, scope: views.without_administrator(tx, scope, Where(**where), at_most), email)
    return {f"{r['chamber']}:{r['ident_number']}": r["administrators"] for r in rows}


def test_companies_without_administrator(world: World, firms: Companies) -> None:
    world.company("03", activated_at=None)
    for name in ("a", "b"):
        world.account(f"{name}@firm.example")
    world.account("locked@firm.example", "locked")
    world.grant("a@firm.example", firms.head)
    world.grant("b@firm.example", firms.site, sites=False)
    world.grant("a@firm.example", firms.below)  # the same person counts once
    world.grant("locked@firm.example", firms.other)
    world.grant("invited@firm.example", firms.other)
    world.grant("b@firm.example", firms.other, Role.MANAGER)
    assert lacking(world) == {"177:0020000": 0, "188:0020000": 0}
    assert lacking(world, 1) == {"177:0010000": 1, "177:0011100": 1, "177:0020000": 0, "188:0020000": 0}
    assert lacking(world, 1, "b@firm.example") == {"177:0020000": 0}
    assert lacking(world, chamber="188") == {"188:0020000": 0}


def test_usable_means_what_the_last_administrator_rule_means(world: World) -> None:
    """Random trees and grants, against ``core.coverage``."""
    world.chamber("177")
    chance = random.Random(7)
    accounts = {f"{state}{n}@firm.example": state for state in ("confirmed", "locked") for n in range(4)}
    for email, state in accounts.items():
        world.account(email, state)
    companies: list[int] = []
    for n in range(60):
        parent = chance.choice([None, *companies[-6:]])
        companies.append(world.company(f"{n:04}", parent, status=chance.choice(["open", "open", "ended"])))
    pairs = {(chance.choice(list(accounts)), chance.choice(companies)) for _ in range(50)}
    for email, company in sorted(pairs):
        world.grant(
            email,
            company,
            chance.choice([Role.ADMINISTRATOR, Role.ADMINISTRATOR, Role.MANAGER]),
            sites=chance.random() < 0.5,
            valid_from=chance.choice([None, EARLIER, LATER]),
            valid_until=chance.choice([None, EARLIER, LATER]),
            ended_at=chance.choice([None, None, EARLIER]),
        )

    def compare(tx: Tx, scope: Scope) -> None:
        facts = load.load(tx, Needs(company_ids=set(companies), administrators=True), NOW)
        covers = Forest(facts.by_id.values(), facts.administrators, NOW).covers()
        expected = {c.ident_number for c in facts.by_id.values() if c.open and not covers[c.id].any}
        view = views.without_administrator(tx, scope, Where())
        assert {row[1] for row in view.rows()} == expected
        assert 0 < len(expected) < sum(c.open for c in facts.by_id.values())

    world.look(compare)


def test_the_nearest_of_several_grants(world: World, firms: Companies) -> None:
    world.account(ME)
    deeper = world.company("0011110", firms.below)
    world.grant(ME, firms.head)
    world.grant(ME, firms.site, sites=False)  # for itself; what lies below still comes from the head office
    world.grant(ME, deeper)
    found = {row[1]: row[4] for row in administrable(world, ME)}
    assert found == {"0010000": "0010000", "0011000": "0011000", "0011100": "0010000", "0011110": "0011110"}


def test_administrable_in_a_circle_of_head_offices_ends(world: World, firms: Companies) -> None:
    world.account(ME)
    world.grant(ME, firms.site)
    world.write(t.company.update().where(t.company.c.id == firms.head).values(parent_id=firms.below))
    assert [row[1] for row in administrable(world, ME)] == ["0010000", "0011000", "0011100"]
