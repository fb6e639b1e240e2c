from __future__ import annotations

import errno
import json
import os
import signal
import stat
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import insert

from asta_cli.core.errors import Status
from asta_cli.store import tables
from asta_cli.store.db import Store, Tx
from asta_cli.store.errors import DatabaseBusy, DatabaseUnsafe
from asta_cli.store.locks import ImportRunning, LockLost, chamber_lock, lock_accounts, lock_chambers
from tests.store.conftest import NOW, OpenStore

Start = Callable[..., subprocess.Popen[str]]

HOLD = """
from asta_cli.store.locks import chamber_lock
with chamber_lock(store(sys.argv[1]), "100", wait=0, holder="j.beispiel"):
    print("held", flush=True)
    sys.stdin.readline()
"""


def holding(start: Start, url: str) -> subprocess.Popen[str]:
    process = start(HOLD, url)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def take(store: Store, chamber: str = "100", wait: float = 0) -> bool:
    try:
        with chamber_lock(store, chamber, wait=wait, holder="me"):
            return True
    except ImportRunning:
        return False


class TestChamberLock:
    def test_the_second_is_told_who_and_since_when(self, store: Store, database_url: str, start: Start) -> None:
        holding(start, database_url)
        with pytest.raises(ImportRunning) as caught, chamber_lock(store, "100", wait=0, holder="me"):
            pass
        assert caught.value.status is Status.RETRY
        assert caught.value.fields["holder"] == "j.beispiel"
        since = str(caught.value.fields["since"])
        if store.dialect == "sqlite":
            assert since == NOW
        else:
            assert time.strptime(since, "%Y-%m-%dT%H:%M:%SZ")

    def test_it_is_free_again_at_once(self, store: Store) -> None:
        for _ in range(30):
            assert take(store)

    def test_an_exception_frees_it(self, store: Store) -> None:
        with pytest.raises(ZeroDivisionError), chamber_lock(store, "100", wait=0, holder="me"):
            raise ZeroDivisionError
        assert take(store)

    def test_another_chamber_is_free(self, store: Store) -> None:
        with chamber_lock(store, "100", wait=0, holder="me"):
            assert take(store, "101")

    def test_within_one_process_too(self, store: Store) -> None:
        with chamber_lock(store, "100", wait=0, holder="me"):
            assert not take(store)

    def test_waiting_in_vain(self, store: Store, database_url: str, start: Start) -> None:
        holding(start, database_url)
        began = time.monotonic()
        assert not take(store, wait=0.4)
        assert 0.35 < time.monotonic() - began < 3

    def test_waiting_until_it_is_free(self, store: Store, database_url: str, start: Start) -> None:
        process = holding(start, database_url)
        letting_go = threading.Timer(0.4, process.communicate, ("\n",))
        letting_go.start()
        assert take(store, wait=20)
        letting_go.join()

    def test_a_dead_process_holds_nothing(self, store: Store, database_url: str, start: Start) -> None:
        process = holding(start, database_url)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
        assert take(store, wait=5)

    def test_transactions_go_on_meanwhile(self, store: Store) -> None:
        with chamber_lock(store, "100", wait=0, holder="me"), store.write() as tx:
            tx.execute(insert(tables.meta), {"key": "a", "value": "x"})

    def test_odd_names(self, store: Store) -> None:
        with chamber_lock(store, "../../x\0", wait=0, holder="Jörg 🦆 " + "x" * 500):
            assert not take(store, "../../x\0")

    def test_what_was_committed_does_not_fail_over_its_release(
        self, sqlite_url: str, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(handle: int, length: int) -> None:
            raise OSError(errno.EIO, "Input/output error")

        store = open_store(sqlite_url)
        with chamber_lock(store, "100", wait=0, holder="me"):
            monkeypatch.setattr(os, "ftruncate", fail)
        monkeypatch.undo()
        assert take(store)

    def test_the_lock_file_is_private(self, sqlite_url: str, tmp_path: Path, open_store: OpenStore) -> None:
        store = open_store(sqlite_url)
        directory = tmp_path / "asta.db.locks"
        with chamber_lock(store, "100", wait=0, holder="me"):
            (file,) = directory.iterdir()
            assert json.loads(file.read_text()) == {"holder": "me", "since": NOW}
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        assert file.read_text() == ""
        file.unlink()
        file.symlink_to(tmp_path / "elsewhere")
        with pytest.raises(DatabaseUnsafe):
            take(store)
        assert not (tmp_path / "elsewhere").exists()

    def test_who_holds_it_can_make_sure(self, store: Store) -> None:
        with chamber_lock(store, "100", wait=0, holder="me") as verify:
            for _ in range(3):
                verify()
            assert not take(store)

    def test_who_lost_it_is_told(self, store: Store) -> None:
        with chamber_lock(store, "100", wait=0, holder="me") as verify:
            self.lose(store)
            assert take(store)
            with pytest.raises(LockLost) as caught:
                verify()
            assert caught.value.status is Status.RETRY
        assert take(store)

    def lose(self, store: Store) -> None:
        """Take the lock away from outside: the server's connection, or the file."""
        if store.path is None:
            with store.write() as tx:
                ended = (  # only in this database: other tests are at work on the same server
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                    "WHERE application_name = 'asta: me' AND datname = current_database()"
                )
                assert tx.driver(ended).all() == [(True,)]
        else:
            (file,) = Path(f"{store.path}.locks").iterdir()
            file.unlink()

    def test_no_idleness_ends_it(self, pg_url: str, open_store: OpenStore) -> None:
        name = pg_url.partition("@/")[2].partition("?")[0]
        with open_store(pg_url).write() as tx:
            for limit in ("idle_in_transaction_session_timeout", "statement_timeout", "transaction_timeout"):
                tx.driver(f"ALTER DATABASE {name} SET {limit} = '200ms'")
        with chamber_lock(open_store(pg_url), "100", wait=5, holder="me") as verify:
            time.sleep(0.5)
            verify()

    def test_a_holder_nobody_may_see_is_not_named(self, store: Store) -> None:
        with chamber_lock(store, "100", wait=0, holder=""):
            with pytest.raises(ImportRunning) as caught, chamber_lock(store, "100", wait=0, holder="other"):
                pass
            assert caught.value.message.format(**caught.value.fields) == "an import into chamber 100 is running"

    def test_a_garbled_lock_file_names_nobody(self, sqlite_url: str, tmp_path: Path, open_store: OpenStore) -> None:
        store = open_store(sqlite_url)
        with chamber_lock(store, "100", wait=0, holder="me"):
            (file,) = (tmp_path / "asta.db.locks").iterdir()
            for text in ("", "{", "[1]", "\udcff"):
                file.write_text(text, errors="surrogateescape")
                with pytest.raises(ImportRunning) as caught, chamber_lock(store, "100", wait=0, holder="other"):
                    pass
                assert caught.value.fields["holder"] == ""


class TestRowLocks:
    def fill(self, store: Store) -> None:
        with store.write() as tx:
            for i, number in enumerate(("100", "101")):
                tx.execute(insert(tables.chamber), {"id": i, "number": number, "name": "K", "created_at": NOW})
                tx.execute(insert(tables.company), {"id": i, "chamber": number, "ident_number": "1", "name": "N"})
                email = f"{'ab'[i]}@example.com"
                person = {"id": i, "email": email, "email_key": email, "name": "N", "state": "confirmed"}
                tx.execute(insert(tables.account), {**person, "language": "de", "created_at": NOW})

    def test_the_second_waits(self, database_url: str, store: Store, open_store: OpenStore) -> None:
        self.fill(store)
        other = open_store(database_url, lock_timeout=0.3)
        locks: list[Callable[[Tx], None]] = [
            lambda tx: lock_chambers(tx, ["101", "100", "101"]),
            lambda tx: lock_accounts(tx, ["b@example.com", "a@example.com"]),
        ]
        for lock in locks:
            with store.write() as tx:
                lock(tx)
                with pytest.raises(DatabaseBusy), other.write() as second:
                    lock(second)

    def test_no_patience_is_not_patience_without_end(
        self, database_url: str, store: Store, open_store: OpenStore
    ) -> None:
        self.fill(store)
        for patience in (0.0, 0.0004):
            hasty = open_store(database_url, lock_timeout=patience)
            with store.write() as tx:
                lock_chambers(tx, ["100"])
                with pytest.raises(DatabaseBusy), hasty.write() as second:
                    lock_chambers(second, ["100"])

    def test_others_are_not_held_up(self, pg_url: str, open_store: OpenStore) -> None:
        store, other = open_store(pg_url), open_store(pg_url, lock_timeout=0.3)
        self.fill(store)
        with store.write() as tx:
            lock_chambers(tx, ["100"])
            with other.write() as second:
                lock_chambers(second, ["101"])
                company = {"id": 9, "chamber": "100", "ident_number": "9", "name": "N"}
                second.execute(insert(tables.company), company)

    def test_none_and_many(self, store: Store) -> None:
        with store.write() as tx:
            lock_chambers(tx, [])
            lock_chambers(tx, map(str, range(25_000)))
