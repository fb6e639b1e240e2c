"""A disk that is full or fails: nothing is written by halves, the answer is 75 and true, and the repeat succeeds."""

from __future__ import annotations

import shutil
import subprocess
from functools import partial

from proof import broken
from proof.children import Ending, run
from proof.judge import Expected, Tally, judge, rehearse
from proof.states import Office
from proof.tracing import Point, failed_at, missing, points

_FAIL = {
    "pwrite64": ("ENOSPC", "EIO"),
    "fsync": ("EIO",),
    "fdatasync": ("EIO",),
    "ftruncate": ("EIO",),
    "unlink": ("EIO",),
    "unlinkat": ("EIO",),
}
_STEP = 4096
_PLENTY = 256 << 20


def errors(office: Office, name: str, sample: int = 0) -> Tally:
    """At every write, sync and removal the call fails: that one alone, or it and all that follow."""
    tally = Tally(f"ENOSPC and EIO, {office.site.dialect}: {name}")
    if reason := missing():
        tally.skipped = reason
        return tally
    expected = rehearse(office, name)
    scenario = expected.scenario
    office.site.reset(scenario.base)
    order = office.site.order(*scenario.argv, as_=scenario.as_, stdin=scenario.stdin)
    harms = [
        (point, error, onwards)
        for point in points(order, office.log, tuple(_FAIL))
        for error in _FAIL[point.call]
        for onwards in (False, True)
    ]
    for point, error, onwards in harms[:: max(1, len(harms) // sample)] if sample else harms:
        _fail(office, expected, tally, point, error, onwards)
    return tally


def _fail(office: Office, expected: Expected, tally: Tally, point: Point, error: str, onwards: bool) -> None:
    scenario = expected.scenario
    office.site.reset(scenario.base)
    order = office.site.order(*scenario.argv, as_=scenario.as_, stdin=scenario.stdin)
    ending = failed_at(order, point, error, office.log, onwards=onwards)
    where = f"{error} at {point}{' and after' if onwards else ''}"
    _judge(office, expected, tally, where, ending)


def pages(office: Office, name: str, sample: int = 0) -> Tally:
    """The database may not grow beyond N pages, for every N that is too little."""
    return _pages(office, name, sample, f"max_page_count: {name}")


def control(office: Office, name: str, sample: int = 0) -> Tally:
    """A variant that commits chunk by chunk."""
    return _pages(office, name, sample, f"max_page_count: {name}, committed per chunk", per_chunk=True)


def _pages(office: Office, name: str, sample: int, what: str, *, per_chunk: bool = False) -> Tally:
    tally = Tally(what)
    expected = rehearse(office, name)
    scenario = expected.scenario
    most = _size(office)
    office.site.reset(scenario.base)
    least = _size(office)
    steps = range(least, most, max(1, (most - least) // sample) if sample else 1)
    for number in steps:
        office.site.reset(scenario.base)
        hook = partial(_full, number, per_chunk)
        ending = run(office.site.order(*scenario.argv, as_=scenario.as_, stdin=scenario.stdin, hook=hook))
        _judge(office, expected, tally, f"{number} pages", ending)
    return tally


def _full(number: int, per_chunk: bool) -> None:
    broken.full_at(number)
    if per_chunk:
        broken.commit_per_chunk()


def _size(office: Office) -> int:
    with office.site.store() as store, store.read() as tx:
        return int(tx.driver("PRAGMA page_count").one()[0])


def tmpfs(office: Office, name: str, sample: int = 0) -> Tally:
    """Home and database lie on a small file system that is full after so many bytes, for every page that is missing."""
    tally = Tally(f"full file system: {name}")
    home = office.site.home
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={_PLENTY},mode=0700", "tmpfs", str(home)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        tally.skipped = "mounting is not permitted here"
        return tally
    try:
        _sweep(office, rehearse(office, name), tally, sample)
    finally:
        subprocess.run(["umount", "--lazy", str(home)], check=True)
    return tally


def _sweep(office: Office, expected: Expected, tally: Tally, sample: int) -> None:
    scenario = expected.scenario
    office.site.reset(scenario.base)
    before = shutil.disk_usage(office.site.home).used
    office.site.run(*scenario.argv, as_=scenario.as_, stdin=scenario.stdin, codes=(scenario.code,))
    # The journal needs room beside what stays.
    most = 3 * (shutil.disk_usage(office.site.home).used - before) + 16 * _STEP
    for room in range(0, most, max(_STEP, most // sample // _STEP * _STEP) if sample else _STEP):
        office.site.reset(scenario.base)
        _room(office, before + room)
        try:
            ending = run(office.site.order(*scenario.argv, as_=scenario.as_, stdin=scenario.stdin))
        finally:
            _room(office, _PLENTY)
        _judge(office, expected, tally, f"{room} bytes left", ending)


def _room(office: Office, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(office.site.home)], check=True)


def _judge(office: Office, expected: Expected, tally: Tally, where: str, ending: Ending) -> None:
    failures = judge(office, expected, ending, tally, failed=True)
    tally.add([f"{where}: {failure}" for failure in failures], ending.code != expected.scenario.code)
