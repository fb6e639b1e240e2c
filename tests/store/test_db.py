from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from sqlalchemy import bindparam, func, insert, select, update

from asta_cli.core.errors import Bug, Conflict, Status
from asta_cli.store import tables
from asta_cli.store.db import Store
from asta_cli.store.errors import (
    BadDatabaseUrl,
    CommitUnknown,
    Contention,
    DatabaseBusy,
    DatabaseReadOnly,
    DatabaseUnreachable,
    DataConflict,
    IdTaken,
)
from tests.store.conftest import NOW, OpenStore

Start = Callable[..., subprocess.Popen[str]]


def put(store: Store, key: str, value: str = "x") -> None:
    with store.write() as tx:
        tx.execute(insert(tables.meta), {"key": key, "value": value})


def keys(store: Store) -> list[str]:
    with store.read() as tx:
        return list(tx.execute(select(tables.meta.c.key).order_by(tables.meta.c.key)).scalars())


def chamber(number: str, id: int) -> dict[str, object]:
    return {"id": id, "number": number, "name": "Kammer", "created_at": NOW}


class TestTransactions:
    def test_a_write_is_there_afterwards(self, store: Store) -> None:
        put(store, "a")
        assert keys(store) == ["a"]

    def test_an_exception_undoes_everything(self, store: Store) -> None:
        def fail() -> None:
            with store.write() as tx:
                tx.execute(insert(tables.meta), {"key": "a", "value": "x"})
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert keys(store) == []

    def test_rollback_only_undoes_everything(self, store: Store) -> None:
        with store.write() as tx:
            tx.execute(insert(tables.meta), {"key": "a", "value": "x"})
            tx.rollback_only()
        assert keys(store) == []

    def test_a_released_savepoint_does_not_escape_the_rollback(self, store: Store) -> None:
        with store.write() as tx:
            with tx.conn.begin_nested():
                tx.execute(insert(tables.meta), {"key": "a", "value": "x"})
            tx.rollback_only()
        assert keys(store) == []

    def test_a_read_transaction_keeps_nothing(self, store: Store) -> None:
        keys(store)
        # SQLite lets it write and throws it away; PostgreSQL says so.
        with nullcontext() if store.dialect == "sqlite" else pytest.raises(DatabaseReadOnly), store.read() as tx:
            tx.execute(insert(tables.meta), {"key": "a", "value": "x"})
        assert keys(store) == []

    def test_a_read_transaction_sees_one_moment(self, pg_url: str, open_store: OpenStore) -> None:
        """On SQLite with its default journal the writer has to wait instead; that is seen below."""
        store, other = open_store(pg_url), open_store(pg_url)
        with store.read() as tx:
            assert tx.execute(select(func.count()).select_from(tables.meta)).scalar() == 0
            put(other, "a")
            assert tx.execute(select(func.count()).select_from(tables.meta)).scalar() == 0

    def test_a_transaction_within_another_is_a_bug(self, store: Store) -> None:
        with pytest.raises(Bug), store.read(), store.write():
            pass
        assert keys(store) == []

    def test_a_swallowed_error_does_not_become_a_false_success(self, store: Store) -> None:
        """PostgreSQL answers COMMIT after an error with a rollback that looks like success."""
        put(store, "a")
        try:
            with store.write() as tx:
                tx.execute(insert(tables.meta), {"key": "b", "value": "x"})
                with pytest.raises(Exception, match=r"UNIQUE|duplicate"):
                    tx.execute(insert(tables.meta), {"key": "a", "value": "x"})
        except Bug:
            assert keys(store) == ["a"]
        else:
            assert keys(store) == ["a", "b"]

    def test_an_undone_transaction_does_not_go_on_statement_by_statement(
        self, sqlite_url: str, open_store: OpenStore
    ) -> None:
        """SQLite ends the whole transaction by itself after some errors; what follows would be committed alone."""
        store = open_store(sqlite_url)
        keys(store)
        with pytest.raises(Bug), store.write() as tx:
            tx.driver("ROLLBACK")
        assert keys(store) == []

    def test_many_rows_through_the_driver(self, store: Store) -> None:
        rows = [(f"k{i:03}", "x") for i in range(300)]
        with store.write() as tx:
            tx.driver(f"INSERT INTO meta (key, value) VALUES ({tx.placeholder}, {tx.placeholder})", rows)
        with store.read() as tx:
            assert [row.key for row in tx.stream(select(tables.meta), batch=7)] == [key for key, _ in rows]
            assert [tuple(row) for row in tx.rows(select(tables.meta), batch=7)] == rows
            (one,) = tx.rows(select(tables.meta).where(tables.meta.c.key == bindparam("key")), {"key": rows[-1][0]})
            assert tuple(one) == rows[-1]

    def test_foreign_keys_are_checked(self, store: Store) -> None:
        with pytest.raises(DataConflict), store.write() as tx:
            tx.execute(
                insert(tables.exam_period), {"id": 1, "chamber": "999", "period": "2027-S", "deadline": "2027-02-01"}
            )

    def test_fold_for_searches(self, sqlite_url: str, open_store: OpenStore) -> None:
        with open_store(sqlite_url).read() as tx:
            assert tx.driver("SELECT asta_fold('ÄRZTEHAUS Groß'), asta_fold(NULL), asta_fold(3)").one() == (
                "ärztehaus gross",
                None,
                3,
            )


