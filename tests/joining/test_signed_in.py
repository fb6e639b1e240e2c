"""``access.mode = signed-in``: sessions, tokens, standing in for others, files by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from asta_cli.store import tables as t
from tests.joining.shared import ADMIN, DESK, FAR, HEAD, HERE, OTHER, SITE, THERE, Shared
from tests.joining.world import ERIKA, MAX, PASSWORD
from tests.support.cli import Result


def idents(found: Result) -> list[str]:
    return [row["ident_number"] for row in found.json()]


ALLOWED = ["register neu@firma.example --name Neu", "logout", "password reset erika.muster@example.com"]
CLOSED = [
    "companies list",
    "whoami",
    "perms list",
    "chambers list",
    "trainees list --company 0001000",
    "perms grant x@firma.example --company 0001000 --role manager",
    "tokens list",
    "operators list",
    "import template companies",
    "password set erika.muster@example.com",
    "activate 0001000",
]


@pytest.mark.parametrize("words", ALLOWED)
def test_without_session(shared: Shared, words: str) -> None:
    shared(*words.split(), code=0)


@pytest.mark.parametrize("words", CLOSED)
def test_nothing_else_without_session(shared: Shared, words: str) -> None:
    assert "error[sign_in_required]" in shared(*words.split(), code=77).err


def test_what_a_stranger_registers_says_nothing(shared: Shared) -> None:
    told = shared("register", ERIKA, "--name", "X", code=0)
    assert (
        told.err
        == f"If {ERIKA} can have an account, a message is on its way there. It has to be confirmed within 24 hours.\n"
    )


def test_signing_in(shared: Shared) -> None:
    shared.world.person("neu@firma.example")
    shared("login", "neu@firma.example", "--password-file", "-", stdin=PASSWORD, code=0)
    assert shared("whoami", "--format", "json", code=0).json()["via"] == "session"
    shared("logout", code=0)
    shared("whoami", code=77)


def test_a_session_counts_at_a_pipe_too_and_ends(shared: Shared) -> None:
    shared.login(ERIKA)
    assert idents(shared("companies", "list", "--format", "json", code=0)) == [HEAD, SITE, OTHER]
    shared.world.clock.advance(hours=1.1)
    assert "error[session_ended]" in shared("companies", "list", code=77).err
    shared("logout", code=0)
    assert "error[sign_in_required]" in shared("companies", "list", code=77).err


def test_another_user_of_the_machine_does_not_have_it(shared: Shared) -> None:
    shared.login(ERIKA)
    assert "error[session_ended]" in shared("companies", "list", env={"SUDO_USER": "mallory"}, code=77).err


def test_revoking_counts_for_the_next_command(shared: Shared) -> None:
    shared.login(DESK)
    assert idents(shared("companies", "list", "--format", "json", code=0)) == [HEAD, SITE, OTHER]
    with shared.world.store.write() as tx:
        tx.execute(t.operator.update().where(t.operator.c.email == DESK), {"ended_at": shared.world.clock.text()})
    assert shared("companies", "list", "--format", "json", code=0).json() == []
    with shared.world.store.write() as tx:
        tx.execute(t.account.update().where(t.account.c.email == DESK), {"state": "locked"})
    shared("companies", "list", code=77)


FILES = [
    "companies list --output x.csv",
    "companies list --output -",
    "perms grant --from grants.csv",
    "perms grant --from - --rejects r.csv",
    "perms grant --from - --mapping m.toml",
    "perms grant x@firma.example --company 0001000 --role manager --report changes.csv",
    "password set erika.muster@example.com --password-file p.txt",
    "password set erika.muster@example.com --token-file t.txt",
    "login max.muster@example.com --password-file p.txt",
    "register neu@firma.example --name N --password-file p.txt",
    "register --from people.csv",
    "activate 0001000 --code-file code.txt",
    "tokens create nightly --for 30d --verb whoami --output t",
    "--token-file t whoami",
]


@pytest.mark.parametrize("lang", ["en", "de"])
@pytest.mark.parametrize("words", FILES)
def test_company_people_name_no_files(shared: Shared, tmp_path: Path, words: str, lang: str) -> None:
    for name in ("grants.csv", "people.csv", "p.txt", "code.txt", "m.toml"):
        (tmp_path / name).write_text("email,company,role\n")
    (tmp_path / "t").touch(0o600)
    shared.login(ERIKA)
    before = sorted(tmp_path.iterdir())
    given = "token_ended" if words.startswith("--token-file") else "file_by_name"  # its own account may name one
    assert f"error[{given}]" in shared(*words.split(), cwd=tmp_path, lang=lang, code=77).err
    assert sorted(tmp_path.iterdir()) == before


def test_operators_may(shared: Shared, tmp_path: Path) -> None:
    shared.login(DESK)
    shared("companies", "list", "--format", "csv", "--output", "x.csv", cwd=tmp_path, code=0)
    assert (tmp_path / "x.csv").exists()


def test_rows_come_by_standard_input(shared: Shared) -> None:
    shared.login(ERIKA)
    rows = f"email,company,role\nneu@firma.example,{HEAD},manager\n"
    shared("perms", "grant", "--from", "-", stdin=rows, code=0)
    assert [g["email"] for g in shared.world.rows("access_grant")][-1] == "neu@firma.example"


def test_standing_in_is_a_right_and_is_written_down(shared: Shared) -> None:
    shared.login(DESK)
    assert "error[no_impersonation]" in shared("--as", ERIKA, "whoami", code=77).err
    shared.login(ADMIN)
    assert shared("--as", ERIKA, "whoami", "--format", "json", code=0).json()["stand_in"] == ADMIN
    where = ("--company", HEAD, "--role", "manager")
    shared("--as", ERIKA, "perms", "grant", "neu@firma.example", *where, code=0)
    (entry,) = [e for e in shared("audit", "list", "--format", "json").json() if e["action"] == "perms grant"]
    assert entry["on_behalf_of"] == ERIKA
    assert entry["principal"].endswith(f"({ADMIN})")
    # as somebody else one gains nothing for oneself, and does not come to hold what they sign in with
    assert "error[forbidden]" in shared("--as", ERIKA, "perms", "grant", ADMIN, *where, code=77).err
    choose = ("password", "set", ERIKA, "--password-file", "-")
    assert "error[forbidden]" in shared("--as", ERIKA, *choose, stdin="vier Enten im Schilf", code=77).err
    mint = ("tokens", "create", "x", "--for", "30d", "--verb", "whoami")
    assert "error[forbidden]" in shared("--as", ERIKA, *mint, code=77).err


def test_an_operator_of_a_chamber_stands_in_there_only(shared: Shared) -> None:
    with shared.world.store.write() as tx:
        tx.execute(t.operator.update().where(t.operator.c.email == DESK), {"impersonate": True})
    shared.login(DESK)
    shared("--as", ERIKA, "whoami", code=0)
    for email in (ADMIN, MAX, "nobody@firma.example"):  # an operator of all, one of no chamber, an unknown one
        assert "error[unknown_account]" in shared("--as", email, "whoami", code=77).err
    shared.holds(ERIKA, shared.far, "manager")
    assert "error[unknown_account]" in shared("--as", ERIKA, "whoami", code=77).err


def test_nobody_stands_in_without_signing_in(shared: Shared) -> None:
    for words in ("whoami", "register neu@firma.example --name N"):
        assert "error[sign_in_required]" in shared("--as", ERIKA, *words.split(), code=77).err


def test_operators_decide_about_operators_of_theirs(shared: Shared) -> None:
    add, why = ("operators", "add"), ("--reason", "x")
    shared.login(ERIKA)
    shared(*add, MAX, "--chamber", HERE, *why, code=77)
    shared.login(DESK)
    shared(*add, MAX, "--chamber", HERE, *why, code=0)
    shared(*add, MAX, "--chamber", HERE, *why, code=0)
    for more in (["--chamber", THERE], ["--everywhere"], ["--chamber", HERE, "--impersonate"]):
        shared(*add, MAX, *more, *why, code=77)
    shared(*add, DESK, "--chamber", HERE, "--impersonate", *why, code=77)
    shared(*add, MAX, "--chamber", HERE, code=2)
    shared("operators", "remove", ADMIN, "--everywhere", *why, code=77)
    shared("operators", "remove", ADMIN, *why, code=0)  # what is not theirs to end is neither touched nor named
    shared("operators", "remove", MAX, *why, code=0)
    mails = [m["kind"] for m in shared.world.rows("mail") if m["recipient"] == MAX]
    assert mails[-2:] == ["operator_added", "operator_removed"]
    shared.login(ADMIN)
    shared(*add, MAX, "--chamber", THERE, "--impersonate", *why, code=0)
    assert "error[last_operator]" in shared("operators", "remove", ADMIN, *why, code=5).err
    shared(*add, MAX, "--everywhere", *why, code=0)
    shared("operators", "remove", ADMIN, *why, code=0)
    assert shared("operators", "list", "--format", "json", code=0).json() == []
    open_ = {(o["email"], o["chamber"]) for o in shared.world.rows("operator") if o["ended_at"] is None}
    assert open_ == {(DESK, HERE), (MAX, THERE), (MAX, None)}


def test_an_office_waits_for_the_confirmation(shared: Shared) -> None:
    shared.login(ADMIN)
    shared("operators", "add", "neu@ihk.example", "--chamber", HERE, "--reason", "x", code=0)
    states = {o["email"]: o["state"] for o in shared("operators", "list", "--format", "json").json()}
    assert states == {ADMIN: "active", DESK: "active", "neu@ihk.example": "invited"}
    shared.person("neu@ihk.example")
    shared.login("neu@ihk.example")
    assert shared("whoami", "--format", "json").json()["chambers"] == HERE


def test_the_run_of_an_office_is_not_undone_as_a_run(shared: Shared) -> None:
    shared.login(ADMIN)
    made = shared("operators", "add", MAX, "--everywhere", "--reason", "x", "--format", "json", code=0).json()
    told = shared("runs", "undo", made["run"], "--reason", "x", code=5).err
    assert "asta operators remove" in told


def test_a_token_is_hashed_shown_once_and_good_for_its_commands(shared: Shared) -> None:
    shared.login(ERIKA)
    token = shared.token("--verb", "companies list", "--verb", "perms grant")
    (row,) = shared.world.rows("service_token")
    assert token.encode() not in bytes(row["token_hash"])
    assert row["used_at"] is None
    assert idents(shared.by(token, "companies", "list", "--format", "json", code=0)) == [HEAD, SITE, OTHER]
    assert shared.world.rows("service_token")[0]["used_at"] == shared.world.clock.text()
    rows = f"email,company,role\nneu@firma.example,{SITE},manager\n"
    shared.by(token, "perms", "grant", "--from", "-", stdin=rows, code=0)
    (entry,) = [e for e in shared.world.rows("audit_detail") if "token nightly" in e["payload"]]
    assert ERIKA in entry["payload"]
    for words in ("perms list", "trainees list", "tokens list", "logout --help"):
        code = 0 if "--help" in words else 77
        shared.by(token, *words.split(), code=code)
    assert shared("tokens", "list", "--format", "json").json()[0]["used_at"]
    assert shared.world.mails("token_created", ERIKA)[0]["verbs"] == ["companies list", "perms grant"]


MISNAMED = [
    ("perms gront", "bad_option", ["perms grant"], ["accounts", "perms list"]),
    ("companies nope", "bad_option", ["companies list", "companies show"], ["perms"]),
    ("grant", "bad_option", ["perms grant"], ["accounts"]),
    ("permissions grant", "bad_option", ["perms grant"], ["accounts"]),
    ("nope", "bad_option", ["asta --help"], ["perms list"]),
    ("operators nope", "bad_option", ["operators list"], ["operators add"]),
    ("operators add", "bad_option", ["in person"], []),
    ("", "bad_option", ["asta --help"], []),
]


@pytest.mark.parametrize(("verb", "code", "named", "left_out"), MISNAMED)
def test_a_misnamed_command_is_told_those_there_are(
    shared: Shared, verb: str, code: str, named: list[str], left_out: list[str]
) -> None:
    shared.login(ERIKA)
    told = shared("tokens", "create", "x", "--for", "30d", "--verb", verb, code=2).err
    assert told.startswith(f"asta: error[{code}]: --verb: ")
    hint = told.partition("; ")[2]
    assert [word for word in named if word not in hint] == []
    assert [word for word in left_out if word in hint] == []


def test_no_token_hands_out_power(shared: Shared) -> None:
    shared.login(ERIKA)
    for verb in ("tokens create", "operators add", "password set", "login", "accounts change-email", "db upgrade"):
        shared("tokens", "create", "x", "--for", "30d", "--verb", verb, code=2)
    token = shared.token("--verb", "perms grant")
    admin = ("perms", "grant", MAX, "--company", HEAD, "--role", "administrator")
    assert "error[forbidden]" in shared.by(token, *admin, code=77).err
    rows = f"email,company,role\n{MAX},{HEAD},administrator\n"
    assert "error[forbidden]" in shared.by(token, "perms", "grant", "--from", "-", stdin=rows, code=3).err
    assert "error[no_impersonation]" in shared("--as", MAX, "--token-file", "-", "whoami", stdin=token, code=77).err
    # whatever the table of commands says, the rules are of the same mind
    with shared.world.store.write() as tx:
        verbs = '["operators add", "password set", "perms grant", "tokens create"]'
        tx.execute(t.service_token.update(), {"verbs": verbs})
    for words in (f"operators add {MAX} --everywhere --reason x", "tokens create y --for 30d --verb whoami"):
        assert "error[outside_token]" in shared.by(token, *words.split(), code=77).err


def test_a_token_must_expire_and_does(shared: Shared) -> None:
    shared.login(ERIKA)
    create = ("tokens", "create", "x", "--verb", "whoami")
    for end in ([], ["--for", "367d"], ["--until", "2026-11-22"], ["--for", "1d", "--until", "2026-12-01"]):
        shared(*create, *end, code=2)
    shared("tokens", "create", "x", "--for", "30d", code=2)
    token = shared.token("--verb", "whoami")
    shared.world.clock.advance(days=31)
    assert "error[token_ended]" in shared.by(token, "whoami", code=77).err


def test_a_token_ends_with_what_it_stands_on(shared: Shared) -> None:
    shared.login(DESK)
    token, second = shared.token("--verb", "companies list"), shared.token("--verb", "companies list", name="second")
    shared("tokens", "create", "second", "--for", "30d", "--verb", "whoami", code=5)
    assert len(shared.by(token, "companies", "list", "--format", "json", code=0).json()) == 3
    shared("tokens", "revoke", "nightly", code=0)
    assert "error[token_ended]" in shared.by(token, "companies", "list", code=77).err
    shared("tokens", "revoke", "nightly", code=5)
    shared.login(ADMIN)
    shared("operators", "remove", DESK, "--reason", "x", code=0)
    assert "error[token_ended]" in shared.by(second, "companies", "list", code=77).err
    shared.login(ERIKA)
    third = shared.token("--verb", "companies list")
    with shared.world.store.write() as tx:
        tx.execute(t.account.update().where(t.account.c.email == ERIKA), {"state": "locked"})
    assert "error[token_ended]" in shared.by(third, "companies", "list", code=77).err


def test_a_token_for_single_companies(shared: Shared) -> None:
    shared.login(ERIKA)
    verbs = ("companies list", "companies show", "perms grant", "perms revoke", "perms list", "companies administrable")
    asked = [word for verb in verbs for word in ("--verb", verb)]
    token = shared.token(*asked, "--company", SITE)
    assert idents(shared.by(token, "companies", "list", "--format", "json", code=0)) == [SITE]
    shared.by(token, "companies", "show", HEAD, code=5)
    for company, code in ((SITE, 0), (HEAD, 77), (OTHER, 77)):
        shared.by(token, "perms", "grant", "neu@firma.example", "--company", company, "--role", "manager", code=code)
        shared.by(token, "perms", "revoke", "neu@firma.example", "--company", company, code=code)
    shared.by(token, "perms", "revoke", ERIKA, "--company", OTHER, "--role", "administrator", code=77)
    assert shared.by(token, "perms", "list", "--format", "json", code=0).json() == []
    assert "error[outside_token]" in shared.by(token, "companies", "administrable", code=77).err
    shared("tokens", "create", "far", "--for", "30d", "--verb", "whoami", "--company", FAR, code=5)


def test_a_token_for_single_companies_carries_no_office(shared: Shared) -> None:
    shared.login(DESK)
    shared("tokens", "create", "x", "--for", "30d", "--verb", "companies list", "--company", HEAD, code=5)
    shared.holds(DESK, shared.site, "manager")
    token = shared.token("--verb", "companies list", "--verb", "letters list", "--company", SITE)
    assert idents(shared.by(token, "companies", "list", "--format", "json", code=0)) == [SITE]
    assert shared.by(token, "letters", "list", "--format", "json", code=0).json() == []


def test_a_token_of_a_session_is_no_service_token(shared: Shared) -> None:
    shared.login(ERIKA)
    token = shared.session_file.read_text()
    assert "error[token_ended]" in shared.by(token.strip(), "whoami", code=77).err


def test_a_token_in_a_file_must_be_private(shared: Shared, tmp_path: Path) -> None:
    shared.login(DESK)
    file = tmp_path / "nightly.token"
    shared("tokens", "create", "nightly", "--for", "30d", "--verb", "companies list", "--output", file, code=0)
    assert file.stat().st_mode & 0o777 == 0o600
    shared.session_file.unlink()
    by = {"ASTA_TOKEN_FILE": str(file)}
    shared("companies", "list", env=by, code=0)
    shared.world("companies", "list", env=by, code=0)  # and where everybody is trusted
    file.chmod(0o644)
    assert "error[token_exposed]" in shared("companies", "list", env=by, code=78).err
    file.unlink()
    assert "error[token_missing]" in shared("companies", "list", env=by, code=78).err


def test_where_everybody_is_trusted_as_goes_before_the_token(shared: Shared, tmp_path: Path) -> None:
    file = tmp_path / "t"
    made = ("tokens", "create", "nightly", "--for", "30d", "--verb", "companies list", "--output", str(file))
    shared.world(*made, as_=ERIKA, code=0)
    by = {"ASTA_TOKEN_FILE": str(file)}
    assert shared.world("whoami", "--format", "json", env=by).json()["via"] == "token"
    assert shared.world("whoami", "--format", "json", env=by, as_=MAX).json()["email"] == MAX
    assert "error[outside_token]" in shared.world("perms", "list", env=by, code=77).err
    assert "error[needs_account]" in shared.world(*made[:-2], code=77).err


def test_a_trial_run_makes_no_token(shared: Shared, tmp_path: Path) -> None:
    shared.login(DESK)
    made = ("tokens", "create", "x", "--for", "30d", "--verb", "whoami", "--dry-run")
    assert shared(*made, code=0).out == ""
    shared(*made, "--output", tmp_path / "t", code=0)
    assert not (tmp_path / "t").exists()
    assert shared.world.rows("service_token") == []
