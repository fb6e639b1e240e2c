"""Filling a text with data, so that a command in it can be pasted into a shell as it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

_PLACE = re.compile(r"\{(\w+)\}")
_IN_SHELL = "shell"


class _Value(str):
    __slots__ = ()

    def __format__(self, spec: str) -> str:
        if spec != _IN_SHELL:
            return super().__format__(spec)
        from shlex import quote

        return quote(self)


@cache
def _command() -> re.Pattern[str]:
    """A command within a text: from its noun to the next punctuation mark that parts it from what is said of it."""
    from asta_cli.cli.app import TABLE

    nouns = "|".join(re.escape(noun) for section in TABLE.values() for noun in section)
    return re.compile(rf"\basta (?:--as \S+ )?(?:{nouns})\b[^;,:]*")


def fill(text: str, values: Mapping[str, str]) -> str:
    """*text* with *values* in its places, those in a command quoted: an address may hold ``$``, ``&`` or ``'``."""
    if "asta " in text:
        text = _command().sub(lambda command: _PLACE.sub(rf"{{\1:{_IN_SHELL}}}", command[0]), text)
    return text.format(**{name: _Value(value) for name, value in values.items()})
