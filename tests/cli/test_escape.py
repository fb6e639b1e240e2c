"""Whatever stands in data, a terminal shows it and does nothing else."""

from __future__ import annotations

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from asta_cli.cli import escape

ANY = st.text(st.characters(), max_size=60)  # lone surrogates, too
NASTY = st.text(st.sampled_from('a\x1b[]\r\n\t\x07\x9b\x7f\u202e\u2066\u2028\u200b\ufeff"\\\ud800ü●'), max_size=30)


def harmful(char: str) -> bool:
    """What a terminal may act on or hide, in the words of Unicode rather than in those of the module."""
    return unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} or unicodedata.bidirectional(char) in {
        "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN"
    }  # fmt: skip


@given(ANY | NASTY)
def test_nothing_harmful_remains(text: str) -> None:
    assert not any(map(harmful, escape.visible(text)))


@given(ANY | NASTY)
def test_escaping_twice_changes_nothing_more(text: str) -> None:
    once = escape.visible(text)
    assert escape.visible(once) == once


@given(ANY | NASTY)
def test_json_stays_the_same_json(text: str) -> None:
    written = json.dumps({"key": text}, ensure_ascii=False, indent=2)
    safe = escape.visible_json(written)
    assert json.loads(safe) == json.loads(written)
    assert not any(map(harmful, safe.replace("\n", "")))


@given(ANY | NASTY)
def test_lines_keep_their_ends_and_nothing_else(text: str) -> None:
    left = escape.visible_lines(text).replace("\r\n", "").replace("\n", "").replace("\t", "")
    assert not any(map(harmful, left))


def test_what_is_harmless_stays_as_it_is() -> None:
    for text in ("Jörg Müller-Lüdenscheidt", "Straße 5 · 2. OG", "● kein Konto", "日本 שלום", 'a,"b"\\'):
        assert escape.visible(text) == text
    assert escape.visible_lines("a;b\r\nc\td\n") == "a;b\r\nc\td\n"


def test_how_it_is_written() -> None:
    assert escape.visible("\x1b[31m\n\x9b\u202e\U000e0041") == "\\x1b[31m\\x0a\\x9b\\u202e\\U000e0041"
    assert escape.visible_lines("a\rb\r\n") == "a\\x0db\r\n"


def test_shortening() -> None:
    assert escape.shorten("abcdef", 6) == "abcdef"
    assert escape.shorten("abcdefg", 6) == "abcde…"
