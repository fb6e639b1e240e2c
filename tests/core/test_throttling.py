from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asta_cli.core import timeline
from asta_cli.core.throttling import FREE, LONGEST, WINDOW, Count, attempt, delay

START = "2026-11-23T09:00:00Z"


def after(seconds: int) -> str:
    return timeline.plus(START, seconds)


def made(times: list[int]) -> list[str | None]:
    """What attempts at these seconds are told: None, or until when they wait."""
    known: Count | None = None
    told = []
    for seconds in times:
        known, wait = attempt(known, after(seconds))
        told.append(wait)
    return told


def test_ten_at_once_and_the_eleventh_waits() -> None:
    assert made([0] * 11) == [None] * 10 + [after(WINDOW)]


@pytest.mark.parametrize(("pause", "waits"), [(WINDOW - 1, True), (WINDOW, False), (WINDOW + 1, False)])
def test_the_wait_ends_to_the_second(pause: int, waits: bool) -> None:
    assert (made([0] * 10 + [pause])[-1] is not None) is waits


def test_each_wait_is_longer_up_to_an_hour() -> None:
    assert [delay(n) for n in (1, 9)] == [0, 0]
    assert [delay(n) for n in range(10, 17)] == [n * 60 for n in (5, 10, 20, 40, 60, 60, 60)]
    assert delay(10_000) == LONGEST


def test_after_a_wait_there_is_one_attempt_and_a_longer_wait() -> None:
    second = WINDOW + 1
    assert made([0] * 10 + [second, second]) == [None] * 11 + [after(second + 2 * WINDOW)]


def test_what_is_refused_is_not_counted() -> None:
    known: Count | None = None
    for _ in range(FREE):
        known, _wait = attempt(known, START)
    assert attempt(known, after(1)) == (known, after(WINDOW))


@pytest.mark.parametrize(("pause", "told"), [(WINDOW - 1, after(WINDOW - 1 + WINDOW)), (WINDOW, None)])
def test_nine_are_forgotten_after_five_minutes(pause: int, told: str | None) -> None:
    assert made([0] * 9 + [pause] * 2)[-1] == told


def test_waits_are_forgotten_a_day_after_the_last() -> None:
    over = 5 * 60 + 24 * 60 * 60
    assert made([0] * 10 + [over - 1] * 2)[-1] == after(over - 1 + 2 * WINDOW)
    assert made([0] * 10 + [over] * 2)[-1] is None


def test_a_clock_set_back_neither_frees_nor_locks_for_ever() -> None:
    known, wait = attempt(Count(9, START), after(-3600))
    assert (known.failures, wait) == (10, None)
    assert attempt(known, after(-3600 + WINDOW))[1] is None


@given(st.lists(st.integers(0, 1200), min_size=1, max_size=60))
def test_never_more_than_ten_within_any_window_that_began_with_the_first(pauses: list[int]) -> None:
    known: Count | None = None
    now, allowed = 0, []
    for pause in pauses:
        now += pause
        known, wait = attempt(known, after(now))
        if wait is None:
            allowed.append(now)
        else:
            assert after(now) < wait <= after(now + LONGEST)
    start = allowed[0]
    assert sum(1 for t in allowed if t < start + WINDOW) <= FREE
