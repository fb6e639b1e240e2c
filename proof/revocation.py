"""Revoke against use: a command begun after the revoke was committed is never allowed, and none slips in behind it."""

from __future__ import annotations

import json
import mmap
import os
import random
import struct
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO, Any

from asta_cli.core.ids import show_id
from proof import broken
from proof.children import Ending, Hook
from proof.children import run as run_alone
from proof.content import read
from proof.judge import Tally
from proof.states import EIGHT, OF_TWO, Office

_USERS = 7
_AFTERWARDS = 3  # commands of each user that begin after the commit
_HEAD_START = 0.1  # seconds that the users have at most before the revoke begins
_TIME = struct.Struct("=q")
_REVOKED = EIGHT[0]


@dataclass(frozen=True, slots=True)
class Round:
    """One revoke with its users. ``committed``: when it was, in nanoseconds; 0 until then."""

    office: Office
    committed: mmap.mmap
    hook: Hook | None

    def moment(self) -> int:
        """When the revoke was committed, as far as anyone knows."""
        return int(_TIME.unpack_from(self.committed)[0])


def run(office: Office, name: str, tries: int, hook: Hook | None = None, what: str = "") -> Tally:
    """Revoke one person's permission again and again until *tries* commands of theirs have begun after it."""
    tally = Tally(f"revocation, {office.site.dialect}: {what or name}")
    office.make("rivals")
    dice = random.Random(name)
    while tally.hits < tries:
        _round(office, dice, hook, tally)
    return tally


def control(office: Office, name: str, tries: int) -> Tally:
    """Without the lock."""
    return run(office, name, tries, broken.without_lock, f"{name}, without the lock")


def _round(office: Office, dice: random.Random, hook: Hook | None, tally: Tally) -> None:
    office.site.reset("rivals")
    _ = office.site.url
    this = Round(office, mmap.mmap(-1, _TIME.size), hook)
    users = [_start(this, number) for number in range(_USERS)]
    time.sleep(dice.uniform(0, _HEAD_START))
    words = ("--company", OF_TWO, "--role", "administrator", "--reason", "proof", "--format", "json")
    marking = partial(_marking, this.committed, hook)
    revoked = run_alone(office.site.order("perms", "revoke", _REVOKED, *words, hook=marking))
    if revoked.code:
        this.committed[:] = _TIME.pack(1)  # lets the users come to an end
    used = [answer for pid, file in users for answer in _answers(pid, file)]
    _content, faults = office.site.look()
    tally.failures += [*([] if hook else faults), *_judged(this, revoked, used, tally)]
    this.committed.close()


def _marking(committed: mmap.mmap, hook: Hook | None) -> None:
    """Have the process note when its transaction was committed."""
    from asta_cli.store.db import Store, Tx

    if hook is not None:
        hook()
    end = Store._end

    def ended(self: Store, tx: Tx) -> None:
        end(self, tx)
        if tx.commit_wanted:
            committed[:] = _TIME.pack(time.monotonic_ns())

    Store._end = ended  # type: ignore[method-assign]


def _start(this: Round, number: int) -> tuple[int, IO[bytes]]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - it outlives the process that writes it
    pid = os.fork()
    if pid:
        return pid, file
    try:
        for answer in _used(this, number):
            file.write(json.dumps(answer).encode() + b"\n")
        file.flush()
    finally:
        os._exit(0)


def _used(this: Round, number: int) -> Iterator[dict[str, Any]]:
    """What a user does with the permission, and is told, until it is gone for a while."""
    count = after = 0
    while after < _AFTERWARDS:
        count += 1
        begun = time.monotonic_ns()
        is_after = 0 < this.moment() < begun
        argv = _words(number, count)
        ending = run_alone(this.office.site.order(*argv, as_=_REVOKED, hook=this.hook))
        yield {"argv": argv, "after": is_after, "code": ending.code, "out": ending.out, "err": ending.err}
        after += is_after


def _words(number: int, count: int) -> tuple[str, ...]:
    """A permission given and a look, in turns."""
    match (number + count) % 4:
        case 0 | 2:
            whom = f"u{number}n{count}@example.com"
            return ("perms", "grant", whom, "--company", OF_TWO, "--role", "manager", "--format", "json")
        case 1:
            return ("trainees", "list", "--company", OF_TWO, "--format", "count")
        case _:
            return ("perms", "check", _REVOKED, "company.view", OF_TWO)


def _answers(pid: int, file: IO[bytes]) -> list[dict[str, Any]]:
    os.waitpid(pid, 0)
    file.seek(0)
    return [json.loads(line) for line in file]


def _judged(this: Round, revoked: Ending, used: list[dict[str, Any]], tally: Tally) -> Iterator[str]:
    if revoked.code:
        yield f"the revoke: exit {revoked.code}: {revoked.err}"
        return
    with this.office.site.store() as store:
        rows = read(store)
    order = {show_id(entry["run_id"]): entry["seq"] for entry in rows["audit_entry"] if entry["run_id"]}
    last = order[json.loads(revoked.out)["run"]]
    tally.tries += len(used)
    for answer in used:
        allowed = answer["code"] == 0
        tally.hits += answer["after"]
        tally.states[f"begun {'after' if answer['after'] else 'before'}, {'allowed' if allowed else 'refused'}"] += 1
        if allowed and answer["after"]:
            yield f"allowed: {answer['argv']}"
        if answer["code"] not in (0, 1, 5, 77):
            yield f"{answer['argv']}: exit {answer['code']}: {answer['err']}"
        if allowed and answer["argv"][1] == "grant" and order.get(json.loads(answer["out"])["run"], last) >= last:
            yield f"written behind the revoke: {answer['argv']}"
