"""Taken by columns or one by one, the rows of a file are the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from asta_cli.core.layouts import TRAINERS
from asta_cli.core.rows import Row
from asta_cli.files import columns
from asta_cli.files.columns import ColumnKey, blocks, keys
from asta_cli.files.csv_source import CsvSource
from asta_cli.files.errors import InputError
from asta_cli.files.source import ReadOptions, open_source

KEY = ColumnKey(("trainer_number", "company_ident_number"))
HEADER = ("Vorname", "Ausbildernummer", "Unbekannt", "Identnummer", "Nachname")
CELLS = st.sampled_from(
    (
        *(
            "",
            "A1",
            "A1",
            "B 2",
            " C3 ",
            "Müller",
            "Ayşe",
            "Đặng",
            "e\u0301",
            "\u0301",
            "\u00a0D",
            "so\u00adft",
            "\x07",
        ),
        *("\t", '"E;5"', '"F""6"', '7"', '"', "'", "x" * 400, "y" * 5000, "€", "\ufeff", "🙂", "\x85", "\u2028", "-"),
        *("\u202e", "\x0b"),
    )
)
LINES = st.lists(CELLS, min_size=1, max_size=7).map(tuple) | st.tuples(*[CELLS] * len(HEADER))
PLAIN = ("Jörg", "A7", "", "0001", "Groß")


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "PART", 4)


def read(path: Path, encoding: str) -> CsvSource:
    source = open_source(str(path), TRAINERS, options=ReadOptions(encoding=encoding, delimiter=";"), secret=b"secret")
    assert isinstance(source, CsvSource)
    return source


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(LINES | st.just(PLAIN), min_size=1, max_size=14),
    encoding=st.sampled_from(("utf-8", "cp1252", "cp437")),
    ends=st.lists(st.sampled_from(("\n", "\r\n")), min_size=1, max_size=2),
    last=st.booleans(),
)
@example(lines=[PLAIN] * 9, encoding="cp1252", ends=["\r\n"], last=False)
@example(lines=[PLAIN, ("", "", "", "", ""), (" ",), PLAIN], encoding="utf-8", ends=["\n", "\r\n"], last=True)
def test_the_same_rows(
    lines: list[tuple[str, ...]], encoding: str, ends: list[str], last: bool, tmp_path: Path
) -> None:
    texts = [";".join(cells) + ends[n % len(ends)] for n, cells in enumerate([HEADER, *lines])]
    path = tmp_path / "trainers.csv"
    path.write_bytes("".join(texts).rstrip("" if last else "\r\n").encode(encoding, "ignore"))
    try:
        with read(path, encoding) as source:
            wanted = list(source.all_rows())
    except InputError as error:
        with pytest.raises(type(error)), read(path, encoding) as source:
            list(blocks(source, 5))
        return
    with read(path, encoding) as source:
        found: list[Row] = []
        for plain, others in blocks(source, 5):
            found += [*plain, *others]
        assert sorted(found, key=lambda row: row.line) == wanted
        named = [key for part in keys(source, KEY) for key in part]
        assert named == [KEY(row) for row in wanted]


def test_plain_lines_are_taken_by_columns(tmp_path: Path) -> None:
    path = tmp_path / "trainers.csv"
    text = ";".join(HEADER) + "\n" + (";".join(PLAIN) + "\n") * 10 + 'x;"A9";;1;y\n' + ";".join(PLAIN)
    path.write_bytes(text.encode("cp1252"))
    with read(path, "cp1252") as source:
        taken = [(len(plain), len(others)) for plain, others in blocks(source, 100)]
        assert taken == [(11, 1)]
