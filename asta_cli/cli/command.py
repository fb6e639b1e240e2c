"""The classes every command is made of: lean parameters, help in the user's language, examples below it.

A module of ``asta_cli.commands`` holds ``app = Noun(N_("..."))`` and marks each function with
``@app.verb("name", N_("what it does"), examples=("asta noun name ...",))``. Texts given at import time are marked with
``N_`` and looked up here, when the command is built, so one process can speak both languages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import typer
from typer._click.formatting import HelpFormatter  # Typer carries Click under this name only
from typer.core import TyperCommand, TyperGroup, TyperOption

from asta_cli.cli.i18n import _
from asta_cli.cli.values import lean
from asta_cli.core.errors import N_

F = TypeVar("F", bound=Callable[..., Any])
OPTIONS = N_("[OPTIONS]")
COMMAND = N_("COMMAND [ARGS]...")


class Formatter(HelpFormatter):
    """Help pages whose "Usage:" is translated too."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the usage line."""
        super().write_usage(prog, args, prefix or _("Usage:") + " ")

    def write_examples(self, examples: str) -> None:
        """Write *examples*, one a line and never wrapped: they are there to be copied."""
        with self.section(_("Examples")):
            for line in examples.splitlines():
                self.write(f"{'':>{self.current_indent}}{line}\n")


class Context(typer.Context):
    """A Typer context with our formatter."""

    formatter_class = Formatter


class _Translated:
    """Mix-in of commands and groups."""

    context_class: type[typer._click.Context] = Context
    epilog: str | None

    def __init__(self, *, params: Sequence[Any] | None = None, **attrs: Any) -> None:
        for name in ("help", "short_help"):
            attrs[name] = _(attrs[name]) if attrs.get(name) else attrs.get(name)
        attrs["options_metavar"] = _(attrs.get("options_metavar") or OPTIONS)
        super().__init__(params=[lean(p) for p in params or ()], **attrs)  # type: ignore[call-arg]

    def get_help_option(self, ctx: Any) -> TyperOption | None:
        """The ``--help`` option."""
        option: TyperOption | None = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = _("Show this help and exit.")
        return option

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples."""
        if self.epilog:
            formatter.write_examples(self.epilog)


class Command(_Translated, TyperCommand):
    """One verb."""


class Group(_Translated, TyperGroup):
    """One noun with its verbs."""

    def __init__(self, **attrs: Any) -> None:
        attrs["subcommand_metavar"] = _(attrs.get("subcommand_metavar") or COMMAND)
        super().__init__(**attrs)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write each verb with the first sentence of its help, whole: Typer would cut it off."""
        verbs = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _first_sentence(verb.help)) for name, verb in verbs if verb and not verb.hidden])

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The verb that *args* begin with. Raises UsageError."""
        command = self.get_command(ctx, args[0])
        if command is None:
            from asta_cli.cli.usage import no_such_command

            raise no_such_command(args[0], ctx.command_path, self.list_commands(ctx))
        return args[0], command, args[1:]


class Noun(typer.Typer):
    """A group of commands about one thing."""

    def __init__(self, help: str = "", cls: type[TyperGroup] = Group) -> None:
        super().__init__(
            cls=cls,
            help=help,
            callback=_nothing,
            no_args_is_help=True,
            add_completion=False,
            rich_markup_mode=None,
            pretty_exceptions_enable=False,
            suggest_commands=False,
        )

    def verb(self, name: str, help: str, *, examples: Sequence[str], hidden: bool = False) -> Callable[[F], F]:
        """Mark a function as the command *name*. *help* is a text marked with ``N_``, *examples* are command lines."""
        return self.command(name, cls=Command, help=help, epilog="\n".join(examples), hidden=hidden)


class Single(Noun):
    """A command that stands at the top by itself (``asta whoami``); it has exactly one verb."""


def _first_sentence(help: str | None) -> str:
    paragraph = (help or "").split("\n\n")[0].replace("\n", " ")
    return paragraph.partition(". ")[0].rstrip(".")


def _nothing() -> None:
    """A group does nothing by itself; having a callback makes Typer keep it a group even with one verb."""


def build(app: typer.Typer, name: str) -> TyperCommand | TyperGroup:
    """The command tree of *app* under *name*."""
    command: Any = typer.main.get_command(app)
    if isinstance(app, Single):
        (command,) = command.commands.values()
    command.name = name
    return cast("TyperCommand | TyperGroup", command)
