"""Counting lines for those who watch a file being read, at their own cost and not at the reader's."""

from __future__ import annotations

import os
from collections.abc import Callable

_BLOCK = 1 << 20


class PassedLines:
    """How many lines the open file *descriptor* has up to where its reader is, which *position* tells.

    Each call looks only at what came since the last one, without moving the reader.
    """

    def __init__(self, descriptor: int, position: Callable[[], int]) -> None:
        self._descriptor = descriptor
        self._position = position
        self._at = self._lines = 0

    def __call__(self) -> int:
        """The number of lines."""
        end = self._position()
        if end < self._at:  # another pass
            self._at = self._lines = 0
        while block := os.pread(self._descriptor, min(_BLOCK, end - self._at), self._at):
            self._lines += block.count(b"\n")
            self._at += len(block)
        return self._lines
