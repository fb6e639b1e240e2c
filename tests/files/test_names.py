"""What a snapshot consists of is told by the names of its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from asta_cli.core.errors import Status
from asta_cli.files import errors
from asta_cli.files.names import snapshot_files


def fill(directory: Path, *names: str) -> str:
    for name in names:
        (directory / name).write_text("x")
    return str(directory)


def test_a_directory(tmp_path: Path) -> None:
    found = snapshot_files([fill(tmp_path, "trainees.csv", "companies.jsonl")])
    assert list(found.files.items()) == [
        ("companies", str(tmp_path / "companies.jsonl")),
        ("trainees", str(tmp_path / "trainees.csv")),
    ]
    assert found.notices == ()


def test_other_files_are_ignored_with_one_notice(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    found = snapshot_files(
        [fill(tmp_path, "Trainers.CSV", "truth.json", "trainers.csv.bak", "trainees.doc", ".hidden")]
    )
    assert list(found.files) == ["trainers"]
    assert [n.fields["names"] for n in found.notices] == ["old, trainees.doc, trainers.csv.bak, truth.json"]


def test_two_files_of_one_kind(tmp_path: Path) -> None:
    with pytest.raises(errors.DoubledFile) as caught:
        snapshot_files([fill(tmp_path, "trainees.csv", "trainees.jsonl")])
    assert caught.value.status is Status.DATA
    with pytest.raises(errors.DoubledFile):
        snapshot_files(["a/trainees.csv", "b/trainees.csv"])


def test_a_workbook_of_a_kind(tmp_path: Path) -> None:
    found = snapshot_files([fill(tmp_path, "trainees.xlsx")])
    assert found.files == {"trainees": str(tmp_path / "trainees.xlsx")}
    assert found.notices == ()
    with pytest.raises(errors.DoubledFile):
        snapshot_files([fill(tmp_path, "trainees.csv")])


def test_nothing_in_it(tmp_path: Path) -> None:
    with pytest.raises(errors.NoFiles):
        snapshot_files([fill(tmp_path, "truth.json")])


def test_files_are_told_by_their_stem() -> None:
    found = snapshot_files(["x/trainees.csv", "y/companies.csv"])
    assert found.files == {"companies": "y/companies.csv", "trainees": "x/trainees.csv"}


@pytest.mark.parametrize("name", ["x/other.csv", "trainees", "-", "trainees.doc", ""])
def test_a_name_that_says_nothing(name: str) -> None:
    with pytest.raises(errors.UnknownFile):
        snapshot_files(["companies.csv", name])


def test_a_name_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(errors.UnknownFile):
        snapshot_files([str(tmp_path / "none")])
