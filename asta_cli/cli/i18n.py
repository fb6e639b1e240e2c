"""Text for people in their language. Message ids are the English text; catalogues lie in ``asta_cli/locale``."""

from __future__ import annotations

import gettext as _gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DOMAIN = "asta"
LOCALES = Path(__file__).parent.parent / "locale"


class _Voice:
    """The language of this process. One invocation speaks one language, so it need not be handed through every call."""

    language = "en"
    texts: _gettext.NullTranslations = _gettext.NullTranslations()


def use(lang: str) -> None:
    """Speak *lang* (``de`` or ``en``) from now on."""
    _Voice.language, _Voice.texts = lang, catalogue(lang)


def catalogue(lang: str) -> _gettext.NullTranslations:
    """The catalogue of *lang*; English needs none. Mails are written with the catalogue of their reader."""
    if lang == "en":
        return _gettext.NullTranslations()
    return _gettext.translation(DOMAIN, str(LOCALES), languages=[lang], fallback=True)


def current() -> str:
    """The language spoken now."""
    return _Voice.language


def _(text: str) -> str:
    """*text* in the language spoken now."""
    return _Voice.texts.gettext(text) if text else ""


def ngettext(one: str, many: str, number: int) -> str:
    """*one* or *many* as *number* demands, in the language spoken now."""
    return _Voice.texts.ngettext(one, many, number)


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Speak *lang* inside, also in what Typer says by itself, which asks the standard library's default domain.

    That one looks at ``LANGUAGE`` each time, so the variable is set inside and put back after.
    """
    before, domain, variable = _Voice.language, _gettext.textdomain(), os.environ.get("LANGUAGE")
    _gettext.bindtextdomain(DOMAIN, str(LOCALES))
    _gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = lang
    use(lang)
    try:
        yield
    finally:
        use(before)
        _gettext.textdomain(domain)
        if variable is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = variable
