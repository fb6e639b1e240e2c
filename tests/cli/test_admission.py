"""The one gate for files by name knows every option and argument that takes a path."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from asta_cli.cli import admission, i18n
from asta_cli.cli.app import root
from asta_cli.cli.command import Group
from asta_cli.core.service_tokens import NEVER

NO_PATHS = {
    *("ACTION", "COMMAND", "COMPANY", "EMAIL", "FIELD=VALUE", "ID", "IDENT", "IDENT_NUMBER", "KIND", "NAME", "NO"),
    *("NUMBER", "PERIOD", "PERMISSION", "SERVICE", "SHELL", "STATE", "TEXT", "TOKEN", "FIELD", "A,B", "A,-B", "CHAR"),
    *("30d", "60s", "90d", "CITY", "DAY", "DAY|never", "N", "N|P%", "TIME", "NEW"),
}
WORDS = ("file", "dir", "path", "output", "report", "rejects", "csv", "mapping", "from_")
"""Parts of names of parameters that are about files, whatever their metavar says."""
NOT_ABOUT_FILES = {"companies set from_file", "trainers set from_file", "trainees set from_file"}


def parameters(language: str) -> list[tuple[str, Any]]:
    """Every parameter of every command, with the words of the command."""

    def walk(command: Any, words: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        if isinstance(command, Group):
            for name in command.list_commands(None):
                yield from walk(command.get_command(None, name), (*words, name))
        else:
            yield from ((" ".join(words), param) for param in command.params)

    with i18n.speaking(language):
        return list(walk(root(), ()))


PARAMETERS = parameters("en")


def test_what_is_a_path_is_one_in_every_language() -> None:
    english, german = ({(verb, p.name) for verb, p in parameters(lang) if p.names_files} for lang in ("en", "de"))
    assert english == german


def test_every_metavar_is_known_to_be_a_path_or_not() -> None:
    unknown = {p.metavar for _, p in PARAMETERS if p.metavar and not p.names_files} - NO_PATHS
    assert unknown == set(), "say in tests/cli/test_admission.py what they are"


def test_nothing_that_sounds_like_a_file_is_missed() -> None:
    heard = {f"{verb} {p.name}" for verb, p in PARAMETERS if any(word in p.name for word in WORDS)}
    seen = {f"{verb} {p.name}" for verb, p in PARAMETERS if p.names_files}
    missed = {one for one in heard - seen - NOT_ABOUT_FILES if not one.endswith("_format")}
    assert missed == set()
    assert {"perms grant from_file", "companies list output", "letters issue csv", "import snapshot files"} <= seen


def test_every_command_that_is_told_apart_exists() -> None:
    verbs = {verb for verb, _ in PARAMETERS} | {"logout"}
    named = admission.OPEN | admission.MACHINE | admission.WORK | admission.ELSEWHERE | admission.NEVER_ASKED | NEVER
    assert named - verbs <= {"db upgrade", "db init", "config path", "config init", "demo"}  # without any option


@pytest.mark.parametrize("argv", [["--version"], ["--help"], ["perms", "grant", "--help"]])
def test_neither_version_nor_help_looks_at_the_settings(argv: list[str], tmp_path: Path) -> None:
    probe = (
        "import sys; opened = []; sys.addaudithook(lambda e, a: opened.append(str(a[0])) if e == 'open' else None)\n"
        f"sys.argv = ['asta', *{argv!r}]\nfrom asta_cli.__main__ import run\nrun()\n"
        "sys.exit(any('/asta/config.toml' in name for name in opened) or 7)"
    )
    env = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", probe], env=env, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 7, done.stderr
