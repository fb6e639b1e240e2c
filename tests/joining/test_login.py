from __future__ import annotations

import stat
from pathlib import Path

import pytest

from asta_cli.core.sessions import ABSOLUTE, IDLE, Session
from asta_cli.core.tokens import token_hash
from asta_cli.run import sessions
from asta_cli.store import tables as t
from tests.joining.world import ERIKA, MAX, OTHER, PASSWORD, World
from tests.support.cli import Asta, Result

NOW = "2026-11-23T09:00:00Z"


def login(world: World, email: str = ERIKA, password: str = PASSWORD, **how: object) -> Result:
    return world("login", email, "--password-file", "-", stdin=password, **how)


def session_file(world: World) -> Path:
    return world.asta.asta.home / "state" / "asta" / "session"


def test_signing_in_leaves_a_token_that_is_nowhere_else(world: World) -> None:
    world.person()
    done = login(world, code=0)
    token = session_file(world).read_text().strip()
    assert stat.S_IMODE(session_file(world).stat().st_mode) == 0o600
    assert len(token) == 52
    assert token not in done.out + done.err
    (session,) = world.rows("session")
    assert bytes(session["token_hash"]) == token_hash(token)
    assert (session["used_at"], session["expires_at"]) == (NOW, "2026-11-23T21:00:00Z")
    assert world.account(ERIKA)["last_sign_in"] == NOW


LONG = "x" * 4000
WAYS = [
    (ERIKA, OTHER),
    (ERIKA, LONG),
    (MAX, PASSWORD),
    ("waiting@example.com", PASSWORD),
    ("without@example.com", PASSWORD),
    ("nobody@example.com", PASSWORD),
]
"""Every way in which address and password do not fit together; Max is locked."""


def everybody(world: World) -> None:
    world.person()
    world.person(MAX)
    world("register", "waiting@example.com", "--name", "W", "--password-file", "-", stdin=PASSWORD, code=0)
    world.person("without@example.com", None)
    with world.store.write() as tx:
        tx.execute(t.account.update().where(t.account.c.email == MAX), {"state": "locked"})


def test_all_refusals_are_alike(world: World) -> None:
    everybody(world)
    told = {login(world, email, password, code=5).err.replace(email, "ADDRESS") for email, password in WAYS}
    assert len(told) == 1
    assert not world.rows("session")
    outcomes = [e["outcome"] for e in world.rows("audit_entry") if e["action"] == "login"]
    assert outcomes == ["refused:sign_in_refused"] * len(WAYS)


