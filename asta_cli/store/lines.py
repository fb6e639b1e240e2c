"""The lines of a register file that records stand for, read as fast as the database gives them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from asta_cli.core.model import Kind
from asta_cli.core.stored import SIZE, StoredLines
from asta_cli.store.db import Tx

_Part = tuple[bytes, bytes, int]
_BATCH = 10_000
_LAST = (1 << 63) - 1
_PARAMETERS = 30_000  # SQLite takes 32,766 in one statement
_HASHES = 200_000  # each part of them is one walk through the table
_SAID = {"line_hash": "said IS NOT NULL", "feed_hash": "account_status <> feed_status"}
_FIRST = {"line_hash": "1 = 1", "feed_hash": "feed_status IS NOT NULL"}
# What names a record in its file, under the names of the file's columns.
_NAMES: Mapping[Kind, Mapping[str, str]] = {
    Kind.COMPANY: {"ident_number": "r.ident_number"},
    Kind.TRAINER: {"trainer_number": "r.trainer_number", "company_ident_number": "c.ident_number"},
    Kind.TRAINEE: {"trainee_number": "r.trainee_number"},
}


def stored_lines(tx: Tx, kind: Kind, chamber: str, column: str) -> StoredLines:
    """The hashes under *column* of the open records of *kind* in *chamber*, in the order of the records."""
    found = StoredLines()
    mark = tx.placeholder
    for digests, said, records in (_joined if _alone(tx) else _fetched)(tx, kind, chamber, column):
        found.digests += digests
        found.said += said
        found.open += records
    sql = f"SELECT 1 FROM {kind} WHERE chamber = {mark} AND {_FIRST[column]} LIMIT 1"  # noqa: S608
    found.first = tx.driver(sql, (chamber,)).first() is None
    return found


def _fetched(tx: Tx, kind: Kind, chamber: str, column: str) -> Iterator[_Part]:
    order = "" if tx.dialect == "sqlite" else " ORDER BY id"
    said = f"CASE WHEN {_SAID[column]} THEN 1 ELSE 0 END"
    sql = f"SELECT {column}, {said} FROM {kind} WHERE chamber = {tx.placeholder} AND status = 'open'{order}"  # noqa: S608
    for part in tx.bulk(sql, (chamber,)):
        hashed = [row for row in part if row[0] is not None]
        yield b"".join([row[0] for row in hashed]), bytes([row[1] for row in hashed]), len(part)


def _joined(tx: Tx, kind: Kind, chamber: str, column: str) -> Iterator[_Part]:
    """The same, in the order of the table: SQLite joins ten thousand hashes in less time than Python takes each."""
    of = f"FROM {kind} NOT INDEXED WHERE id > ? AND id <= ? AND +chamber = ? AND status = 'open'"
    flags = f"CASE WHEN {_SAID[column]} THEN 1 END"
    whole = f"SELECT count(*), count({flags}), CAST(group_concat({column}, '') AS BLOB) {of}"
    each = f"SELECT {flags} {of} AND {column} IS NOT NULL ORDER BY id"
    for first, last in pairwise(_bounds(tx, kind)):
        records, noted, joined = tx.driver(whole, (first, last, chamber)).one()
        digests = joined or b""
        said = bytes(len(digests) // SIZE)
        if noted:
            said = bytes([flag or 0 for flag in tx.driver(each, (first, last, chamber)).scalars()])
        yield digests, said, records


def _bounds(tx: Tx, kind: Kind) -> Iterator[int]:
    """The ids of the table, one in ten thousand."""
    sql = f"SELECT id FROM {kind} WHERE id > ? ORDER BY id LIMIT 1 OFFSET {_BATCH - 1}"  # noqa: S608
    last: int | None = -1
    while last is not None:
        yield last
        last = tx.driver(sql, (last,)).scalar()
    yield _LAST


def unnamed(
    tx: Tx, kind: Kind, chamber: str, column: str, unmet: Iterable[bytes], *, every: bool
) -> Iterator[dict[str, str]]:
    """What names the open records that no known line stands for: those without hash, and those whose hash is *unmet*.

    With *every*, all open records: where no line was known.
    """
    names = tuple(_NAMES[kind])
    columns = ", ".join(_NAMES[kind].values())
    joined = f"{kind} r" + (" JOIN company c ON c.id = r.company_id" if kind is Kind.TRAINER else "")
    sql, opened = f"SELECT {columns} FROM {joined} WHERE", f"{_of_chamber(tx, 'r.')} AND r.status = 'open'"  # noqa: S608
    if every:
        yield from _rows(tx, f"{sql} {opened}", (chamber,), names)
        return
    hashless = f"r.{column} IS NULL"
    for digests in _parts(unmet, _HASHES):
        condition, params = _among(tx, f"r.{column}", digests)
        yield from _rows(tx, f"{sql} ({hashless} OR {condition}) AND {opened}", (*params, chamber), names)
        hashless = "1 = 0"
    if hashless != "1 = 0":
        yield from _rows(tx, f"{sql} {hashless} AND {opened}", (chamber,), names)


def lines_below(tx: Tx, kind: Kind, companies: Iterable[int], trainers: Iterable[int]) -> Iterator[bytes]:
    """The line hashes of open records of *kind* that lie in one of *companies* or have one of *trainers*."""
    for name, ids in (("company_id", companies), ("trainer_id", trainers)):
        if name == "trainer_id" and kind is not Kind.TRAINEE:
            continue
        for part in _parts(ids):
            condition, params = _among(tx, name, part)
            sql = f"SELECT line_hash FROM {kind} WHERE line_hash IS NOT NULL AND status = 'open' AND {condition}"  # noqa: S608
            for row in tx.driver(sql, params).all():
                yield bytes(row[0])


def _of_chamber(tx: Tx, table: str = "") -> str:
    """The condition that a row is of the chamber that the first parameter names.

    One chamber's own installation is the usual one. There a plain walk is twice as fast as the index of chambers.
    """
    return f"{'+' if _alone(tx) else ''}{table}chamber = {tx.placeholder}"


def _alone(tx: Tx) -> bool:
    return tx.dialect == "sqlite" and tx.driver("SELECT count(*) FROM chamber").scalar_one() == 1


def _rows(tx: Tx, sql: str, params: tuple[Any, ...], names: Sequence[str]) -> Iterator[dict[str, str]]:
    for part in tx.bulk(sql, params):
        for row in part:
            yield dict(zip(names, row, strict=True))


def _parts(values: Iterable[Any], size: int = _BATCH) -> Iterator[list[Any]]:
    part: list[Any] = []
    for value in values:
        part.append(value)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


def _among(tx: Tx, column: str, values: list[Any]) -> tuple[str, tuple[Any, ...]]:
    """The condition that *column* is one of *values*, hashes or ids, and its parameters."""
    if tx.dialect == "postgresql":
        return f"{column} = ANY(%s)", (values,)
    import json

    if not isinstance(values[0], bytes):
        return f"{column} IN (SELECT value FROM json_each(?))", (json.dumps(values),)  # noqa: S608
    if len(values) <= _PARAMETERS:
        return f"{column} IN ({', '.join('?' * len(values))})", tuple(values)
    listed = json.dumps([value.hex().upper() for value in values])
    return f"hex({column}) IN (SELECT value FROM json_each(?))", (listed,)  # noqa: S608
