"""Questions at the terminal, and secrets from files."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from asta_cli.cli import render
from asta_cli.cli.i18n import _
from asta_cli.core.errors import N_, AstaError, MissingAnswer, Status, UsageError

SECRET_LIMIT = 4096


class SecretUnreadable(UsageError):
    """The file with a password or a code cannot be read."""

    code = "secret_file"
    message = N_("{file} cannot be read: {reason}")
    hint = N_("name a file that you may read, or - for standard input")


class SecretEmpty(UsageError):
    """The first line of the file is empty."""

    code = "secret_empty"
    message = N_("{file}: there is nothing in its first line")
    hint = N_("the first line is the secret")


class SecretUnusable(UsageError):
    """The first line is too long, or no text."""

    code = "secret_unusable"
    message = N_("{file}: its first line is too long or no text")
    hint = N_("the first line is the secret, as UTF-8")


class Differing(UsageError):
    """A secret typed twice was not the same both times."""

    code = "differs"
    message = N_("what was typed the second time is not the same")
    hint = N_("run the command again")


class Silence(AstaError):
    """The terminal was closed, or Ctrl-D was typed."""

    code = "interrupted"
    status = Status.INTERRUPTED
    message = N_("no answer; nothing was changed")


class Undecodable(UsageError):
    """The terminal speaks another encoding, so an umlaut is a byte that means nothing."""

    code = "not_text"
    message = N_("what was typed is not text in UTF-8")
    hint = N_("set the terminal to UTF-8, or give the answer by an option or a file")


def interactive() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def line(what: str, option: str = "") -> str:
    """Ask for *what*, a text in the user's language, until something is typed.

    Raises MissingAnswer, which names *option*, where nobody can be asked, Silence at the end of input, and Undecodable.
    """
    _somebody(what, option)
    while True:
        render.prompt(f"{what}: ")
        typed = _typed()
        if typed.strip():
            return typed.strip()


def secret(what: str, *, repeat: bool = False, option: str = "") -> str:
    """Ask for *what* without showing what is typed, twice if *repeat*. Raises as ``line``, and Differing."""
    _somebody(what, option)
    typed = _hidden(f"{what}: ")
    if repeat and typed and _hidden(_("{what}, once more").format(what=what) + ": ") != typed:
        raise Differing()
    return typed


def confirm(question: str, option: str = "") -> bool:
    """Ask a yes-or-no *question*; whatever does not say yes is a no. Raises as ``line``."""
    _somebody(question, option)
    render.prompt(f"{question} [{_('y/N')}] ")
    return _typed().strip().lower() in {"y", "yes", "j", "ja", _("yes")}


def secret_from(name: str) -> str:
    """The secret in the first line of the file *name* (``-``: standard input).

    Raises SecretUnreadable, SecretEmpty or SecretUnusable (exit status 2).
    """
    shown = "stdin" if name == "-" else name
    try:
        if name == "-":
            raw = sys.stdin.buffer.readline(SECRET_LIMIT + 3) if sys.stdin else b""
        else:
            with _opened(name) as file:
                raw = file.readline(SECRET_LIMIT + 3)
    except (OSError, ValueError) as error:
        raise SecretUnreadable(file=shown, reason=getattr(error, "strerror", None) or str(error)) from None
    return _decoded(raw, shown)


def _opened(name: str) -> BinaryIO:
    handle = os.open(name, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    if stat.S_ISDIR(os.fstat(handle).st_mode):
        os.close(handle)
        raise SecretUnreadable(file=name, reason=_("it is a directory"))
    return open(handle, "rb")


def _decoded(raw: bytes, shown: str) -> str:
    raw = raw.removesuffix(b"\n").removesuffix(b"\r").removeprefix(b"\xef\xbb\xbf")
    if len(raw) > SECRET_LIMIT or b"\0" in raw:
        raise SecretUnusable(file=shown)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise SecretUnusable(file=shown) from None
    if not text:
        raise SecretEmpty(file=shown)
    return text


def _hidden(prompt: str) -> str:
    from getpass import getpass

    with _answering():
        return getpass(prompt)


def _typed() -> str:
    with _answering():
        typed = sys.stdin.readline()
        if not typed:
            raise EOFError
        return typed


@contextmanager
def _answering() -> Iterator[None]:
    """An answer that does not come, as an error of ours, on a line of its own. Raises Silence, Undecodable."""
    try:
        yield
    except UnicodeDecodeError:
        raise Undecodable() from None
    except EOFError:
        render.prompt("\n")
        raise Silence() from None
    except KeyboardInterrupt:
        render.prompt("\n")
        raise


def _somebody(what: str, option: str) -> None:
    if not interactive():
        raise MissingAnswer(what=what, option=option or what)
