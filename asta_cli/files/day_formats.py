"""Days and times in a chamber's own notation, as a mapping file describes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

PARTS = {"%d": "day", "%m": "month", "%Y": "year", "%H": "hour", "%M": "minute", "%S": "second"}
"""What a notation may be made of. Names of months, and years of two digits, are not among it: those are guesses."""

_TOKEN = re.compile(r"%.|[^%]+|%$")
_NEEDED = frozenset({"%d", "%m", "%Y"})


class BadFormat(ValueError):
    """A notation that cannot be taken."""


@dataclass(frozen=True, slots=True)
class DayFormat:
    """A notation such as ``%Y%m%d``, ready to read values."""

    pattern: re.Pattern[str]
    timed: bool

    def read(self, text: str) -> str | None:
        """*text* as an ISO day, or an ISO time if the notation has hours; None if it is written in another way."""
        found = self.pattern.fullmatch(text)
        if found is None:
            return None
        parts = {name: int(digits) for name, digits in found.groupdict().items()}
        try:
            moment = datetime(**parts)  # type: ignore[arg-type]  # the names of the groups are its parameters
        except ValueError:
            return None
        return moment.isoformat() if self.timed else moment.date().isoformat()


def compiled(notation: str) -> DayFormat:
    """*notation* made ready. Raises ``BadFormat`` unless it has day, month and year of four digits, each part once."""
    tokens: list[str] = _TOKEN.findall(notation)
    parts = [t for t in tokens if t.startswith("%")]
    if len(set(parts)) < len(parts) or not set(parts) <= PARTS.keys() or not set(parts) >= _NEEDED:
        raise BadFormat(notation)
    # What has no sign around it has a fixed length; 1.8.2027 may do without zeros.
    pattern = "".join(_pattern(token, _touches(tokens, at)) for at, token in enumerate(tokens))
    return DayFormat(re.compile(pattern, re.ASCII), timed="%H" in parts)


def _touches(tokens: list[str], at: int) -> bool:
    """Whether another number follows or precedes the one at *at* without a sign between them."""
    around = tokens[max(0, at - 1) : at] + tokens[at + 1 : at + 2]
    return any(token.startswith("%") or token[:1].isdigit() or token[-1:].isdigit() for token in around)


def _pattern(part: str, touches: bool) -> str:
    if part not in PARTS:
        return re.escape(part)
    digits = "[1-9][0-9]{3}" if part == "%Y" else "[0-9]{2}" if touches else "[0-9]{1,2}"
    return f"(?P<{PARTS[part]}>{digits})"
