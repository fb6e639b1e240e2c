"""Activation codes: 16 Crockford base-32 symbols (80 bits) and a check symbol, printed in the chamber's letter.

They are written in groups of four, the check symbol alone at the end: ``0123-4567-89AB-CDEF-K``. The check symbol is
the number modulo 37; a number whose remainder needs one of Crockford's five extra signs is drawn again. It finds every
single wrong symbol and every swap of neighbours, so a typo is told from a wrong code before it costs an attempt.
"""

from __future__ import annotations

from collections.abc import Callable

from asta_cli.core import base32
from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.core.keys import KEY_ID_LENGTH, MacKey

PURPOSE = "activation code"
SYMBOLS = 16
LENGTH = SYMBOLS + 1
MAC_LENGTH = 32
_BITS = SYMBOLS * base32.BITS
_MODULUS = 37
_DOMAIN = b"asta activation code 1\0"


class MalformedCode(AstaError):
    """What was typed cannot be a code. Nothing is compared with the database, so it costs no attempt."""

    code = "malformed_code"
    status = Status.REFUSED
    message = N_("the activation code is mistyped: its check symbol does not fit")
    hint = N_("compare it with the letter, symbol by symbol; this did not count as an attempt")


class CodeLength(MalformedCode):
    """Too few or too many symbols."""

    message = N_("the activation code has {found} symbols instead of {expected}")
    hint = N_("it looks like XXXX-XXXX-XXXX-XXXX-X; blanks and hyphens do not matter; this did not count as an attempt")


class CodeSymbol(MalformedCode):
    """A symbol that no code contains."""

    message = N_("symbol {position} of the activation code occurs in no code")
    hint = N_("a code has only digits and letters, and no U; this did not count as an attempt")


def make(randbits: Callable[[int], int]) -> str:
    """A new code. *randbits* is ``secrets.randbits`` or another source of uniform numbers of so many bits."""
    number = randbits(_BITS)
    while number % _MODULUS >= len(base32.ALPHABET):
        number = randbits(_BITS)
    return _write(number)


def read(text: str) -> str:
    """The code that *text* means, as :func:`make` writes it.

    Case, blanks, line breaks, dashes of every kind, ``o`` for 0 and ``i`` or ``l`` for 1 are forgiven. Raises
    :class:`MalformedCode` (or :class:`CodeLength`, :class:`CodeSymbol`); the error never contains what was typed.
    """
    symbols = base32.squeeze(text)
    if len(symbols) != LENGTH:
        raise CodeLength(found=len(symbols), expected=LENGTH)
    for position, symbol in enumerate(symbols, start=1):
        if base32.decode(symbol) is None:
            raise CodeSymbol(position=position)
    number, check = base32.decode(symbols[:SYMBOLS]), base32.decode(symbols[SYMBOLS:])
    if number is None or number % _MODULUS != check:
        raise MalformedCode
    return _write(number)


def _write(number: int) -> str:
    s = base32.encode(number, SYMBOLS).upper()
    return f"{s[:4]}-{s[4:8]}-{s[8:12]}-{s[12:]}-{base32.ALPHABET[number % _MODULUS].upper()}"


def code_mac(key: MacKey, company: int, code: str) -> bytes:
    """What is kept instead of *code* (as :func:`make` or :func:`read` gives it): 32 bytes, key id and HMAC-SHA256.

    It binds the company, so equal codes of two companies differ at rest and one moved to another company's letter is
    worthless. 224 bits of MAC are far beyond the 80 of the code. *key* is the one for :data:`PURPOSE`; compare with
    ``keys.same``.
    """
    message = _DOMAIN + company.to_bytes(8, "big") + code.replace("-", "").encode("ascii")
    return key.mac(message, MAC_LENGTH - KEY_ID_LENGTH)
