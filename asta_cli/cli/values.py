"""Options and arguments whose words become values without a validation library.

Typer hands every value, even an absent one, to pydantic; importing that costs as much as Typer itself, and every
``--help`` would pay it. The handful of types that a command line needs are read here instead. Any other annotation
still takes Typer's own way.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from typer.core import TyperArgument, TyperOption

from asta_cli.cli.i18n import _
from asta_cli.core.errors import BadOption

_FILES = ("FILE", "DIR")


class _Plain:
    """Reader of one annotation; called like Typer's own coercion."""

    def __init__(self, annotation: Any, minimum: float | None, maximum: float | None) -> None:
        self.many = get_origin(annotation) is list
        self.kind: Any = get_args(annotation)[0] if self.many else annotation
        self.minimum, self.maximum = minimum, maximum

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """*value* as the annotation wants it. Raises BadOption."""
        if value is None:
            return () if self.many else None
        if self.many:
            return [self._one(v, param) for v in value]
        return self._one(value, param)

    def _one(self, value: Any, param: Any) -> Any:
        kind = self.kind
        if choices := choices_of(kind):
            return _choose(value, choices, param)
        if kind in (int, float):
            return self._number(value, param)
        if isinstance(value, str) and kind is str and not (param.names_files or param.names_place):
            _refuse_broken(value, param)
        return value if isinstance(value, kind) else kind(value)

    def _number(self, value: Any, param: Any) -> Any:
        try:
            number = self.kind(value)
        except ValueError:
            number = None
        low, high = self.minimum, self.maximum
        if number is None or (low is not None and number < low) or (high is not None and number > high):
            raise BadOption(option=_name(param), value=value, choices=_span(low, high))
        return number


def choices_of(kind: Any) -> tuple[Any, ...]:
    """The values that *kind* (an enum or Literal, or a list of one) allows; empty if it does not name them."""
    if get_origin(kind) is list:
        return choices_of(get_args(kind)[0])
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(kind)
    return get_args(kind) if get_origin(kind) is Literal else ()


def word(choice: Any) -> str:
    """How *choice* is written on the command line."""
    return str(choice.value if isinstance(choice, Enum) else choice)


def _choose(value: Any, choices: Sequence[Any], param: Any) -> Any:
    for choice in choices:
        if value is choice or word(choice) == word(value):
            return choice
    raise BadOption(option=_name(param), value=value, choices=", ".join(map(word, choices)))


def _refuse_broken(value: str, param: Any) -> None:
    """Refuse bytes that the terminal's encoding lacks, which Python hands on as lone surrogates: no text holds them."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadOption(option=_name(param), value=value, choices="UTF-8") from None


def _span(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return _("a number")
    if high is None:
        return _("a number from {low}").format(low=low)
    return _("a number from {low} to {high}").format(low="…" if low is None else low, high=high)


def _name(param: Any) -> str:
    return str(max(param.opts, key=len)) if isinstance(param, TyperOption) else str(param.display_name_raw)


def _readable(annotation: Any) -> bool:
    kind = get_args(annotation)[0] if get_origin(annotation) is list else annotation
    return kind in (str, int, float, bool) or kind is Path or bool(choices_of(kind))


class _Lean:
    """Mix-in: the types above take the short way.

    ``names_files``: the value is the name of a file or directory, in any encoding, as an address (URL) may be;
    and `cli.admission` decides whether it may be named.
    """

    names_files: bool
    names_place: bool
    type_descriptor: Any
    min: float | None
    max: float | None

    def get_runtime_param(self) -> Any:
        """What turns words into the value."""
        descriptor = self.type_descriptor
        info = descriptor.parameter_info
        if info.parser is None and _readable(descriptor.annotation):
            return _Plain(descriptor.annotation, self.min, self.max)
        return super().get_runtime_param()  # type: ignore[misc]


class LeanOption(_Lean, TyperOption):
    """An option."""


class LeanArgument(_Lean, TyperArgument):
    """An argument."""

    def display_type_rich(self, ctx: Any) -> str | None:
        """What the help shows beside its name: the values to choose from, but no type of Python's."""
        return super().display_type_rich(ctx) if self.type_descriptor.is_choice else None


def lean(param: Any) -> LeanOption | LeanArgument:
    """*param*, which Typer made from a signature, with values read the short way and texts in the user's language."""
    made = LeanOption.__new__(LeanOption) if isinstance(param, TyperOption) else LeanArgument.__new__(LeanArgument)
    vars(made).update(vars(param))
    made.help = _(made.help) if made.help else made.help
    said = made.metavar or ""  # before it is said in another language
    made.names_files, made.names_place = any(word in said for word in _FILES), "URL" in said
    made.metavar = _(said) if said else made.metavar
    return made
