"""The only module that prints. Data goes to stdout, everything else to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, BinaryIO, NoReturn, Protocol, TextIO

from asta_cli.cli import escape, system
from asta_cli.cli.i18n import _
from asta_cli.cli.phrases import fill
from asta_cli.core.errors import AstaError, Phrase

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from asta_cli.cli.context import App
    from asta_cli.cli.listing import Cells, Col
    from asta_cli.cli.options import ChangeOptions, ListOptions, ShowOptions
    from asta_cli.core.plan import Problem
    from asta_cli.run import Report, Tx

_BUFFER = 1 << 20
_VALUE = 500  # what is longer than a list of all columns is no name and no value of ours
_INSTANT = len("2026-11-23T21:00:00Z")
_live: AbstractContextManager[None] | None = None


class Notice(Protocol):
    """Something the user should know that is not wrong: a message id and what fills it."""

    @property
    def code(self) -> str:
        """A stable word for it."""

    @property
    def message(self) -> str:
        """The message id."""

    @property
    def fields(self) -> Mapping[str, object]:
        """What fills it."""


def filled(text: str, fields: Mapping[str, object]) -> str:
    """*text*, a message id, in the user's language, its places filled with harmless, short *fields*."""
    return unlocalised(_(text), {k: _for_people(v) for k, v in fields.items()})


def unlocalised(text: str, fields: Mapping[str, object]) -> str:
    """As ``filled``, in English: what stands in JSON does not change with the language."""
    return fill(text, {k: escape.shorten(escape.visible(str(v)), _VALUE) for k, v in fields.items()})


def _for_people(value: object) -> object:
    """*value*; a moment as the clocks of Berlin show it, for only programs read UTC; our own text translated."""
    if isinstance(value, Phrase):
        return _(value)
    if isinstance(value, str) and value in system.texts():
        return _(system.texts()[value])
    if not isinstance(value, str) or len(value) != _INSTANT or value[10] != "T" or value[-1] != "Z":
        return value
    from asta_cli.core.fields import BadField
    from asta_cli.core.timeline import local

    try:
        return local(value)
    except (BadField, ValueError):
        return value


def error(err: AstaError, *, json: bool = False) -> None:
    """Tell *err* on stderr."""
    fault(err.code, filled(err.message, err.fields), filled(err.hint, err.fields), json=json)


def fault(code: str, message: str, hint: str, *, json: bool, kind: str = "error") -> None:
    """Tell on stderr, in one line, what is wrong and what to do about it; both texts ready as they are."""
    if json:
        _to(sys.stderr, _object({"code": code, "message": message, "hint": hint}) + "\n")
    else:
        _to(sys.stderr, f"asta: {kind}[{code}]: {message}" + (f"; {hint}" if hint else "") + "\n")


def page(text: str) -> None:
    """Print *text*, our own and free of data, on stdout."""
    _to(sys.stdout, text.rstrip("\n") + "\n")


def answer(app: App, text: str, show: ShowOptions | None = None, **values: object) -> None:
    """Print the answer to a question on stdout, also with ``-q``: *text* as it is, or *values* as a JSON object."""
    if show is not None and show.format == "json":
        page(_object(values))
    else:
        page(escape.visible(text))


def structure(app: App, value: Mapping[str, object]) -> None:
    """Print *value*, which has parts within parts, as a JSON object on several lines."""
    from json import dumps

    page(escape.visible_json(dumps(value, ensure_ascii=False, indent=2)))


def heading(text: str, **fields: object) -> None:
    """Print *text*, a message id, on stdout above what another process will print there."""
    _to(sys.stdout, "\n" + filled(text, fields) + "\n")
    sys.stdout.flush()


def say(app: App, text: str, **fields: object) -> None:
    """Tell *text*, a message id, on stderr, unless ``-q`` was given."""
    tell(app, "note", filled(text, fields))


def warn(app: App, text: str, **fields: object) -> None:
    """Warn with *text*, a message id, on stderr, unless ``-q`` was given: who silences success waits for failures."""
    message = filled(text, fields)
    tell(app, "warning", message if app.options.log_format == "json" else f"asta: warning: {message}")


def notices(app: App, found: Iterable[Notice]) -> None:
    """Tell the notices of a reader as ``notice`` does."""
    for note in found:
        notice(app, note)


def notice(app: App, note: Notice) -> None:
    """Tell a notice of a reader on stderr, unless ``-q`` was given."""
    tell(app, note.code, filled(note.message, note.fields))


