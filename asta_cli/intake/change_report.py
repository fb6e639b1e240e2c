"""``--report``: every change of a run, as it is planned, in a file that appears when the run is over.

Of a set of permissions or registrations, every row.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Protocol

from asta_cli.core.changes import ROW_COLUMNS
from asta_cli.core.model import Kind
from asta_cli.core.plan import Problem
from asta_cli.files.changes import ChangesFile
from asta_cli.files.errors import OutputIsInput
from asta_cli.run.change_log import ChangeLog
from asta_cli.run.row_log import RowLog, Telling
from asta_cli.run.task import Watch

_NAMES = {Kind.GRANT: ("email", "company", "role"), Kind.ACCOUNT: ("email",)}
"""The columns by which a row says which record it is about."""


class RowText(Protocol):
    """What a problem says: to *programs* the same in every language."""

    def __call__(self, problem: Problem, *, programs: bool) -> str:
        """The text."""


class ChangeReport:
    """The report that was asked for, or none; *watch* writes it."""

    def __init__(self, file: ChangesFile | None = None, watch: Watch | None = None) -> None:
        self._file = file
        self.watch = watch

    def publish(self) -> None:
        """The run is over, whatever came of it: what it would change is told in each case. Raises ``DiskTrouble``."""
        if self._file is not None:
            self._file.publish()


@contextmanager
def change_report(path: str | None, inputs: Iterable[str] = ()) -> Iterator[ChangeReport]:
    """The report at *path*, begun before the run: a place where it cannot lie must stop the run, not follow it.

    Raises ``OutputRefused``, also when it would take the place of one of the *inputs*.
    """
    if not path:
        yield ChangeReport()
        return
    _check(path, inputs)
    with ChangesFile(path) as file:
        yield ChangeReport(file, ChangeLog(file))


@contextmanager
def row_report(
    path: str | None, source: str | None, kind: Kind, text: RowText, *, outcome: bool = True
) -> Iterator[ChangeReport]:
    """As ``change_report``, with every row of the file *source*, or of the arguments; *kind* is what they are about.

    With *outcome* unset the asker may not learn which rows changed something. Raises ``OutputRefused``.
    """
    if not path:
        yield ChangeReport()
        return
    _check(path, [source] if source else [])
    with ChangesFile(path, ROW_COLUMNS) as file:
        telling = Telling(kind, _NAMES[kind], partial(text, programs=file.json), outcome)
        yield ChangeReport(file, RowLog(file, telling))


def _check(path: str, inputs: Iterable[str]) -> None:
    for name in inputs:
        with suppress(OSError):
            if os.path.samefile(path, name):
                raise OutputIsInput(file=path)
