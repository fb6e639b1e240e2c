"""One line at a terminal that tells how far a long run is, painted by a thread of its own and wiped in the end.

The thread looks at numbers that the run keeps anyway, so the run does no more work for being watched. The line goes
back by a carriage return and blanks: no escape sequences, so there is none to leave out.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from unicodedata import combining, east_asian_width

from asta_cli.cli import escape, i18n, render
from asta_cli.cli.i18n import _, ngettext
from asta_cli.core.errors import N_
from asta_cli.core.progress import Progress, Stage, Step

if TYPE_CHECKING:
    from asta_cli.cli.context import App

FIRST = 0.6  # seconds; what is done sooner shows nothing
PAUSE = 0.1  # seconds between two looks
WINDOW = 5.0  # seconds over which the rate is taken
_SURE = 1.0  # seconds after which a rate says something
_NAME = 30
_HEADS = {
    Step.TAKE: N_("receiving {name}"),
    Step.READ: N_("reading {name}"),
    Step.COMPARE: N_("comparing {name}"),
    Step.WRITE: N_("writing"),
    Step.TRANSFER: N_("transferring {name}"),
}


@contextmanager
def shown(app: App, progress: Progress) -> Iterator[None]:
    """Show *progress* while the block runs, where somebody sees it: at a terminal, without ``-q``."""
    if not watched(app):
        yield
        return
    line = Line()
    render.live(line)
    ended = threading.Event()
    painter = threading.Thread(target=_paint, args=(progress, line, ended), name="progress", daemon=True)
    painter.start()
    try:
        yield
    finally:
        ended.set()
        painter.join()
        with line:
            render.live(None)


def watched(app: App) -> bool:
    """Whether somebody sees what is painted and is no program: stderr is a terminal that can go back in its line."""
    options = app.options
    if options.quiet or options.log_format == "json":
        return False
    return sys.stderr is not None and render.terminal(sys.stderr) and os.environ.get("TERM", "dumb") != "dumb"


class Narrator(Progress):
    """Tells on stderr what a run is at (``-v``), for logs in which one wants to see how long each part took."""

    def __init__(self, app: App) -> None:
        self._app = app

    def enter(self, stage: Stage | None) -> None:
        """Tell it."""
        super().enter(stage)
        if stage is not None:
            render.tell(self._app, "progress", f"{self._app.now()} {_head(stage)}")


class Line:
    """What is painted. Entered, it is wiped and stays so: for all else that goes to the terminal."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._width = 0
        self._text = ""

    def __enter__(self) -> None:
        self._lock.acquire()
        self._draw("")

    def __exit__(self, *reason: object) -> None:
        self._lock.release()

    def paint(self, text: str) -> None:
        """Show *text* instead of what is there, in one write so that nothing flickers."""
        with self._lock:
            self._draw(text)

    def _draw(self, text: str) -> None:
        if text != self._text:
            width = sum(map(_columns, text))
            render.draw("\r" + text + " " * (self._width - width) + ("" if text else "\r"))
            self._text, self._width = text, width


class Gauge:
    """Looks at a run again and again, and puts what it saw in words."""

    def __init__(self) -> None:
        self._stage: Stage | None = None
        self._seen: deque[tuple[float, int, int]] = deque()
        self._began = 0.0

    def look(self, stage: Stage | None, now: float) -> list[str]:
        """What there is to say of *stage* at *now* (seconds of any clock); nothing while there is none."""
        if stage is None:
            return []
        if stage is not self._stage:
            self._stage, self._began = stage, now
            self._seen.clear()
        done, rows = stage.done(), stage.rows()
        self._seen.append((now, done, rows))
        while now - self._seen[0][0] > WINDOW:
            self._seen.popleft()
        return [part for part in (_head(stage), _percent(stage, done), self._rows(rows), self._left(done)) if part]

    def _rows(self, rows: int) -> str:
        if not rows:
            return ""
        text = ngettext("{count} row", "{count} rows", rows).format(count=_number(rows))
        speed = self._speed(2)
        return text + (f" ({_number(round(speed))}/s)" if speed else "")

    def _left(self, done: int) -> str:
        speed = self._speed(1)
        if not speed or self._stage is None or not self._stage.total:
            return ""
        return _("{time} left").format(time=_clock(max(0, self._stage.total - done) / speed))

    def _speed(self, field: int) -> float:
        """How many a second lately; 0 where that cannot be said yet."""
        first, last = self._seen[0], self._seen[-1]
        if last[0] - self._began < _SURE or last[0] <= first[0]:
            return 0
        return (last[field] - first[field]) / (last[0] - first[0])


def _paint(progress: Progress, line: Line, ended: threading.Event) -> None:
    gauge = Gauge()
    if ended.wait(FIRST):
        return
    while True:
        with suppress(ValueError, OSError):  # the file was closed just now, or the terminal is gone
            parts = gauge.look(progress.stage, time.monotonic())
            if _in_front():
                line.paint(_cut("  ".join(parts), shutil.get_terminal_size().columns - 1))
        if ended.wait(PAUSE):
            return


def _in_front() -> bool:
    """Whether the terminal is ours now: whoever put asta into the background works on something else there."""
    return os.tcgetpgrp(sys.stderr.fileno()) == os.getpgrp()


def _head(stage: Stage) -> str:
    return _(_HEADS[stage.step]).format(name=escape.shorten(escape.visible(stage.name), _NAME)).strip()


def _percent(stage: Stage, done: int) -> str:
    return f"{min(100, 100 * done // stage.total)} %" if stage.total else ""


def _number(number: int) -> str:
    text = f"{number:,}"
    return text.replace(",", ".") if i18n.current() == "de" else text


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _cut(text: str, room: int) -> str:
    """*text*, or so much of it as fits into *room* columns."""
    used = 0
    for at, char in enumerate(text):
        used += _columns(char)
        if used > room:
            return text[:at]
    return text


def _columns(char: str) -> int:
    """How many columns of a terminal *char* takes."""
    if char.isascii():
        return 1
    return 0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1