def tell(app: App, code: str, message: str, *, always: bool = False) -> None:
    """Tell *message*, ready as it is, on stderr in the form that ``--log-format`` asks for, unless ``-q`` was given.

    What belongs to an error is told *always*.
    """
    if app.options.quiet and not always:
        return
    if app.options.log_format == "json":
        fault(code, message, "", json=True)
    else:
        _to(sys.stderr, message + "\n")


def note(text: str, **fields: object) -> None:
    """Tell *text*, a message id, on stderr."""
    _to(sys.stderr, filled(text, fields) + "\n")


def prompt(text: str) -> None:
    """Ask: *text* on stderr, the cursor behind it."""
    _to(sys.stderr, text)
    sys.stderr.flush()


def trace(text: str) -> None:
    """Print a stack for ``--debug`` on stderr."""
    _to(sys.stderr, text)


def live(line: AbstractContextManager[None] | None) -> None:
    """From now on enter *line* around everything that is printed: a line that is painted makes room for it."""
    global _live  # noqa: PLW0603 - there is one terminal
    _live = line


def draw(text: str) -> None:
    """Put *text* on the terminal at stderr as it is, at once: part of a line that is painted."""
    _write(sys.stderr, text)
    sys.stderr.flush()


def listing(
    app: App,
    columns: Sequence[Col],
    rows: Callable[[Tx], Iterable[Cells]],
    options: ListOptions,
    *,
    ids: str = "",
    count: Callable[[Tx], int] | None = None,
    before: Callable[[int], None] | None = None,
) -> None:
    """Print what *rows* finds in one read transaction, which has ended before the first byte goes out.

    *columns* name the cells of each row, *ids* the column by which a thing is named (the first if empty). *count*
    counts the rows without reading them. *before* is called with their number when the transaction has ended and
    nothing is out: what it raises keeps everything in. Raises UnknownFields, BadOption, what the store raises, and what
    writing ``--output`` raises.
    """
    from asta_cli.cli.show import Source, listed

    listed(app, columns, Source(rows, ids, count, before), options)


def record(app: App, columns: Sequence[Col], row: Cells, options: ShowOptions) -> None:
    """Print one thing: a line for each value, or a JSON object."""
    from asta_cli.cli.formats import one_json
    from asta_cli.cli.table import record as lines

    if options.format == "json":
        page(escape.visible_json(one_json(row, columns)))
    else:
        page(lines(row, columns, colour=coloured(app, sys.stdout)))


def report(app: App, done: Report, change: ChangeOptions, extra: Mapping[str, object] | None = None) -> None:
    """Tell what a run did: JSON on stdout if asked for; a summary and the problems on stderr."""
    from asta_cli.cli import reports

    if change.format == "json":
        page(escape.visible_json(reports.as_json(done, extra or {})))
    reports.tell(app, done, summary=change.format != "json", bounded=change.limits().keep_going)


def finish(app: App, done: Report, change: ChangeOptions, extra: Mapping[str, object] | None = None) -> NoReturn:
    """Tell what a run did and leave with its exit status."""
    import typer

    report(app, done, change, extra)
    raise typer.Exit(done.status)


def reasons(done: Report) -> list[tuple[Problem, str]]:
    """The problems of a run with their texts in the user's language, for the reject file."""
    from asta_cli.cli.reports import reason

    return [(p, reason(p)) for p in done.problems]


def terminal(stream: TextIO) -> bool:
    """Whether *stream* goes to a terminal."""
    return stream.isatty()


def coloured(app: App, stream: TextIO) -> bool:
    """Whether to use colours on *stream* (https://no-color.org)."""
    plain = app.options.no_color or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return terminal(stream) and not plain


def copy(file: BinaryIO, harmless: Callable[[str], str]) -> None:
    """Print the rest of *file*, UTF-8, on stdout; at a terminal, as *harmless* makes it."""
    sys.stdout.flush()
    if terminal(sys.stdout):
        for line in file:
            _to(sys.stdout, harmless(line.decode()))
    else:
        import shutil

        shutil.copyfileobj(file, sys.stdout.buffer, _BUFFER)
        sys.stdout.buffer.flush()


def _object(values: Mapping[str, object]) -> str:
    from json import dumps

    return escape.visible_json(dumps(values, ensure_ascii=False))


def _to(stream: TextIO, text: str) -> None:
    if _live is None:
        _write(stream, text)
        return
    with _live:
        _write(stream, text)


def _write(stream: TextIO, text: str) -> None:
    """Write *text*; what the encoding of the stream does not have is written as an escape."""
    try:
        stream.write(text)
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
