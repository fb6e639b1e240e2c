"""Settings: precedence, origins, wrong values, the file to start from."""

from __future__ import annotations

import json
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest

from asta_cli.cli.settings_page import without_password
from asta_cli.settings.paths import data_home, own_file, state_home, user_file
from asta_cli.settings.reading import keys
from tests.support.cli import Asta

NAMES = {
    "database_url", "chamber", "as", "mail_url", "secret_key_file", "token_file", "register_source", "register_mapping",
    "access.mode", "access.system_user", "tokens.longest_days", "import.store_birth_date", "import.lock_wait",
    "portal.confirm_url", "letters.valid_days", "perms.manager_may_grant_trainer", "perms.invitation_days",
    "perms.remind_days", "exam.trainer_may_register", "password.argon2_memory_kib", "password.argon2_passes",
    "password.argon2_lanes", "sqlite.journal", "sqlite.lock_timeout", "mail.sender", "mail.timeout",
}  # fmt: skip


def configure(asta: Asta, text: str) -> Path:
    file = asta.home / "config" / "asta" / "config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def shown(asta: Asta, *options: str, **env: str) -> dict[str, Any]:
    rows = asta(*options, "config", "show", "--origin", "--format", "json", env=env, code=0).json()
    return {row["name"]: (row["value"], row["origin"]) for row in rows}


def test_all_settings_are_shown_and_documented_by_name(asta: Asta) -> None:
    assert set(shown(asta)) == NAMES == {".".join(key) for key in keys()}


def test_defaults(asta: Asta) -> None:
    settings = shown(asta)
    assert settings["database_url"] == (f"sqlite:///{asta.home}/data/asta/asta.db", "default")
    assert settings["mail_url"] == (f"dir://{asta.home}/state/asta/mail", "default")
    assert settings["letters.valid_days"] == (30, "default")
    assert settings["perms.manager_may_grant_trainer"] == (False, "default")
    assert settings["chamber"] == ("", "default")


def test_options_before_environment_before_file_before_default(asta: Asta) -> None:
    file = configure(asta, 'database_url = "sqlite:///file.db"\nchamber = "010"\nas = "file@x.example"\n')
    env = {"ASTA_DATABASE_URL": "sqlite:///env.db", "ASTA_CHAMBER": "020"}
    settings = shown(asta, "--database", "sqlite:///option.db", **env)
    assert settings["database_url"] == ("sqlite:///option.db", "--database")
    assert settings["chamber"] == ("020", "ASTA_CHAMBER")
    assert settings["as"] == ("file@x.example", str(file))
    assert shown(asta, **env)["database_url"] == ("sqlite:///env.db", "ASTA_DATABASE_URL")
    assert shown(asta, "--as", "me@x.example")["as"] == ("me@x.example", "--as")
    assert shown(asta, ASTA_AS="you@x.example")["as"] == ("you@x.example", "ASTA_AS")


def test_an_empty_variable_is_not_set(asta: Asta) -> None:
    assert shown(asta, ASTA_CHAMBER="", ASTA_CONFIG="")["chamber"] == ("", "default")


def test_sections_of_file_and_environment_meet(asta: Asta) -> None:
    file = configure(asta, "[password]\nargon2_passes = 4\nargon2_lanes = 2\n[import]\nlock_wait = 5\n")
    settings = shown(asta, ASTA_PASSWORD__ARGON2_LANES="3", ASTA_IMPORT__STORE_BIRTH_DATE="true")
    assert settings["password.argon2_passes"] == (4, str(file))
    assert settings["password.argon2_lanes"] == (3, "ASTA_PASSWORD__ARGON2_LANES")
    assert settings["import.store_birth_date"] == (True, "ASTA_IMPORT__STORE_BIRTH_DATE")
    assert settings["import.lock_wait"] == (5, str(file))


def test_a_named_file_is_the_only_one(asta: Asta, tmp_path: Path) -> None:
    configure(asta, 'chamber = "010"\n')
    other = tmp_path / "other.toml"
    other.write_text("letters.valid_days = 7\n")
    for settings in (shown(asta, "--config", str(other)), shown(asta, ASTA_CONFIG=str(other))):
        assert settings["letters.valid_days"] == (7, str(other))
        assert settings["chamber"] == ("", "default")
    assert shown(asta, "--config", "/dev/null")["chamber"] == ("", "default")


