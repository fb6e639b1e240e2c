"""Rows from JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import NoReturn

from asta_cli.core.plan import Problem
from asta_cli.core.rows import Row
from asta_cli.files.base import Record, Source
from asta_cli.files.errors import NotJson, Truncated
from asta_cli.files.header import ignored, meaning, own_first, refuse_doubled, refuse_missing
from asta_cli.files.raw import overlong
from asta_cli.files.text import LINE_LIMIT

_LOOKED_AT = 100
"""So many objects tell which keys a file has: a producer may leave out the keys that have no value in one object."""

_KEYS_KEPT = 1000


class _Pairs(list[tuple[str, object]]):
    """An object as its pairs, so that a key given twice is seen."""


class _Fraction(str):
    """A number with a point or an exponent, which no column has."""


def _no_constant(text: str) -> NoReturn:
    raise ValueError(text)


# Whole numbers stay as they are written: they are names here, and one of 5,000 digits must not be converted.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_Pairs, parse_int=str, parse_float=_Fraction, parse_constant=_no_constant, strict=False
)


class JsonlSource(Source):
    """A JSON Lines file: one object a line, its keys matched like headings.

    A row has the columns its own object has: an absent key is an absent column, an empty text or ``null`` an empty
    cell.
    """

    format = "jsonl"

    def _begin(self) -> None:
        self._keys: dict[str, str] = {}
        unknown: dict[str, None] = {}
        first = 0
        with self._raw.reading():
            for line, record in islice(((n, r) for n, r in self._records() if r.strip()), _LOOKED_AT):
                if overlong(record):
                    continue
                first = first or line
                keys = [k for k, _ in self._pairs(line, record)]
                self.columns |= frozenset(filter(None, map(self._column, keys)))
                unknown.update(dict.fromkeys(k for k in keys if not self._column(k) and not ignored(k)))
        self.unknown_columns = tuple(unknown)
        if first:
            refuse_missing(self.layout, self.columns, self.shown, first)

    def _meaning(self) -> tuple[bytes, ...]:
        return ("\n".join(f"{c.name}:{','.join(c.aliases)}" for c in self.layout.columns).encode(),)

    def _refuse_torn(self, line: int, record: bytes) -> None:
        if not overlong(record) and not record.endswith(b"\n"):
            self._pairs(line, record)

    def rows(self, records: Iterable[Record]) -> Iterator[Row]:
        """The rows of *records*; see ``Source.rows``. Raises ``NotJson`` at a line that is not an object."""
        for line, digest, record in records:
            if overlong(record):
                yield self._overlong(line, digest, {}, record[: LINE_LIMIT + 1].decode(self.encoding, "ignore"))
                continue
            pairs = self._pairs(line, record)
            keys = [key for key, _ in pairs]
            names = own_first(self.layout, keys, [self._column(key) for key in keys])
            refuse_doubled(keys, names, self.shown, line)
            values, problems = self._read(line, ((n, v) for n, (_, v) in zip(names, pairs, strict=True) if n))
            text = record.decode(self.encoding).strip()
            columns = frozenset(filter(None, names))
            yield Row(f"{self.name}:{line}", line, values, columns, digest, tuple(problems), (text,))

    def _column(self, key: str) -> str:
        """The column that *key* means. Kept, since the same few keys stand on every line."""
        known = self._keys.get(key)
        if known is None:
            known = meaning(self.layout, key)
            if len(self._keys) < _KEYS_KEPT:
                self._keys[key] = known
        return known

    def _pairs(self, line: int, record: bytes) -> _Pairs:
        found: object = None
        with suppress(ValueError, RecursionError):
            found = _DECODER.decode(record.decode(self.encoding))
        if isinstance(found, _Pairs):
            return found
        if not record.endswith(b"\n"):
            raise Truncated(file=self.shown, line=line)
        raise NotJson(file=self.shown, line=line, example='{"email": "a@firma.example", "name": "A. Muster"}')

    def _read(self, line: int, cells: Iterable[tuple[str, object]]) -> tuple[dict[str, str], list[Problem]]:
        texts: list[tuple[str, str]] = []
        nested = []
        for column, value in cells:
            if isinstance(value, bool):
                texts.append((column, "yes" if value else "no"))
            elif isinstance(value, str) and not isinstance(value, _Fraction):
                texts.append((column, value))
            elif value is not None:
                nested.append(self._problem(line, "bad_value", column, str(value)))
        values, problems = self._cleaned(line, texts)
        return values, problems + nested
