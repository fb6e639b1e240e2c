"""Numbers as Crockford base 32: the spelling of codes and tokens that people read, type and paste.

The alphabet leaves out i, l, o and u; reading forgives the first three, and case (https://www.crockford.com/base32.html).
"""

from __future__ import annotations

import unicodedata

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
BITS = 5
_PAIRS = tuple(a + b for a in ALPHABET for b in ALPHABET)
_VALUES = {c: i for i, c in enumerate(ALPHABET)} | {"o": 0, "i": 1, "l": 1}
_VALUES |= {c.upper(): i for c, i in _VALUES.items()}
# Blanks, line breaks and dashes of every kind, and the invisible format characters that a PDF or web page slips in.
_DROPPED = frozenset({"Zs", "Zl", "Zp", "Pd", "Cf"})
_DROPPED_TOO = frozenset("\t\n\v\f\r\u2212")
_LONGEST = 512


def encode(number: int, length: int) -> str:
    """*number* in exactly *length* lower-case symbols, most significant first."""
    pairs = [_PAIRS[number >> shift & 1023] for shift in range(10 * ((length - 1) // 2), -1, -10)]
    return "".join(pairs)[length % 2 :]


def decode(text: str) -> int | None:
    """The number that *text* spells (case and look-alikes forgiven); None if a symbol is not of the alphabet."""
    number = 0
    for c in text:
        value = _VALUES.get(c)
        if value is None:
            return None
        number = number << BITS | value
    return number


def squeeze(text: str) -> str:
    """*text* without blanks, line breaks, dashes and invisible characters. What is absurdly long stays as it is."""
    if len(text) > _LONGEST:
        return text
    return "".join(c for c in text if c not in _DROPPED_TOO and unicodedata.category(c) not in _DROPPED)
