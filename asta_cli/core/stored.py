"""The hashes of the lines that the records of a register stand for, as compact as they can be."""

from __future__ import annotations

from dataclasses import dataclass, field

SIZE = 16
"""Bytes of a line's hash."""


@dataclass(slots=True)
class StoredLines:
    """What is known of one kind of records in one chamber before a file is read.

    ``digests`` are the line hashes of its open records, ``SIZE`` bytes each, one after the other; ``said`` has a 1 for
    each whose record holds a value of another source than the file. ``open`` counts the open records, those without a
    hash among them. ``first`` tells that no source of this kind has ever been read for this chamber.
    """

    digests: bytearray = field(default_factory=bytearray, repr=False)
    said: bytearray = field(default_factory=bytearray, repr=False)
    open: int = 0
    first: bool = True

    def forgotten(self) -> StoredLines:
        """The same without the hashes: every line is to be read."""
        return StoredLines(open=self.open, first=self.first)
