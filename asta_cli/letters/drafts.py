"""The file of codes: durable before the commit that makes the codes valid, in its place only after it.

A crash before the commit leaves a hidden file with codes that were never valid; a crash after it one with codes that
are, waiting to be put in place. Its name tells the run, and the database tells whether the run was written.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from asta_cli.core.csv_cells import csv_texts
from asta_cli.core.errors import N_, AstaError, TryLater
from asta_cli.core.ids import read_id, show_id
from asta_cli.core.letters import COLUMNS

_TAG = "letters-"
_PREFIX, _SUFFIX = f".asta-{_TAG}", ".tmp"


class NotInPlace(TryLater):
    """The letters are issued, but their file could not be given its name."""

    code = "letters_not_in_place"
    message = N_("the letters are issued, but {file} could not be put in place")
    hint = N_("their codes are in {draft}: mv {draft} {file}")


class Unclear(TryLater):
    """The connection broke while the letters were being written."""

    code = "commit_unknown"
    message = N_("it is not known whether the letters were issued; their codes, if they are valid, are in {draft}")
    hint = N_("when the database can be reached again, asta doctor tells whether they are")


class Draft(Protocol):
    """A file that is written beside its place (``files.output.PendingFile``)."""

    path: str
    temporary: str

    def write(self, data: str) -> int:
        """Append *data*."""

    def seal(self) -> None:
        """Make it durable."""

    def publish(self) -> None:
        """Put it in place."""

    def discard(self) -> None:
        """Forget it, unless it was put in place."""


OpenDraft = Callable[[str], Draft]
"""Opens a draft whose hidden name contains a tag."""


class CodeFile:
    """The file of one issue of letters, begun anew with every attempt at it.

    Without a code there is no file: an empty one would take the place of the codes of the night before.
    """

    def __init__(self, open_draft: OpenDraft) -> None:
        self._open = open_draft
        self._draft: Draft | None = None
        self._run = 0
        self._begun = self._sealed = False

    def begin(self, run: int, *, dry_run: bool) -> None:
        """Open it. In a dry run only see whether the file could be written."""
        self.discard()
        self._run = run
        self._draft = self._open(f"{_TAG}{show_id(run)}")
        if dry_run:
            self.discard()

    def write(self, columns: Sequence[Sequence[str | None]]) -> None:
        """Append lines, whose cells are in *columns*, the headings before the first of them."""
        if self._draft is None or not columns[0]:
            return
        if not self._begun:
            self._draft.write(f"{','.join(COLUMNS)}\r\n")
        self._draft.write("\r\n".join(map(",".join, zip(*map(csv_texts, columns), strict=True))) + "\r\n")
        self._begun = True

    def seal(self) -> None:
        """Make it durable: the commit comes next."""
        assert self._draft is not None
        if self._begun:
            self._draft.seal()
            self._sealed = True

    def publish(self) -> None:
        """Put it in place, if it holds a code. Raises NotInPlace."""
        if not self._begun:
            self.discard()
        if self._draft is None:
            return
        try:
            self._draft.publish()
        except AstaError as error:
            raise NotInPlace(file=self._draft.path, draft=self._draft.temporary) from error
        self._draft = None

    def discard(self) -> None:
        """Forget it: its codes are not valid."""
        if self._draft is not None:
            self._draft.discard()
        self._draft, self._begun, self._sealed = None, False, False

    def settle(self, error: BaseException, written: Callable[[int], bool]) -> None:
        """After *error*: keep the file if its codes may be valid, in its place if they are. Raises Unclear, NotInPlace.

        *written* asks the database whether a run was written. A commit whose answer was lost may still come.
        """
        if self._draft is None or not self._sealed:
            self.discard()
            return
        try:
            found = written(self._run)
        except AstaError:
            raise Unclear(draft=self._draft.temporary) from error
        if found:
            self.publish()
        elif isinstance(error, AstaError) and error.code == Unclear.code:
            raise Unclear(draft=self._draft.temporary) from error
        else:
            self.discard()


@dataclass(frozen=True, slots=True)
class Leftover:
    """A file of codes that a crash left under its hidden name. ``valid``: its codes are, and nobody has them."""

    path: str
    run: int
    valid: bool


def leftovers(directory: str, written: Callable[[int], bool]) -> Iterator[Leftover]:
    """The files of codes that crashes left in *directory*."""
    try:
        names = sorted(os.listdir(directory or "."))
    except OSError:
        return
    for name in names:
        if name.startswith(_PREFIX) and name.endswith(_SUFFIX):
            run = read_id(name.removeprefix(_PREFIX).partition("-")[0])
            if run is not None:
                yield Leftover(os.path.join(directory, name), run, written(run))
