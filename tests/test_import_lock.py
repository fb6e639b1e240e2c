"""One import into a chamber at a time, from the command line: who holds it, how long others wait, who dies with it."""

from __future__ import annotations

import getpass
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from asta_cli.store.db import Store
from asta_cli.store.locks import ImportRunning, chamber_lock
from tests.support.cli import Asta
from tests.support.registers import Register


@pytest.fixture
def files(asta_db: Asta, register: Callable[..., Register]) -> Register:
    asta_db("chambers", "add", "177", "--name", "IHK Musterstadt", code=0)
    asta_db("chambers", "add", "178", "--name", "IHK Beispielstadt", code=0)
    return register(companies=2)


def is_free(store: Store) -> bool:
    try:
        with chamber_lock(store, "177", wait=0, holder="the test"):
            return True
    except ImportRunning:
        return False


@contextmanager
def importing(asta: Asta, store: Store) -> Iterator[subprocess.Popen[str]]:
    """An import that holds the lock of chamber 177 and waits for its standard input."""
    argv = ("import", "companies", "-", "--input-format", "csv", "--chamber", "177", "--lock-wait", "60s")
    process = asta.start(*argv)
    try:
        end = time.monotonic() + 60
        while is_free(store):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < end
            time.sleep(0.1)
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def test_the_second_is_told_who_and_since_when_and_exits_with_75(asta_db: Asta, store: Store, files: Register) -> None:
    began = time.time()
    with importing(asta_db, store) as first:
        done = asta_db("-q", "--log-format", "json", "import", "companies", files.path("companies"), "--chamber", "177")
        assert done.code == 75
        assert done.out == ""
        told = json.loads(done.err)
        assert told["code"] == "import_running"
        assert f"{getpass.getuser()}@" in told["message"]
        assert f"(PID {first.pid})" in told["message"]
        assert "--lock-wait" in told["hint"]
        text = asta_db("import", "companies", files.path("companies"), "--chamber", "177", code=75, lang="de").err
        assert len(text.splitlines()) == 1
        days = [time.strftime("%Y-%m-%d", time.gmtime(t + 7200 * n)) for t in (began, time.time()) for n in (0, 1)]
        assert any(day in text for day in days), text  # Berlin may have begun another day
        asta_db("import", "companies", files.path("companies"), "--chamber", "178", code=0)  # no other one's business


def test_a_killed_import_leaves_nothing_and_holds_nothing(asta_db: Asta, store: Store, files: Register) -> None:
    with importing(asta_db, store) as first:
        os.kill(first.pid, signal.SIGKILL)
        first.wait(10)
        wait = "20s"  # the server of another machine may need a moment to see it
        asta_db("import", "companies", files.path("companies"), "--chamber", "177", "--lock-wait", wait, code=0)


@pytest.mark.parametrize("how", ["option", "setting"])
def test_waiting_until_it_is_free(asta_db: Asta, store: Store, files: Register, how: str) -> None:
    option, setting = (["--lock-wait", "60s"], {}) if how == "option" else ([], {"ASTA_IMPORT__LOCK_WAIT": "60"})
    with importing(asta_db, store) as first:
        dying = threading.Timer(1.5, os.kill, (first.pid, signal.SIGKILL))
        dying.start()
        began = time.monotonic()
        asta_db("import", "companies", files.path("companies"), "--chamber", "177", *option, env=setting, code=0)
        assert 1 < time.monotonic() - began < 30
        dying.join()


def test_waiting_in_vain(asta_db: Asta, store: Store, files: Register) -> None:
    with importing(asta_db, store):
        began = time.monotonic()
        argv = ("import", "companies", files.path("companies"), "--chamber", "177", "--lock-wait", "1s")
        asta_db(*argv, env={"ASTA_IMPORT__LOCK_WAIT": "600"}, code=75)  # the option counts
        assert 1 <= time.monotonic() - began < 30


def test_waiting_can_be_interrupted(asta_db: Asta, store: Store, files: Register) -> None:
    with importing(asta_db, store):
        argv = ("import", "companies", files.path("companies"), "--chamber", "177", "--lock-wait", "10m")
        second = asta_db.start(*argv)
        time.sleep(1.5)
        os.kill(second.pid, signal.SIGINT)
        out, err = second.communicate(timeout=20)
        assert second.returncode == 130, out + err
        assert "nothing half done" in err


def test_who_lost_the_lock_on_the_way_writes_nothing(asta_db: Asta, store: Store, files: Register) -> None:
    with importing(asta_db, store) as first:
        if store.path is None:
            with store.write() as tx:
                ours = "datname = current_database() AND starts_with(application_name, 'asta: ')"
                ended = tx.driver(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {ours}")
                assert ended.all() == [(True,)]
        else:
            next(Path(f"{store.path}.locks").iterdir()).unlink()
        assert is_free(store)
        out, err = first.communicate(files.path("companies").read_text(encoding="utf-8"), timeout=60)
        assert first.returncode == 75, out + err
        assert "error[lock_lost]" in err
    assert asta_db("companies", "list", "--format", "count", code=0).lines == ["0"]
    asta_db("import", "companies", files.path("companies"), "--chamber", "177", code=0)
