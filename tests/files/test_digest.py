"""The digest of a line stands for the line and for everything that gives it its meaning."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from asta_cli.core.layouts import Layout
from asta_cli.files.source import open_source
from tests.files.support import PEOPLE, opened

BODY = "1;A;\n2;B;x\n3;C;y\n"
DATA = "Nummer;Name;Straße\n" + BODY


def digests(path: Path, data: str | bytes, **options: object) -> list[bytes]:
    with opened(path, data, **options) as source:  # type: ignore[arg-type]
        return [digest for _, digest, _ in source.lines()]


def test_the_same_bytes_have_the_same_digests_in_every_pass(tmp_path: Path) -> None:
    first = digests(tmp_path / "x.csv", DATA)
    with opened(tmp_path / "y.csv", DATA) as source:
        assert [d for _, d, _ in source.lines()] == first
        assert [d for _, d, _ in source.lines()] == first
        assert [r.digest for r in source.all_rows()] == first
    assert {len(d) for d in first} == {16}
    assert len(set(first)) == 3


def test_two_headings_swapped_make_every_line_unknown(tmp_path: Path) -> None:
    swapped = "Name;Nummer;Straße\n" + BODY
    assert not set(digests(tmp_path / "x.csv", DATA)) & set(digests(tmp_path / "x.csv", swapped))


@pytest.mark.parametrize(
    ("data", "options"),
    [
        ("Nummer;Name;Anschrift\n" + BODY, {}),
        ("Nummer;Name;Farbe\n" + BODY, {}),
        (DATA.encode("cp1252"), {}),
        (DATA, {"salt": b"177"}),
        (DATA, {"secret": b"other"}),
        (DATA, {"secret": b""}),
    ],
    ids=["synonym", "ignored", "encoding", "salt", "secret", "no-secret"],
)
def test_whatever_gives_a_line_its_meaning_is_in_its_digest(
    tmp_path: Path, data: str | bytes, options: dict[str, bytes]
) -> None:
    assert not set(digests(tmp_path / "x.csv", DATA)) & set(digests(tmp_path / "x.csv", data, **options))


def test_the_delimiter_is_in_the_digest(tmp_path: Path) -> None:
    data = "Nummer;Name;x|Nummer|Name\n1;2;3|4|5\n"
    by_semicolon, by_stroke = (digests(tmp_path / "x.csv", data, delimiter=d) for d in ";|")
    assert by_semicolon != by_stroke


def test_the_kind_is_in_the_digest(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    known = digests(path, DATA)
    with open_source(str(path), Layout("others", PEOPLE.columns), secret=b"s" * 32) as source:
        assert not set(known) & {d for _, d, _ in source.lines()}


def test_a_byte_order_mark_gives_no_line_another_meaning(tmp_path: Path) -> None:
    assert digests(tmp_path / "x.csv", DATA) == digests(tmp_path / "x.csv", b"\xef\xbb\xbf" + DATA.encode())


def test_lines_keep_their_digest_when_others_come_and_go(tmp_path: Path) -> None:
    before = digests(tmp_path / "x.csv", DATA)
    after = digests(tmp_path / "x.csv", DATA.replace("2;B;x\n", "\n9;Z;z\n8;Y;y\n"))
    assert (after[0], after[-1]) == (before[0], before[2])


def test_lines_are_numbered_and_given_as_they_stand(tmp_path: Path) -> None:
    with opened(tmp_path / "x.csv", 'Nummer;Name\r\n1;"A\nB"\r\n2;C') as source:
        assert [(n, raw) for n, _, raw in source.lines()] == [(2, b'1;"A\nB"\r\n'), (4, b"2;C")]


def test_the_checksum_is_that_of_the_file(tmp_path: Path) -> None:
    with opened(tmp_path / "x.csv", b"\xef\xbb\xbf" + DATA.encode()) as source:
        assert source.sha256 == hashlib.sha256((tmp_path / "x.csv").read_bytes()).hexdigest()
        assert source.size == (tmp_path / "x.csv").stat().st_size


def test_only_chosen_records_are_parsed(tmp_path: Path) -> None:
    with opened(tmp_path / "x.csv", DATA) as source:
        rows = list(source.rows(r for r in source.lines() if r[0] != 3))
    assert [r.values["number"] for r in rows] == ["1", "3"]


def test_objects_have_digests_too(tmp_path: Path) -> None:
    data = '{"Nummer": "1", "Name": "A"}\n{"Name": "A", "Nummer": "1"}\n'
    first = digests(tmp_path / "x.jsonl", data)
    assert len(set(first)) == 2
    assert first == digests(tmp_path / "y.jsonl", data)
    assert not set(first) & set(digests(tmp_path / "x.jsonl", data, salt=b"1"))
