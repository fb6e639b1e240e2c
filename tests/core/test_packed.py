from __future__ import annotations

from dataclasses import replace

import pytest

from asta_cli.core.packed import Packer
from asta_cli.core.planner import problem
from asta_cli.core.rows import Row, from_arguments

COLUMNS = frozenset({"name", "city"})
ROWS = (
    Row("a:b.csv:17", 17, {"name": "Groß"}, COLUMNS, b"d" * 16),
    Row("a:b.csv:18", 18, {"city": "Köln", "name": "Đặng"}, COLUMNS, None),
    Row("other.csv:17", 17, {}, frozenset()),
    from_arguments(name="Groß"),
)
FAULTY = replace(ROWS[0], problems=(problem(ROWS[0], "bad_value"),))


@pytest.mark.parametrize("row", [*ROWS, FAULTY])
def test_rows_come_back(row: Row) -> None:
    packer = Packer()
    packed = [packer.pack(other) for other in (*ROWS, row)]
    assert [packer.unpack(p) for p in packed] == [*ROWS, row]


def test_a_row_is_packed() -> None:
    packed = Packer().pack(ROWS[0])
    assert isinstance(packed, bytes)
    assert len(packed) < 60
