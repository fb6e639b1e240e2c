"""What a password must be: long, and not guessable (NIST SP 800-63B-4, 3.1.1.2). No rules on kinds of characters.

A password is brought to Unicode NFKC and its code points are counted. The list of common passwords is a kept one and is
handed in (``asta_cli.credentials``); what only this portal can know is judged here: words of its own and of the person,
repeats, and runs along the alphabet or the keyboard. Such parts are not forbidden, they only do not count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from itertools import pairwise

from asta_cli.core.errors import N_, AstaError, Status

SHORTEST = 15
LONGEST = 128
_BARE = 8  # what has to be left beside guessable parts
_RUN = 4
_WORD = 3
_OWN_WORDS = frozenset(
    {"asta", "infocenter", "ihk", "kammer", "portal", "konto", "azubi", "ausbildung", "ausbilder", "betrieb"}
    | {"passwort", "kennwort", "password"}
)
_LINES = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertzuiopü",
    "asdfghjklöä",
    "yxcvbnm",
    "qwertyuiop",
    "zxcvbnm",
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_STEPS = tuple(frozenset(pairwise(line)) for forth in _LINES for line in (forth, forth[::-1]))


class WeakPassword(AstaError):
    """A password that is not accepted. ``fields["reasons"]`` has the code of each reason; the class is the first's."""

    code = "weak_password"
    status = Status.REFUSED
    reason = ""
    hint = N_("take several words that do not belong together; any characters and blanks are allowed")


class TooShort(WeakPassword):
    """Fewer than 15 characters."""

    reason = "too_short"
    message = N_("the password has {length} characters, {shortest} is the least")


class TooLong(WeakPassword):
    """More than 128 characters."""

    reason = "too_long"
    message = N_("the password has {length} characters, {longest} is the most")
    hint = N_("shorten it")


class BadCharacter(WeakPassword):
    """A control character or half of a surrogate pair: no two keyboards or terminals send those alike."""

    reason = "bad_character"
    message = N_("the password contains a control character")
    hint = N_("if it comes from a file: only the password may stand there, on one line")


class Repeated(WeakPassword):
    """A short piece, again and again."""

    reason = "repeated"
    message = N_("the password repeats itself")


class OwnWords(WeakPassword):
    """Hardly anything but words that belong to the person, the company or the portal."""

    reason = "own_words"
    message = N_("the password is little more than names that belong to you, your company or this portal")


class Sequence(WeakPassword):
    """Hardly anything but runs along the alphabet, the digits or the keyboard."""

    reason = "sequence"
    message = N_("the password is little more than neighbouring letters, digits or keys")


class Common(WeakPassword):
    """A password, or a pattern, that is among the first to be tried."""

    reason = "common"
    message = N_("the password is among the first that an attacker tries")


def normal(password: str) -> str:
    """*password* in the form that is judged and hashed: Unicode NFKC, nothing trimmed."""
    return unicodedata.normalize("NFKC", password)


def judge(password: str, context: Iterable[str], common: Callable[[str], bool]) -> str:
    """The :func:`normal` form of *password* if it may be used.

    *context* are texts from which words are taken that an attacker knows: name, e-mail address, company, chamber.
    *common* tells whether a password is on the list of common ones; it is asked only if nothing else is wrong. Raises
    :class:`WeakPassword`, which never contains the password.
    """
    password = normal(password)
    weak = _form(password) or _substance(password, _words(context)) or ([Common] if common(password) else [])
    if weak:
        reasons = tuple(error.reason for error in weak)
        raise weak[0](length=len(password), shortest=SHORTEST, longest=LONGEST, reasons=reasons)
    return password


def _form(password: str) -> list[type[WeakPassword]]:
    weak: list[type[WeakPassword]] = []
    if len(password) < SHORTEST:
        weak.append(TooShort)
    if len(password) > LONGEST:
        weak.append(TooLong)
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in password):
        weak.append(BadCharacter)
    return weak


def _substance(password: str, words: Iterable[str]) -> list[type[WeakPassword]]:
    plain = _plain(password)
    if _period(plain) < SHORTEST and 2 * _period(plain) <= len(plain):
        return [Repeated]
    wordless = _without(plain, words)
    bare = _without_runs(wordless)
    if len(bare) >= _BARE:
        return []
    weak: list[type[WeakPassword]] = []
    if len(wordless) < len(plain):
        weak.append(OwnWords)
    if len(bare) < len(wordless):
        weak.append(Sequence)
    return weak


def _plain(text: str) -> str:
    return text.casefold()


def _words(context: Iterable[str]) -> set[str]:
    found = {word for text in context for word in re.split(r"[\W_]+", _plain(normal(text)))} | _OWN_WORDS
    return {spelt for word in found for spelt in (word, word.translate(_UMLAUTS)) if len(spelt) >= _WORD}


def _without(text: str, words: Iterable[str]) -> str:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.sub("|".join(map(re.escape, longest_first)), "", text)


def _period(text: str) -> int:
    """The length of the shortest piece that, repeated and cut off somewhere, gives *text*."""
    return next(n for n in range(1, len(text) + 1) if text[n:] == text[:-n])


def _without_runs(text: str) -> str:
    """*text* with each run of at least four equal or neighbouring characters reduced to nothing."""
    left: list[str] = []
    start = 0
    while start < len(text):
        length = max(_run_length(text, start, steps) for steps in (*_STEPS, None))
        if length < _RUN:
            left.append(text[start])
            length = 1
        start += length
    return "".join(left)


def _run_length(text: str, start: int, steps: frozenset[tuple[str, str]] | None) -> int:
    end = start + 1
    while end < len(text) and (text[end] == text[start] if steps is None else (text[end - 1], text[end]) in steps):
        end += 1
    return end - start
