"""asta in a process of its own that is about to come to harm.

Everything is loaded once and each command is a fork, so that a thousand tries take minutes, and so that what a tracer
sees of a command is its work and not Python's start. A command may wait at a gate until a tracer has hold of it.
"""

from __future__ import annotations

import gc
import io
import mmap
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from asta_cli.main import main
from asta_cli.store import bare
from tests.support.cli import Asta
from tests.support.clock import Clock
from tests.support.inprocess import AstaInProcess
from tests.support.race import load_everything

TIMEOUT = 120.0
_LARGE = 20  # new records: what asta does with thousands at once it does with as few here
NOTHING, READING, WRITING, COMMITTING = range(4)
"""How far a command has come: before it looked into the database, reading there, writing, at a commit."""

Hook = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a command ended: its exit status (negative: the signal), what it said, how far it had come, its seconds."""

    code: int
    out: str
    err: str
    stage: int
    seconds: float

    @property
    def killed(self) -> bool:
        """Whether it was killed before it could end by itself."""
        return self.code == -signal.SIGKILL


@dataclass(frozen=True, slots=True)
class Order:
    """A command to run. ``hook`` is called in its process first; ``clock`` stands still."""

    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    stdin: str = ""
    hook: Hook | None = None
    clock: Clock = field(default_factory=Clock)


class Child:
    """A started command. With *gate* it waits until ``go``."""

    def __init__(self, order: Order, *, gate: bool = False) -> None:
        _load()
        self._files = [os.memfd_create(name) for name in ("in", "out", "err")]
        os.write(self._files[0], order.stdin.encode())
        os.lseek(self._files[0], 0, os.SEEK_SET)
        self._stage = mmap.mmap(-1, 1)
        self.started = time.monotonic()
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            _live(order, self._files, self._stage, gate)
        if gate:
            os.waitpid(self.pid, os.WUNTRACED)
        self._handle = os.pidfd_open(self.pid)

    def go(self) -> None:
        """Open the gate."""
        self.started = time.monotonic()
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """Kill it as ``kill -9`` does; without effect on one that has ended."""
        signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def ended(self, within: float) -> bool:
        """Whether it ends within so many seconds."""
        return bool(select.select([self._handle], [], [], within)[0])

    def comes_to(self, stage: int, within: float) -> bool:
        """Whether it gets so far within so many seconds."""
        end = time.monotonic() + within
        while self._stage[0] < stage:
            if time.monotonic() > end or self.ended(0.0002):
                return False
        return True

    def ending(self) -> Ending:
        """Wait for its end. One that does not come to an end is killed, which is a failure: TimeoutError."""
        late = not self.ended(TIMEOUT)
        if late:
            self.kill()
        _pid, status = os.waitpid(self.pid, 0)
        seconds = time.monotonic() - self.started
        said = []
        for number in self._files[1:]:
            os.lseek(number, 0, os.SEEK_SET)
            with os.fdopen(number, encoding="utf-8", errors="replace") as file:
                said.append(file.read())
        os.close(self._files[0])
        os.close(self._handle)
        stage = self._stage[0]
        self._stage.close()
        if late:
            raise TimeoutError(f"still running after {TIMEOUT:.0f} s: {said}")
        return Ending(os.waitstatus_to_exitcode(status), said[0], said[1], stage, seconds)


@cache
def _load() -> None:
    """Import everything, and have a few commands make what a process makes once, upon a database of their own."""
    load_everything()
    bare._WORTH = _LARGE
    with tempfile.TemporaryDirectory() as home:
        asta = AstaInProcess(Asta(Path(home)), Clock())
        asta("chambers", "add", "177", "--name", "IHK", code=0)
        for verb in ("grant", "revoke"):
            asta(
                "perms", verb, "a@example.com", "--company", "1", "--role", "manager", "--reason", "none there", code=5
            )
        asta("trainees", "list", "--format", "count", code=0)


def run(order: Order) -> Ending:
    """Run it undisturbed."""
    return Child(order).ending()


def traced(order: Order, options: Sequence[str], log: Path) -> Ending:
    """Run it under strace with *options*; what strace saw is in *log*."""
    child = Child(order, gate=True)
    argv = ["strace", "-f", "-o", str(log), *options, "-p", str(child.pid)]
    with subprocess.Popen(argv, stderr=subprocess.PIPE, text=True) as tracer:
        assert tracer.stderr is not None
        first = tracer.stderr.readline()
        if "attached" not in first:
            child.kill()
            child.ending()
            raise RuntimeError(f"strace could not attach: {first}{tracer.stderr.read()}")
        child.go()
        try:
            return child.ending()
        finally:
            tracer.stderr.read()


def _live(order: Order, files: Sequence[int], stage: mmap.mmap, gate: bool) -> None:
    """The life of the child; it never returns."""
    code = 70
    try:
        gc.freeze()
        for wanted, have in enumerate(files):
            os.dup2(have, wanted)
        sys.stdin = io.TextIOWrapper(os.fdopen(0, "rb", closefd=False), encoding="utf-8")
        sys.stdout = io.TextIOWrapper(os.fdopen(1, "wb", closefd=False), encoding="utf-8")
        sys.stderr = io.TextIOWrapper(os.fdopen(2, "wb", closefd=False), encoding="utf-8")
        os.environ.clear()
        os.environ.update(order.env)
        os.chdir(order.cwd)
        _report_stages(stage)
        if order.hook is not None:
            order.hook()
        if gate:
            os.kill(os.getpid(), signal.SIGSTOP)
        code = int(main(list(order.argv), clock=order.clock))
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _report_stages(stage: mmap.mmap) -> None:
    """Have the process note how far it has come, where its parent can read it when it is dead."""
    from asta_cli.store.db import Store, Tx

    original = Store.transaction

    def transaction(self: Store, *, write: bool) -> object:
        stage[0] = max(stage[0], WRITING if write else READING)
        return original(self, write=write)

    def end(self: Store, tx: Tx) -> None:
        stage[0] = COMMITTING if tx.write else stage[0]
        ended(self, tx)
        stage[0] = WRITING if tx.write else stage[0]

    ended = Store._end
    Store._end = end  # type: ignore[method-assign]
    Store.transaction = transaction  # type: ignore[method-assign,assignment]
