"""Which characters the bytes mean: UTF-8, else Windows-1252, never a guess that garbles."""

from __future__ import annotations

from pathlib import Path

import pytest

from asta_cli.core.errors import BadOption
from asta_cli.files.errors import BadEncoding, LineEnds, NotText, WideText
from tests.files.support import opened, values_of

HEADER = "Nummer;Name\n"
CHUNK = 1 << 20


def test_windows_is_found_out_and_announced(tmp_path: Path) -> None:
    with opened(tmp_path / "x.csv", (HEADER + "1;Müller €\n").encode("cp1252")) as source:
        assert source.encoding == "cp1252"
        assert [(n.code, n.fields["encoding"]) for n in source.notices] == [("encoding", "Windows-1252")]
        assert [r.values["last_name"] for r in source.all_rows()] == ["Müller €"]


def test_utf_8_is_not_announced(tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig"):
        with opened(tmp_path / "x.csv", (HEADER + "1;Müller\n").encode(encoding)) as source:
            assert (source.encoding, source.notices) == ("utf-8", ())


def test_an_encoding_that_was_said_is_not_announced(tmp_path: Path) -> None:
    with opened(tmp_path / "x.csv", (HEADER + "1;Şahin\n").encode("cp1254"), encoding="windows-1254") as source:
        assert (source.encoding, source.notices) == ("cp1254", ())
        assert [r.values["last_name"] for r in source.all_rows()] == ["Şahin"]


@pytest.mark.parametrize("byte", [0x81, 0x8D, 0x8F, 0x90, 0x9D])
def test_a_byte_that_windows_lacks_is_an_error_with_its_line(tmp_path: Path, byte: int) -> None:
    data = (HEADER + "1;Müller\n2;Mei").encode("cp1252") + bytes([byte]) + b"er\n"
    with pytest.raises(BadEncoding) as caught:
        opened(tmp_path / "x.csv", data)
    assert caught.value.fields["line"] == 3
    assert caught.value.fields["byte"] == f"{byte:02X}"


def test_a_damaged_utf_8_file_is_not_read_as_windows(tmp_path: Path) -> None:
    data = (HEADER + "1;Müller\n").encode() + b"2;M\xfcller\n"
    with pytest.raises(BadEncoding) as caught:
        opened(tmp_path / "x.csv", data)
    assert (caught.value.fields["line"], caught.value.fields["encoding"]) == (3, "UTF-8")


def test_a_marked_utf_8_file_is_not_read_as_windows(tmp_path: Path) -> None:
    with pytest.raises(BadEncoding):
        opened(tmp_path / "x.csv", b"\xef\xbb\xbf" + HEADER.encode() + b"2;M\xfcller\n")


def test_said_utf_8_is_not_read_as_windows(tmp_path: Path) -> None:
    with pytest.raises(BadEncoding):
        opened(tmp_path / "x.csv", (HEADER + "1;Müller\n").encode("cp1252"), encoding="UTF8")


@pytest.mark.parametrize("shift", [-2, -1, 0, 1])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_a_letter_across_the_border_of_two_pieces_is_read(tmp_path: Path, shift: int, encoding: str) -> None:
    head = HEADER.encode()
    filler = (b"1;" + b"x" * 1021 + b"\n") * ((CHUNK - len(head)) // 1024)
    number = b"0" * (CHUNK - len(head) - len(filler) + shift - 1)
    data = head + filler + number + b";" + "ß2\n2;Weiß\n".encode(encoding)
    with opened(tmp_path / "x.csv", data) as source:
        assert source.encoding == encoding
        last = list(source.all_rows())[-2:]
    assert [r.values["last_name"] for r in last] == ["ß2", "Weiß"]


def test_the_line_of_a_bad_byte_is_right_far_into_the_file(tmp_path: Path) -> None:
    data = HEADER.encode() + (b"1;" + b"x" * 1021 + b"\n") * 3000 + b"1;\x81\n"
    with pytest.raises(BadEncoding) as caught:
        opened(tmp_path / "x.csv", data)
    assert caught.value.fields["line"] == 3002


@pytest.mark.parametrize("name", ["latin-1", "iso-8859-1", "utf-16", "ascii", "nonsense", "base64", "utf-7", "x\0"])
def test_an_impossible_encoding_is_wrong_usage(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadOption):
        opened(tmp_path / "x.csv", HEADER + "1;A\n", encoding=name)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_wide_text_is_named_as_such(tmp_path: Path, encoding: str) -> None:
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    with pytest.raises(WideText):
        opened(tmp_path / "x.csv", mark + (HEADER + "1;A\n").encode(encoding))


def test_wide_text_without_a_mark_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(NotText):
        opened(tmp_path / "x.csv", (HEADER + "1;A\n").encode("utf-16-le"))


def test_old_line_ends_are_named_as_such(tmp_path: Path) -> None:
    with pytest.raises(LineEnds):
        opened(tmp_path / "x.csv", "Nummer;Name\r1;A\r2;B\r")


def test_a_single_byte_encoding_can_be_said(tmp_path: Path) -> None:
    data = (HEADER + "1;Müller\n").encode("cp850")
    assert values_of(tmp_path / "x.csv", data, encoding="cp850") == [{"number": "1", "last_name": "Müller"}]
