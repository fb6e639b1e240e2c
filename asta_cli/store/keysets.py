"""Conditions over any number of keys with a single parameter, the same statement for one key as for ten thousand."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, ColumnElement, Select, any_, bindparam, func, select
from sqlalchemy.sql.compiler import SQLCompiler

from asta_cli.store.db import Tx


def among(tx: Tx, column: ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """*column* is one of *values* (text or integers). SQLite limits how many parameters there are: one JSON text."""
    listed = sorted(values)
    if tx.dialect == "sqlite":
        each = func.json_each(bindparam(None, json.dumps(listed), unique=True)).table_valued("value")
        return column.in_(select(each.c.value))
    return column == any_(bindparam(None, listed, type_=ARRAY(column.type), unique=True))


def listed(tx: Tx, column: str, values: Iterable[Any]) -> tuple[str, tuple[Any, ...]]:
    """That *column* is one of *values*, in the driver's own words, and the parameters of that.

    A single one is asked for as such: on SQLite every list is a table first, which takes as long as the rest.
    """
    found = sorted(values)
    if len(found) == 1:
        return f"{column} = {tx.placeholder}", (found[0],)
    if tx.dialect == "sqlite":
        return f"{column} IN (SELECT value FROM json_each(?))", (json.dumps(found),)  # noqa: S608 - names are ours
    return f"{column} = ANY(%s)", (found,)


def rows_among(tx: Tx, sql: str, column: str, values: Iterable[Any], params: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """What *sql*, given *params*, finds where *column* is one of *values*, as the driver's plain rows.

    For thousands of keys: a row of SQLAlchemy's takes as long as finding it.
    """
    condition, keys = listed(tx, column, values)
    return driver_rows(tx, f"{sql} AND {condition}", (*params, *keys))


class Pairs(NamedTuple):
    """Many pairs of a text and a number as a table: what stands before ``JOIN``, its two columns, the parameters."""

    table: str
    text: str
    number: str
    params: tuple[Any, ...]


def paired(tx: Tx, pairs: Mapping[str, Collection[int]]) -> Pairs:
    """Each text with each of its numbers, to be joined in that order.

    A condition for each part alone would find every text with every number.
    """
    found = {text: sorted(pairs[text]) for text in sorted(pairs)}
    if tx.dialect == "sqlite":  # CROSS: from here to what is joined, never the other way round
        table = "json_each(?) p CROSS JOIN json_each(p.value) q CROSS"
        return Pairs(table, "p.key", "q.value", (json.dumps(found, separators=(",", ":")),))
    texts = [text for text, numbers in found.items() for _ in numbers]
    columns = texts, [number for numbers in found.values() for number in numbers]
    return Pairs("unnest(%s::text[], %s::bigint[]) p (text, number)", "p.text", "p.number", columns)


def driver_rows(tx: Tx, sql: str, params: Any) -> list[tuple[Any, ...]]:
    """What *sql* finds, as the driver's plain rows: for thousands, of which SQLAlchemy would make objects."""
    rows: list[tuple[Any, ...]] = tx.raw.execute(sql, params).fetchall()
    return rows


def worded(tx: Tx, query: Select[Any]) -> SQLCompiler:
    """*query* in the words of the database."""
    return query.compile(dialect=tx.conn.dialect)


def values_for(compiled: SQLCompiler, params: Mapping[str, object]) -> Any:
    """What the driver is to be given with *compiled*: texts, numbers, and lists of them."""
    named = compiled.construct_params(params)
    return named if compiled.positiontup is None else [named[name] for name in compiled.positiontup]


@cache
def names(columns: tuple[Any, ...]) -> str:
    """*columns* for a statement of the driver's own: building one of SQLAlchemy takes longer than answering it."""
    return ", ".join(map(str, columns))
