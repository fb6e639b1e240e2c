"""Mails as ``.eml`` files in a directory that only its owner reads: the way out for trials and single machines."""

from __future__ import annotations

import errno
import os
import re
import stat
import tempfile
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Self

from asta_cli.mail.model import SENT, Delivery, Outcome, UnsafeDirectory

_NAME = re.compile(r"<([0-9a-z]+)@")
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Directory:
    """Writes each message to ``ID.eml`` whole or not at all; a repeat replaces it with the same bytes.

    The directory is made with mode 0700 when the first message comes, files have 0600. Lines end as on this system, so
    that ``grep`` finds a whole line.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        """Begin.

        Raises:
            UnsafeDirectory: it exists and others could put their files in the place of ours.
        """
        _check(self._path)
        return self

    def __exit__(self, *exc: object) -> None:
        pass

    def probe(self) -> Delivery:
        """Whether a message could be written now; nothing is."""
        place = self._path
        while not place.exists() and place != place.parent:
            place = place.parent
        if place.is_dir() and os.access(place, os.W_OK | os.X_OK):
            return SENT
        return Delivery(Outcome.TEMPORARY, "directory_forbidden", server=True)

    def deliver(self, message: EmailMessage) -> Delivery:
        """Write *message* durably."""
        found = _NAME.match(str(message["Message-ID"]))
        if found is None:
            return Delivery(Outcome.PERMANENT, "message_id")
        try:
            _make(self._path)
            _put(self._path, f"{found[1]}.eml", message.as_bytes(policy=policy.default))
        except OSError as error:
            return Delivery(Outcome.TEMPORARY, _word(error), server=True)
        return SENT


def _word(error: OSError) -> str:
    if error.errno in _FULL:
        return "disk_full"
    return "directory_forbidden" if isinstance(error, PermissionError) else "directory_failed"


def _check(path: Path) -> None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    except OSError:
        raise UnsafeDirectory(path=str(path)) from None
    writable = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or writable:
        raise UnsafeDirectory(path=str(path))


def _make(path: Path) -> None:
    """Make *path* and what is missing above it, so that a power cut cannot take the name of a directory with mails."""
    if path.is_dir():
        return
    _make(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    _sync(path.parent)


def _put(directory: Path, name: str, content: bytes) -> None:
    descriptor, part = tempfile.mkstemp(prefix=f".{name}.", suffix=".part", dir=directory)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        os.replace(part, directory / name)
    except BaseException:
        os.unlink(part)
        raise
    _sync(directory)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
