"""The catalogues: complete, current, with the same fields as their originals, and really spoken."""

from __future__ import annotations

import ast
import gettext
import json
import os
import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message

from asta_cli.cli import i18n
from asta_cli.cli.i18n import _, ngettext
from scripts import catalogue
from tests.support.cli import Asta
from tests.support.inprocess import AstaInProcess

FILES = sorted(catalogue.LOCALES.glob("*/LC_MESSAGES/asta.po"))


@pytest.fixture(scope="module")
def template() -> Catalog:
    return catalogue.extract()


@pytest.fixture(params=FILES, ids=lambda file: file.parts[-3])
def translations(request: pytest.FixtureRequest) -> Catalog:
    return catalogue.read(request.param)


def texts(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def fields(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(text) if name is not None}


def test_there_is_a_german_catalogue() -> None:
    assert [file.parts[-3] for file in FILES] == ["de"]


def test_the_sources_are_searched(template: Catalog) -> None:
    assert len(template) > 300
    assert "the disk is full" in template
    assert "Options" in template, "what Typer says itself is translated too"


def test_texts_are_found_wherever_they_are_marked() -> None:
    source = """
ask(f"{what} [{_('y/N')}]")
ngettext("{n} row", "{n} rows", n)
Option(metavar="FILE", help=N_("Some" " text."))
_(variable); ngettext("{n} row", many, n); _(""); other("unmarked")
"""
    found = [("y/N",), ("{n} row", "{n} rows"), ("FILE",), ("Some text.",)]
    assert list(catalogue.marked(ast.parse(source))) == found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parts[-3])
def test_the_catalogue_has_exactly_the_texts_of_the_sources(file: Path, template: Catalog) -> None:
    now = file.read_text(encoding="utf-8")
    assert catalogue.updated(catalogue.read(file), template) == now, "run: python -m scripts.catalogue"


def test_everything_is_translated(translations: Catalog) -> None:
    assert catalogue.untranslated(translations) == []


def test_nothing_is_obsolete_or_doubtful(translations: Catalog) -> None:
    assert list(translations.obsolete) == []
    assert [message.id for message in translations if message.id and message.fuzzy] == []


def test_translations_have_the_fields_of_their_originals(translations: Catalog) -> None:
    for message in translations:
        for string in strings(message) if message.id else []:
            allowed = set().union(*map(fields, texts(message)))
            assert fields(string) <= allowed, f"{message.id!r} does not have all fields of {string!r}"
            lost = fields(texts(message)[-1]) - fields(string) if string else set()
            assert not lost or message.pluralizable, f"{lost} is lost in {string!r}"


def test_translations_can_be_filled(translations: Catalog) -> None:
    for message in translations:
        for string in strings(message) if message.id else []:
            string.format(**dict.fromkeys(fields(string), "x"))


def test_translations_begin_and_end_like_their_originals(translations: Catalog) -> None:
    for message in translations:
        for text, string in zip(texts(message), strings(message), strict=False):
            if message.id and string:
                for pattern in (r"^\s*", r"\s*$"):
                    ends = [found[0] for found in (re.search(pattern, text), re.search(pattern, string)) if found]
                    assert ends[0] == ends[1], f"{text!r} and {string!r} differ in blanks"


def test_german_addresses_people_formally(translations: Catalog) -> None:
    familiar = re.compile(r"\b(du|dich|dir|dein|deine|deinem|deinen|deiner|deines|euch|euer|eure)\b", re.IGNORECASE)
    found = [s for m in translations if m.id for s in strings(m) if familiar.search(re.sub(r"\bdir\b", "", s))]
    assert found == []


# --- speaking


def test_help_is_german_as_a_whole(asta: Asta) -> None:
    shown = asta("--help", lang="de", code=0).out
    for german in ("Aufruf:", "Optionen:", "Beispiele:", "Zugang", "Berechtigungen"):
        assert german in shown
    for english in ("Usage", "Options", "Examples", "Show", "Language", "default", "COMMAND"):
        assert english not in shown


