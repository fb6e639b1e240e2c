"""Texts that name a command: what stands in it can be pasted, what stands beside it reads as it is."""

from __future__ import annotations

import shlex
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from hypothesis import given
from hypothesis import strategies as st

from asta_cli.cli.phrases import fill
from scripts import catalogue

EMAIL = "o'brien&co@example.com"
QUOTED = shlex.quote(EMAIL)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "{email} has gone; asta accounts show {email} tells why",
            f"{EMAIL} has gone; asta accounts show {QUOTED} tells why",
        ),
        ("asta --as {email} password set {email}, or not", f"asta --as {QUOTED} password set {QUOTED}, or not"),
        ("first: asta runs undo {email}: {email}", f"first: asta runs undo {QUOTED}: {EMAIL}"),
        ("asta: {email}", f"asta: {EMAIL}"),
        ("asta made a mistake ({email})", f"asta made a mistake ({EMAIL})"),
        ("no command for {email}", f"no command for {EMAIL}"),
    ],
)
def test_what_stands_in_a_command_is_quoted(text: str, told: str) -> None:
    assert fill(text, {"email": EMAIL}) == told


@given(st.text())
def test_a_shell_reads_it_back(value: str) -> None:
    assert shlex.split(fill("asta perms {value} --y", {"value": value})) == ["asta", "perms", value, "--y"]


def test_plain_values_stay_as_they_are() -> None:
    assert fill("asta login {email}", {"email": "erika@example.com"}) == "asta login erika@example.com"


@pytest.fixture(scope="module")
def translations() -> Catalog:
    return catalogue.read(catalogue.LOCALES / "de" / "LC_MESSAGES" / "asta.po")


def test_the_same_is_quoted_in_both_languages(translations: Catalog) -> None:
    """A translator's punctuation decides as ours does."""
    found = 0
    for message in translations:
        if isinstance(message.id, str) and isinstance(message.string, str) and "asta " in message.id:
            names = dict.fromkeys(fields(message.id), "a b")
            counted = [fill(text, names).count("'a b'") for text in (message.id, message.string)]
            assert counted[0] == counted[1], message.id
            found += counted[0] > 0
    assert found > 20


def fields(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name]
