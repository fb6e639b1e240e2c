from __future__ import annotations

import pytest

from tests.joining.world import CHAMBER, ERIKA, MAX, PASSWORD, World

KEYS = ["email", "name", "chamber", "state", "language", "created_at", "last_sign_in"]


@pytest.fixture
def people(world: World) -> World:
    """Erika is confirmed and has signed in; Max has registered with the chamber, in German."""
    world.person()
    world("login", ERIKA, "--password-file", "-", stdin=PASSWORD, code=0)
    world("register", MAX, "--name", "Max Müller", "--chamber", CHAMBER, lang="de", code=0)
    return world


def test_the_operator_sees_everybody(people: World) -> None:
    now = people.clock.text()
    erika, max_ = people("accounts", "list", "--format", "json", code=0).json()
    assert list(erika)[:7] == KEYS
    assert [erika[k] for k in KEYS] == [ERIKA, "Erika Muster", "", "confirmed", "en", now, now]
    assert [max_[k] for k in KEYS] == [MAX, "Max Müller", CHAMBER, "unconfirmed", "de", now, ""]


def test_others_see_themselves(people: World) -> None:
    assert people("accounts", "list", "--format", "ids", as_=ERIKA, code=0).lines == [ERIKA]
    assert people("accounts", "show", ERIKA, "--format", "json", as_=ERIKA, code=0).json()["email"] == ERIKA
    known = people("accounts", "show", MAX, as_=ERIKA, code=5).err
    unknown = people("accounts", "show", "nobody@example.com", as_=ERIKA, code=5).err
    assert known.replace(MAX, "A") == unknown.replace("nobody@example.com", "A")


def test_filters(people: World) -> None:
    assert people("accounts", "list", "--format", "ids", "--chamber", CHAMBER, code=0).lines == [MAX]
    assert people("accounts", "list", "--format", "ids", "--state", "confirmed", code=0).lines == [ERIKA]
    people("accounts", "list", "--chamber", "999", code=5)


def test_no_listing_shows_what_one_signs_in_with(people: World) -> None:
    for form in ("table", "json", "csv"):
        assert "argon2" not in people("accounts", "list", "--format", form, "--wide", code=0).out


def test_wrong_usage(people: World) -> None:
    assert "error[bad_email]" in people("accounts", "show", "nobody", code=2).err
