"""Loss of power: what a command writes and syncs is recorded, and the states a disk may be left in are made from it.

What was not synced when the power went may be on the disk or not, sector by sector, and in any order; names of files
are on the disk once their directory was synced. SQLite has to make something whole of every such state.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from pathlib import Path

from proof import broken
from proof.children import Ending, Hook, traced
from proof.judge import Expected, Tally, judge, rehearse, state_of
from proof.states import Office
from proof.tracing import missing

SECTOR = 512
_REPEATED = 50  # running the command again takes longest: after every so many states
_CALLS = "openat,pwrite64,ftruncate,fsync,fdatasync,unlink"
_OPEN = re.compile(r'openat\([^"]*"(?P<path>[^"]*)", (?P<flags>[A-Z_|]+).*\) = \d')
_ON_FILE = re.compile(r"(?P<call>pwrite64|ftruncate|fsync|fdatasync)\(\d+<(?P<path>[^>]*)>(?P<rest>.*)\) = \d+$")
_WRITE = re.compile(r', "(?P<data>[^"]*)", \d+, (?P<offset>\d+)')
_UNLINK = re.compile(r'unlink\("(?P<path>[^"]*)"\) = 0')

Change = Callable[[bytearray], None]


@dataclass
class File:
    """A file as it is on the disk for certain, and what was done to it since it was synced."""

    safe: bytes = b""
    pending: list[Change] = field(default_factory=list)

    def sync(self) -> None:
        """Everything is on the disk."""
        self.safe, self.pending = self.after(self.pending), []

    def after(self, changes: list[Change]) -> bytes:
        """The content when only *changes* reached the disk."""
        content = bytearray(self.safe)
        for change in changes:
            change(content)
        return bytes(content)


@dataclass
class Disk:
    """One directory: its names for certain, and what was done to them since it was synced."""

    safe: dict[str, File]
    names: dict[str, File]
    pending: list[dict[str, File]] = field(default_factory=list)

    def renamed(self) -> None:
        """A name came or went."""
        self.pending.append(dict(self.names))

    def sync(self) -> None:
        """The names are on the disk."""
        self.safe, self.pending = dict(self.names), []


def run(office: Office, name: str, states: int) -> Tally:
    """Cut the power during and just after the scenario *name* until *states* different states were looked at."""
    return _run(office, name, states, None, f"power loss: {name}")


def control(office: Office, name: str, states: int) -> Tally:
    """``synchronous=NORMAL``: a commit is acknowledged before it is safe."""
    return _run(office, name, states, broken.synchronous_normal, f"power loss: {name}, synchronous=NORMAL")


def _run(office: Office, name: str, states: int, hook: Hook | None, what: str) -> Tally:
    tally = Tally(what)
    if reason := missing():
        tally.skipped = reason
        return tally
    expected = rehearse(office, name)
    calls, disk = _record(office, expected, hook)
    dice = random.Random(name)
    seen: set[bytes] = set()
    for _ in range(10 * states):
        cut = len(calls) if dice.random() < 0.1 else dice.randrange(len(calls) + 1)
        left = _left(disk, calls[:cut], dice)
        mark = blake2b(repr(sorted(left.items())).encode() + bytes([cut == len(calls)])).digest()
        if mark not in seen:
            seen.add(mark)
            _look(office, expected, left, cut == len(calls), tally)
        if len(seen) == states:
            break
    return tally


def _record(office: Office, expected: Expected, hook: Hook | None) -> tuple[list[str], Path]:
    """The calls upon the database's directory, and that directory as it was before."""
    scenario, site = expected.scenario, office.site
    site.reset(scenario.base)
    order = site.order(*scenario.argv, as_=scenario.as_, stdin=scenario.stdin, hook=hook)
    ending = traced(order, ["-e", f"trace={_CALLS}", "-y", "-xx", "-s", "1000000"], office.log)
    assert ending.code == scenario.code, ending
    place = str(site.home / "data")
    calls = []
    for line in office.log.read_text(encoding="ascii").splitlines():
        call = re.sub(r"(?:\\x[0-9a-f]{2})+", lambda m: _text(m[0], place), line.partition(" ")[2].strip())
        if place in call and ".locks" not in call:
            calls.append(call)
    return calls, site.kept[scenario.base] / "data"