@pytest.mark.parametrize("name", ["DATABASE_URL", "MAIL_URL"])
def test_an_address_from_a_file(asta: Asta, tmp_path: Path, name: str) -> None:
    secret = tmp_path / "address"
    secret.write_text("smtp://host:25\n")
    assert shown(asta, **{f"ASTA_{name}_FILE": str(secret)})[name.lower()] == ("smtp://host:25", f"ASTA_{name}_FILE")


def test_value_and_file_together_are_refused(asta: Asta) -> None:
    env = {"ASTA_MAIL_URL": "smtp://a", "ASTA_MAIL_URL_FILE": "/dev/null"}
    assert "ASTA_MAIL_URL and ASTA_MAIL_URL_FILE are both set" in asta("config", "show", env=env, code=78).err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("leters.valid_days = 3", "there is no setting leters; did you mean letters?"),
        ("letters.valid_day = 3", "there is no setting letters.valid_day; did you mean letters.valid_days?"),
        ("zzz = 3", "there is no setting zzz; asta config show lists the settings"),
        ("letters = 3", "letters must be a section with settings"),
        ("letters.valid_days = 0", "letters.valid_days must be at least 1"),
        ("letters.valid_days = 99999", "letters.valid_days must be at most 3660"),
        ('letters.valid_days = "many"', "letters.valid_days must be a number"),
        ("letters.valid_days = 1.5", "letters.valid_days must be a number"),
        ("letters.valid_days = true", "letters.valid_days must be a number"),
        ("import.store_birth_date = 7", "import.store_birth_date must be true or false"),
        ("chamber = 10", "chamber must be a text in quotes"),
        ('sqlite.journal = "memory"', "sqlite.journal must be one of delete, wal"),
        ("password.argon2_memory_kib = 1024", "password.argon2_memory_kib must be at least 19456"),
        ('lang = "de"', "there is no setting lang"),
    ],
)
def test_a_wrong_file_is_told_with_file_and_key(asta: Asta, text: str, said: str) -> None:
    file = configure(asta, text + "\n")
    err = asta("config", "show", code=78).err
    assert err.startswith(f"asta: error[config]: {file}: {said}")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ASTA_LETTERS__VALID_DAYS", "many", "ASTA_LETTERS__VALID_DAYS: letters.valid_days must be a number"),
        ("ASTA_LETTERS__VALID_DAY", "3", "ASTA_LETTERS__VALID_DAY: there is no setting letters.valid_day"),
        ("ASTA_LETTERS", "many", "ASTA_LETTERS: letters must be a section"),
        ("ASTA_LETTERS", "[3]", "ASTA_LETTERS: letters must be a section"),
        ("ASTA_ACCESS__MODE", "open", "ASTA_ACCESS__MODE: access.mode must be one of trusted, signed-in"),
        ("ASTA_MAIL_URL_FILE", "/no/such", "/no/such cannot be read: there is no such file or directory"),
        ("ASTA_CONFIG", "/no/such", "/no/such cannot be read: there is no such file or directory"),
        ("ASTA_CONFIG", "/", "/ cannot be read: it is a directory"),
        ("ASTA_CONFIG", "/" + "x" * 300, "/" + "x" * 300 + " cannot be read: the name is too long"),
    ],
)
def test_a_wrong_variable_is_told_by_name(asta: Asta, name: str, value: str, said: str) -> None:
    assert asta("config", "show", env={name: value}, code=78).err.startswith(f"asta: error[config]: {said}")


@pytest.mark.parametrize(("content", "place"), [(b"a = 1\nb c\n", " (at line 2, column 3)"), (b"a = '\xff'\n", "")])
def test_what_is_no_toml(asta: Asta, content: bytes, place: str) -> None:
    file = configure(asta, "")
    file.write_bytes(content)
    assert asta("config", "show", code=78).err.startswith(f"asta: error[config]: {file} is no TOML file{place};")


def test_no_error_repeats_a_value(asta: Asta) -> None:
    configure(asta, 'mail_url = ["s3cret"]\nletters.valid_days = "s3cret"\npassword.s = "s3cret"\n')
    told = asta("--debug", "config", "show", code=78)
    assert "s3cret" not in told.out + told.err


