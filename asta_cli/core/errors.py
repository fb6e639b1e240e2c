"""Typed errors. Each class carries a stable code, an exit status, and its message as untranslated text.

``message`` and ``hint`` are gettext message ids with named fields. They are looked up and filled at the edge
(``cli.render``) only, so a core error means the same in every language.
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


def N_(text: str) -> str:
    """Mark *text* for the message catalogue without translating it here."""
    return text


class Phrase(str):
    """A field of an error that is text of ours, a message id: it is looked up like the message it stands in."""

    __slots__ = ()


class Status(IntEnum):
    """Exit statuses that scripts rely on (sysexits.h where it has a word for it)."""

    OK = 0
    NO = 1
    USAGE = 2
    REJECTED = 3
    HELD = 4
    REFUSED = 5
    DATA = 65
    BUG = 70
    RETRY = 75
    FORBIDDEN = 77
    CONFIG = 78
    INTERRUPTED = 130
    TERMINATED = 143


class AstaError(Exception):
    """Base of every error that asta reports to a person.

    Keyword arguments fill the named fields of ``message`` and ``hint``; they are data and are escaped when shown.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[Status] = Status.BUG
    message: ClassVar[str] = ""
    hint: ClassVar[str] = ""

    def __init__(self, **fields: object) -> None:
        super().__init__(self.code)
        self.fields = fields


class UsageError(AstaError):
    """The command line is wrong, or an answer is missing and nobody can be asked. Subclass it for each case."""

    code = "usage"
    status = Status.USAGE


class MissingAnswer(UsageError):
    """A value is needed, nothing gave it, and stdin is not a terminal."""

    code = "missing_answer"
    message = N_("{what} is needed and nobody can be asked")
    hint = N_("use {option}")


class BadOption(UsageError):
    """The value of an option cannot be taken."""

    code = "bad_option"
    message = N_("{option}: {value} is not possible here")
    hint = N_("possible: {choices}")


class BadForm(BadOption):
    """The value of an option is written as nobody can read it; ``choices`` shows how."""

    hint = N_("for example {choices}")


class Bug(AstaError):
    """Something that must not happen did."""

    code = "bug"
    status = Status.BUG
    message = N_("asta made a mistake ({kind})")
    hint = N_("run the command again with --debug and report what it prints")


class Forbidden(AstaError):
    """No rule allows it."""

    code = "forbidden"
    status = Status.FORBIDDEN
    message = N_("{who} may not do that: {what}")
    hint = N_("ask an administrator of the company, or the chamber")


class OperatorsOnly(Forbidden):
    """Only the chamber's own people may do that."""

    message = N_("{what} is for operators of the chamber, not for {who}")
    hint = N_("ask the chamber; an operator leaves out --as")


class NotFound(AstaError):
    """The named thing does not exist, or the asker may not know that it does."""

    code = "not_found"
    status = Status.REFUSED
    message = N_("{what} {key} is not known")
    hint = N_("check the spelling; leading zeros count")


class Ambiguous(UsageError):
    """Several chambers have a company of this name."""

    code = "ambiguous"
    message = N_("company {key} exists in more than one chamber: {choices}")
    hint = N_("write CHAMBER:{key}")


class Conflict(AstaError):
    """The data changed while the command was deciding."""

    code = "conflict"
    status = Status.REFUSED
    message = N_("{what} was changed by someone else in the meantime")
    hint = N_("look at it again and repeat the command")


class TryLater(AstaError):
    """Nothing is wrong with the request; its time has not come."""

    code = "busy"
    status = Status.RETRY
    message = N_("{what} is busy")
    hint = N_("try again in a moment")
