"""Small registers as bytes, and short ways to read them."""

from __future__ import annotations

from pathlib import Path

from asta_cli.core.layouts import Column, Layout
from asta_cli.core.rows import Row
from asta_cli.files.source import ReadOptions, Source, open_source

PEOPLE = Layout(
    "people",
    (
        Column("number", ("Nummer", "Pers.-Nr."), required=True),
        Column("last_name", ("Nachname", "Name"), required=True),
        Column("street", ("Straße", "Anschrift")),
        Column("email", ("E-Mail", "E-Mail-Adresse")),
        Column("valid_from", ("Gültig ab",)),
    ),
)
SECRET = b"s" * 32


def opened(path: Path, data: bytes | str, *, salt: bytes = b"", secret: bytes = SECRET, **options: object) -> Source:
    """*data* as the file *path*, opened with the layout of people."""
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return open_source(str(path), PEOPLE, options=ReadOptions(salt=salt, **options), secret=secret)  # type: ignore[arg-type]


def rows_of(path: Path, data: bytes | str, **options: object) -> list[Row]:
    """All rows of *data*."""
    with opened(path, data, **options) as source:  # type: ignore[arg-type]
        return list(source.all_rows())


def values_of(path: Path, data: bytes | str, **options: object) -> list[dict[str, str]]:
    """The values of all rows, none of which may have a problem."""
    rows = rows_of(path, data, **options)
    assert [r.problems for r in rows if r.problems] == []
    return [dict(r.values) for r in rows]


def codes(row: Row) -> list[tuple[str, str]]:
    """Code and column of each problem of *row*."""
    return [(p.code, p.column) for p in row.problems]
