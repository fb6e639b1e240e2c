"""Filling a text with data, so that a command in it can be pasted into a shell as it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping

_COMMAND = re.compile(r"\basta (?:--as \S+ )?[a-z][^;,:]*")
"""A command within a text: from its name to the next punctuation mark that parts it from what is said of it."""
_PLACE = re.compile(r"\{(\w+)\}")
_IN_SHELL = "shell"


class _Value(str):
    __slots__ = ()

    def __format__(self, spec: str) -> str:
        if spec != _IN_SHELL:
            return super().__format__(spec)
        from shlex import quote

        return quote(self)


def fill(text: str, values: Mapping[str, str]) -> str:
    """*text* with *values* in its places, those in a command quoted: an address may hold ``$``, ``&`` or ``'``."""
    if "asta " in text:
        text = _COMMAND.sub(lambda command: _PLACE.sub(rf"{{\1:{_IN_SHELL}}}", command[0]), text)
    return text.format(**{name: _Value(value) for name, value in values.items()})
