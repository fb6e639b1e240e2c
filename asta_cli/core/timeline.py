"""Instants and days.

An instant is UTC, RFC 3339 with whole seconds: ``2026-11-23T21:00:00Z``; as text it sorts as it does in time. A day is
a day in Europe/Berlin, ISO text: ``2027-07-31``. A validity that people state in inclusive days is kept as two
instants: the start of the first day, and the first instant after the last one. What lies outside the years 1 to 9999
raises ``BadField('bad_date')``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import TypeVar

from asta_cli.core.fields import BadField, read_date

T = TypeVar("T")
_ZONE = "Europe/Berlin"
_DAY = timedelta(days=1)
_CACHED = 1 << 14
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_DURATION = re.compile(r"([0-9]{1,9})([smhd])")
# RFC 3339 5.6, with the seconds and the offset left out as people do, and a blank instead of the T.
_MOMENT = re.compile(
    r"(?P<day>[0-9.-]+)[Tt ](?P<time>[0-9]{2}:[0-9]{2})(?::(?P<seconds>[0-9]{2})(?:[.][0-9]+)?)?"
    r" ?(?P<offset>[Zz]|[+-][0-9]{2}:[0-9]{2})?"
)


def day_start(day: str) -> str:
    """The instant at which *day* begins in Berlin."""
    return _cached_start(day, 0)


def day_after(day: str) -> str:
    """The first instant after *day*: the exclusive end of a validity whose last day it is."""
    return _cached_start(day, 1)


@lru_cache(_CACHED)
def _cached_start(day: str, later: int) -> str:
    # A midnight that a change of the clock doubled or left out is read by the offset before it: the first instant.
    return _within(lambda: _text(datetime.combine(date.fromisoformat(day) + later * _DAY, time.min, _berlin())))


@lru_cache(_CACHED)
def first_day(instant: str) -> str:
    """The Berlin day in which *instant* lies; of a ``valid_from`` the first day of validity."""
    return _within(lambda: _parse(instant).astimezone(_berlin()).date().isoformat())


@lru_cache(_CACHED)
def last_day(instant: str) -> str:
    """The last inclusive day of a validity that ends before *instant*: the day of the second before it."""
    return first_day(plus(instant, -1))


@lru_cache(_CACHED)
def local(instant: str) -> str:
    """*instant* on the clocks of Berlin, to be read by people: ``2026-11-23 22:00:00``."""
    return _within(lambda: _parse(instant).astimezone(_berlin()).replace(tzinfo=None).isoformat(" "))


def today(now: str) -> str:
    """The Berlin day at the instant *now*."""
    return first_day(now)


def plus(instant: str, seconds: int) -> str:
    """The instant *seconds* after (or, negative, before) *instant*."""
    return _within(lambda: _text(_parse(instant) + timedelta(seconds=seconds)))


def seconds_between(first: str, second: str) -> int:
    """How many seconds lie between two instants."""
    return int((_parse(second) - _parse(first)).total_seconds())


def plus_days(day: str, count: int) -> str:
    """The day *count* days after (or, negative, before) *day*."""
    return _within(lambda: str(date.fromisoformat(day) + count * _DAY))


def instant(moment: datetime) -> str:
    """An aware *moment* as an instant; parts of a second are cut off."""
    return _within(lambda: _text(moment))


def read_moment(text: str) -> str:
    """The instant that a person means by *text*.

    Taken are a time with offset (RFC 3339), a time without (Berlin; of a doubled hour in autumn the first, a time that
    spring leaves out shifted forward by an hour) and a bare day (its start); the day also as ``31.07.2027``. Raises
    ``BadField('bad_time')``, or ``bad_date`` where only the day is wrong.
    """
    text = text.strip()
    found = _MOMENT.fullmatch(text)
    if found is None:
        return day_start(read_date(text))
    offset = found["offset"]
    clock = f"{read_date(found['day'])}T{found['time']}:{found['seconds'] or '00'}"
    try:
        moment = datetime.fromisoformat(clock + (offset or "").upper())
    except ValueError:
        raise BadField("bad_time") from None
    # fold=0, the default, reads the doubled hour as the first and a missing one by the offset before the change.
    return instant(moment if offset else moment.replace(tzinfo=_berlin()))


def read_duration(text: str) -> int:
    """Seconds meant by ``60s``, ``30m``, ``24h`` or ``90d`` (24 hours each). Raises ``BadField('bad_duration')``."""
    found = _DURATION.fullmatch(text.strip().lower())
    if found is None:
        raise BadField("bad_duration")
    return int(found[1]) * _UNITS[found[2]]


def _parse(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _within(compute: Callable[[], T]) -> T:
    try:
        return compute()
    except OverflowError:
        raise BadField("bad_date") from None


@lru_cache(1)
def _berlin() -> tzinfo:
    # Costs 7 ms to import; commands that deal with no day need not pay it.
    from zoneinfo import ZoneInfo

    return ZoneInfo(_ZONE)
