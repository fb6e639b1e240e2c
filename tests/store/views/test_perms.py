"""Grants as they are listed, and everyone who may do something somewhere."""

from __future__ import annotations

from typing import Any

import pytest

from asta_cli.core.matrix import Toggles
from asta_cli.core.model import Permission, Role
from asta_cli.core.naming import UnknownCompany
from asta_cli.store import views
from asta_cli.store.views import GrantsWhere
from tests.store.views.conftest import Companies
from tests.store.views.test_companies import WHO
from tests.store.views.test_scope import ME
from tests.store.views.world import EARLIER, LATER, NOW, World

GRANT = (
    "email chamber company role sites trainer_number state valid_from valid_until granted_by granted_at reason account"
)
LONG_AGO = "2020-01-01T00:00:00Z"


def grants(world: World, email: str = "", at: str | None = None, **where: Any) -> list[dict[str, Any]]:
    return world.rows(GRANT, lambda tx, scope: views.grants(tx, scope, GrantsWhere(**where), at), email)


def holders(world: World, email: str = "", at: str | None = None, **where: Any) -> list[str]:
    return [row["email"].partition("@")[0] for row in grants(world, email, at, **where)]


def who(world: World, name: str, email: str = "", permission: Permission | None = None, **more: Any) -> list[Any]:
    rows = world.rows(WHO, lambda tx, scope: views.who(tx, scope, name, permission, **more), email)
    return [(row["email"].partition("@")[0], row["role"], row["via"]) for row in rows]


def test_a_grant_in_full(world: World, firms: Companies, people: dict[str, int]) -> None:
    world.account("t@firm.example")
    more: dict[str, Any] = {
        "valid_from": "2025-12-31T23:00:00Z",
        "valid_until": "2027-07-31T22:00:00Z",
        "reason": "new",
    }
    world.grant("T@firm.example", firms.head, Role.TRAINER, trainer_id=people["head"], **more)
    (row,) = grants(world)
    assert row == {
        "email": "T@firm.example",
        "chamber": "177",
        "company": "0010000",
        "role": "trainer",
        "sites": "no",
        "trainer_number": "A",
        "state": "active",
        "valid_from": "2026-01-01",
        "valid_until": "2027-07-31",
        "granted_by": "operator",
        "granted_at": EARLIER,
        "reason": "new",
        "account": "confirmed",
    }


@pytest.fixture
def states(world: World, firms: Companies) -> None:
    """One grant for each state, named after it; ``both`` is an invitation that begins later."""
    for name in ("active", "pending", "expired", "ended", "locked"):
        world.account(f"{name}@firm.example", "locked" if name == "locked" else "confirmed")
    world.account("registered@firm.example", "unconfirmed")
    limits: dict[str, dict[str, Any]] = {
        "active": {"valid_until": "2026-12-03T23:00:00Z"},
        "pending": {"valid_from": LATER},
        "expired": {"valid_until": NOW},
        "ended": {"ended_at": EARLIER, "valid_until": "2026-06-01T00:00:00Z"},
        "invited": {},
        "registered": {},
        "both": {"valid_from": LATER},
        "locked": {},
    }
    for name, limit in limits.items():
        world.grant(f"{name}@firm.example", firms.head, granted_at=LONG_AGO, **limit)


def test_states(world: World, states: None) -> None:
    found = {row["email"].partition("@")[0]: row["state"] for row in grants(world, all=True)}
    invited = dict.fromkeys(("invited", "registered", "both"), "invited")
    own = {name: name for name in ("active", "pending", "expired", "ended")}
    assert found == own | invited | {"locked": "active"}


def test_the_state_of_the_account_is_told_beside_that_of_the_grant(world: World, states: None) -> None:
    """Whoever lists permissions does not learn whether an address that was not confirmed has been registered."""
    found = {row["email"].partition("@")[0]: row["account"] for row in grants(world, all=True)}
    waiting = dict.fromkeys(("invited", "registered", "both"), "unconfirmed")
    confirmed = dict.fromkeys(("active", "pending", "expired", "ended"), "confirmed")
    assert found == waiting | confirmed | {"locked": "locked"}
    told = world.rows(WHO, lambda tx, scope: views.who(tx, scope, "0010000", all=True))
    assert {row["email"].partition("@")[0]: row["account"] for row in told} == found
    assert "locked" not in {row[0] for row in who(world, "0010000")}


def test_what_was_given_anew_after_its_last_day_had_expired(world: World, firms: Companies) -> None:
    """The end that is written down then is the day that it had: nobody has taken it away."""
    world.account(ME)
    world.grant(ME, firms.head, granted_at=LONG_AGO, valid_until=EARLIER, ended_at=EARLIER)
    assert [row["state"] for row in grants(world, all=True)] == ["expired"]


def test_what_is_over_is_left_out(world: World, states: None) -> None:
    assert holders(world) == ["active", "both", "invited", "locked", "pending", "registered"]


