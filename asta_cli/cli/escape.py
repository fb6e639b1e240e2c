"""Text from data, made harmless before it reaches a terminal or stands in a line of ours."""

from __future__ import annotations

import re

# C0, DEL and C1 controls; soft hyphen; what has no width or turns the direction; line and paragraph separators; lone
# surrogates; the byte order mark; interlinear annotations; tags, which no terminal shows.
HARMFUL = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_LAYOUT = "\n\t"


def visible(text: str) -> str:
    r"""*text* in one line that does nothing to a terminal; what might is written like ``\x1b`` or ``\u202e``."""
    return HARMFUL.sub(_escape, text)


def visible_lines(text: str) -> str:
    """As ``visible``, with tabs and line ends left as they are: for text that has lines, such as CSV."""
    return HARMFUL.sub(lambda found: found[0] if found[0] in _LAYOUT or _line_end(found) else _escape(found), text)


def visible_json(text: str) -> str:
    r"""JSON *text* with everything that might do something to a terminal as ``\u009b``: still the same JSON."""
    return HARMFUL.sub(_escape_json, text)


def shorten(text: str, length: int) -> str:
    """*text*, or its beginning and an ellipsis, in at most *length* characters."""
    return text if len(text) <= length else text[: max(length - 1, 0)] + "…"


def _line_end(found: re.Match[str]) -> bool:
    """Whether this is the carriage return before a line feed; alone it would write over the line."""
    return found[0] == "\r" and found.string.startswith("\n", found.end())


def _escape(found: re.Match[str]) -> str:
    number = ord(found[0])
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _escape_json(found: re.Match[str]) -> str:
    char = found[0]
    if char in _LAYOUT:  # between values; within them JSON has escaped its own
        return char
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
