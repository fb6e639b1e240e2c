"""Completion scripts for four shells, made from the command tree. They hold all they know: a Tab starts no program.

The tree is first turned into plain data (:func:`tree`), which each shell's writer then spells in its own language.
Descriptions are English: the scripts are files that every user of a machine shares.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from asta_cli.cli.values import choices_of, word

REPEATED = 9


class Fill(StrEnum):
    """What the value of an option or argument is completed with, besides listed choices."""

    NOTHING = "nothing"
    FILE = "file"
    DIRECTORY = "directory"


@dataclass(frozen=True, slots=True)
class Value:
    """A value that is expected: one of ``choices``, or something of the file system, or anything."""

    choices: tuple[str, ...] = ()
    fill: Fill = Fill.NOTHING


@dataclass(frozen=True, slots=True)
class Opt:
    """An option. Without ``value`` it is a flag; ``again`` means that it may be repeated."""

    names: tuple[str, ...]
    help: str
    value: Value | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A command: its words, options, positional arguments (``rest``: the last may be repeated) and subcommands."""

    path: tuple[str, ...]
    help: str
    options: tuple[Opt, ...]
    arguments: tuple[Value, ...] = ()
    rest: bool = False
    commands: tuple[Node, ...] = field(default=())

    @property
    def name(self) -> str:
        """The last word."""
        return self.path[-1]

    def walk(self) -> Iterator[Node]:
        """This command and all below it."""
        yield self
        for command in self.commands:
            yield from command.walk()


def script(shell: str) -> str:
    """The completion script for *shell*: ``bash``, ``zsh``, ``fish`` or ``powershell``."""
    from asta_cli.cli import completion_bash, completion_fish, completion_powershell, completion_zsh
    from asta_cli.cli.app import root
    from asta_cli.cli.i18n import speaking

    writers = {
        "bash": completion_bash.write,
        "zsh": completion_zsh.write,
        "fish": completion_fish.write,
        "powershell": completion_powershell.write,
    }
    with speaking("en"):
        return writers[shell](tree(root()))


def tree(command: Any, path: tuple[str, ...] = ("asta",)) -> Node:
    """*command* of Typer, and what is below it, as plain data."""
    ctx = command.context_class(command, info_name=path[-1])
    params = [p for p in command.get_params(ctx) if not getattr(p, "hidden", False)]
    arguments = [p for p in params if p.param_type_name == "argument"]
    return Node(
        path=path,
        help=_line(command.help),
        options=tuple(_option(p) for p in params if p.param_type_name == "option"),
        arguments=tuple(_value(p) for p in arguments),
        rest=bool(arguments) and arguments[-1].nargs == -1,
        commands=tuple(_below(command, ctx, path)),
    )


def _below(command: Any, ctx: Any, path: tuple[str, ...]) -> Iterator[Node]:
    for name in getattr(command, "list_commands", lambda _ctx: [])(ctx):
        inner = command.get_command(ctx, name)
        if not inner.hidden:
            yield tree(inner, (*path, name))


def _option(param: Any) -> Opt:
    names = tuple(sorted([*param.opts, *param.secondary_opts], key=len, reverse=True))
    takes = not param.is_flag and not param.count
    return Opt(names, _line(param.help), _value(param) if takes else None, param.multiple or param.count)


def _value(param: Any) -> Value:
    descriptor = param.type_descriptor
    if choices := choices_of(descriptor.annotation):
        return Value(tuple(map(word, choices)))
    if not _is_path(descriptor.annotation):
        return Value()
    info = descriptor.parameter_info
    return Value(fill=Fill.DIRECTORY if info.dir_okay and not info.file_okay else Fill.FILE)


def _is_path(annotation: Any) -> bool:
    from pathlib import Path
    from typing import get_args

    kind = (get_args(annotation) or (annotation,))[0]
    return isinstance(kind, type) and issubclass(kind, Path)


def _line(text: str | None) -> str:
    """The first sentence of *text*, fit for one line of a menu."""
    return (text or "").split("\n\n")[0].replace("\n", " ").partition(". ")[0].rstrip(".")


def slots(top: Node) -> Iterator[tuple[str, Value]]:
    """Every place of a value that can be completed: "asta perms grant --role", or "asta completion 0" for an argument.

    Of an argument that may be repeated the first ten are completed.
    """
    for node in top.walk():
        path = " ".join(node.path)
        for option in node.options:
            if option.value and option.value != Value():
                yield from ((f"{path} {name}", option.value) for name in option.names)
        for place, value in enumerate(node.arguments):
            if value != Value():
                last = REPEATED if node.rest and place == len(node.arguments) - 1 else place
                yield from ((f"{path} {number}", value) for number in range(place, last + 1))
