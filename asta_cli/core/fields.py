"""Readers of single values: text as people and registers write it -> the one form in which it is kept.

The text arrives trimmed and in NFC (``rows.Row``). Every reader raises :class:`BadField` for what it cannot take. They
are called for each cell of files with millions of rows, so repeated values are answered from bounded caches.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import TypeVar

from asta_cli.core.errors import N_, BadForm, Phrase
from asta_cli.core.model import AccountStatus, Aptitude, Role, TraineeKind

E = TypeVar("E")
_DAYS_CACHED = 1 << 16
_TEXTS_CACHED = 1 << 13  # values may be 4 KiB long: a hostile file must not fill the memory


class BadField(Exception):
    """A value that cannot be taken. ``code`` is a row problem's code, ``fields`` fill the places of its message.

    It is turned into a ``Problem`` or a typed error, never shown by itself. It carries no part of the value: whoever
    catches it knows the value, and whether it may be shown.
    """

    def __init__(self, code: str, **fields: object) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields


def read_option(name: str, text: str, reader: Callable[[str], E], example: str) -> E:
    """*text*, given for the option *name*, as *reader* understands it. Raises BadForm, which shows *example*."""
    try:
        return reader(text)
    except BadField as bad:
        raise BadForm(option=name, value=text, choices=example) from bad


# --- numbers that are names -------------------------------------------------------------------------------------------

_IDENT = re.compile(r"[0-9A-Za-z/-]{1,20}")
_IDENT_RULE = Phrase(N_("1 to 20 letters (A-Z, a-z), digits, hyphens and slashes"))
_CHAMBER_RULE = Phrase(N_("1 to 8 digits"))


def ident_number(text: str) -> str:
    """An Identnummer: 1 to 20 of letters, digits, ``-`` and ``/``. It is text: leading zeros and case count."""
    if _IDENT.fullmatch(text) is None:
        raise BadField("bad_value", expected=_IDENT_RULE)
    return text


def chamber_number(text: str) -> str:
    """The number of a chamber: one to eight digits, leading zeros kept."""
    if not (text.isascii() and text.isdigit() and len(text) <= 8):
        raise BadField("bad_value", expected=_CHAMBER_RULE)
    return text


def postal_code(text: str) -> str:
    """A German postal code: five digits."""
    if not (len(text) == 5 and text.isascii() and text.isdigit()):
        raise BadField("bad_postal_code")
    return text


def establishment_number(text: str) -> str:
    """A Betriebsnummer: seven digits and the check digit in one of the two ways in use.

    The check digit is the digit sum of the first seven, weighted 1, 2, 1, 2, 1, 2, 1 with the digits of each product
    added up, modulo 10; or that plus 5, modulo 10.
    """
    if not (len(text) == 8 and text.isascii() and text.isdigit()):
        raise BadField("bad_establishment_number")
    *seven, check = (int(c) for c in text)
    total = sum(seven[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in seven[1::2])
    if check not in (total % 10, (total + 5) % 10):
        raise BadField("bad_establishment_number")
    return text


# --- days and periods -------------------------------------------------------------------------------------------------

# A year that begins with 0 is one of two digits in disguise; years with two digits are refused, not guessed.
_GERMAN_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([1-9][0-9]{3})")
_ISO_DAY = re.compile(r"([1-9][0-9]{3})-([0-9]{2})-([0-9]{2})")


@lru_cache(_DAYS_CACHED)
def read_date(text: str) -> str:
    """A day of the calendar, written ``31.07.2027`` (``1.8.2027`` too) or ``2027-07-31``, as ISO text."""
    if found := _GERMAN_DAY.fullmatch(text):
        day, month, year = found.groups()
    elif found := _ISO_DAY.fullmatch(text):
        year, month, day = found.groups()
    else:
        raise BadField("bad_date")
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        raise BadField("bad_date") from None


_CANONICAL_PERIOD = re.compile(r"([1-9][0-9]{3})-?([sw])")
_SUMMER = re.compile(r"(?:sommer|summer)([1-9][0-9]{3})")
_WINTER = re.compile(r"winter([1-9][0-9]{3})(?:/([0-9]{2}|[0-9]{4}))?")
_PERIOD_RULE = "Sommer 2027, Winter 2026/27"


@lru_cache(_TEXTS_CACHED)
def exam_period(text: str) -> str:
    """A Prüfungszeitraum as ``2027-S`` or ``2026-W``; a winter has the year in which it begins.

    Taken are ``Sommer 2027``, ``summer 2027``, ``Winter 2026/27``, ``Winter 2026/2027``, ``winter 2026`` and the form
    itself. The second year of a winter has to be the one after the first.
    """
    plain = "".join(text.lower().split())
    if found := _CANONICAL_PERIOD.fullmatch(plain):
        return f"{found[1]}-{found[2].upper()}"
    if found := _SUMMER.fullmatch(plain):
        return f"{found[1]}-S"
    found = _WINTER.fullmatch(plain)
    if found is None or (found[2] and not str(int(found[1]) + 1).endswith(found[2])):
        raise BadField("bad_choice", expected=_PERIOD_RULE)
    return f"{found[1]}-W"


# --- words from a closed list -----------------------------------------------------------------------------------------

_FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"} | dict.fromkeys("-_./:*()", ""))


def fold(text: str) -> str:
    """*text* for comparing words: without case, blanks, ``- _ . / : * ( )`` and the choice between ``ä`` and ``ae``."""
    return "".join(text.casefold().translate(_FOLD).split())


def _chooser(words: Mapping[E, Sequence[str]]) -> Callable[[str], E]:
    """A reader of the *words*; the first spelling of each is shown to whoever writes something else."""
    known = {fold(word): value for value, spellings in words.items() for word in (str(value), *spellings)}
    expected = ", ".join(spellings[0] for spellings in words.values())

    @lru_cache(1 << 10)
    def choose(text: str) -> E:
        value = known.get(fold(text))
        if value is None:
            raise BadField("bad_choice", expected=expected)
        return value

    return choose


aptitude = _chooser(
    {
        Aptitude.AEVO: ("aevo (AEVO-Prüfung)", "AEVO-Prüfung"),
        Aptitude.EXEMPT: ("exempt (befreit)", "befreit"),
        Aptitude.EQUIVALENT: ("equivalent (gleichgestellt)", "gleichgestellt"),
        Aptitude.PROVISIONAL: ("provisional (vorläufig)", "vorläufig"),
        Aptitude.NONE: ("none (keine)", "keine"),
    }
)
"""A trainer's fachliche Eignung, in English or German."""

