"""Whatever the bytes are: rows, or one of our errors, in bounded memory."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from asta_cli.files.errors import InputError
from asta_cli.files.output import atomic
from asta_cli.files.rejects import RejectWriter
from asta_cli.files.source import open_source
from tests.files.support import PEOPLE, opened

TEXT = [b"Nummer", b"Name", b"E-Mail", b"1", b"x", b" ", b"_", b"x" * 5000, b"y" * 70000]
MARKS = [b";", b";", b",", b"|", b"\t", b"\n", b"\n", b"\r\n", b"\r", b'"', b'""', b"\\"]
BYTES = [b"\0", b"\xfc", b"\x81", b"\xc3\xbc", b"\xc3", b"\xe2\x80\xae", b"\xef\xbb\xbf"]
JSON = [b"{", b"}", b'"Nummer":', b'"Name":', b"[", b"]", b":", b"null", b"1.5", b'"\\ud800"']
FRAGMENTS = [*TEXT, *MARKS, *BYTES, *JSON]
NOISE = st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(FRAGMENTS), max_size=40).map(b"".join))
HEADS = st.sampled_from(
    [b"", b"Nummer;Name\n", b'"Nummer","Name"\r\n', b'{"Nummer": 1, "Name": "A"}\n', b"\xef\xbb\xbfNummer|Name\n"]
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(head=HEADS, noise=NOISE, name=st.sampled_from(["x.csv", "x.jsonl", "x"]))
@example(head=b"Nummer;Name\n", noise=b'a";"b\n', name="x.csv")
@example(head=b"Nummer;Name\n", noise=b'1;"\r"x"\n', name="x.csv")
def test_only_rows_or_our_errors(tmp_path: Path, head: bytes, noise: bytes, name: str) -> None:
    try:
        with opened(tmp_path / name, head + noise) as source, atomic(str(tmp_path / "rejects")) as pending:
            rows = list(source.all_rows())
            writer = RejectWriter(pending, source)
            for row in rows:
                writer.write(row, [("bad_value", "x")])
    except InputError as error:  # and nothing else
        error.message.format(**error.fields)
        error.hint.format(**error.fields)
        return
    for row in rows:
        assert set(row.values) <= row.columns
        assert all(v and len(v.encode()) <= 4096 for v in row.values.values())


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
