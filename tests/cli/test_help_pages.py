"""The help of every command, in both languages: whole, translated as a whole, with examples that can be typed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from asta_cli.cli import i18n
from asta_cli.cli.app import root
from asta_cli.cli.command import Group

LANGUAGES = ("en", "de")
# Words that no German sentence has; a hyphen before them makes them part of an option.
ENGLISH = re.compile(
    r"(?<![-\w.])(the|and|or|of|with|this|that|only|by|is|are|from|to|usage|options?|examples?|default|required)\b",
    re.IGNORECASE,
)
UMLAUT_OR_ARTICLE = re.compile(r"[äöüß]|(?<![-\w.])(der|die|das|ein|eine|einen|und|oder|mit)\b", re.IGNORECASE)
BESIDES = re.compile(r"\s(<|>>?|\|)\s.*")  # what the shell sees of an example


@dataclass(frozen=True)
class Page:
    """What a command says about itself. ``texts``: its help and that of each parameter, by name."""

    verb: bool
    texts: dict[str, str]
    examples: tuple[str, ...]
    shown: str


@cache
def pages(language: str) -> dict[str, Page]:
    """The help of all commands by their words, as *language* has it."""
    with i18n.speaking(language):
        return dict(_walk(root(), ("asta",), None))


def _walk(command: Any, words: tuple[str, ...], parent: Any) -> Iterator[tuple[str, Page]]:
    ctx = command.context_class(command, info_name=words[-1], parent=parent)
    texts = {"": command.help or ""} | {p.name: p.help or "" for p in command.get_params(ctx)}
    group = isinstance(command, Group)
    yield " ".join(words), Page(not group, texts, tuple((command.epilog or "").splitlines()), command.get_help(ctx))
    for name in command.list_commands(ctx) if group else ():
        yield from _walk(command.get_command(ctx, name), (*words, name), ctx)


COMMANDS = sorted(pages("en"))
VERBS = [words for words in COMMANDS if pages("en")[words].verb]
EXAMPLES = [(words, line) for words in VERBS for line in pages("en")[words].examples]


def test_the_whole_tree_is_walked() -> None:
    assert {"asta", "asta perms", "asta perms grant", "asta import snapshot", "asta whoami"} <= set(COMMANDS)
    assert sorted(pages("de")) == COMMANDS


@pytest.mark.parametrize("words", VERBS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_verb_explains_itself_each_parameter_and_has_examples(language: str, words: str) -> None:
    page = pages(language)[words]
    assert [name for name, text in page.texts.items() if not text.strip()] == []
    assert page.examples
    assert all(line in page.shown for line in page.examples), "examples are there to be copied: never wrapped"


@pytest.mark.parametrize("words", COMMANDS)
def test_every_text_is_translated(words: str) -> None:
    english, german = (pages(language)[words].texts for language in LANGUAGES)
    assert english.keys() == german.keys()
    assert [text for name, text in german.items() if text == english[name]] == []


@pytest.mark.parametrize("words", COMMANDS)
def test_no_page_mixes_languages(words: str) -> None:
    english, german = (_prose(pages(language)[words]) for language in LANGUAGES)
    assert [line for line in german.splitlines() if ENGLISH.search(line)] == []
    assert [line for line in english.splitlines() if UMLAUT_OR_ARTICLE.search(line)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("words", [w for w in COMMANDS if not pages("en")[w].verb])
def test_the_line_of_a_verb_in_the_list_is_its_first_sentence(language: str, words: str) -> None:
    """An abbreviation with a full stop would cut it off in the middle."""
    known = pages(language)
    shown = " ".join(known[words].shown.split())
    for name in (n for n in known if n.rpartition(" ")[0] == words and words != "asta"):
        sentence = re.match(r".*?(?=\.\s|\.?$)", known[name].texts[""].partition("\n\n")[0])
        assert sentence is not None
        assert f"{name.rpartition(' ')[2]} {sentence[0]}" in shown


@pytest.mark.parametrize(("words", "line"), EXAMPLES, ids=[line for _words, line in EXAMPLES])
def test_an_example_is_about_its_command_and_can_be_typed(words: str, line: str) -> None:
    call = re.search(r"\basta (?:--(?:as|config|lang) \S+ )?(.*?)(?:\)\"|$)", line)
    assert call is not None
    typed = shlex.split(BESIDES.sub("", call[1]))
    nouns = words.split()[1:]
    assert typed[: len(nouns)] == nouns
    command = root()
    for noun in nouns:
        command = command.get_command(None, noun)
    command.make_context(words, typed[len(nouns) :])  # raises for what it does not take


def _prose(page: Page) -> str:
    """The page without its examples, and without the values that options take."""
    text = page.shown
    for line in sorted(page.examples, key=len, reverse=True):
        text = text.replace(line, "")
    return re.sub(r"<[^>]*>", "", text)
