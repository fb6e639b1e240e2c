"""The SQLite file: who may touch it, and what is refused."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from asta_cli.core.errors import AstaError, BadOption, Status
from asta_cli.store import sqlite, tables
from asta_cli.store.errors import DatabaseTooOld, DiskFull
from tests.store.conftest import OpenStore
from tests.store.test_db import keys, put


def refused(path: Path, open_store: OpenStore) -> AstaError:
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(AstaError) as caught:
        keys(open_store(f"sqlite:///{path}"))
    assert caught.value.status is Status.CONFIG
    if before is not None:
        assert path.read_bytes() == before
    return caught.value


def made(path: Path, open_store: OpenStore) -> Path:
    store = open_store(f"sqlite:///{path}")
    put(store, "a")
    store.close()
    return path


def test_file_and_directories_are_made_private(tmp_path: Path, open_store: OpenStore) -> None:
    os.umask(os.umask(0o022))
    path = made(tmp_path / "share" / "asta" / "asta.db", open_store)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644, 0o666])
def test_a_file_open_to_others(tmp_path: Path, open_store: OpenStore, mode: int) -> None:
    path = made(tmp_path / "asta.db", open_store)
    path.chmod(mode)
    assert refused(path, open_store).code == "database_unsafe"


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o755, 0o777, 0o1777])
def test_a_directory_open_to_others(tmp_path: Path, open_store: OpenStore, mode: int) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d").chmod(mode)
    assert refused(tmp_path / "d" / "asta.db", open_store).code == "database_unsafe"
    assert not (tmp_path / "d" / "asta.db").exists()


def test_links(tmp_path: Path, open_store: OpenStore) -> None:
    real = made(tmp_path / "real" / "asta.db", open_store)
    (tmp_path / "link").symlink_to(real)
    assert refused(tmp_path / "link", open_store).code == "database_unsafe"
    (tmp_path / "dangling").symlink_to(tmp_path / "real" / "new.db")
    assert refused(tmp_path / "dangling", open_store).code == "database_unsafe"
    assert not (tmp_path / "real" / "new.db").exists()
    (tmp_path / "directory").symlink_to(tmp_path / "real")
    assert refused(tmp_path / "directory" / "asta.db", open_store).code == "database_unsafe"
    os.link(real, tmp_path / "second")
    assert refused(real, open_store).code == "database_unsafe"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_the_files_of_others_are_refused_even_to_root(tmp_path: Path, open_store: OpenStore) -> None:
    path = made(tmp_path / "d" / "asta.db", open_store)
    os.chown(path, 12345, 12345)
    assert refused(path, open_store).code == "database_unsafe"
    os.chown(path, 0, 0)
    os.chown(path.parent, 12345, 12345)
    assert refused(path, open_store).code == "database_unsafe"


def test_something_else_than_a_database(tmp_path: Path, open_store: OpenStore) -> None:
    path = tmp_path / "letter.txt"
    path.touch(0o600)
    path.write_text("Sehr geehrte Damen und Herren, " * 200)
    assert refused(path, open_store).code == "not_a_database"
    (tmp_path / "directory").mkdir(0o700)
    assert refused(tmp_path / "directory", open_store).code == "not_a_database"
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert refused(tmp_path / "pipe", open_store).code == "not_a_database"
    assert refused(path / "asta.db", open_store).code == "database_file"


def test_an_empty_file_is_filled(tmp_path: Path, open_store: OpenStore) -> None:
    (tmp_path / "asta.db").touch(0o600)
    made(tmp_path / "asta.db", open_store)


def test_a_damaged_database(tmp_path: Path, open_store: OpenStore) -> None:
    path = made(tmp_path / "asta.db", open_store)
    content = bytearray(path.read_bytes())
    content[100:4096] = b"\xff" * 3996
    path.write_bytes(content)
    assert refused(path, open_store).code == "database_corrupt"


@pytest.fixture
def place_without_root() -> Iterator[Path]:
    """A directory of the user that the test runs as; where that is root, of another one while it lasts."""
    with tempfile.TemporaryDirectory(prefix="asta-") as name:
        root = os.geteuid() == 0
        if root:
            os.chown(name, 65534, 65534)
            os.seteuid(65534)
        try:
            yield Path(name)
        finally:
            if root:
                os.seteuid(0)


@pytest.mark.parametrize("mode", [0o000, 0o400, 0o200])
def test_a_file_without_rights(place_without_root: Path, open_store: OpenStore, mode: int) -> None:
    path = made(place_without_root / "asta.db", open_store)
    path.chmod(mode)
    with pytest.raises(AstaError) as caught:
        keys(open_store(f"sqlite:///{path}"))
    assert (caught.value.code, caught.value.status) == ("database_file", Status.CONFIG)


def test_a_directory_without_rights(place_without_root: Path, open_store: OpenStore) -> None:
    closed = place_without_root / "closed"
    closed.mkdir(0o500)
    for path in (closed / "asta.db", closed / "asta" / "asta.db"):
        with pytest.raises(AstaError) as caught:
            keys(open_store(f"sqlite:///{path}"))
        assert (caught.value.code, caught.value.status) == ("database_file", Status.CONFIG)


def test_names_with_odd_characters(tmp_path: Path, open_store: OpenStore) -> None:
    made(tmp_path / "Größe 100% #1 & mehr" / "asta ü.db", open_store)
    assert (tmp_path / "Größe 100% #1 & mehr" / "asta ü.db").exists()


def test_a_relative_path(tmp_path: Path, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = open_store("sqlite:///asta.db")
    monkeypatch.chdir("/")
    put(store, "a")
    assert (tmp_path / "asta.db").exists()


def test_a_full_disk(sqlite_url: str, open_store: OpenStore) -> None:
    store = open_store(sqlite_url)
    keys(store)

    def fill() -> None:
        with store.write() as tx:
            pages = tx.driver("PRAGMA page_count").scalar_one()
            tx.driver(f"PRAGMA max_page_count = {pages + 2}")
            tx.execute(insert(tables.meta), [{"key": str(i), "value": "x" * 4000} for i in range(50)])

    with pytest.raises(DiskFull) as caught:
        fill()
    assert caught.value.status is Status.RETRY
    assert keys(store) == []


def test_a_write_that_the_system_refuses(
    sqlite_url: str, open_store: OpenStore, start: Callable[..., subprocess.Popen[str]]
) -> None:
    store = open_store(sqlite_url)
    put(store, "a")
    store.close()
    program = """
