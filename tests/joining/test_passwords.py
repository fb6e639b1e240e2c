from __future__ import annotations

from pathlib import Path

import pytest

from asta_cli.store import tables as t
from tests.joining.world import ERIKA, MAX, OTHER, PASSWORD, World
from tests.support.cli import Asta, Result

HOUR = 3600


def set_password(world: World, email: str = ERIKA, password: str = OTHER, **how: object) -> Result:
    return world("password", "set", email, "--password-file", "-", stdin=password, **how)


def by_token(world: World, token: str, email: str = ERIKA, password: str = OTHER, **how: object) -> Result:
    path = world.asta.asta.home / "token.txt"
    path.write_text(token + "\n")
    return (
        set_password(world, email, password, **how)
        if not token
        else world("password", "set", email, "--token-file", path, "--password-file", "-", stdin=password, **how)
    )


def login(world: World, password: str, **how: object) -> Result:
    return world("login", ERIKA, "--password-file", "-", stdin=password, **how)


@pytest.fixture
def reset(world: World) -> World:
    """Erika has forgotten her password and asked for a mail."""
    world.person()
    world("password", "reset", ERIKA, code=0)
    return world


def test_as_the_account_itself(world: World) -> None:
    world.person()
    done = world(
        "password", "set", ERIKA, "--password-file", "-", "--format", "json", stdin=OTHER, as_=ERIKA, code=0
    ).json()
    assert (done["updated"], done["email"]) == (1, ERIKA)
    login(world, PASSWORD, code=5)
    login(world, OTHER, code=0)
    (mail,) = world.mails("password_changed", ERIKA)
    assert mail == {"at": world.clock.text(), "name": "Erika Muster"}


@pytest.mark.parametrize("as_", [None, MAX])
def test_nobody_else_chooses_it(world: World, as_: str | None) -> None:
    world.person()
    world.person(MAX)
    before = world.account(ERIKA)["password_hash"]
    refused = set_password(world, as_=as_, code=77)
    assert "asta password reset" in refused.err
    assert set_password(world, "nobody@example.com", as_=as_, code=77).err.count("forbidden") == 1
    assert world.account(ERIKA)["password_hash"] == before


def test_not_before_the_address_is_confirmed(world: World) -> None:
    world("register", ERIKA, "--name", "E", code=0)
    assert "error[not_confirmed]" in set_password(world, as_=ERIKA, code=77).err


@pytest.mark.parametrize("password", ["vierzehn Zeich", "passwordpassword", "Erika Muster Muster Erika", "y" * 129])
def test_a_weak_one_is_refused(world: World, password: str) -> None:
    world.person()
    refused = set_password(world, password=password, as_=ERIKA, code=5)
    assert "error[weak_password]" in refused.err
    assert password not in refused.err
    login(world, PASSWORD, code=0)


def test_the_other_sessions_end(world: World) -> None:
    world.person()
    world.person(MAX)
    for _ in range(2):
        login(world, PASSWORD, code=0)
    world("login", MAX, "--password-file", "-", stdin=PASSWORD, code=0)
    set_password(world, as_=ERIKA, code=0)
    assert [bool(s["ended_at"]) for s in world.rows("session")] == [True, True, False]


def test_ones_own_session_goes_on(asta_db: Asta, world: World) -> None:
    world.person()
    asta_db.terminal("login", ERIKA, answers=[("Password: ", PASSWORD)], code=0)
    answers = [("New password: ", OTHER), ("once more: ", OTHER)]
    login(world, PASSWORD, code=0)  # takes the place of the session file, so that one is the terminal's
    asta_db.terminal("login", ERIKA, answers=[("Password: ", PASSWORD)], code=0)
    asta_db.terminal("password", "set", ERIKA, answers=answers, code=0)
    assert [bool(s["ended_at"]) for s in world.rows("session")] == [True, True, False]
    assert ERIKA in asta_db.terminal("whoami", code=0).out


def test_with_the_token_of_a_reset_mail(reset: World) -> None:
    by_token(reset, reset.token("password_reset"), code=0)
    login(reset, OTHER, code=0)
    assert [r["principal"] for r in reset.rows("run") if r["command"] == "password set"] == [ERIKA]


def test_a_token_works_once_and_ends_all_others(reset: World) -> None:
    reset("password", "reset", ERIKA, code=0)
    first, second = (reset.token("password_reset", number=n) for n in (0, 1))
    assert first != second
    by_token(reset, first, code=0)
    for token in (first, second):
        refused = by_token(reset, token, password=PASSWORD, code=5)
        assert "error[used]" in refused.err
        assert "asta password reset" in refused.err
    login(reset, OTHER, code=0)


@pytest.mark.parametrize(("seconds", "code"), [(HOUR - 1, 0), (HOUR, 5), (HOUR + 1, 5)])
def test_a_token_is_good_for_an_hour_to_the_second(reset: World, seconds: int, code: int) -> None:
    reset.clock.advance(seconds=seconds)
    done = by_token(reset, reset.token("password_reset"), code=code)
    assert ("error[expired]" in done.err) is (code == 5)


def test_tokens_of_others_and_of_another_purpose(reset: World) -> None:
    reset.person(MAX)
    reset("password", "reset", MAX, code=0)
    for token, code in [
        (reset.token("password_reset", MAX), "foreign_token"),
        (reset.token("confirm"), "foreign_token"),
        ("0" * 48, "foreign_token"),
        ("abc", "bad_token"),
    ]:
        refused = by_token(reset, token, code=5)
        assert f"error[{code}]" in refused.err
        assert token not in refused.err
    login(reset, PASSWORD, code=0)


def test_a_locked_account_gets_no_password(reset: World) -> None:
    with reset.store.write() as tx:
        tx.execute(t.account.update(), {"state": "locked"})
    assert "error[account_blocked]" in by_token(reset, reset.token("password_reset"), code=5).err


def test_a_reset_says_the_same_to_everybody_about_everybody(world: World) -> None:
    world.person()
    world.person(MAX)
    world("register", "waiting@example.com", "--name", "W", code=0)
    for form in ("text", "json"):
        told = set()
        for as_ in (None, MAX):
            for address in (ERIKA, "waiting@example.com", "nobody@example.com"):
                done = world("password", "reset", address, "--format", form, as_=as_, code=0)
                shown = {**done.json(), "run": "", "seconds": 0} if form == "json" else {}
                told.add((done.err + str(shown)).replace(address, "ADDRESS"))
        assert len(told) == 1
    assert len(world.mails("password_reset", ERIKA)) == 3  # and no more in a quarter of an hour
    assert len(world.mails("confirm", "waiting@example.com")) == 3
    assert not world.mails("password_reset", "nobody@example.com")
    assert {m["recipient"] for m in world.rows("mail")} == {ERIKA, MAX, "waiting@example.com"}


def test_a_password_chosen_later(world: World) -> None:
    """Registered by the chamber from a file: no password until the person asks for one."""
    world.person(ERIKA, None)
    world("password", "reset", ERIKA, code=0)
    by_token(world, world.token("password_reset"), code=0)
    login(world, OTHER, code=0)


def test_wrong_usage(world: World, tmp_path: Path) -> None:
    world.person()
    assert "--password-file" in world("password", "set", ERIKA, as_=ERIKA, code=2).err
    world("password", "set", ERIKA, "--token-file", tmp_path / "none", code=2)
    assert "error[bad_email]" in world("password", "reset", "nobody", code=2).err
    assert "error[bad_email]" in set_password(world, "nobody", as_=ERIKA, code=2).err
