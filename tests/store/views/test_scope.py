"""Who sees what: every role, every limit of a grant, and the rules of policy as the one truth."""

from __future__ import annotations

from typing import Any

import pytest

from asta_cli.core.facts import Needs
from asta_cli.core.matrix import Toggles
from asta_cli.core.model import Permission, Role
from asta_cli.store import load, views
from asta_cli.store import tables as t
from asta_cli.store.db import Tx
from asta_cli.store.views import CompaniesWhere, Scope, TraineesWhere, TrainersWhere, View
from tests.store.views.conftest import Companies
from tests.store.views.world import EARLIER, LATER, NOW, World

COMPANY = "chamber ident_number name parent city email status active as_of complete"
TRAINER = (
    "trainer_number chamber company first_name last_name email aptitude occupations valid_from valid_until "
    "has_account as_of complete"
)
TRAINEE = (
    "trainee_number chamber company first_name last_name occupation specialisation contract_start contract_end "
    "terminated_on exam_period trainer_number account_status has_account days_left as_of complete"
)
ME = "me@firm.example"
TREE = {"0010000", "0011000", "0011100"}


def all_companies(tx: Tx, scope: Scope) -> View:
    return views.companies(tx, scope, CompaniesWhere(all=True))


def open_companies(tx: Tx, scope: Scope) -> View:
    return views.companies(tx, scope, CompaniesWhere())


def all_trainers(tx: Tx, scope: Scope) -> View:
    return views.trainers(tx, scope, TrainersWhere())


def all_trainees(tx: Tx, scope: Scope) -> View:
    return views.trainees(tx, scope, TraineesWhere())


def idents(world: World, view: Any, columns: str, key: str, email: str = ME) -> list[str]:
    return [row[key] for row in world.rows(columns, view, email)]


def test_the_operator_sees_every_chamber(world: World, people: dict[str, int]) -> None:
    companies = [(r["chamber"], r["ident_number"]) for r in world.rows(COMPANY, open_companies)]
    assert companies == [("177", i) for i in ("0010000", "0011000", "0011100", "0020000")] + [("188", "0020000")]
    assert len(world.rows(TRAINER, all_trainers)) == len(people)
    assert len(world.rows(TRAINEE, all_trainees)) == 2 * len(people)


def test_without_a_grant_nothing_is_seen(world: World, people: dict[str, int]) -> None:
    world.account(ME)
    for columns, view in ((COMPANY, all_companies), (TRAINER, all_trainers), (TRAINEE, all_trainees)):
        assert world.rows(columns, view, ME) == []


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.MANAGER])
def test_administrators_and_managers_see_everything_below(
    world: World, firms: Companies, people: dict[str, int], role: Role
) -> None:
    world.account(ME)
    world.grant(ME, firms.head, role)
    assert set(idents(world, open_companies, COMPANY, "ident_number")) == TREE
    assert set(idents(world, all_companies, COMPANY, "ident_number")) == TREE | {"0012000"}
    assert set(idents(world, all_trainers, TRAINER, "company")) == TREE | {"0012000"}  # the trainer's record is open
    seen = world.rows(TRAINEE, all_trainees, ME)
    assert {r["company"] for r in seen} == TREE | {"0012000"}
    assert all(r["occupation"] == "Bäcker/in" for r in seen)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.MANAGER])
def test_without_sites_only_the_company_itself(
    world: World, firms: Companies, people: dict[str, int], role: Role
) -> None:
    world.account(ME)
    world.grant(ME, firms.head, role, sites=False)
    assert idents(world, all_companies, COMPANY, "ident_number") == ["0010000"]
    assert idents(world, all_trainees, TRAINEE, "trainee_number") == ["head-1", "head-2"]


def test_with_and_without_sites_together(world: World, firms: Companies) -> None:
    world.account(ME)
    world.grant(ME, firms.site, Role.ADMINISTRATOR)
    world.grant(ME, firms.other, Role.MANAGER, sites=False)
    assert idents(world, all_companies, COMPANY, "ident_number") == ["0011000", "0011100", "0020000"]


def test_a_trainer_sees_themselves_and_whom_they_train(world: World, firms: Companies, people: dict[str, int]) -> None:
    world.account(ME)
    world.trainer("B", firms.head)
    world.trainee("below-too", firms.below, trainer_id=people["head"])  # of another company: not shown
    world.grant(
        ME, firms.head, Role.TRAINER, trainer_id=people["head"], sites=True
    )  # a trainer's never holds for sites
    assert idents(world, all_companies, COMPANY, "ident_number") == ["0010000"]
    trainers = world.rows(TRAINER, all_trainers, ME)
    assert [(r["trainer_number"], r["company"]) for r in trainers] == [("A", "0010000")]
    (trainee,) = world.rows(TRAINEE, all_trainees, ME)
    assert (trainee["trainee_number"], trainee["occupation"]) == ("head-1", "Bäcker/in")