def test_all_refusals_cost_the_same_work(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from argon2.low_level import Type, verify_secret

    work: list[tuple[bytes, ...]] = []

    def watched(stored: bytes, secret: bytes, kind: Type) -> bool:
        work.append(tuple(stored.split(b"$")[:4]))
        return verify_secret(stored, secret, kind)

    everybody(world)
    monkeypatch.setattr("argon2._password_hasher.verify_secret", watched)
    for email, password in WAYS:
        login(world, email, password, code=5)
    assert len(work) == len(WAYS)
    assert len(set(work)) == 1


def test_a_malformed_address_is_wrong_usage(world: World) -> None:
    assert "error[bad_email]" in login(world, "nobody", code=2).err


def test_without_a_terminal_the_option_is_named(world: World) -> None:
    assert "--password-file" in world("login", ERIKA, code=2).err


def test_ten_attempts_then_a_wait_that_names_its_end(world: World) -> None:
    world.person()
    for _ in range(10):
        login(world, password=OTHER, code=5)
    throttled = login(world, code=75)  # even the right one
    assert "error[throttled]" in throttled.err
    assert "2026-11-23 10:05:00" in throttled.err
    assert world.account(ERIKA)["state"] == "confirmed"  # nothing is locked
    world.clock.advance(seconds=300)
    login(world, code=0)
    login(world, password=OTHER, code=5)  # the success cleared the count


def test_unknown_addresses_are_throttled_alike(world: World) -> None:
    codes = [login(world, "nobody@example.com", OTHER).code for _ in range(11)]
    assert codes == [5] * 10 + [75]
    assert login(world, "Nobody@EXAMPLE.com", OTHER).code == 75
    login(world, "somebody@example.com", OTHER, code=5)


def test_an_attempt_counts_before_it_is_compared(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that dies while it compares has not guessed for nothing."""

    class Killed(BaseException):
        pass

    def die(*_: object) -> bool:
        raise Killed

    world.person()
    with monkeypatch.context() as patch:
        patch.setattr("asta_cli.credentials.hashing.Hasher.verify", die)
        for _ in range(10):
            login(world, code=70)
    login(world, code=75)


def test_a_hash_with_old_parameters_is_made_anew(world: World) -> None:
    world.person()
    before = world.account(ERIKA)["password_hash"]
    login(world, env={"ASTA_PASSWORD__ARGON2_PASSES": "3"}, code=0)
    after = world.account(ERIKA)["password_hash"]
    assert "t=2" in before
    assert "t=3" in after
    login(world, code=0)


def test_signing_out_ends_the_session(world: World) -> None:
    world.person()
    login(world, code=0)
    token = session_file(world).read_text()
    assert ERIKA in world("logout", code=0).err
    assert not session_file(world).exists()
    session_file(world).write_text(token)
    session_file(world).chmod(0o600)
    (session,) = world.rows("session")
    assert session["ended_at"] == NOW
    world("logout", code=0)
    assert not session_file(world).exists()
    assert "Nobody" in world("logout", code=0).err


@pytest.mark.parametrize(
    ("used", "now", "force"),
    [
        (0, IDLE - 1, True),
        (0, IDLE, False),
        (ABSOLUTE - 60, ABSOLUTE - 1, True),
        (ABSOLUTE - 60, ABSOLUTE, False),
        (0, -3600, True),
        (0, 10 * 365 * 86_400, False),
    ],
)
def test_a_session_ends_to_the_second(used: int, now: int, force: bool) -> None:
    from asta_cli.core.timeline import plus

    session = Session(1, 2, "erika", plus(NOW, used), plus(NOW, ABSOLUTE))
    assert session.in_force(plus(NOW, now), "erika") is force
    assert not session.in_force(plus(NOW, now), "root")


def test_a_use_is_written_down_and_lengthens_the_session(world: World) -> None:
    from asta_cli.core.policy import Asker
    from asta_cli.run import Desk

    world.person()
    login(world, code=0)
    digest = token_hash(session_file(world).read_text())
    user = world.rows("session")[0]["os_user"]
    desk = Desk(world.store, Asker(user), world.clock.text, lambda: world.keys)
    for seconds, used in [(59, NOW), (1, "2026-11-23T09:01:00Z"), (IDLE - 1, "2026-11-23T10:00:59Z")]:
        world.clock.advance(seconds=seconds)
        assert sessions.signed_in(desk, digest) is not None
        assert world.rows("session")[0]["used_at"] == used
    world.clock.advance(seconds=IDLE)
    assert sessions.signed_in(desk, digest) is None
    stranger = Desk(world.store, Asker("somebody"), world.clock.text, lambda: world.keys)
    world.clock.advance(seconds=-IDLE)
    assert sessions.signed_in(stranger, digest) is None
    with world.store.write() as tx:
        tx.execute(t.account.update(), {"state": "locked"})
    assert sessions.signed_in(desk, digest) is None


def test_whoami(world: World) -> None:
    assert world("whoami", "--format", "json", code=0).json()["operator"] is True
    world.person()
    shown = world("whoami", "--format", "json", as_=ERIKA, code=0).json()
    assert (shown["email"], shown["operator"], shown["via"], shown["state"]) == (ERIKA, False, "as", "confirmed")
    assert "error[unknown_account]" in world("whoami", as_=MAX, code=77).err


def test_a_session_counts_at_a_terminal_only(asta_db: Asta, world: World) -> None:
    world.person()
    asta_db.terminal("login", ERIKA, answers=[("Password: ", PASSWORD)], code=0)
    assert ERIKA in asta_db.terminal("whoami", code=0).out
    assert asta_db("whoami", "--format", "json", code=0).json()["operator"] is True
    assert MAX not in asta_db.terminal("whoami", as_=ERIKA, code=0).out
    asta_db.terminal("logout", code=0)
    assert ERIKA not in asta_db.terminal("whoami", code=0).out


def test_nobody_becomes_operator_by_an_ended_session(asta_db: Asta, world: World) -> None:
    world.person()
    asta_db.terminal("login", ERIKA, answers=[("Password: ", PASSWORD)], code=0)
    with world.store.write() as tx:
        tx.execute(t.session.update(), {"expires_at": NOW})
    ended = asta_db.terminal("chambers", "add", "178", "--name", "X", code=77)
    assert "error[session_ended]" in ended.out
    assert [c["number"] for c in world.rows("chamber")] == ["177"]
    asta_db.terminal("login", ERIKA, answers=[("Password: ", PASSWORD)], code=0)
    assert ERIKA in asta_db.terminal("whoami", code=0).out


def test_a_file_open_to_others_is_not_trusted(asta_db: Asta, world: World) -> None:
    world.person()
    login(world, code=0)
    session_file(world).chmod(0o644)
    assert "error[session_exposed]" in asta_db.terminal("whoami", code=78).out
