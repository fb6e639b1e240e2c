"""Opening an input file safely, and its physical lines in bounded memory."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import BinaryIO, cast

from asta_cli.files.errors import (
    DiskTrouble,
    FileChanged,
    FileMissing,
    IsDirectory,
    NoAccess,
    NotRegular,
    Unreadable,
)
from asta_cli.files.text import LINE_LIMIT

BUFFER = 1 << 18
CHUNK = 1 << 20
KEPT = LINE_LIMIT + 3
"""Bytes kept of a record that is too long: more than any good record has, its line end included."""


@dataclass(frozen=True, slots=True)
class RawFile:
    """An input that can be read more than once.

    ``shown`` is its name as the user typed it, ``base`` without directories (``stdin`` for ``-``), as text that can be
    stored, ``size`` in bytes.
    """

    shown: str
    base: str
    size: int
    file: BinaryIO
    state: tuple[int, int]

    @contextmanager
    def reading(self) -> Iterator[BinaryIO]:
        """The file while it is read: an error of the device becomes ``Unreadable``."""
        try:
            yield self.file
        except OSError as error:
            raise Unreadable(file=self.shown, reason=error.strerror or str(error)) from None

    def refuse_changed(self) -> None:
        """Raise ``FileChanged`` if somebody wrote to the file since it was opened."""
        if _state(self.file) != self.state:
            raise FileChanged(file=self.shown)


def open_raw(name: str) -> RawFile:
    """Open *name* for reading; ``-`` is standard input, kept in an unnamed temporary file so that it can be read again.

    Raises an ``InputError`` if it is missing, not a regular file or not readable, ``DiskTrouble`` if standard input
    does not fit on the disk.
    """
    if name == "-":
        shown, base, file = "stdin", "stdin", _spool_stdin()
    else:
        shown, base, file = name, _spelled(os.path.basename(name)), _open_regular(name)
    state = _state(file)
    return RawFile(shown, base, state[0], file, state)


def _spelled(name: str) -> str:
    """*name* with bytes that are no UTF-8 as escapes: files from old archives may be named in another encoding."""
    return name.encode("utf-8", "backslashreplace").decode()


def _state(file: BinaryIO) -> tuple[int, int]:
    found = os.fstat(file.fileno())
    return found.st_size, found.st_mtime_ns


def _open_regular(name: str) -> BinaryIO:
    # Without O_NONBLOCK, opening a named pipe that nobody writes to would wait for ever.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(name, flags)
    except FileNotFoundError:
        raise FileMissing(file=name) from None
    except PermissionError:
        raise NoAccess(file=name) from None
    except (OSError, ValueError) as error:
        raise Unreadable(file=name, reason=getattr(error, "strerror", None) or str(error)) from None
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return open(descriptor, "rb", buffering=BUFFER)
    os.close(descriptor)
    raise IsDirectory(file=name) if stat.S_ISDIR(mode) else NotRegular(file=name)


def _spool_stdin() -> BinaryIO:
    import tempfile  # costs more to import than the rest of this package

    if sys.stdin is None:
        raise Unreadable(file="stdin", reason="closed")
    try:
        spool = cast(BinaryIO, tempfile.TemporaryFile(buffering=BUFFER))  # noqa: SIM115 - the source closes it
    except OSError:
        raise DiskTrouble(file="stdin") from None
    try:
        _copy(sys.stdin.buffer, spool)
    except BaseException:
        with suppress(OSError):  # closing writes what is left, which fails a second time
            spool.close()
        raise
    return spool


def _copy(stream: BinaryIO, spool: BinaryIO) -> None:
    while True:
        try:
            chunk = stream.read(CHUNK)
        except OSError as error:
            raise Unreadable(file="stdin", reason=error.strerror or str(error)) from None
        try:
            if not chunk:
                spool.flush()
                return
            spool.write(chunk)
        except OSError:
            raise DiskTrouble(file="stdin") from None


def bounded(file: BinaryIO) -> Iterator[bytes]:
    """The physical lines of *file*, each cut to ``KEPT`` bytes.

    If what was cut off held an odd number of quotation marks, the cut line gets one more, so that whether a quotation
    mark is open after it can still be told by counting.
    """
    while line := file.readline(KEPT):
        if len(line) < KEPT or line.endswith(b"\n"):
            yield line
            continue
        quotes = 0
        while rest := file.readline(KEPT):
            quotes += rest.count(b'"')
            if rest.endswith(b"\n"):
                break
        yield line + b'"' if quotes % 2 else line


def overlong(record: bytes) -> bool:
    """Whether a record exceeds the limit of a line."""
    return len(record) > LINE_LIMIT and len(record.removesuffix(b"\n").removesuffix(b"\r")) > LINE_LIMIT
