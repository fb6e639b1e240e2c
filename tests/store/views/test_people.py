"""Trainers and trainees: what is listed, what is left out, what is found."""

from __future__ import annotations

from typing import Any

import pytest

from asta_cli.core.model import Role
from asta_cli.core.people import SeveralRecords, UnknownTrainee, UnknownTrainer
from asta_cli.store import tables as t
from asta_cli.store import views
from asta_cli.store.views import TraineesWhere, TrainersWhere, Where
from tests.store.views.conftest import Companies
from tests.store.views.test_scope import ME, TRAINEE, TRAINER
from tests.store.views.world import NOW, TODAY, World

YESTERDAY = "2026-11-22"


@pytest.fixture
def firm(world: World) -> int:
    world.chamber("177", imported_at=NOW)
    return world.company("01")


def trainees(world: World, email: str = "", **where: Any) -> list[dict[str, Any]]:
    return world.rows(TRAINEE, lambda tx, scope: views.trainees(tx, scope, TraineesWhere(**where)), email)


def numbers(world: World, **where: Any) -> list[str]:
    return [row["trainee_number"] for row in trainees(world, **where)]


def trainers(world: World, **where: Any) -> list[dict[str, Any]]:
    return world.rows(TRAINER, lambda tx, scope: views.trainers(tx, scope, TrainersWhere(**where)))


def deadline(world: World, period: str, day: str, chamber: str = "177") -> None:
    world.put(t.exam_period, chamber=chamber, period=period, deadline=day)


def test_a_trainee_in_full(world: World, firm: int) -> None:
    trainer = world.trainer("A1", firm)
    deadline(world, "2027-S", "2026-12-03")
    world.trainee("T1", firm, trainer_id=trainer, exam_period="2027-S", specialisation="Brot", terminated_on=LATER_DAY)
    (row,) = trainees(world)
    assert row == {
        "trainee_number": "T1",
        "chamber": "177",
        "company": "01",
        "first_name": "Zoë",
        "last_name": "T1",
        "occupation": "Bäcker/in",
        "specialisation": "Brot",
        "contract_start": "2025-09-01",
        "contract_end": "2027-08-31",
        "terminated_on": LATER_DAY,
        "exam_period": "2027-S",
        "trainer_number": "A1",
        "account_status": "none",
        "has_account": False,
        "days_left": 10,
        "as_of": NOW,
        "complete": True,
    }


LATER_DAY = "2027-03-31"


def test_days_left_count_down_past_the_deadline(world: World, firm: int) -> None:
    for number, (period, day) in enumerate([("2026-S", YESTERDAY), ("2026-W", TODAY), ("2027-S", "2026-11-24")]):
        deadline(world, period, day)
        world.trainee(f"T{number}", firm, exam_period=period)
    deadline(world, "2027-W", TODAY, world_chamber(world))
    world.trainee("T3", firm, exam_period="2027-W")  # a deadline of the other chamber
    world.trainee("T4", firm)
    assert [row["days_left"] for row in trainees(world)] == [-1, 0, 1, None, None]


def world_chamber(world: World) -> str:
    world.chamber("188")
    return "188"


def test_those_without_account_are_counted_from_their_index_alone(world: World, firm: int) -> None:
    """SQLite tells before it counts; PostgreSQL decides by what it knows of the table, and here it knows of none."""
    world.trainee("T1", firm)
    world.trainee("T2", firm, account_status="active")
    with world.read() as tx:
        asked = views.trainees(tx, world.scope(tx, ""), TraineesWhere(missing_account=True))
        assert asked.count() == 1
        if tx.dialect == "sqlite":
            count = asked.question.count.compile(tx.conn.engine)
            values = [count.params[name] for name in count.positiontup or ()]
            (plan,) = tx.driver(f"EXPLAIN QUERY PLAN {count}", tuple(values)).all()
            assert "USING COVERING INDEX ix_trainee_missing_account" in plan[3]


def test_a_company_is_named_by_its_chamber_where_others_have_its_number(world: World, firm: int) -> None:
    twin = world.company("01", chamber=world_chamber(world))
    world.trainee("T1", firm)
    world.trainee("T2", twin, chamber="188")
    assert numbers(world, companies=["177:01"]) == ["T1"]
    assert numbers(world, companies=["01"], chamber="188") == ["T2"]
    assert numbers(world, companies=["177:01", "188:01"]) == ["T1", "T2"]
    assert numbers(world, companies=["177:01"], chamber="188") == []


def test_the_day_is_that_of_berlin(world: World, firm: int) -> None:
    deadline(world, "2027-S", "2026-11-24")
    world.trainee("T1", firm, exam_period="2027-S", contract_end="2026-11-23")
    with world.read() as tx:
        late = world.scope(tx, now="2026-11-23T23:30:00Z")  # half past midnight of the 24th
        assert list(views.trainees(tx, late, TraineesWhere()).rows()) == []
        (row,) = views.trainees(tx, late, TraineesWhere(all=True)).rows()
        assert row[14] == 0


