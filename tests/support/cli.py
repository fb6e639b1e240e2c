"""asta as a person or a script runs it: the installed command in a process of its own, at a pipe or at a terminal."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

COMMAND = Path(sys.executable).with_name("asta")
TIMEOUT = 120.0
TRACEBACK = "Traceback (most recent call last)"
# The new process makes the terminal at its standard input its own, so that a password prompt finds it at /dev/tty.
_TAKE_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)


@dataclass(frozen=True, slots=True)
class Result:
    """What a command answered. At a terminal everything is in ``out``, as the eye sees it."""

    code: int
    out: str
    err: str = ""

    def json(self) -> Any:
        """Return the JSON document on standard output."""
        return json.loads(self.out)

    def jsonl(self) -> list[Any]:
        """Return the JSON documents on the lines of standard output."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def lines(self) -> list[str]:
        """Standard output, line by line."""
        return self.out.splitlines()


@dataclass(frozen=True)
class Asta:
    """Runs ``asta`` with *home* as everything it may know of the user; nothing of the real user's comes in."""

    home: Path
    env: dict[str, str] = field(default_factory=dict)

    def environment(self, env: Mapping[str, str] | None = None, lang: str = "en") -> dict[str, str]:
        """Return the whole environment of a run: the isolated one, ``self.env``, then *env*."""
        home = self.home
        base = {
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "PATH": f"{COMMAND.parent}:/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "ASTA_LANG": lang,
            "TZ": "America/New_York",  # asta's days are Berlin's, whatever the machine thinks
        }
        return base | self.env | dict(env or {})

    def arguments(self, argv: Sequence[object], as_: str | None = None) -> list[str]:
        """Return the command line of *argv*, with ``--as`` before it when someone is named."""
        return [str(COMMAND), *(["--as", as_] if as_ else []), *map(str, argv)]

    def __call__(
        self,
        *argv: object,
        stdin: str | bytes = "",
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        lang: str = "en",
        as_: str | None = None,
        code: int | None = None,
    ) -> Result:
        """Run *argv* and return its result; with *code*, fail unless that is the exit status.

        A traceback and an exit status of 70 (a bug in asta) fail the test unless *code* is 70.
        """
        text = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            self.arguments(argv, as_),
            input=text,
            capture_output=True,
            env=self.environment(env, lang),
            cwd=cwd or self.home,
            timeout=TIMEOUT,
            check=False,
        )
        return judged(argv, Result(done.returncode, done.stdout.decode(), done.stderr.decode()), code)

    def start(
        self,
        *argv: object,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        lang: str = "en",
        as_: str | None = None,
    ) -> subprocess.Popen[str]:
        """Start *argv* with pipes in a session of its own and return the process, for signals and races."""
        return subprocess.Popen(
            self.arguments(argv, as_),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment(env, lang),
            cwd=cwd or self.home,
            start_new_session=True,
        )

    def terminal(
        self,
        *argv: object,
        answers: Sequence[tuple[str, str]] = (),
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        lang: str = "en",
        as_: str | None = None,
        code: int | None = None,
        size: tuple[int, int] = (24, 100),
    ) -> Result:
        r"""Run *argv* at a terminal of *size* (lines, columns); return all that it showed.

        *answers* are pairs: wait until the first text appears, then type the second and Enter (``\x03`` is Ctrl-C).
        """
        screen, keyboard = pty.openpty()
        fcntl.ioctl(keyboard, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
        process = subprocess.Popen(
            [sys.executable, "-c", _TAKE_TERMINAL, *self.arguments(argv, as_)],
            stdin=keyboard,
            stdout=keyboard,
            stderr=keyboard,
            env=self.environment({"TERM": "xterm-256color", **(env or {})}, lang),
            cwd=cwd or self.home,
            start_new_session=True,
        )
        os.close(keyboard)
        try:
            shown = _converse(screen, answers)
            status = process.wait(TIMEOUT)
        finally:
            os.close(screen)
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        return judged(argv, Result(status, shown), code)


def judged(argv: Sequence[object], result: Result, code: int | None) -> Result:
    """Return *result* unless it is a bug or its exit status is not *code*; then say everything that was seen."""
    whole = f"asta {' '.join(map(str, argv))}\nexit {result.code}\n--- out\n{result.out}\n--- err\n{result.err}"
    if code is not None and result.code != code:
        raise AssertionError(f"exit {code} was expected\n{whole}")
    if code != 70 and (result.code == 70 or TRACEBACK in result.err + result.out):
        raise AssertionError(f"a bug showed\n{whole}")
    return result


def _converse(screen: int, answers: Sequence[tuple[str, str]]) -> str:
    """Read *screen* until the other side closes it, typing each answer once its prompt has appeared."""
    waiting = list(answers)
    shown = b""
    seen = 0  # what was shown before an answer does not count as the next prompt
    end = time.monotonic() + TIMEOUT
    while True:
        if not select.select([screen], [], [], max(0.0, end - time.monotonic()))[0]:
            raise AssertionError(f"nothing more came, waiting for {waiting or 'the end'}; shown:\n{shown.decode()}")
        try:
            some = os.read(screen, 65536)
        except OSError:  # Linux says so when the last one at the other side is gone
            some = b""
        if not some:
            break
        shown += some
        if waiting and (at := shown.find(waiting[0][0].encode(), seen)) >= 0:
            prompt, answer = waiting.pop(0)
            seen = at + len(prompt.encode())
            os.write(screen, answer.encode() + (b"" if answer == "\x03" else b"\n"))
    if waiting:
        raise AssertionError(f"never asked: {waiting}; shown:\n{shown.decode()}")
    return shown.decode().replace("\r\n", "\n")
