"""``--report``: every change of a run, as it is planned, in a file that appears when the run is over."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from asta_cli.files.changes import ChangesFile
from asta_cli.files.errors import OutputIsInput
from asta_cli.run.change_log import ChangeLog
from asta_cli.run.task import Watch


class ChangeReport:
    """The report that was asked for, or none."""

    def __init__(self, file: ChangesFile | None) -> None:
        self._file = file
        self.watch: Watch | None = None if file is None else ChangeLog(file)

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
        yield ChangeReport(None)
        return
    for name in inputs:
        with suppress(OSError):
            if os.path.samefile(path, name):
                raise OutputIsInput(file=path)
    with ChangesFile(path) as file:
        yield ChangeReport(file)
