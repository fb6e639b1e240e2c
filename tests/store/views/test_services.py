"""Services and exam periods of the chambers that concern the asker."""

from __future__ import annotations

from typing import Any

import pytest

from asta_cli.core.chambers import UnknownChamber
from asta_cli.core.naming import UnknownCompany
from asta_cli.store import tables as t
from asta_cli.store import views
from tests.store.views.conftest import Companies
from tests.store.views.test_scope import ME
from tests.store.views.world import EARLIER, NOW, World

EXAM, CONTRACT = "exam-registration", "contract-management"


def test_services_of_every_chamber(world: World, firms: Companies) -> None:
    world.put(t.service_state, chamber="177", service=EXAM, state="pilot", since=NOW)
    everywhere = world.look(lambda tx, scope: list(views.services(tx, scope)))
    never = ("unavailable", None)
    assert everywhere == [
        (EXAM, "177", "pilot", NOW),
        (CONTRACT, "177", *never),
        (EXAM, "188", *never),
        (CONTRACT, "188", *never),
    ]
    world.account(ME)
    assert world.look(lambda tx, scope: list(views.services(tx, scope)), ME) == []
    world.grant(ME, firms.twin)
    own = world.look(lambda tx, scope: [row[1] for row in views.services(tx, scope)], ME)
    assert own == ["188", "188"]
    with pytest.raises(UnknownChamber):
        world.look(lambda tx, scope: list(views.services(tx, scope, "9")))


def test_services_of_a_company(world: World, firms: Companies) -> None:
    world.put(t.service_state, chamber="177", service=EXAM, state="pilot", since=NOW)
    world.put(t.service_pilot, company_id=firms.head, service=EXAM, added_at=NOW)
    world.put(t.company_service, company_id=firms.head, service=EXAM, activated_at=NOW)
    world.put(t.company_service, company_id=firms.head, service=CONTRACT, activated_at=EARLIER, ended_at=NOW)

    def ask(email: str = "") -> Any:
        return world.look(lambda tx, scope: list(views.services_of(tx, scope, "0010000")), email)

    assert ask() == [
        (EXAM, "177", "pilot", NOW, "0010000", True, True),
        (CONTRACT, "177", "unavailable", None, "0010000", False, False),
    ]
    with pytest.raises(UnknownCompany):
        ask(ME)


def test_exam_periods(world: World, firms: Companies) -> None:
    columns = "chamber period deadline days_left"
    for chamber, period, day in (
        ("177", "2027-S", "2026-12-01"),
        ("177", "2026-W", "2026-11-20"),
        ("188", "2027-S", "2026-11-23"),
    ):
        world.put(t.exam_period, chamber=chamber, period=period, deadline=day)
    rows = [tuple(row.values()) for row in world.rows(columns, views.exam_periods)]
    assert rows == [
        ("177", "2026-W", "2026-11-20", -3),
        ("177", "2027-S", "2026-12-01", 8),
        ("188", "2027-S", "2026-11-23", 0),
    ]
    assert len(world.rows(columns, lambda tx, scope: views.exam_periods(tx, scope, "188"))) == 1
    world.account(ME)
    assert world.rows(columns, views.exam_periods, ME) == []
    world.grant(ME, firms.twin)
    assert world.seen(columns, views.exam_periods, ME) == ["188"]
    with pytest.raises(UnknownChamber):
        world.look(lambda tx, scope: views.exam_periods(tx, scope, "9"))
