"""Where everybody signs in, an operator of every chamber remains who can, whichever way one might go."""

from __future__ import annotations

from typing import Any

import pytest

from tests.joining.shared import ADMIN, DESK, HERE, THERE, Shared
from tests.joining.world import MAX

WHY = ("--reason", "x")
WAYS = ["accounts lock", "accounts disable", "accounts offboard", "operators remove", "operators remove --everywhere"]


def told(shared: Shared, way: str, whom: str, code: int, **how: Any) -> dict[str, Any]:
    verb, *more = way.split(" --")
    argv = (*verb.split(), whom, *(f"--{word}" for word in more), *WHY, "--format", "json")
    found: dict[str, Any] = shared(*argv, code=code, **how).json()
    return found


def problems(report: dict[str, Any]) -> list[tuple[str, str]]:
    return [(p["code"], p["severity"]) for p in report["problems"]]


@pytest.mark.parametrize("way", WAYS)
def test_the_last_one_stays(shared: Shared, way: str) -> None:
    shared.login(ADMIN)
    before = [shared.world.rows(table) for table in ("account", "operator", "session", "mail", "run")]
    refused = told(shared, way, ADMIN, 5)
    assert problems(refused) == [("last_operator", "error")]
    assert "operators add" in refused["problems"][0]["hint"]
    assert not any(refused.get(name) for name in ("grants", "sessions", "links", "tokens", "offices"))
    assert [shared.world.rows(table) for table in ("account", "operator", "session", "mail", "run")] == before
    assert problems(told(shared, f"{way} --dry-run", ADMIN, 5)) == [("last_operator", "error")]


@pytest.mark.parametrize("way", WAYS)
def test_it_may_go_where_another_one_is_in_force(shared: Shared, way: str) -> None:
    shared.operator(MAX, None)
    shared.login(MAX)
    with shared.world.store.write() as tx:
        tx.driver(f"UPDATE account SET state = 'locked' WHERE email_key = '{ADMIN}'")
    assert problems(told(shared, way, MAX, 5)) == [("last_operator", "error")]
    shared("accounts", "unlock", ADMIN, *WHY, code=0)
    assert problems(told(shared, way, ADMIN, 0)) == []
    assert problems(told(shared, way, MAX, 5)) == [("last_operator", "error")]


def test_whoever_has_yet_to_confirm_is_none(shared: Shared) -> None:
    shared.login(ADMIN)
    shared("operators", "add", "neu@ihk.example", "--everywhere", *WHY, code=0)
    assert problems(told(shared, "accounts lock", ADMIN, 5)) == [("last_operator", "error")]
    shared.person("neu@ihk.example")
    told(shared, "accounts lock", ADMIN, 0)


@pytest.mark.parametrize("way", WAYS[:4])
def test_a_chamber_may_lose_its_own_and_that_is_told(shared: Shared, way: str) -> None:
    shared.operator(MAX, THERE)
    shared.login(ADMIN)
    warned = told(shared, way, DESK, 0)
    assert problems(warned) == [("no_operator", "warning")]
    assert HERE in warned["problems"][0]["message"]
    shared.operator("noch@ihk.example", THERE)
    shared.person("noch@ihk.example")
    assert problems(told(shared, way, MAX, 0)) == []


@pytest.mark.parametrize("way", WAYS)
def test_at_the_terminal_of_a_trusted_installation_there_is_always_one(shared: Shared, way: str) -> None:
    trusted = {"ASTA_ACCESS__MODE": "trusted"}
    assert problems(told(shared, way, ADMIN, 0, env=trusted)) == []


def test_the_office_goes_along_to_another_address(shared: Shared) -> None:
    shared.login(ADMIN)
    shared("accounts", "change-email", ADMIN, "neu@ihk.example", code=0)
    shared("confirm", shared.world.token("email_change", "neu@ihk.example"), code=0)
    assert {(o["email"], o["ended_at"]) for o in shared.world.rows("operator")} >= {("neu@ihk.example", None)}