def test_filters(world: World, firms: Companies, states: None) -> None:
    world.account(ME)
    world.grant(ME, firms.site, Role.MANAGER)
    assert holders(world, account=ME) == ["me"]
    assert holders(world, role=Role.MANAGER) == ["me"]
    assert holders(world, companies=["0011000"]) == ["me"]  # what is inherited is carried elsewhere
    assert holders(world, chamber="188") == []
    assert holders(world, invited=True) == ["both", "invited", "registered"]
    ten_days_and_two_hours = 10 * 86_400 + 7_200
    assert holders(world, expiring=ten_days_and_two_hours - 1) == []
    assert holders(world, expiring=ten_days_and_two_hours) == ["active"]
    assert holders(world, expiring=ten_days_and_two_hours, all=True) == ["active"]
    with pytest.raises(UnknownCompany):
        holders(world, companies=["9"])


def test_at_another_moment(world: World, states: None) -> None:
    def state(at: str) -> dict[str, str]:
        found = grants(world, at=at, all=True)
        return {row["email"].partition("@")[0]: row["state"] for row in found}

    assert state("2027-02-01T00:00:00Z")["pending"] == "active"
    assert state("2026-12-03T23:00:00Z")["active"] == "expired"
    before = state("2025-12-31T00:00:00Z")
    assert (before["expired"], before["ended"]) == ("active", "active")
    assert state("2019-01-01T00:00:00Z") == {}  # nothing had been given yet


def test_whose_grants_are_seen(world: World, firms: Companies, people: dict[str, int]) -> None:
    for name in ("admin", "manager", "site-admin", "trainer", "stranger", "bare"):
        world.account(f"{name}@firm.example")
    world.grant("admin@firm.example", firms.head)
    world.grant("manager@firm.example", firms.head, Role.MANAGER)
    world.grant("site-admin@firm.example", firms.site)
    world.grant("trainer@firm.example", firms.site, Role.TRAINER, trainer_id=people["site"])
    world.grant("applicant@firm.example", firms.below, Role.CONTRACT_APPLICANT)
    world.grant("stranger@firm.example", firms.other)
    tree = ["admin", "applicant", "manager", "site-admin", "trainer"]
    seen = {
        "admin@firm.example": tree,
        "site-admin@firm.example": ["applicant", "site-admin", "trainer"],
        "manager@firm.example": ["manager"],
        "trainer@firm.example": ["trainer"],
        "stranger@firm.example": ["stranger"],
        "bare@firm.example": [],
        "": sorted([*tree, "stranger"]),
    }
    for email, expected in seen.items():
        assert holders(world, email) == expected, email
    world.toggles = Toggles(manager_may_grant_trainer=True)
    assert holders(world, "manager@firm.example") == ["manager", "trainer"]


def test_who(world: World, firms: Companies, people: dict[str, int]) -> None:
    for name in ("admin", "manager", "site-only", "trainer", "applicant", "locked"):
        world.account(f"{name}@firm.example", "locked" if name == "locked" else "confirmed")
    world.grant("admin@firm.example", firms.head)
    world.grant("manager@firm.example", firms.site, Role.MANAGER)
    world.grant("site-only@firm.example", firms.head, sites=False)
    world.grant("trainer@firm.example", firms.site, Role.TRAINER, trainer_id=people["site"])
    world.grant("trainer@firm.example", firms.head, Role.TRAINER, trainer_id=people["head"], sites=True)
    world.grant("applicant@firm.example", firms.below, Role.CONTRACT_APPLICANT)
    world.grant("locked@firm.example", firms.site)
    admin, manager = ("admin", "administrator", "0010000"), ("manager", "manager", "0011000")
    trainer = ("trainer", "trainer", "0011000")
    assert who(world, "0011000") == [admin, manager, trainer]
    assert who(world, "0011000", permission=Permission.PERMS_GRANT) == [admin]
    assert who(world, "0011000", permission=Permission.TRAINEES_VIEW) == [admin, manager]
    assert who(world, "0011000", permission=Permission.EXAM_REGISTER) == [admin, manager]
    assert who(world, "0011000", permission=Permission.CONTRACTS_FILE) == []
    assert who(world, "0011000", "manager@firm.example") == [manager]
    assert who(world, "0011000", "admin@firm.example") == [admin, manager, trainer]
    world.toggles = Toggles(trainer_may_register=True, manager_may_grant_trainer=True)
    assert who(world, "0011000", permission=Permission.EXAM_REGISTER) == [admin, manager, trainer]
    assert who(world, "0011000", "manager@firm.example") == [manager, trainer]
    with pytest.raises(UnknownCompany):
        who(world, "0010000", "manager@firm.example")


def test_nobody_may_anything_through_an_ended_company(world: World, firms: Companies) -> None:
    world.account("a@firm.example")
    site = world.company("0012100", firms.closed)
    world.grant("a@firm.example", firms.closed)
    assert who(world, "0012100") == who(world, "0012000") == []
    world.grant("a@firm.example", site)
    assert who(world, "0012100") == [("a", "administrator", "0012100")]


def test_who_at_another_moment(world: World, firms: Companies) -> None:
    world.account("a@firm.example")
    world.grant("a@firm.example", firms.head, valid_until=NOW, ended_at=NOW)
    assert who(world, "0011000") == []
    assert who(world, "0011000", at="2026-11-23T20:59:59Z") == [("a", "administrator", "0010000")]
