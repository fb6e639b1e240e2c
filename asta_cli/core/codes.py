"""Activation codes: 16 Crockford base-32 symbols (80 bits) and a check symbol, printed in the chamber's letter.

They are written in groups of four, the check symbol alone at the end: ``0123-4567-89AB-CDEF-K``. The check symbol is
the number modulo 37; a number whose remainder needs one of Crockford's five extra signs is drawn again. It finds every
single wrong symbol and every swap of neighbours, so a typo is told from a wrong code before it costs an attempt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from asta_cli.core import base32
from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.core.keys import KEY_ID_LENGTH, MacKey

PURPOSE = "activation code"
SYMBOLS = 16
LENGTH = SYMBOLS + 1
MAC_LENGTH = 32
_MODULUS = 37
_DOMAIN = b"asta activation code 1\0"
# Every byte is as likely as any other, so each of the 32 symbols, which stand for its last five bits, is too.
_SYMBOL = bytes(ord(base32.ALPHABET[byte % 32].upper()) for byte in range(256))
_DIGIT = bytes(ord("0123456789abcdefghijklmnopqrstuv"[byte % 32]) for byte in range(256))  # as int() reads base 32
_CHECK = base32.ALPHABET.upper()


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


def make(count: int, randbytes: Callable[[int], bytes]) -> list[str]:
    """*count* new codes. *randbytes* is ``secrets.token_bytes`` or another source of so many uniform bytes."""
    made: list[str] = []
    while len(made) < count:
        drawn = randbytes(SYMBOLS * (count - len(made)))
        symbols, digits = drawn.translate(_SYMBOL).decode(), drawn.translate(_DIGIT)
        for at in range(0, len(drawn), SYMBOLS):
            check = int(digits[at : at + SYMBOLS], 32) % _MODULUS
            if check < len(_CHECK):
                made.append(_grouped(symbols[at : at + SYMBOLS], _CHECK[check]))
    return made


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
    return _grouped(base32.encode(number, SYMBOLS).upper(), _CHECK[number % _MODULUS])


def _grouped(symbols: str, check: str) -> str:
    return f"{symbols[:4]}-{symbols[4:8]}-{symbols[8:12]}-{symbols[12:]}-{check}"


def code_mac(key: MacKey, company: int, code: str) -> bytes:
    """What is kept instead of *code* (as :func:`make` or :func:`read` gives it): 32 bytes, key id and HMAC-SHA256.

    It binds the company, so equal codes of two companies differ at rest and one moved to another company's letter is
    worthless. 224 bits of MAC are far beyond the 80 of the code. *key* is the one for :data:`PURPOSE`; compare with
    ``keys.same``.
    """
    return key.mac(_message(company, code), MAC_LENGTH - KEY_ID_LENGTH)


def code_macs(key: MacKey, companies: Iterable[int], codes: Iterable[str]) -> list[bytes]:
    """The same of the code of each company."""
    return key.macs(map(_message, companies, codes), MAC_LENGTH - KEY_ID_LENGTH)


def _message(company: int, code: str) -> bytes:
    return _DOMAIN + company.to_bytes(8, "big") + code.replace("-", "").encode("ascii")