def test_help_of_a_verb_is_german_as_a_whole(asta: Asta) -> None:
    shown = asta("completion", "--help", lang="de", code=0).out
    assert "Argumente:" in shown
    for english in ("Usage", "Arguments", "Options", "required", "Print", "Show"):
        assert english not in shown


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["nosuch"], "asta: Fehler[usage]: "),
        (["config", "show", "--nosuch"], "asta: Fehler[usage]: "),
        (["completion", "csh"], "asta: Fehler[bad_option]: "),
    ],
)
def test_errors_are_german_and_their_codes_are_not(asta: Asta, argv: list[str], said: str) -> None:
    shown = asta(*argv, lang="de", code=2).err
    assert shown.replace("error[", "Fehler[").startswith(said)
    assert not re.search(r"\b(no|the|there|lists|possible)\b", shown)


def test_json_keys_and_codes_do_not_change_with_the_language(asta: Asta) -> None:
    english, german = (json.loads(asta("--log-format", "json", "nosuch", lang=lang).err) for lang in ("en", "de"))
    assert english.keys() == german.keys()
    assert english["code"] == german["code"] == "usage"
    assert english["message"] != german["message"]


def test_the_option_is_stronger_than_the_environment(asta: Asta) -> None:
    assert "Aufruf:" in asta("--lang", "de", "--help", lang="en").out
    assert "Usage:" in asta("--lang=en", "--help", lang="de").out


def test_the_locale_counts_when_nothing_else_is_said(asta: Asta) -> None:
    assert "Aufruf:" in asta("--help", lang="", env={"LC_ALL": "de_DE.UTF-8"}).out
    assert "Usage:" in asta("--help", lang="", env={"LC_ALL": "fr_FR.UTF-8"}).out


def test_speaking_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LANGUAGE", raising=False)
    before = (i18n.current(), gettext.textdomain())
    with i18n.speaking("de"):
        assert i18n.current() == "de"
        assert _("Options") == gettext.gettext("Options") == "Optionen"
        with i18n.speaking("en"):
            assert _("Options") == gettext.gettext("Options") == "Options"
        assert _("Options") == "Optionen"
    assert (i18n.current(), gettext.textdomain()) == before
    assert "LANGUAGE" not in os.environ


def test_an_empty_text_stays_empty() -> None:
    with i18n.speaking("de"):
        assert _("") == ""


def test_plural_forms() -> None:
    with i18n.speaking("en"):
        assert [ngettext("{n} row", "{n} rows", n) for n in (0, 1, 2)] == ["{n} rows", "{n} row", "{n} rows"]


def test_an_unknown_language_falls_back_to_the_originals() -> None:
    assert i18n.catalogue("xx").gettext("Options") == "Options"


SAYS_NO = [
    (
        ("perms", "grant", "a@b.example", "--company", "0 1", "--role", "manager", "--reason", "r"),
        "letters (A-Z, a-z), digits, hyphens",
        "Buchstaben (A-Z, a-z), Ziffern, Bindestriche",
    ),
    (("chambers", "set", "x", "--name", "X"), "1 to 8 digits", "1 bis 8 Ziffern"),
    (("password", "set", "a@b.example", "--token-file", "no/such"), "no such file", "keine solche Datei"),
    (("password", "set", "a@b.example", "--token-file", "."), "it is a directory", "ein Verzeichnis"),
    (("perms", "grant", "--from", "file/x.csv"), "not a directory", "kein Verzeichnis"),
    (("letters", "issue", "--from", "file", "--csv", "file"), "another file than", "eine andere Datei als"),
]


@pytest.mark.parametrize(("asked", "english", "german"), SAYS_NO, ids=lambda v: v[0] if isinstance(v, tuple) else "")
def test_what_is_possible_and_why_a_file_cannot_be_read_is_said_in_words(
    asta_inproc: AstaInProcess, asked: tuple[str, ...], english: str, german: str
) -> None:
    asta_inproc("chambers", "add", "177", "--name", "IHK", code=0)
    (asta_inproc.asta.home / "file").write_text("company\n")
    assert english in asta_inproc(*asked, lang="en").err
    told = asta_inproc(*asked, lang="de").err
    assert german in told
    assert english not in told
