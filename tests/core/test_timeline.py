from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asta_cli.core import timeline
from asta_cli.core.fields import BadField

BERLIN = ZoneInfo("Europe/Berlin")
FIRST, LAST = "0001-01-01", "9999-12-31"

days = st.dates(date(1, 1, 2), date(9999, 12, 30)).map(date.isoformat)
instants = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(
    lambda moment: timeline.instant(moment.replace(tzinfo=UTC))
)


def bad(code: str) -> pytest.RaisesExc[BadField]:
    return pytest.RaisesExc(BadField, match=f"^{code}$")


@pytest.mark.parametrize(
    ("day", "start", "after"),
    [
        ("2027-07-31", "2027-07-30T22:00:00Z", "2027-07-31T22:00:00Z"),
        ("2026-12-31", "2026-12-30T23:00:00Z", "2026-12-31T23:00:00Z"),
        ("2027-03-28", "2027-03-27T23:00:00Z", "2027-03-28T22:00:00Z"),  # 23 hours
        ("2027-10-31", "2027-10-30T22:00:00Z", "2027-10-31T23:00:00Z"),  # 25 hours
        ("2028-02-29", "2028-02-28T23:00:00Z", "2028-02-29T23:00:00Z"),
        ("1893-04-01", "1893-03-31T23:06:32Z", "1893-04-01T23:00:00Z"),  # a midnight that was left out
        ("1916-10-01", "1916-09-30T22:00:00Z", "1916-10-01T23:00:00Z"),  # a midnight that came twice
        ("0001-01-02", "0001-01-01T23:06:32Z", "0001-01-02T23:06:32Z"),
        ("9999-12-30", "9999-12-29T23:00:00Z", "9999-12-30T23:00:00Z"),
    ],
)
def test_the_borders_of_a_day(day: str, start: str, after: str) -> None:
    assert (timeline.day_start(day), timeline.day_after(day)) == (start, after)
    assert (timeline.first_day(start), timeline.last_day(after)) == (day, day)


@given(days)
def test_days_and_instants_are_exact_inverses(day: str) -> None:
    start, after = timeline.day_start(day), timeline.day_after(day)
    assert timeline.first_day(start) == timeline.last_day(after) == day
    assert timeline.last_day(start) == timeline.first_day(timeline.plus(start, -1)) == timeline.plus_days(day, -1)
    assert timeline.first_day(after) == timeline.plus_days(day, 1)
    assert after == timeline.day_start(timeline.plus_days(day, 1))
    assert start < after


@given(instants)
def test_every_instant_lies_within_its_day(instant: str) -> None:
    day = timeline.today(instant)
    assert timeline.day_start(day) <= instant < timeline.day_after(day)
    assert day == datetime.fromisoformat(instant).astimezone(BERLIN).date().isoformat()


@given(instants, instants)
def test_instants_sort_as_text(one: str, other: str) -> None:
    assert (one < other) == (datetime.fromisoformat(one) < datetime.fromisoformat(other))


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (timeline.day_start, (FIRST,)),
        (timeline.day_after, (LAST,)),
        (timeline.first_day, ("9999-12-31T23:00:00Z",)),
        (timeline.last_day, ("0001-01-01T00:00:00Z",)),
        (timeline.plus, ("9999-12-31T23:59:59Z", 1)),
        (timeline.plus, ("2026-01-01T00:00:00Z", 10**15)),
        (timeline.plus_days, (LAST, 1)),
        (timeline.plus_days, (FIRST, -1)),
        (timeline.plus_days, (FIRST, 10**12)),
        (timeline.read_moment, ("9999-12-31T23:59:59-01:00",)),
    ],
)
def test_beyond_the_calendar(function: Callable[..., str], arguments: tuple[object, ...]) -> None:
    with bad("bad_date"):
        function(*arguments)


def test_the_ends_of_the_calendar() -> None:
    assert timeline.day_after(FIRST) == "0001-01-01T23:06:32Z"
    assert timeline.day_start(LAST) == "9999-12-30T23:00:00Z"


@given(instants, st.integers(-(10**9), 10**9))
def test_plus_counts_seconds(instant: str, seconds: int) -> None:
    try:
        later = timeline.plus(instant, seconds)
    except BadField:
        return
    assert datetime.fromisoformat(later) - datetime.fromisoformat(instant) == timedelta(seconds=seconds)
    assert len(later) == 20


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-23T21:00:00Z", "2026-11-23T21:00:00Z"),
        ("2026-11-23t21:00:00z", "2026-11-23T21:00:00Z"),
        ("2026-11-23 21:00:00Z", "2026-11-23T21:00:00Z"),
        ("2026-11-23T21:00:00 +01:00", "2026-11-23T20:00:00Z"),
        ("2026-11-23T21:00:00.999999999+01:00", "2026-11-23T20:00:00Z"),
        ("2026-11-23T21:00-00:00", "2026-11-23T21:00:00Z"),
        ("2026-11-23T21:00:00", "2026-11-23T20:00:00Z"),
        ("2026-07-23 21:00", "2026-07-23T19:00:00Z"),
        ("  2026-07-23 ", "2026-07-22T22:00:00Z"),
        ("31.07.2027", "2027-07-30T22:00:00Z"),
        ("31.7.2027 14:30", "2027-07-31T12:30:00Z"),
        ("2027-10-31T02:30", "2027-10-31T00:30:00Z"),  # came twice: the first
        ("2027-10-31T02:30:00+01:00", "2027-10-31T01:30:00Z"),
        ("2027-03-28T02:30", "2027-03-28T01:30:00Z"),  # left out: 03:30
        ("2027-03-28T01:59:59", "2027-03-28T00:59:59Z"),
        ("2027-03-28T03:00", "2027-03-28T01:00:00Z"),
    ],
)
def test_moments_that_people_type(text: str, instant: str) -> None:
    assert timeline.read_moment(text) == instant


@given(instants.filter(lambda instant: instant >= "1000"))
def test_an_instant_reads_as_itself(instant: str) -> None:
    assert timeline.read_moment(instant) == instant


@pytest.mark.parametrize(
    "text", ["2026-11-23T25:00", "2026-11-23T12:60", "2026-11-23T12:00:60Z", "2026-11-23T12:00+99:00"]
)
def test_times_that_no_clock_shows(text: str) -> None:
    with bad("bad_time"):
        timeline.read_moment(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-11-31",
        "2026-02-30T12:00",
        "26-11-23",
        "20261123",
        "2026-W01-1",
        "2026-11-23T12",
        "٢٠٢٦-11-23",
        "12:00",
    ],
)
def test_what_names_no_moment(text: str) -> None:
    with bad("bad_date"):
        timeline.read_moment(text)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90d", 7_776_000), ("24h", 86_400), ("30m", 1_800), ("60s", 60), ("0s", 0), (" 1D ", 86_400)]
)
def test_durations(text: str, seconds: int) -> None:
    assert timeline.read_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "90", "d", "-1d", "1.5h", "1w", "90 d", "1d2h", "٣d", "9999999999s"])
def test_what_is_no_duration(text: str) -> None:
    with bad("bad_duration"):
        timeline.read_duration(text)


@given(st.text())
def test_no_text_breaks_the_readers(text: str) -> None:
    for reader in (timeline.read_moment, timeline.read_duration):
        with pytest.raises(BadField):
            reader(text)


def test_loading_it_does_not_load_the_zones() -> None:
    check = "import sys, asta_cli.core.timeline; sys.exit('zoneinfo' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
