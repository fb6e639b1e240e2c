"""Files are written whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from asta_cli.core.errors import AstaError, Status
from asta_cli.files import errors
from asta_cli.files.output import PendingFile, atomic, put_in_place


def left(directory: Path) -> list[str]:
    return sorted(p.name for p in directory.iterdir())


def test_a_file_appears_when_all_of_it_is_there(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    with atomic(str(path)) as file:
        file.write("Müller\n")
        file.write(b"\xff")
        assert not path.exists()
    assert path.read_bytes() == "Müller\n".encode() + b"\xff"
    assert path.stat().st_mode & 0o777 == 0o600
    assert left(tmp_path) == ["x.csv"]


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("old")

    def interrupted() -> None:
        with atomic(str(path)) as file:
            file.write("new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_text() == "old"
    assert left(tmp_path) == ["x.csv"]


def test_an_ordinary_file_is_replaced_and_gets_the_mode(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("old")
    path.chmod(0o666)
    with atomic(str(path), mode=0o640) as file:
        file.write("new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_sealed_file_is_complete_before_it_is_in_place(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    with PendingFile(str(path)) as file:
        file.write("code")
        file.seal()
        assert Path(file.temporary).read_text() == "code"
        assert Path(file.temporary).stat().st_mode & 0o777 == 0o600
        assert Path(file.temporary).parent == tmp_path
        assert not path.exists()
        file.publish()
    assert left(tmp_path) == ["x.csv"]


def test_a_discarded_file_leaves_nothing_sealed_or_not(tmp_path: Path) -> None:
    for sealed in (False, True):
        file = PendingFile(str(tmp_path / "x.csv"))
        file.write("code")
        if sealed:
            file.seal()
        file.discard()
        file.discard()
        assert left(tmp_path) == []


def test_a_sealed_file_can_be_put_in_place_by_another_process(tmp_path: Path) -> None:
    file = PendingFile(str(tmp_path / "x.csv"))
    file.write("code")
    file.seal()
    put_in_place(file.temporary, str(tmp_path / "x.csv"))
    assert (tmp_path / "x.csv").read_text() == "code"


def test_a_relative_name_without_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with atomic("x.csv") as file:
        file.write("new")
    assert left(tmp_path) == ["x.csv"]


def refused(path: str) -> AstaError:
    with pytest.raises(errors.OutputRefused) as caught, atomic(path) as file:
        file.write("x")
    assert caught.value.status is Status.USAGE
    assert caught.value.fields["file"] == path
    caught.value.message.format(**caught.value.fields)
    return caught.value


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    assert isinstance(refused(str(tmp_path / "none" / "x.csv")), errors.OutputMissingDirectory)


def test_what_is_no_ordinary_file_is_not_replaced(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("keep")
    (tmp_path / "link").symlink_to(target)
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    before = left(tmp_path)
    for path in (
        tmp_path,
        tmp_path / "link",
        tmp_path / "dangling",
        tmp_path / "pipe",
        "/dev/null",
        f"{tmp_path}/",
        "",
    ):
        assert isinstance(refused(str(path)), errors.OutputNotRegular)
    assert left(tmp_path) == before
    assert target.read_text() == "keep"


def test_a_directory_put_there_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    file = PendingFile(str(tmp_path / "x.csv"))
    (tmp_path / "x.csv").mkdir()
    with pytest.raises(errors.OutputNotRegular):
        file.publish()
    file.discard()
    assert left(tmp_path) == ["x.csv"]


def test_impossible_names(tmp_path: Path) -> None:
    refused(str(tmp_path / "x\0y"))
    refused(str(tmp_path / ("x" * 300)))
    (tmp_path / "plain").write_text("")
    refused(str(tmp_path / "plain" / "x.csv"))


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o500)
    if os.geteuid() == 0:  # root may write everywhere, so the refusal has to come from somewhere else

        def refuse(*_args: object) -> int:
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr(os, "open", refuse)
    assert isinstance(refused(str(tmp_path / "x.csv")), errors.OutputNoAccess)
    tmp_path.chmod(0o700)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_full_or_failing_disk_is_for_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(errors.DiskTrouble) as caught, atomic(str(tmp_path / "x.csv")) as file:
        file.write("x")
    assert caught.value.status is Status.RETRY
    assert left(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_a_write_to_a_full_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    really = os.open
    monkeypatch.setattr(
        os, "open", lambda *args: really("/dev/full", os.O_WRONLY) if ".asta-" in str(args[0]) else really(*args)
    )
    with pytest.raises(errors.DiskTrouble), atomic(str(tmp_path / "x.csv")) as file:
        file.write(b"x" * 1_000_000)


@pytest.mark.parametrize("suffix", ["", ".key", ".lock", "-journal", "-wal"])
def test_neither_a_database_nor_its_key_is_replaced(tmp_path: Path, suffix: str) -> None:
    database = tmp_path / "asta.db"
    database.write_bytes(b"SQLite format 3\0and more")
    path = tmp_path / f"asta.db{suffix}"
    path.touch()
    before = path.read_bytes()
    with pytest.raises(errors.OutputIsDatabase):
        PendingFile(str(path))
    assert path.read_bytes() == before
    PendingFile(str(tmp_path / "asta.db.csv")).discard()
