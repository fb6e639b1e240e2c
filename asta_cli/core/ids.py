"""Ids: 63-bit, ordered by time, made before planning so that one plan can link records it creates itself.

Layout: 41 bits of milliseconds since 2024-01-01 UTC, then 22 bits. A maker takes the time and 22 random bits once and
counts up from there, so the ids of one command are consecutive: they append to the end of every index. Two makers
meet only if they start within the same quarter of a millisecond per million ids; the primary key then refuses the
second one and the transaction is repeated with fresh ids.

They are integers because SQLite stores an integer key as the row's own address and PostgreSQL as eight bytes: half of a
UUID in every index and foreign key of tables with millions of rows.
"""

from __future__ import annotations

from collections.abc import Iterator

EPOCH_MS = 1_704_067_200_000
RANDOM_BITS = 22
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford base 32, lower case
_VALUES = {c: i for i, c in enumerate(_ALPHABET)} | {"o": 0, "i": 1, "l": 1}
_LENGTH = 13


def id_maker(now_ms: int, random: int) -> Iterator[int]:
    """Endless consecutive ids from *now_ms* (Unix milliseconds) and *random* (22 random bits)."""
    first = ((now_ms - EPOCH_MS) << RANDOM_BITS) | (random & ((1 << RANDOM_BITS) - 1))
    while True:
        yield first
        first += 1


def show_id(number: int) -> str:
    """*number* as people see it: 13 characters of Crockford base 32, which sort as the ids do."""
    digits = []
    for _ in range(_LENGTH):
        number, digit = divmod(number, 32)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))


def read_id(text: str) -> int | None:
    """The id that :func:`show_id` wrote as *text*; None if it is not one. Case, ``o`` for 0 and ``l`` for 1 are forgiven."""
    text = text.strip().lower()
    if len(text) != _LENGTH or any(c not in _VALUES for c in text):
        return None
    number = 0
    for c in text:
        number = number * 32 + _VALUES[c]
    return number if number < 1 << 63 else None