class TestLeaks:
    def test_no_value_in_message_or_traceback(self, store: Store) -> None:
        secret = "geheim" + "42"
        put(store, secret)
        with pytest.raises(IdTaken) as caught:
            put(store, secret)
        assert secret not in "".join(traceback.format_exception(caught.value))
        assert secret not in str(caught.value.fields)

    def test_no_password_in_message_or_traceback(self, open_store: OpenStore, tmp_path: Path) -> None:
        store = open_store(f"postgresql://asta:geheim@/nothing?host={tmp_path}")
        with pytest.raises(DatabaseUnreachable) as caught:
            keys(store)
        assert "geheim" not in "".join(traceback.format_exception(caught.value))
        assert "geheim" not in repr(store)


class TestRepeating:
    def test_a_lost_race_for_an_id_is_run_again(self, store: Store) -> None:
        ids = iter([1, 1, 2])

        def work() -> int:
            id = next(ids)
            with store.write() as tx:
                tx.execute(insert(tables.chamber), chamber(f"{id}{time.monotonic_ns()}"[-8:], id))
            return id

        assert store.retrying(work) == 1
        assert store.retrying(work) == 2

    def test_a_conflict_that_stays_is_reported(self, store: Store) -> None:
        tries = []

        def work() -> None:
            tries.append(1)
            with store.write() as tx:
                tx.execute(insert(tables.chamber), [chamber("100", len(tries) * 2), chamber("100", len(tries) * 2 + 1)])

        with pytest.raises(Conflict):
            store.retrying(work)
        assert len(tries) == 2

    def test_other_errors_are_not_run_again(self, store: Store) -> None:
        tries = []

        def work() -> None:
            tries.append(1)
            raise Bug(kind="test")

        with pytest.raises(Bug):
            store.retrying(work)
        assert len(tries) == 1

    def test_a_deadlock_ends_well_for_both(self, pg_url: str, open_store: OpenStore) -> None:
        first, second = open_store(pg_url), open_store(pg_url)
        put(first, "a", "0")
        put(first, "b", "0")
        both_hold_one = threading.Barrier(2)

        def add(store: Store, order: str) -> None:
            attempts = iter(range(20))

            def work() -> None:
                with store.write() as tx:
                    for key in order:
                        tx.execute(
                            update(tables.meta).where(tables.meta.c.key == key).values(value=tables.meta.c.value + "1")
                        )
                        if next(attempts) == 0:
                            both_hold_one.wait(10)

            store.retrying(work)

        threads = [threading.Thread(target=add, args=a) for a in ((first, "ab"), (second, "ba"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        with first.read() as tx:
            assert set(tx.execute(select(tables.meta.c.value)).scalars()) == {"011"}


class TestOthers:
    def test_a_lock_held_too_long(self, database_url: str, open_store: OpenStore) -> None:
        holder, waiter = open_store(database_url), open_store(database_url, lock_timeout=0.3)
        put(holder, "a")
        keys(waiter)
        with holder.write() as tx:
            tx.execute(update(tables.meta).values(value="y"))
            began = time.monotonic()
            with pytest.raises(DatabaseBusy) as caught, waiter.write() as other:
                other.execute(update(tables.meta).values(value="z"))
            assert 0.25 < time.monotonic() - began < 3
        assert caught.value.status is Status.RETRY

    def test_a_commit_waits_for_a_reader(self, sqlite_url: str, open_store: OpenStore) -> None:
        reader, writer = open_store(sqlite_url), open_store(sqlite_url, lock_timeout=10)
        keys(writer)
        got_in, done = threading.Event(), threading.Event()

        def read() -> None:
            with reader.read():
                got_in.set()
                done.wait(0.5)

        thread = threading.Thread(target=read)
        thread.start()
        got_in.wait(5)
        put(writer, "a")
        thread.join(5)
        assert keys(reader) == ["a"]

    def test_a_commit_that_a_reader_holds_up_for_too_long(self, sqlite_url: str, open_store: OpenStore) -> None:
        put(open_store(sqlite_url), "a")
        reader = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM meta").fetchall()
        store = open_store(sqlite_url, lock_timeout=0.05)
        with pytest.raises(DatabaseBusy):
            store.retrying(lambda: put(store, "b"))
        reader.execute("COMMIT")
        put(open_store(sqlite_url, lock_timeout=0.05), "c")  # the one that gave up keeps nobody out
        put(store, "d")
        assert keys(store) == ["a", "c", "d"]
        reader.close()

    def test_many_read_then_write_at_once(self, database_url: str, store: Store, start: Start) -> None:
        put(store, "count", "0")
        program = """
from sqlalchemy import select, update
s = store(sys.argv[1], lock_timeout=60)
m = tables.meta
for _ in range(20):
    def work():
        with s.write() as tx:
            n = tx.execute(select(m.c.value).where(m.c.key == "count").with_for_update()).scalar_one()
            tx.execute(update(m).values(value=str(int(n) + 1)))
    s.retrying(work)
s.close()
"""
        processes = [start(program, database_url) for _ in range(6)]
        for process in processes:
            _, errors = process.communicate(timeout=60)
            assert process.returncode == 0, errors
        with store.read() as tx:
            assert tx.execute(select(tables.meta.c.value)).scalar_one() == "120"

    def test_ctrl_c_is_heard_while_waiting(self, database_url: str, store: Store, start: Start) -> None:
        put(store, "a")
        program = """
from sqlalchemy import update
s = store(sys.argv[1], lock_timeout=60)
with s.read(): pass
print("ready", flush=True)
try:
    with s.write() as tx:
        tx.execute(update(tables.meta).values(value="mine"))
    print("got in")
except KeyboardInterrupt:
    print("interrupted")
"""
        with store.write() as tx:
            tx.execute(update(tables.meta).values(value="theirs"))
            process = start(program, database_url)
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(0.3)
            process.send_signal(signal.SIGINT)
            began = time.monotonic()
            out, errors = process.communicate(timeout=20)
        assert out == "interrupted\n", errors
        assert time.monotonic() - began < 2

    def test_a_killed_writer_leaves_nothing(self, database_url: str, store: Store, start: Start) -> None:
        keys(store)
        program = """
from sqlalchemy import insert
with store(sys.argv[1]).write() as tx:
    tx.execute(insert(tables.meta), [{"key": f"k{i}", "value": "x" * 2000} for i in range(2000)])
    print("written", flush=True)
    sys.stdin.read()
"""
        process = start(program, database_url)
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
        assert keys(store) == []
        put(store, "a")


class TestServer:
    def end_connections(self, url: str, open_store: OpenStore) -> None:
        with open_store(url).write() as tx:
            tx.driver(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    def test_an_idle_connection_that_broke_is_replaced(self, pg_url: str, open_store: OpenStore) -> None:
        store = open_store(pg_url)
        put(store, "a")
        self.end_connections(pg_url, open_store)
        assert keys(store) == ["a"]

    def test_a_connection_that_breaks_in_the_middle(self, pg_url: str, open_store: OpenStore) -> None:
        store = open_store(pg_url)

        def work() -> None:
            with store.write() as tx:
                tx.execute(insert(tables.meta), {"key": "a", "value": "x"})
                self.end_connections(pg_url, open_store)
                tx.execute(select(tables.meta)).all()

        with pytest.raises(DatabaseUnreachable):
            work()
        assert keys(store) == []

    def test_a_connection_that_breaks_during_commit(self, pg_url: str, open_store: OpenStore) -> None:
        store = open_store(pg_url)
        with store.write() as tx:
            tx.driver(
                "CREATE FUNCTION doze() RETURNS trigger LANGUAGE plpgsql"
                " AS 'BEGIN PERFORM pg_sleep(20); RETURN NULL; END'"
            )
            tx.driver(
                "CREATE CONSTRAINT TRIGGER doze AFTER INSERT ON meta DEFERRABLE INITIALLY DEFERRED"
                " FOR EACH ROW EXECUTE FUNCTION doze()"
            )
        killer = threading.Timer(0.5, self.end_connections, (pg_url, open_store))
        killer.start()
        with pytest.raises(CommitUnknown) as caught:
            put(store, "a")
        killer.join()
        assert caught.value.status is Status.RETRY

    def test_a_deferred_rule_broken_at_commit(self, pg_url: str, open_store: OpenStore) -> None:
        store = open_store(pg_url)
        company = {"id": 1, "chamber": "100", "ident_number": "1", "name": "N", "parent_id": 77}

        def work() -> None:
            with store.write() as tx:
                tx.execute(insert(tables.chamber), chamber("100", 1))
                tx.execute(insert(tables.company), company)

        with pytest.raises(DataConflict):
            work()

    def test_several_hosts(self, pg_url: str, open_store: OpenStore) -> None:
        place = pg_url.partition("host=")[2]
        several = pg_url.replace("host=", "host=/nowhere,") + "&target_session_attrs=read-write"
        assert place in several
        assert keys(open_store(several)) == []

    @pytest.mark.parametrize("scheme", ["postgres://", "postgresql+psycopg://"])
    def test_other_spellings(self, pg_url: str, open_store: OpenStore, scheme: str) -> None:
        assert keys(open_store(pg_url.replace("postgresql://", scheme))) == []

    def test_what_the_session_is_given(self, pg_url: str, open_store: OpenStore) -> None:
        with open_store(pg_url, lock_timeout=7).write() as tx:
            shown = {
                name: tx.driver(f"SHOW {name}").scalar()
                for name in ("application_name", "client_encoding", "lock_timeout", "transaction_isolation", "TimeZone")
            }
        assert shown == {
            "application_name": "asta",
            "client_encoding": "UTF8",
            "lock_timeout": "7s",
            "transaction_isolation": "read committed",
            "TimeZone": "UTC",
        }

    def test_contention_is_told_as_busy(self) -> None:
        assert (Contention().code, Contention().status) == ("database_busy", Status.RETRY)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "asta.db",
        "mysql://u:geheim@h/d",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:////a?mode=ro",
        "sqlite:x",
    ],
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(BadDatabaseUrl) as caught:
        Store(url, clock=lambda: NOW)
    assert caught.value.fields == {}


def test_a_server_address_that_is_none(open_store: OpenStore) -> None:
    with pytest.raises(BadDatabaseUrl):
        keys(open_store("postgresql://h/d?nonsense=geheim"))
