"""Eight at once: exactly one wins, the others are told so, and nothing is written twice."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from tests.joining.world import ERIKA, OTHER, PASSWORD, World
from tests.support.cli import Asta
from tests.support.race import Runner, race

EIGHT = range(8)


@pytest.fixture
def today(world: World) -> World:
    """The processes look at the machine's clock."""
    world.clock.now = datetime.now(UTC)
    return world


def test_one_of_eight_people_activates(asta_db: Asta, today: World) -> None:
    people = [today.person(f"p{n}@example.com", None) for n in EIGHT]
    code = today.letter(today.company(email="info@muster.example"))
    asked = ("activate", "0001234", "--code-file", "-", "--format", "json")
    results = race(asta_db, [Runner(asked, code, person) for person in people])
    assert Counter(r.code for r in results) == {0: 1, 5: 7}
    assert {p["code"] for r in results for p in r.json()["problems"]} == {"used"}
    (grant,) = today.rows("access_grant")
    assert grant["email_key"] == people[[r.code for r in results].index(0)]
    assert len(today.rows("job")) == len(today.mails("company_activated")) == 1


def test_one_person_eight_times_at_once_activates_once(asta_db: Asta, today: World) -> None:
    today.person()
    code = today.letter(today.company())
    results = race(asta_db, [Runner(("activate", "0001234", "--code-file", "-"), code, ERIKA) for _ in EIGHT])
    assert {r.code for r in results} == {0}
    assert len(today.rows("access_grant")) == len(today.rows("job")) == 1


def test_one_of_eight_confirms_and_all_are_content(asta_db: Asta, today: World) -> None:
    today("register", ERIKA, "--name", "Erika", "--password-file", "-", stdin=PASSWORD, code=0)
    results = race(asta_db, [Runner(("confirm", today.token(), "--format", "json")) for _ in EIGHT])
    assert {r.code for r in results} == {0}
    assert Counter(r.json()["updated"] for r in results) == {1: 1, 0: 7}


def test_eight_registrations_make_one_account(asta_db: Asta, today: World) -> None:
    spellings = [ERIKA, "Erika.Muster@EXAMPLE.com"] * 4
    results = race(asta_db, [Runner(("register", each, "--name", "E", "--format", "json")) for each in spellings])
    assert {r.code for r in results} == {0}
    assert Counter(r.json()["created"] for r in results) == {1: 1, 0: 7}
    assert len(today.rows("account")) == len(today.rows("link")) == 1


def test_a_reset_token_sets_one_password(asta_db: Asta, today: World) -> None:
    today.person()
    today("password", "reset", ERIKA, code=0)
    token = asta_db.home / "token.txt"
    token.write_text(today.token("password_reset"))
    asked = ("password", "set", ERIKA, "--token-file", token, "--password-file", "-", "--format", "json")
    results = race(asta_db, [Runner(asked, f"{OTHER} {n}") for n in EIGHT])
    assert Counter(r.code for r in results) == {0: 1, 5: 7}
    assert {p["code"] for r in results for p in r.json()["problems"]} == {"used"}
    winner = [r.code for r in results].index(0)
    today("login", ERIKA, "--password-file", "-", stdin=f"{OTHER} {winner}", code=0)


def test_ten_of_sixteen_guesses_at_once_are_looked_at(asta_db: Asta, today: World) -> None:
    today.person()
    asked = Runner(("login", ERIKA, "--password-file", "-"), OTHER)
    results = race(asta_db, [asked] * 16)
    assert Counter(r.code for r in results) == {5: 10, 75: 6}
