from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from asta_cli.core.errors import AstaError, Status
from asta_cli.store.db import Store
from asta_cli.store.keys import KeyMissing, Keys, KeyUnset, WrongKey, open_keys, read_key
from tests.store.conftest import OpenStore

SECRET = bytes(range(1, 41))


def key_at(path: Path, content: bytes = SECRET, mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


class TestSubkeys:
    def test_known_values(self) -> None:
        """They must never change: codes and links in people's hands depend on them."""
        keys = Keys(b"k" * 32)
        assert keys.id.hex() == "0c6160b3"
        assert keys.fingerprint == "165d4f55d46ba3d57c673c251246faec"
        assert keys.subkey("letter").hex() == "a129b1d96f7e865ff4b0333917df1298ff20a2135e5664fe0db2b82a22e8aeb5"

    def test_purposes_and_secrets_are_apart(self) -> None:
        made = [Keys(s).subkey(p) for s in (b"k" * 32, b"k" * 33, b"k" * 200) for p in ("letter", "link", "letter2")]
        assert len(set(made)) == 9
        assert all(len(m) == 32 for m in made)

    @pytest.mark.parametrize("purpose", ["", "seventeen letters", "asta key id"])
    def test_purposes_that_are_none(self, purpose: str) -> None:
        with pytest.raises(ValueError, match="purpose"):
            Keys(SECRET).subkey(purpose)

    def test_nothing_shows_it(self) -> None:
        assert "kkkk" not in repr(Keys(b"k" * 32)) + str(Keys(b"k" * 32))


class TestFile:
    @pytest.mark.parametrize(
        ("content", "key"),
        [
            (b"k" * 32, b"k" * 32),
            (b"k" * 32 + b"\n", b"k" * 32),
            (b"k" * 32 + b"\n\n", b"k" * 32 + b"\n"),
            (b"\0" * 40, b"\0" * 40),
        ],
    )
    def test_one_final_newline_is_no_part(self, tmp_path: Path, content: bytes, key: bytes) -> None:
        assert read_key(key_at(tmp_path / "key", content)) == key

    @pytest.mark.parametrize("content", [b"", b"k" * 31, b"k" * 31 + b"\n", b"k" * 70_000])
    def test_wrong_length(self, tmp_path: Path, content: bytes) -> None:
        self.refused(key_at(tmp_path / "key", content), "key_unusable")

    @pytest.mark.parametrize("mode", [0o604, 0o644, 0o660, 0o602, 0o610])
    def test_open_to_others(self, tmp_path: Path, mode: int) -> None:
        self.refused(key_at(tmp_path / "key", mode=mode), "key_exposed")

    def test_a_group_of_its_own_may_read(self, tmp_path: Path) -> None:
        assert read_key(key_at(tmp_path / "key", mode=0o440)) == SECRET

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
    def test_of_another_user(self, tmp_path: Path) -> None:
        path = key_at(tmp_path / "key")
        os.chown(path, 12345, 12345)
        self.refused(path, "key_exposed")

    def test_not_a_file(self, tmp_path: Path) -> None:
        self.refused(tmp_path, "key_unusable")
        os.mkfifo(tmp_path / "pipe", 0o600)
        self.refused(tmp_path / "pipe", "key_unusable")
        self.refused(tmp_path / "nothing", "key_missing")
        self.refused(key_at(tmp_path / "key") / "below", "database_file")

    def test_through_a_link(self, tmp_path: Path) -> None:
        key_at(tmp_path / "key")
        (tmp_path / "link").symlink_to("key")
        assert read_key(tmp_path / "link") == SECRET

    def refused(self, path: Path, code: str) -> None:
        with pytest.raises(AstaError) as caught:
            read_key(path)
        assert (caught.value.code, caught.value.status) == (code, Status.CONFIG)


class TestDatabase:
    def test_the_first_key_is_the_key(self, store: Store, tmp_path: Path) -> None:
        first, second = key_at(tmp_path / "first"), key_at(tmp_path / "second", SECRET[::-1])
        assert open_keys(store, first).fingerprint == Keys(SECRET).fingerprint
        with pytest.raises(WrongKey) as caught:
            open_keys(store, second)
        assert caught.value.status is Status.CONFIG
        assert open_keys(store, first).subkey("letter") == Keys(SECRET).subkey("letter")

    def test_a_server_needs_one(self, pg_url: str, open_store: OpenStore) -> None:
        with pytest.raises(KeyUnset) as caught:
            open_keys(open_store(pg_url), None)
        assert (caught.value.code, caught.value.status) == ("key_missing", Status.CONFIG)

    def test_made_beside_the_file(self, sqlite_url: str, tmp_path: Path, open_store: OpenStore) -> None:
        keys = open_keys(open_store(sqlite_url), None)
        path = tmp_path / "asta.db.key"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert len(read_key(path)) >= 32
        assert open_keys(open_store(sqlite_url), None).fingerprint == keys.fingerprint
        assert sorted(p.name for p in tmp_path.iterdir()) == ["asta.db", "asta.db.key"]

    def test_two_databases_have_two(self, tmp_path: Path, open_store: OpenStore) -> None:
        made = {open_keys(open_store(f"sqlite:///{tmp_path}/{n}.db"), None).fingerprint for n in "ab"}
        assert len(made) == 2

    def test_a_lost_one_is_not_replaced(self, sqlite_url: str, tmp_path: Path, open_store: OpenStore) -> None:
        store = open_store(sqlite_url)
        open_keys(store, None)
        (tmp_path / "asta.db.key").unlink()
        with pytest.raises(KeyMissing):
            open_keys(store, None)
        assert not (tmp_path / "asta.db.key").exists()

    def test_eight_processes_agree(
        self, sqlite_url: str, tmp_path: Path, start: Callable[..., subprocess.Popen[str]]
    ) -> None:
        program = """
from asta_cli.store.keys import open_keys
sys.stdin.readline()
print(open_keys(store(sys.argv[1], lock_timeout=60), None).fingerprint)
"""
        processes = [start(program, sqlite_url) for _ in range(8)]
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        answers = [process.communicate(timeout=60) for process in processes]
        assert {process.returncode for process in processes} == {0}, answers
        assert {out.strip() for out, _ in answers} == {Keys(read_key(tmp_path / "asta.db.key")).fingerprint}
        assert sorted(p.name for p in tmp_path.iterdir()) == ["asta.db", "asta.db.key"]