def _text(escaped: str, place: str) -> str:
    """A path in clear, data as it is."""
    raw = bytes.fromhex(escaped.replace("\\x", ""))
    return raw.decode() if raw.startswith(place.encode()) else escaped


def _left(before: Path, calls: list[str], dice: random.Random) -> dict[str, bytes]:
    """What may be on the disk when the power goes after *calls*."""
    files = {p.name: File(p.read_bytes()) for p in before.iterdir() if p.is_file()}
    disk = Disk(dict(files), dict(files))
    for call in calls:
        _do(disk, call)
    names = dice.choice([disk.safe, *disk.pending])
    return {name: _torn(file, dice) for name, file in names.items()}


def _do(disk: Disk, call: str) -> None:
    if found := _OPEN.search(call):
        name = os.path.basename(found["path"])
        if "O_CREAT" in found["flags"] and name not in disk.names:
            disk.names[name] = File()
            disk.renamed()
    elif found := _UNLINK.search(call):
        if disk.names.pop(os.path.basename(found["path"]), None):
            disk.renamed()
    elif found := _ON_FILE.search(call):
        _do_on_file(disk, found["call"], os.path.basename(found["path"]), found["rest"])


def _do_on_file(disk: Disk, call: str, name: str, rest: str) -> None:
    if call in ("fsync", "fdatasync"):
        disk.names.get(name, disk).sync()  # the directory's own name is none of those in it
    elif call == "ftruncate":
        disk.names[name].pending.append(partial(_truncate, int(rest.strip(", "))))
    elif found := _WRITE.search(rest):
        data, offset = bytes.fromhex(found["data"].replace("\\x", "")), int(found["offset"])
        disk.names[name].pending += [partial(_write, at, some) for at, some in _sectors(offset, data)]


def _sectors(offset: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        size = SECTOR - (offset + at) % SECTOR
        yield offset + at, data[at : at + size]
        at += size


def _write(offset: int, data: bytes, content: bytearray) -> None:
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


def _truncate(size: int, content: bytearray) -> None:
    del content[size:]


def _torn(file: File, dice: random.Random) -> bytes:
    """All, none, the first or any of what was not synced."""
    pending = file.pending
    share = dice.choice((0.0, 1.0, 0.5, 0.1, 0.9))
    some = [change for change in pending if dice.random() < share]
    first = pending[: dice.randrange(len(pending) + 1)]
    return file.after(dice.choice((some, first)))


def _look(office: Office, expected: Expected, left: dict[str, bytes], acknowledged: bool, tally: Tally) -> None:
    site = office.site
    site.reset(expected.scenario.base)
    place = site.home / "data"
    for path in place.iterdir():
        if path.is_file():
            path.unlink()
    for name, data in left.items():
        (place / name).touch(0o600)
        (place / name).write_bytes(data)
    ending = Ending(expected.scenario.code if acknowledged else -9, "", "", 0, 0)
    if tally.tries % _REPEATED == 0:
        failures = judge(office, expected, ending, tally)
    else:
        failures = _glance(office, expected, acknowledged, tally)
    tally.add(failures)


def _glance(office: Office, expected: Expected, acknowledged: bool, tally: Tally) -> list[str]:
    try:
        found, failures = office.site.look()
    except Exception as error:  # a damaged file may be anything
        tally.states["unreadable"] += 1
        return [f"unreadable: {error!r}"]
    state = state_of(expected, found)
    tally.states[state] += 1
    if state == "partial":
        failures.append("partial")
    if acknowledged and state != "after":
        failures.append(f"acknowledged and lost: {state}")
    return failures
