"""Measure commands of several contestants in turns, so that whatever else the machine does meets all of them alike."""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles


class WrongAnswer(Exception):
    """A contestant did not do what is measured, so its time means nothing."""


@dataclass(frozen=True)
class Contestant:
    """A command line. ``expect`` is in its output where it did its work; ``prepare`` runs before each try, untimed.

    ``tries`` is how often it runs at most, 0 as often as the others: for who takes so long that once must do.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    expect: str = ""
    prepare: Callable[[], None] = lambda: None
    check: Callable[[], None] = lambda: None
    tries: int = 0


@dataclass
class Times:
    """Seconds of each try, on the clock and spent by the processor; the most memory that the process had, in bytes."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: int = 0

    @property
    def median(self) -> float:
        """The middle of the times on the clock, in seconds."""
        return median(self.wall)

    @property
    def cpu_median(self) -> float:
        """The middle of the processor times, in seconds."""
        return median(self.cpu)

    @property
    def spread(self) -> float:
        """The distance between the quartiles, as a part of the median; 0 of a single try."""
        if len(self.wall) == 1:
            return 0
        first, _middle, third = quantiles(self.wall, n=4)
        return (third - first) / self.median


def rehearse(contestant: Contestant) -> None:
    """Run it once, untimed: files get read, bytecode gets written, and its answer is looked at. Raises WrongAnswer."""
    contestant.prepare()
    done = subprocess.run(
        contestant.argv, env=contestant.env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode or contestant.expect not in done.stdout:
        raise WrongAnswer(f"{contestant.name}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    contestant.check()


def race(contestants: Sequence[Contestant], runs: int) -> dict[str, Times]:
    """The times of *runs* tries of each contestant, every round in another order."""
    times = {contestant.name: Times() for contestant in contestants}
    for contestant in contestants:
        rehearse(contestant)
    order = list(contestants)
    for _ in range(runs):
        random.shuffle(order)
        for contestant in order:
            taken = times[contestant.name]
            if not contestant.tries or len(taken.wall) < contestant.tries:
                timed(contestant, taken)
    return times


def timed(contestant: Contestant, times: Times) -> None:
    """Run it once more, its output unread, and note in *times* what it took. Raises WrongAnswer."""
    contestant.prepare()
    null = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, null, number) for number in (0, 1, 2)]
    try:
        started = time.perf_counter()
        pid = os.posix_spawn(contestant.argv[0], list(contestant.argv), dict(contestant.env), file_actions=actions)
        _pid, status, usage = os.wait4(pid, 0)
        wall = time.perf_counter() - started
    finally:
        os.close(null)
    if status:
        raise WrongAnswer(f"{contestant.name}: exit {os.waitstatus_to_exitcode(status)} in a timed try")
    times.wall.append(wall)
    times.cpu.append(usage.ru_utime + usage.ru_stime)
    times.memory = max(times.memory, usage.ru_maxrss * 1024)
