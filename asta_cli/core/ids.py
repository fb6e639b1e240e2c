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

from asta_cli.core import base32

EPOCH_MS = 1_704_067_200_000
RANDOM_BITS = 22
LENGTH = 13


def id_maker(now_ms: int, random: int) -> Iterator[int]:
    """Endless consecutive ids from *now_ms* (Unix milliseconds) and *random* (22 random bits)."""
    following = ((now_ms - EPOCH_MS) << RANDOM_BITS) | (random & ((1 << RANDOM_BITS) - 1))
    while True:
        yield following
        following += 1


def show_id(number: int) -> str:
    """*number* as people see it: 13 symbols of Crockford base 32, which sort as the ids do."""
    return base32.encode(number, LENGTH)


def read_id(text: str) -> int | None:
    """The id that :func:`show_id` wrote as *text*, look-alike symbols forgiven; None if it is not one."""
    symbols = base32.squeeze(text)
    number = base32.decode(symbols) if len(symbols) == LENGTH else None
    return number if number is not None and number < 1 << 63 else None
