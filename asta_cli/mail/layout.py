"""The body of a plain text message, block by block. Only lines of our own begin at the left margin."""

from __future__ import annotations

import textwrap
import unicodedata
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from asta_cli.core.errors import N_
from asta_cli.mail.model import Gettext

WIDTH = 76  # RFC 5322 2.1.1 asks for at most 78; two are left for the marks of a reply
_BERLIN = ZoneInfo("Europe/Berlin")
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ZONES = {"CET": N_("CET"), "CEST": N_("CEST")}


def plain(value: object) -> str:
    """*value* as text of one line: what could break the line or turn the reading direction is written as its number."""
    return "".join(c if _harmless(c) else f"\\u{ord(c):04x}" for c in str(value))


def _harmless(character: str) -> bool:
    return character not in _TURNING and unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"}


def moment(instant: str, _: Gettext) -> str:
    """The UTC *instant* as people in Germany read it; the zone is named because one hour of the year comes twice."""
    at = datetime.fromisoformat(instant).astimezone(_BERLIN)
    zone = _(_ZONES[at.tzname() or "CET"])
    parts = {"year": f"{at:%Y}", "month": f"{at:%m}", "day": f"{at:%d}", "time": f"{at:%H:%M}"}
    return _(N_("{year}-{month}-{day}, {time} ({zone})")).format(zone=zone, **parts)


def day(instant: str, _: Gettext, *, last: bool = False) -> str:
    """The day in Berlin on which the UTC *instant* lies; with *last*, the day that ends with it."""
    at = datetime.fromisoformat(instant).astimezone(_BERLIN) - timedelta(seconds=int(last))
    return _(N_("{year}-{month}-{day}")).format(year=f"{at:%Y}", month=f"{at:%m}", day=f"{at:%d}")


class Sheet:
    """A text under way: blocks set apart by blank lines.

    Values that others chose (names, addresses) only go into :meth:`quote` and :meth:`items`. Later lines of those are
    indented, so no value, however long, can pose as a command or a link of ours at the left margin.
    """

    def __init__(self, gettext: Gettext) -> None:
        self._ = gettext
        self._blocks: list[str] = []

    def say(self, msgid: str, **values: str) -> None:
        """A paragraph in the reader's language; the values are our own: times, names of services."""
        self._blocks.append(_wrapped(self._(msgid).format(**values), "", ""))

    def quote(self, msgid: str, **values: object) -> None:
        """A paragraph with values that others chose."""
        text = self._(msgid).format(**{name: plain(value) for name, value in values.items()})
        self._blocks.append(_wrapped(text, "", "  "))

    def line(self, text: str) -> None:
        """A line that people and scripts look for, whole and at the left margin: a command with a token, a link."""
        self._blocks.append(plain(text))

    def command(self, text: str) -> None:
        """Another command to copy. It is indented, so that scripts do not take it for the line they look for."""
        self._blocks.append(f"  {plain(text)}")

    def items(self, texts: list[str]) -> None:
        """A list, one entry each; nothing for an empty one."""
        if texts:
            self._blocks.append("\n".join(_wrapped(plain(text), "  - ", "    ") for text in texts))

    def text(self) -> str:
        """The whole body."""
        return "\n\n".join(self._blocks) + "\n"


def _wrapped(text: str, first: str, later: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=later, break_on_hyphens=False)