def test_passwords_in_addresses_are_hidden(asta: Asta) -> None:
    env = {
        "ASTA_DATABASE_URL": "postgresql://u:s3cret@h1,h2/db?sslpassword=s3cret",
        "ASTA_MAIL_URL": "smtps://u:s3@cret@h",
    }
    for format in ("toml", "json"):
        told = asta("config", "show", "--origin", "--format", format, env=env, code=0).out
        assert "s3" not in told
        assert "postgresql://u:***@h1,h2/db?sslpassword=***" in told
        assert "smtps://u:***@h" in told


@pytest.mark.parametrize(
    ("address", "harmless"),
    [
        ("sqlite:////a:b@c/x.db", "sqlite:////a:b@c/x.db"),
        ("postgresql://u@h/db", "postgresql://u@h/db"),
        ("postgresql://u:p/w@h/db", "postgresql://u:***@h/db"),
        ("postgresql:///db?password=x&host=y", "postgresql:///db?password=***&host=y"),
        ("postgresql:///db?PassFile=x", "postgresql:///db?PassFile=***"),
        ("no address", "no address"),
    ],
)
def test_without_password(address: str, harmless: str) -> None:
    assert without_password(address) == harmless


def test_what_is_shown_is_a_configuration_file(asta: Asta, tmp_path: Path) -> None:
    configure(asta, 'chamber = "010"\nletters.valid_days = 9\n')
    copy = tmp_path / "copy.toml"
    copy.write_text(asta("config", "show", "--origin", code=0).out)
    again = shown(asta, "--config", str(copy))
    assert (again["chamber"][0], again["letters.valid_days"][0]) == ("010", 9)


def test_path(asta: Asta) -> None:
    assert asta("config", "path", code=0).out == f"{asta.home}/config/asta/config.toml\n"
    assert asta("--config", "x.toml", "config", "path", code=0).out == "x.toml\n"
    assert asta("config", "path", env={"ASTA_CONFIG": "/y.toml"}, code=0).out == "/y.toml\n"


def test_init_explains_every_setting_and_sets_none(asta: Asta) -> None:
    told = asta("config", "init", code=0)
    file = asta.home / "config" / "asta" / "config.toml"
    assert str(file) in told.err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    text = file.read_text()
    assert tomllib.loads(text).keys() <= {name.partition(".")[0] for name in NAMES}
    assert all(origin == "default" for _value, origin in shown(asta).values())
    uncommented = "\n".join(line[2:] if " = " in line and line.startswith("# ") else line for line in text.splitlines())
    lines = tomllib.loads(uncommented)
    flat = {f"{k}.{i}" for k, v in lines.items() if isinstance(v, dict) for i in v}
    assert flat | {k for k, v in lines.items() if not isinstance(v, dict)} == NAMES


def test_init_overwrites_nothing(asta: Asta) -> None:
    file = configure(asta, "# mine\n")
    assert "exists already" in asta("config", "init", code=5).err
    assert file.read_text() == "# mine\n"


def test_init_where_nothing_can_be_written(asta: Asta) -> None:
    assert "cannot be written" in asta("--config", "/dev/null/x.toml", "config", "init", code=78).err


def test_init_quietly(asta: Asta) -> None:
    told = asta("-q", "config", "init", code=0)
    assert (told.out, told.err) == ("", "")


def test_base_directories(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/erika")
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "ASTA_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    assert data_home() == Path("/home/erika/.local/share/asta")
    assert state_home() == Path("/home/erika/.local/state/asta")
    assert user_file() == own_file(None) == Path("/home/erika/.config/asta/config.toml")
    monkeypatch.setenv("XDG_DATA_HOME", "relative/path")
    assert data_home() == Path("/home/erika/.local/share/asta")
    monkeypatch.setenv("XDG_DATA_HOME", "/srv/data")
    assert data_home() == Path("/srv/data/asta")


def test_json_output_is_utf8_and_has_no_null(asta: Asta) -> None:
    told = asta("config", "show", "--format", "json", env={"ASTA_MAIL__SENDER": "büro@x.example"}, code=0).out
    assert "büro@x.example" in told
    assert None not in [row["value"] for row in json.loads(told)]