trainee_kind = _chooser(
    {
        TraineeKind.TRAINEE: ("trainee (Auszubildende/r)", "Auszubildende/r", "Auszubildende", "Azubi"),
        TraineeKind.RETRAINEE: ("retrainee (Umschüler/in)", "Umschüler/in", "Umschüler"),
    }
)
"""Auszubildende/r or Umschüler/in."""

account_status = _chooser(
    {
        AccountStatus.NONE: ("none (kein Konto)", "kein Konto"),
        AccountStatus.CODE_ISSUED: ("code_issued (Code versandt)", "Code versandt"),
        AccountStatus.REGISTERED: ("registered (registriert)", "registriert"),
        AccountStatus.ACTIVE: ("active (aktiv)", "aktiv"),
        AccountStatus.LOCKED: ("locked (gesperrt)", "gesperrt"),
        AccountStatus.CLOSED: ("closed (geschlossen)", "geschlossen"),
    }
)
"""The state of a trainee's account in the Azubi-Infocenter, in English or German."""

role = _chooser(
    {
        Role.ADMINISTRATOR: ("administrator (Administrator)", "Administrator/in"),
        Role.MANAGER: ("manager (Verwalter)", "Verwalter", "Verwalter/in"),
        Role.TRAINER: ("trainer (Ausbilder)", "Ausbilder", "Ausbilder/in"),
        Role.CONTRACT_APPLICANT: ("contract_applicant (Antragsteller)", "Antragsteller", "Antragsteller/in"),
    }
)
"""A role of the portal, in English or German."""

yes_no = _chooser({True: ("yes (ja)", "yes", "ja"), False: ("no (nein)", "no", "nein")})
"""``yes``/``ja``, ``no``/``nein``, and the truth values of JSON Lines."""


@lru_cache(_TEXTS_CACHED)
def occupations(text: str) -> str:
    """Several Ausbildungsberufe, separated by ``|``, each once and in their order, as ``A | B``."""
    names = dict.fromkeys(" ".join(name.split()) for name in text.split("|"))
    names.pop("", None)
    if not names:
        raise BadField("bad_value", expected=Phrase(N_("at least one name; several have | between them")))
    return " | ".join(names)
