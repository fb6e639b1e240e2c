"""Harm done by strace: at the n-th call of one kind a command is killed, or the call fails."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from proof.children import Ending, Order, traced

# Everything that changes a file, a directory or, on the way to a server, the other side.
CALLS = (
    *("openat", "write", "writev", "pwrite64", "sendto", "sendmsg", "fsync", "fdatasync", "ftruncate"),
    *("rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat", "link", "linkat"),
)
_TRACE = ",".join(f"?{call}" for call in CALLS)  # some machines lack the older half of them
_CALL = re.compile(r"^\d+ +(\w+)\(")


def missing() -> str:
    """Why nothing can be traced here; "" where it can."""
    return "" if shutil.which("strace") else "strace is not installed"


@dataclass(frozen=True, slots=True)
class Point:
    """The *nth* call of a kind, counted from 1."""

    call: str
    nth: int

    def __str__(self) -> str:
        return f"{self.call} {self.nth}"


def points(order: Order, log: Path, calls: Sequence[str] = CALLS) -> list[Point]:
    """Run the command undisturbed: all its calls of these kinds, in order."""
    ending = traced(order, ["-e", f"trace={_TRACE}"], log)
    assert not ending.killed, ending
    seen: Counter[str] = Counter()
    found = []
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        if (match := _CALL.match(line)) and match[1] in calls:
            seen[match[1]] += 1
            found.append(Point(match[1], seen[match[1]]))
    return found


def killed_at(order: Order, point: Point, log: Path) -> Ending:
    """Run the command and kill it when it is about to make that call."""
    return traced(order, [*_inject(point, "signal=SIGKILL")], log)


def failed_at(order: Order, point: Point, error: str, log: Path, *, onwards: bool = False) -> Ending:
    """Run the command and have that call, and with *onwards* all later ones of its kind, fail with *error*."""
    return traced(order, _inject(point, f"error={error}", "+" if onwards else ""), log)


def _inject(point: Point, harm: str, step: str = "") -> list[str]:
    return ["-e", f"trace={point.call}", "-e", f"inject={point.call}:{harm}:when={point.nth}{step}"]
