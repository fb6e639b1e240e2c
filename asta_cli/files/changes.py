"""``--report``: a line for each field that a run changes, as CSV or, by the name of the file, as JSON Lines."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from typing import Any, Self

from asta_cli.core.changes import COLUMNS
from asta_cli.files.output import PendingFile

_JSON_LINES = (".jsonl", ".ndjson")


class ChangesFile:
    """The report at *path*, which appears whole, when it is published, or not at all."""

    def __init__(self, path: str, columns: Sequence[str] = COLUMNS) -> None:
        self._path = path
        self._columns = columns
        self.json = path.lower().endswith(_JSON_LINES)
        self._writer: Any = None
        self._file = PendingFile(path)  # a place where it cannot lie must stop the run, not follow it
        self._fresh = True

    def begin(self) -> None:
        """Start anew. Raises ``OutputRefused`` and ``DiskTrouble``."""
        if not self._fresh:
            self._file.discard()
            self._file = PendingFile(self._path)
        self._fresh = False
        if not self.json:
            self._writer = csv.writer(self._file)
            self._writer.writerow(self._columns)

    def write(self, line: Sequence[str]) -> None:
        """Append a line. Raises ``DiskTrouble``."""
        if self.json:
            self._file.write(json.dumps(dict(zip(self._columns, line, strict=True)), ensure_ascii=False) + "\n")
        else:
            self._writer.writerow(line)

    def publish(self) -> None:
        """Put it in its place."""
        if self._fresh:
            self.begin()
        self._file.publish()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self._file.discard()
