"""Writing new records by the thousand: the rows of a block go to the driver as they are, without an object for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Any

from asta_cli.core.blocks import Block
from asta_cli.core.model import Value
from asta_cli.store.db import Tx

_AT_ONCE = 50
"""Rows in one INSERT of SQLite: what a statement costs besides its rows is paid once for all of them."""
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_NOTHING = "\\N"


def insert(tx: Tx, block: Block) -> None:
    """Write the records of *block*."""
    columns = {name: values for name, values in block.columns.items() if len(values)}
    if tx.dialect == "postgresql":
        _copy(tx, block, columns)
    else:
        _insert(tx, block, columns)


def _insert(tx: Tx, block: Block, columns: dict[str, Sequence[Value]]) -> None:
    # What all rows share stands in the statement, so that it is handed over once and not with every row.
    same = {name: value for name, value in block.same.items() if value is not None}
    names = ", ".join(("id", *columns, *same))
    row = f"({', '.join(['?'] * (len(columns) + 1) + [_literal(value) for value in same.values()])})"
    start = f"INSERT INTO {block.kind} ({names}) VALUES "  # noqa: S608 - names are ours, values are quoted
    rows = zip(block.ids, *map(_plain, columns.values()), strict=True)
    driver: Any = tx.conn.connection.driver_connection
    whole = len(block) // _AT_ONCE
    width, flat = _AT_ONCE * (len(columns) + 1), chain.from_iterable(islice(rows, whole * _AT_ONCE))
    driver.executemany(start + ", ".join([row] * _AT_ONCE), (tuple(islice(flat, width)) for _ in range(whole)))
    driver.executemany(start + row, rows)


def _literal(value: Value) -> str:
    if isinstance(value, str):
        return "'{}'".format(value.replace("'", "''"))
    assert isinstance(value, int)
    return str(value)


def _plain(values: Sequence[Value]) -> Iterable[Any]:
    """*values* in the types that the driver takes as they are; it asks in vain how others are to be adapted."""
    return [bytearray(v) for v in values if isinstance(v, bytes)] if isinstance(values[0], bytes) else values


def _copy(tx: Tx, block: Block, columns: dict[str, Sequence[Value]]) -> None:
    same = {name: value for name, value in block.same.items() if value is not None}
    names = ", ".join(("id", *columns, *same))
    tail = "".join(f"\t{_escaped(str(value))}" for value in same.values())
    texts = [map(str, block.ids), *(_texts(values) for values in columns.values())]
    lines = "\n".join([row + tail for row in map("\t".join, zip(*texts, strict=True))])
    driver: Any = tx.conn.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {block.kind} ({names}) FROM STDIN") as copy:
        copy.write(f"{lines}\n")


def _texts(values: Sequence[Value]) -> Iterable[str]:
    """*values* of one column as COPY reads them."""
    if isinstance(values[0], bytes):
        return [f"\\\\x{value.hex()}" for value in values if isinstance(value, bytes)]
    texts = [_NOTHING if value is None else str(value) for value in values]
    together = "".join([value for value in values if isinstance(value, str)])
    if any(special in together for special in "\\\t\n\r"):
        return [_NOTHING if value is None else _escaped(str(value)) for value in values]
    return texts


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)