def test_a_trainer_without_record_sees_the_company_only(world: World, firms: Companies, people: dict[str, int]) -> None:
    world.account(ME)
    world.grant(ME, firms.head, Role.TRAINER)
    assert idents(world, all_companies, COMPANY, "ident_number") == ["0010000"]
    assert world.rows(TRAINER, all_trainers, ME) == world.rows(TRAINEE, all_trainees, ME) == []


def test_a_contract_applicant_sees_names(world: World, firms: Companies, people: dict[str, int]) -> None:
    world.account(ME)
    world.grant(ME, firms.site, Role.CONTRACT_APPLICANT)
    assert idents(world, all_companies, COMPANY, "ident_number") == ["0011000", "0011100"]
    assert world.rows(TRAINER, all_trainers, ME) == []
    seen = world.rows(TRAINEE, all_trainees, ME)
    assert [r["trainee_number"] for r in seen] == ["below-1", "below-2", "site-1", "site-2"]
    told = {"trainee_number", "chamber", "company", "first_name", "last_name", "as_of", "complete"}
    assert all(row[key] is None for row in seen for key in TRAINEE.split() if key not in told)
    assert seen[0]["last_name"] == "below-1"


def test_what_is_not_shown_cannot_be_asked_for(world: World, firms: Companies, people: dict[str, int]) -> None:
    world.account(ME)
    world.grant(ME, firms.site, Role.CONTRACT_APPLICANT)
    world.grant(ME, firms.site, Role.TRAINER, trainer_id=people["site"])
    asked = {
        "missing_account": True,
        "exam_period": "2027-S",
        "trainer": "A",
        "ending_before": "2030-01-01",
    }
    for option, value in asked.items():
        where = TraineesWhere(**{option: value})  # type: ignore[arg-type]
        seen = world.seen(TRAINEE, lambda tx, scope, where=where: views.trainees(tx, scope, where), ME)  # type: ignore[misc]
        assert set(seen) <= {"site-1"}, option


def test_names_and_more_of_different_companies(world: World, firms: Companies, people: dict[str, int]) -> None:
    world.account(ME)
    world.grant(ME, firms.head, Role.CONTRACT_APPLICANT)
    world.grant(ME, firms.below, Role.MANAGER)
    seen = world.rows(TRAINEE, all_trainees, ME)
    assert {r["company"] for r in seen if r["occupation"]} == {"0011100"}
    assert {r["company"] for r in seen if not r["occupation"]} == {"0010000", "0011000", "0012000"}


LIMITS = {
    "not begun": {"valid_from": LATER},
    "expired this second": {"valid_until": NOW},
    "ended": {"ended_at": EARLIER},
}


@pytest.mark.parametrize("limit", LIMITS)
def test_a_grant_that_is_not_in_force_shows_nothing(
    world: World, firms: Companies, people: dict[str, int], limit: str
) -> None:
    world.account(ME)
    for role in Role:
        world.grant(ME, firms.head, role, trainer_id=people["head"], **LIMITS[limit])
    for columns, view in ((COMPANY, all_companies), (TRAINER, all_trainers), (TRAINEE, all_trainees)):
        assert world.rows(columns, view, ME) == []


@pytest.mark.parametrize("state", ["unconfirmed", "locked", "disabled"])
def test_only_a_confirmed_account_sees_anything(world: World, firms: Companies, state: str) -> None:
    world.account(ME, state)
    world.grant(ME, firms.head)
    assert world.rows(COMPANY, all_companies, ME) == []


def test_a_grant_on_an_ended_company_shows_nothing(world: World, firms: Companies, people: dict[str, int]) -> None:
    world.account(ME)
    for role in Role:
        world.grant(ME, firms.closed, role, trainer_id=people["closed"])
    for columns, view in ((COMPANY, all_companies), (TRAINER, all_trainers), (TRAINEE, all_trainees)):
        assert world.rows(columns, view, ME) == []


def test_a_circle_of_head_offices_ends(world: World, firms: Companies) -> None:
    world.account(ME)
    world.grant(ME, firms.head)
    world.write(t.company.update().where(t.company.c.id == firms.head).values(parent_id=firms.below))
    assert set(idents(world, open_companies, COMPANY, "ident_number")) == TREE


@pytest.mark.parametrize("toggles", [Toggles(), Toggles(True, True)], ids=["default", "switched on"])
@pytest.mark.parametrize("sites", [True, False])
@pytest.mark.parametrize("role", list(Role))
def test_reach_is_what_policy_says(world: World, firms: Companies, role: Role, sites: bool, toggles: Toggles) -> None:
    world.toggles = toggles
    world.account(ME)
    world.grant(ME, firms.head, role, sites=sites)

    def compare(tx: Tx, scope: Scope) -> None:
        facts = load.load(tx, Needs(company_ids=set(vars(firms).values())), NOW)
        for permission in Permission:
            query = t.company.select().where(scope.within(tx, t.company.c.id, permission))
            found = {row.id for row in tx.execute(query)}
            assert found == {c.id for c in facts.by_id.values() if scope.may(permission, c, facts)}, permission

    world.look(compare, ME)