def test_what_is_over_is_left_out(world: World, firm: int) -> None:
    world.trainee("today", firm, contract_end=TODAY)
    world.trainee("over", firm, contract_end=YESTERDAY)
    world.trainee("left-today", firm, terminated_on=TODAY)
    world.trainee("left", firm, terminated_on=YESTERDAY)
    world.trainee("ended", firm, status="ended", ended_at=NOW)
    assert numbers(world) == ["left-today", "today"]
    assert numbers(world, all=True) == ["ended", "left", "left-today", "over", "today"]


@pytest.mark.parametrize("status", ["none", "code_issued", "registered", "locked", "closed"])
def test_only_an_active_account_is_one(world: World, firm: int, status: str) -> None:
    world.trainee("T1", firm, account_status="active")
    world.trainee("T2", firm, account_status=status)
    assert [row["has_account"] for row in trainees(world)] == [True, False]
    assert numbers(world, missing_account=True) == ["T2"]


def test_filters(world: World, firm: int) -> None:
    other = world.company("02")
    trainer = world.trainer("A1", firm)
    world.trainee("T1", firm, exam_period="2027-S", trainer_id=trainer)
    world.trainee("T2", firm, exam_period="2027-W", contract_end="2027-01-31")
    world.trainee("T3", other, terminated_on="2026-12-31")
    assert numbers(world, exam_period="2027-S") == ["T1"]
    assert numbers(world, trainer="A1") == ["T1"]
    assert numbers(world, ending_before="2027-01-31") == ["T3"]
    assert numbers(world, ending_before="2027-02-01") == ["T2", "T3"]
    assert numbers(world, companies=["01"], missing_account=True, exam_period="2027-W") == ["T2"]
    assert numbers(world, chamber="177") == ["T1", "T2", "T3"]


def test_trainee_show(world: World, firms: Companies, people: dict[str, int]) -> None:
    def show(number: str, email: str = "", **where: Any) -> Any:
        chosen = Where(all=True, **where)
        return world.look(lambda tx, scope: tuple(views.trainee(tx, scope, number, chosen)), email)

    world.account(ME)
    world.grant(ME, firms.head, Role.TRAINER, trainer_id=people["head"])
    world.grant(ME, firms.site, Role.CONTRACT_APPLICANT, sites=False)
    world.grant(ME, firms.below, Role.MANAGER)
    kind, birth = 17, 19
    assert show("head-1")[birth] == "2009-02-01"
    assert show("below-1", ME)[birth] == "2009-02-01"
    assert (show("head-1", ME)[kind], show("head-1", ME)[birth]) == ("trainee", None)
    assert (show("site-1", ME)[4], *show("site-1", ME)[17:]) == ("site-1", None, None, None, None, "")
    for number in ("head-2", "other-1", "nobody"):
        with pytest.raises(UnknownTrainee):
            show(number, ME)
    world.trainee("head-1", firms.twin, "188")
    with pytest.raises(SeveralRecords) as raised:
        show("head-1")
    assert raised.value.fields["choices"] == "177:0010000, 188:0020000"
    assert show("head-1", chamber="188")[2] == "0020000"
    assert show("head-1", companies=["0010000"])[2] == "0010000"


def test_a_trainer_in_full(world: World, firm: int) -> None:
    world.account("a1@firm.example")
    world.trainer(
        "A1",
        firm,
        first_name="Änne",
        email="A1@Firm.Example",
        email_key="a1@firm.example",
        aptitude="aevo",
        occupations='["Koch"]',
        valid_from="2020-01-01",
        valid_until=TODAY,
    )
    (row,) = trainers(world)
    assert row == {
        "trainer_number": "A1",
        "chamber": "177",
        "company": "01",
        "first_name": "Änne",
        "last_name": "A1",
        "email": "A1@Firm.Example",
        "aptitude": "aevo",
        "occupations": '["Koch"]',
        "valid_from": "2020-01-01",
        "valid_until": TODAY,
        "has_account": True,
        "as_of": NOW,
        "complete": True,
    }


def test_trainers_that_are_over_or_lack_an_account(world: World, firm: int) -> None:
    for name, state in (("on", "confirmed"), ("off", "locked"), ("new", "unconfirmed")):
        world.account(f"{name}@firm.example", state)
        world.trainer(name, firm, email=f"{name}@firm.example", email_key=f"{name}@firm.example")
    world.trainer("none", firm)
    world.trainer("over", firm, valid_until=YESTERDAY)
    world.trainer("ended", firm, status="ended")
    found = [row["trainer_number"] for row in trainers(world)]
    assert found == ["new", "none", "off", "on"]
    assert [row["trainer_number"] for row in trainers(world, missing_account=True)] == ["new", "none", "off"]
    assert len(trainers(world, all=True)) == 6


def test_trainer_show(world: World, firms: Companies, people: dict[str, int]) -> None:
    def show(**where: Any) -> Any:
        return world.look(lambda tx, scope: tuple(views.trainer(tx, scope, "A", Where(all=True, **where))))

    assert show(companies=["0011000"])[2] == "0011000"
    assert show(chamber="188")[1] == "188"
    with pytest.raises(SeveralRecords):
        show()
    with pytest.raises(UnknownTrainer):
        world.look(lambda tx, scope: views.trainer(tx, scope, "B", Where()))
