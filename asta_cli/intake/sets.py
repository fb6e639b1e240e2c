"""A set of items: one from the arguments, or a file of any length. Both become the same batch."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from asta_cli.core.errors import N_, UsageError
from asta_cli.core.layouts import Layout
from asta_cli.core.plan import Problem, Severity
from asta_cli.core.planner import Planner
from asta_cli.core.progress import Progress, Stage, Step
from asta_cli.core.rows import Row
from asta_cli.core.stored import StoredLines
from asta_cli.files.errors import OutputIsInput
from asta_cli.files.output import PendingFile, writing
from asta_cli.files.rejects import Reason, RejectWriter
from asta_cli.files.sieve import KeyOf, Sieve
from asta_cli.files.source import Notice, ReadOptions, open_source
from asta_cli.run import CHUNK, Batch


class MixedInput(UsageError):
    """One item from the arguments and many from a file at once."""

    code = "mixed_input"
    message = N_("--from takes its items from the file; {columns} cannot be given beside it")
    hint = N_("leave out --from, or what is said beside it")


@dataclass(frozen=True, slots=True)
class Items:
    """The items of a command. ``sieve`` is None where they came from the arguments."""

    row: Row | None = None
    sieve: Sieve | None = None
    kind: str = ""
    progress: Progress = field(default_factory=Progress)

    @property
    def single(self) -> bool:
        """Whether this is the one item of the arguments, which answers with its own refusal."""
        return self.sieve is None

    @property
    def name(self) -> str:
        """The name of the file; empty for arguments."""
        return self.sieve.source.name if self.sieve else ""

    @property
    def columns(self) -> frozenset[str]:
        """The columns there are."""
        return self.sieve.source.columns if self.sieve else self.row.columns if self.row else frozenset()

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the reader noticed."""
        return self.sieve.source.notices if self.sieve else ()

    def batch(self, planner: Planner) -> Batch:
        """These items for *planner*."""
        if self.sieve is None:
            return Batch(planner, [[self.row]] if self.row else [], kind=self.kind)
        source = self.sieve.source
        return Batch(
            planner,
            self._watched(self.sieve.chunks(CHUNK)),
            self.sieve.repeated(),
            self.sieve.known,
            self.kind,
            source.name,
            source.sha256,
            self.sieve.kept,
        )

    def _watched(self, chunks: Iterable[Sequence[Row]]) -> Iterator[Sequence[Row]]:
        assert self.sieve is not None
        source, rows = self.sieve.source, 0
        self.progress.enter(Stage(Step.COMPARE, source.name, source.size, lambda: source.position, lambda: rows))
        for chunk in chunks:
            yield chunk
            rows += len(chunk)


@contextmanager
def from_file(
    name: str,
    layout: Layout,
    key_of: KeyOf,
    *,
    options: ReadOptions,
    secret: bytes = b"",
    stored: StoredLines | None = None,
    only: Callable[[Row], bool] | None = None,
    progress: Progress | None = None,
) -> Iterator[Items]:
    """The items in the file *name* (``-``: standard input), or *only* some. Raises an ``InputError`` (exit 65).

    *progress* is told how far the passes over the file are.
    """
    progress = progress or Progress()
    if name == "-":
        progress.enter(Stage(Step.TAKE, "stdin"))
    with open_source(name, layout, options=options, secret=secret) as source:
        progress.enter(Stage(Step.READ, source.name, source.size, lambda: source.position, source.lines_passed()))
        yield Items(sieve=Sieve(source, key_of, stored, only), kind=layout.kind, progress=progress)


@contextmanager
def from_either(
    row: Row,
    name: str | None,
    layout: Layout,
    key_of: KeyOf,
    *,
    options: ReadOptions,
    fills: frozenset[str] = frozenset(),
) -> Iterator[Items]:
    """The items of *name*, or the one *row* of the arguments. Beside a file only *fills* may be given: for empty cells.

    Raises MixedInput, MissingAnswer, and what ``from_file`` raises.
    """
    if name is None:
        yield Items(row, kind=layout.kind)
        return
    stated = row.columns - fills
    if stated:
        raise MixedInput(columns=", ".join(sorted(stated)))
    with from_file(name, layout, key_of, options=options) as items:
        yield items


class Rejects:
    """Where the rejected rows of *items* go; nowhere if nobody asked for them."""

    def __init__(self, pending: PendingFile | None, items: Items) -> None:
        self._pending = pending
        self._items = items

    def write(self, problems: Iterable[tuple[Problem, str]]) -> None:
        """Write the rejected rows, each with the codes and texts of its errors, and put the file in place.

        No rejects, no file. *problems* come with their text in the user's language. Raises ``DiskTrouble``.
        """
        reasons: dict[int, list[Reason]] = {}
        for problem, text in problems:
            if problem.severity is Severity.ERROR:
                reasons.setdefault(problem.line, []).append((problem.code, text))
        if self._pending is not None and self._items.sieve is not None and reasons:
            RejectWriter(self._pending, self._items.sieve.source).write_lines(reasons)
            self._pending.publish()


@contextmanager
def rejects_file(path: str | None, items: Items) -> Iterator[Rejects]:
    """The reject file at *path*, begun before the run: a place where it cannot lie must stop the run, not follow it.

    Raises ``OutputRefused``, also when it would take the place of the file that is read.
    """
    if not path or items.sieve is None:
        yield Rejects(None, items)
        return
    with suppress(OSError):
        if os.path.samefile(path, items.sieve.source.shown):
            raise OutputIsInput(file=path)
    with PendingFile(path) as pending:
        yield Rejects(pending, items)


@contextmanager
def rejects_directory(path: str) -> Iterator[None]:
    """The directory *path* for the reject files of a snapshot; if none came into it, it goes again."""
    with writing(path):
        os.makedirs(path, mode=0o700, exist_ok=True)
    try:
        yield
    finally:
        with suppress(OSError):
            os.rmdir(path)
