"""The hygiene of single values: what every reader does to a cell before a rule sees it."""

from __future__ import annotations

import re
from unicodedata import normalize

FIELD_LIMIT = 4096
"""Most bytes (as UTF-8) that one value may have."""

LINE_LIMIT = 65536
"""Most bytes that one record may have, without its line end."""

BLANKS = (
    " \t\r\n\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u200b\u202f\u205f\u3000\ufeff"
)
"""What is trimmed off both ends of a value: blanks of every width, line breaks, and the byte order mark."""

# C0 and C1 controls, line and paragraph separator, the bidi embeddings, overrides and isolates, and lone surrogates.
_REFUSED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_BREAK = re.compile(r"[ \t]*[\r\n][ \t\r\n]*")
_SHOWN = 60


class BadValue(Exception):
    """A value that is refused as it stands. ``code`` is the problem's, ``fields`` fill its message."""

    def __init__(self, code: str, **fields: object) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields


def clean(cell: str) -> str:
    """The value of *cell*: trimmed, a line break within it turned into one blank, Unicode NFC.

    Line breaks within quotes are what a clerk typed with Alt+Enter into an address; every other control character is
    refused. Raises ``BadValue`` with code ``bad_character`` or ``too_long``.
    """
    value = cell.strip(BLANKS)
    if len(value) * 4 > FIELD_LIMIT:
        length = len(value.encode("utf-8", "surrogatepass"))
        if length > FIELD_LIMIT:
            raise BadValue("too_long", length=length, limit=FIELD_LIMIT)
    if "\n" in value or "\r" in value:
        value = _BREAK.sub(" ", value)
    refused = _REFUSED.search(value)
    if refused:
        raise BadValue("bad_character", character=f"U+{ord(refused[0]):04X}")
    return value if value.isascii() else normalize("NFC", value)


def shorten(value: str) -> str:
    """*value* short enough for a message."""
    return value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
