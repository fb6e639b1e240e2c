"""THE error boundary: whatever happens inside, a person gets one clear line and a script an exit status."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from asta_cli.cli import i18n
from asta_cli.cli.early import Early, language
from asta_cli.core.errors import N_, AstaError, Bug, Status, TryLater

if TYPE_CHECKING:
    from datetime import datetime
    from types import FrameType

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FAILING = (errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM)


class Terminated(BaseException):
    """SIGTERM, as an exception, so that open transactions roll back on its way out."""


class DiskFull(TryLater):
    """There is no room left on a disk."""

    code = "disk_full"
    message = N_("the disk is full")
    hint = N_("make room and run the command again; nothing was half done")


class NoResources(TryLater):
    """The machine cannot give what the command needs."""

    code = "no_resources"
    message = N_("the machine has run out of something ({kind})")
    hint = N_("run the command again later; nothing was half done")


class Interrupted(AstaError):
    """Ctrl-C."""

    code = "interrupted"
    status = Status.INTERRUPTED
    message = N_("interrupted; nothing half done")


class Stopped(AstaError):
    """SIGTERM."""

    code = "terminated"
    status = Status.TERMINATED
    message = N_("terminated; nothing half done")


def guarded(argv: Sequence[str], early: Early, clock: Callable[[], datetime] | None) -> int:
    """Run the command of *argv* and return its exit status; every error is told on stderr first. Never raises."""
    with i18n.speaking(language(early.lang, os.environ)):
        try:
            with _terminable():
                status = _run(argv, clock)
                sys.stdout.flush()
                return status
        except BaseException as error:
            return _report(error, early)


def _run(argv: Sequence[str], clock: Callable[[], datetime] | None) -> int:
    import typer

    from asta_cli.cli.app import root

    command = root()
    try:
        with command.make_context("asta", list(argv), obj=clock) as ctx:
            return int(command.invoke(ctx) or 0)
    except typer.Exit as leave:
        return leave.exit_code
    except typer.TyperException as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            from asta_cli.cli import render

            render.page(error.format_message())
            return Status.OK
        from asta_cli.cli.usage import explain

        raise explain(error) from None


@contextmanager
def _terminable() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise Terminated

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not the main thread: whoever runs us there minds the signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _report(error: BaseException, early: Early) -> int:
    if _reader_left(error):
        return Status.OK
    told = _typed(error)
    from asta_cli.cli import render

    with suppress(OSError):  # nobody may be left to tell; the exit status still speaks
        if early.debug and not isinstance(error, KeyboardInterrupt | Terminated):
            render.trace(_trace(error))
        render.error(told, json=early.json)
    _drop_output()
    return told.status


def _typed(error: BaseException) -> AstaError:
    number = errno.ENOMEM if isinstance(error, MemoryError) else getattr(error, "errno", None)
    for link in _chain(error):
        # Also one that something else was made of on its way: Python turns a Ctrl-C amid the making of a class into
        # a RuntimeError, and a connection that is hung up on may complain.
        if isinstance(link, KeyboardInterrupt):
            return Interrupted()
        if isinstance(link, Terminated):
            return Stopped()
    if isinstance(error, AstaError):
        return error
    if number in _FULL:
        return DiskFull()
    return NoResources(kind=errno.errorcode[number]) if number in _FAILING else Bug(kind=_place(error))


def _place(error: BaseException) -> str:
    """Kind and place of *error*. Never its text, which may hold values."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if module.startswith("asta_cli."):
            place = f", {module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return type(error).__name__ + place


def _trace(error: BaseException) -> str:
    """Tell where *error* and what led to it arose: frames and kinds only, no texts and no values."""
    import traceback

    lines: list[str] = []
    for link in reversed(_chain(error)):
        lines += [*traceback.format_tb(link.__traceback__), f"{type(link).__module__}.{type(link).__qualname__}\n"]
    return "".join(lines)


def _chain(error: BaseException) -> list[BaseException]:
    """*error*, what it was made of, and so on."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    return chain


def _reader_left(error: BaseException) -> bool:
    """Whether *error* says that the reader of our output has gone, as in ``| head``; other broken pipes are errors."""
    if not isinstance(error, BrokenPipeError) or not _broken(sys.stdout):
        return False
    _drop_output()
    return True


def _broken(stream: Any) -> bool:
    import select

    try:
        poll = select.poll()
        poll.register(stream.fileno(), 0)
        return any(events & select.POLLERR for _fd, events in poll.poll(0))
    except (OSError, ValueError):
        return False


def _drop_output() -> None:
    """Flush what can be flushed, and make sure the interpreter does not fail on the rest when it ends."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError):  # stdout may be no file: then nothing is flushed at the end either
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)
