"""One canary per secret, through every command and its failures: it turns up where it belongs and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from asta_cli.store import tables as t
from tests.joining.world import ERIKA, MAX, World
from tests.support.cli import Result

PASSWORD = "Kanarienvogel pfeift 4711 mal"
WRONG = "Zaunkönig schweigt 0815 mal"


def everything(world: World) -> str:
    """The whole database as text."""
    with world.store.read() as tx:
        return "\n".join(str(tuple(row)) for table in t.metadata.sorted_tables for row in tx.execute(table.select()))


def walk(world: World) -> tuple[list[Result], list[str]]:
    """Every command of joining, well and badly; what was said, and all secrets that were used."""
    said: list[Result] = []
    files = world.asta.asta.home

    def asta(*argv: object, stdin: str = "", as_: str | None = None) -> None:
        for form in ("text", "json"):
            said.append(world("--debug", "--log-format", form, *argv, stdin=stdin, as_=as_))

    asta("register", ERIKA, "--name", "Erika", "--password-file", "-", stdin=PASSWORD)
    asta("register", MAX, "--name", "Max", "--password-file", "-", stdin=PASSWORD[:8])
    token = world.token()
    asta("confirm", token[:-1] + "x")
    asta("confirm", "-", stdin=token)
    asta("login", ERIKA, "--password-file", "-", stdin=WRONG)
    asta("login", ERIKA, "--password-file", "-", stdin=PASSWORD)
    session = (files / "state" / "asta" / "session").read_text().strip()
    asta("logout")
    asta("password", "reset", ERIKA)
    reset = world.token("password_reset")
    (files / "token.txt").write_text(reset)
    asta("password", "set", ERIKA, "--token-file", files / "token.txt", "--password-file", "-", stdin=PASSWORD[:9])
    asta("password", "set", ERIKA, "--token-file", files / "token.txt", "--password-file", "-", stdin=WRONG)
    company = world.company(email="info@muster.example")
    code = world.letter(company)
    asta("activate", "0001234", "--code-file", "-", stdin=code[:-2], as_=ERIKA)
    asta("activate", "0001234", "--code-file", "-", stdin=world.letter(world.company("0005678")), as_=ERIKA)
    asta("activate", "0001234", "--code-file", "-", stdin=code, as_=ERIKA)
    asta("activate", "0009999", "--code-file", "-", stdin=code, as_=ERIKA)
    return said, [WRONG, token, session, reset, code, code.replace("-", "")]


def test_no_secret_is_said_logged_or_stored(world: World) -> None:
    said, secrets = walk(world)
    shown = "\n".join(r.out + r.err for r in said)
    stored = everything(world)
    for secret in [PASSWORD[8:], *secrets]:
        assert secret not in shown
        assert secret.lower() not in shown.lower()
        assert secret.lower() not in stored.lower()
    assert "argon2" not in shown
    with world.store.read() as tx:
        log = str(tx.execute(t.audit_detail.select()).all()) + str(tx.execute(t.run_change.select()).all())
    assert "argon2" not in log


def test_a_crash_in_the_middle_says_nothing_either(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(self: object, password: str) -> str:
        raise ValueError(password)

    monkeypatch.setattr("asta_cli.credentials.hashing.Hasher.hash", crash)
    done = world("--debug", "register", ERIKA, "--name", "E", "--password-file", "-", stdin=PASSWORD, code=70)
    assert PASSWORD not in done.out + done.err
    assert "ValueError" in done.err


def test_files_of_secrets_are_the_users_alone(world: World) -> None:
    walk(world)
    state = world.asta.asta.home / "state"
    paths: list[Path] = [state / "asta", *(p for p in state.rglob("*") if p.is_file())]
    assert all(path.stat().st_mode & 0o077 == 0 for path in paths)
