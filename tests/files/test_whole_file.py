"""Files that are not what they should be: one clear error with status 65, naming the file and the line."""

from __future__ import annotations

import io
import os
import sys
import zipfile
from pathlib import Path

import pytest

from asta_cli.core.errors import AstaError, BadOption, Status
from asta_cli.files import errors
from asta_cli.files.source import ReadOptions, open_source
from tests.files.support import PEOPLE, SECRET, opened, rows_of, values_of

HEADER = "Nummer;Name;E-Mail\n"


def read(path: Path) -> None:
    with open_source(str(path), PEOPLE, secret=SECRET) as source:
        list(source.all_rows())


@pytest.mark.parametrize(
    ("data", "error", "line"),
    [
        ("", errors.EmptyFile, None),
        ("\n \r\n", errors.EmptyFile, None),
        ("\ufeff", errors.EmptyFile, None),
        (HEADER, errors.NoRows, None),
        (HEADER + "\n;;\n", errors.NoRows, None),
        (HEADER + '1;A;a@b\n2;"B;c@d\n3;C;\n', errors.OpenQuote, 3),
        (HEADER + '1;"A', errors.OpenQuote, 2),
        ('Nummer;"Name\n1;A\n', errors.OpenQuote, 1),
        (HEADER + "1;A;a@b\n2;B", errors.Truncated, 3),
        (HEADER + "1;A;a@b\n2;B\n\n", errors.Truncated, 3),
        (HEADER + '1;"A";a@b\n"2";"B\n B"', errors.Truncated, 3),
        ("1;A;a@b\n2;B;c@d\n", errors.MissingColumn, 1),
        ("\nName;E-Mail\nA;a@b\n", errors.MissingColumn, 2),
        (";;;\nA;a@b\n", errors.MissingColumn, 1),
        ("Nummer;Name;Name\n1;A;B\n", errors.DoubledColumn, 1),
        ("Num\0mer;Name\n1;A\n", errors.NotText, None),
        ("x" * 100_000, errors.NotText, None),
        ('Nummer;Name;"a"b\n1;A;x\n', errors.BadHeader, 1),
    ],
)
def test_broken_files(tmp_path: Path, data: str, error: type[AstaError], line: int | None) -> None:
    with pytest.raises(error) as caught:
        rows_of(tmp_path / "x.csv", data)
    assert caught.value.status is Status.DATA
    assert caught.value.fields["file"] == str(tmp_path / "x.csv")
    assert caught.value.fields.get("line") == line
    caught.value.message.format(**caught.value.fields)
    caught.value.hint.format(**caught.value.fields)


def test_a_missing_final_newline_is_fine(tmp_path: Path) -> None:
    assert len(values_of(tmp_path / "x.csv", HEADER + "1;A;a@b\n2;B;")) == 2


def test_no_rows_can_be_allowed(tmp_path: Path) -> None:
    with opened(tmp_path / "x.csv", HEADER, allow_empty=True) as source:
        assert source.columns == {"number", "last_name", "email"}
        assert list(source.all_rows()) == []


def test_an_empty_file_cannot_be_allowed(tmp_path: Path) -> None:
    with pytest.raises(errors.EmptyFile):
        opened(tmp_path / "x.csv", "", allow_empty=True)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(errors.FileMissing):
        read(tmp_path / "none.csv")
    with pytest.raises(errors.FileMissing):
        open_source("", PEOPLE)


def test_a_directory(tmp_path: Path) -> None:
    with pytest.raises(errors.IsDirectory):
        read(tmp_path)


def test_a_device_and_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.csv")
    for path in (Path("/dev/null"), tmp_path / "x.csv"):
        with pytest.raises(errors.NotRegular):
            read(path)


@pytest.mark.parametrize("name", ["x\0.csv", "x" * 5000])
def test_impossible_names(name: str) -> None:
    with pytest.raises(errors.Unreadable):
        open_source(name, PEOPLE)


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.csv"
    path.write_text(HEADER + "1;A;\n")
    path.chmod(0)
    if os.geteuid() == 0:  # root may read everything, so the refusal has to come from somewhere else

        def refuse(*_args: object) -> int:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(errors.NoAccess):
        read(path)


def test_workbooks_by_content_and_by_name(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.csv", "w") as book:
        book.writestr("xl/workbook.xml", "<workbook/>")
    (tmp_path / "x.xlsx").write_text(HEADER + "1;A;\n")
    (tmp_path / "old.csv").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504)
    for name in ("x.csv", "x.xlsx", "old.csv"):
        with pytest.raises(errors.Workbook):
            read(tmp_path / name)


@pytest.mark.parametrize("change", ["longer", "touched"])
def test_a_file_that_changes_while_it_is_read(tmp_path: Path, change: str) -> None:
    path = tmp_path / "x.csv"
    with opened(path, HEADER + "1;A;a@b\n2;B;c@d\n") as source:
        rows = source.all_rows()
        next(rows)
        if change == "longer":
            with path.open("a") as file:
                file.write("3;C")
        else:
            os.utime(path, ns=(1, 1))
        with pytest.raises(errors.FileChanged):
            list(rows)


def test_a_file_replaced_while_it_is_read_is_read_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    with opened(path, HEADER + "1;A;a@b\n2;B;c@d\n") as source:
        rows = source.all_rows()
        next(rows)
        (tmp_path / "new").write_text("other")
        (tmp_path / "new").replace(path)
        assert [r.values["number"] for r in rows] == ["2"]


class Stdin:
    """Standard input with given bytes."""

    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


@pytest.mark.parametrize("data", [HEADER + '1;"A\nB";a@b\n', '{"Nummer": "1", "Name": "A B", "email": "a@b"}\n'])
def test_standard_input_is_read_twice_and_sniffed(monkeypatch: pytest.MonkeyPatch, data: str) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(data.encode()))
    with open_source("-", PEOPLE) as source:
        first, second = list(source.all_rows()), list(source.all_rows())
    assert [dict(r.values) for r in first] == [{"number": "1", "last_name": "A B", "email": "a@b"}]
    assert first == second
    assert first[0].where.startswith("stdin:")


def test_closed_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(errors.Unreadable):
        open_source("-", PEOPLE)


@pytest.mark.parametrize(
    ("name", "given", "found"),
    [
        ("x.csv", "", "csv"),
        ("x.TXT", "", "csv"),
        ("x", "", "csv"),
        ("x.jsonl", "csv", "csv"),
        ("x.xlsx", "csv", "csv"),
    ],
)
def test_the_kind_is_told_by_the_name_or_the_option(tmp_path: Path, name: str, given: str, found: str) -> None:
    with opened(tmp_path / name, HEADER + "1;A;\n", input_format=given) as source:
        assert source.format == found


def test_an_unknown_kind_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(BadOption):
        opened(tmp_path / "x.csv", HEADER + "1;A;\n", input_format="xml")


def test_a_failed_opening_leaves_nothing_open(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(HEADER)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        with pytest.raises(errors.NoRows):
            open_source(str(tmp_path / "x.csv"), PEOPLE, options=ReadOptions())
    assert len(os.listdir("/proc/self/fd")) == before
