"""Whatever the bytes are: rows, or one of our errors, in bounded memory."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from asta_cli.files.errors import InputError
from asta_cli.files.source import open_source
from asta_cli.files.workbook.lines import line, shown
from tests.files.anything import MAPPINGS, TEXTS, read_whole, sheets, workbooks
from tests.files.support import PEOPLE
from tests.support.depth import examples

SETTINGS = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@settings(SETTINGS, max_examples=examples(150))
@given(data=TEXTS, name=st.sampled_from(["x.csv", "x.jsonl", "x"]))
@example(data=b'Nummer;Name\na";"b\n', name="x.csv")
@example(data=b'Nummer;Name\n1;"\r"x"\n', name="x.csv")
def test_only_rows_or_our_errors(tmp_path: Path, data: bytes, name: str) -> None:
    read_whole(tmp_path, name, data)


@settings(SETTINGS, max_examples=examples(40))
@given(data=workbooks() | sheets())
def test_whatever_a_workbook_holds(tmp_path: Path, data: bytes) -> None:
    read_whole(tmp_path, "x.xlsx", data)


@settings(SETTINGS, max_examples=examples(100))
@given(mapping=MAPPINGS)
def test_whatever_a_mapping_says(tmp_path: Path, mapping: bytes) -> None:
    read_whole(tmp_path, "x.csv", b"Nummer;Name;x\n1;20270801;2\n;;\n", mapping)


@settings(SETTINGS, max_examples=examples(100))
@given(cell=st.text())
def test_any_text_is_a_line_and_back(cell: str) -> None:
    made = line([shown(cell), shown(5.0)])
    assert made.count(b"\n") == 1
    assert json.loads(made)[1] == "n5"


@pytest.mark.parametrize(
    "data",
    [
        b"Nummer;Name\n1;" + b"x" * 30_000_000 + b"\n",
        b'Nummer;Name\n1;"' + b"x\n" * 3_000_000,
        b'Nummer;Name\n1;"' + b"x" * 30_000_000 + b'"\n2;B\n',
        b"Nummer" + b";x" * 5_000_000 + b"\n",
        b'Nummer;"Name' + b"\n" * 5_000_000,
        b"Nummer;Name\n" + b"\n" * 3_000_000,
    ],
    ids=["line", "open-quote", "quoted-line", "header", "open-header", "blank-lines"],
)
def test_memory_does_not_grow_with_a_line(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.csv").write_bytes(data)
    tracemalloc.start()
    try:
        with open_source(str(tmp_path / "x.csv"), PEOPLE) as source:
            for _ in source.all_rows():
                pass
    except InputError:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 8_000_000
