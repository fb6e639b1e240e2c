"""Small files that hold what opens doors: one's own alone, and nothing but files."""

from __future__ import annotations

import os
import stat
from pathlib import Path

_LONGEST = 1024


class NotPrivate(Exception):
    """Others could have read it, or put theirs in its place."""


def read_private(path: Path, *, given: bool = False) -> str | None:
    """The text in *path*, None if there is none. Raises NotPrivate unless it is a file of our own, closed to others.

    One that was *given* to us may be root's, readable for our group, and reached by a link: so services get secrets.
    """
    owners, others = ((os.geteuid(), 0), 0o037) if given else ((os.geteuid(),), 0o077)
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | (0 if given else os.O_NOFOLLOW))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        raise NotPrivate from None
    with open(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_uid not in owners or found.st_mode & others:
            raise NotPrivate
        return file.read(_LONGEST).decode("ascii", "replace").strip()


def make_private(directory: Path) -> None:
    """See that *directory* is one of our own into which nobody else can put anything. Raises NotPrivate, OSError."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = os.lstat(directory)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise NotPrivate