import resource
from sqlalchemy import insert
s = store(sys.argv[1])
try:
    with s.write() as tx:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
        tx.execute(insert(tables.meta), [{"key": str(i), "value": "x" * 4000} for i in range(200)])
except Exception as error:
    print(error.code, int(error.status))
"""
    out, errors = start(program, sqlite_url).communicate(timeout=20)
    assert out in ("database_io 75\n", "disk_full 75\n", "commit_unknown 75\n"), errors
    assert keys(store) == ["a"]


def test_wal_only_where_it_is_safe(sqlite_url: str, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "WAL_SINCE", (99, 0, 0))
    with pytest.raises(DatabaseTooOld):
        keys(open_store(sqlite_url, journal="wal"))
    monkeypatch.setattr(sqlite, "WAL_SINCE", (3, 0, 0))
    store = open_store(sqlite_url, journal="wal")
    put(store, "a")
    with store.read() as tx:
        assert tx.driver("PRAGMA journal_mode").scalar() == "wal"
        assert tx.driver("PRAGMA synchronous").scalar() == 2
    store.close()
    with open_store(sqlite_url).read() as tx:
        assert tx.driver("PRAGMA journal_mode").scalar() == "delete"
        assert tx.driver("PRAGMA synchronous").scalar() == 3
        assert tx.driver("PRAGMA foreign_keys").scalar() == 1


def test_an_unknown_journal(sqlite_url: str, open_store: OpenStore) -> None:
    with pytest.raises(BadOption):
        keys(open_store(sqlite_url, journal="off"))


def test_the_wal_limit_is_the_version_that_mended_it() -> None:
    assert sqlite.WAL_SINCE == (3, 51, 3)
    assert sqlite3.sqlite_version_info
