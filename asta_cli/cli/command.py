"""The classes every command is made of: lean parameters, help in the user's language, examples below it.

A module of ``asta_cli.commands`` holds ``app = Noun(N_("..."))`` and marks each function with
``@app.verb("name", N_("what it does"), examples=("asta noun name ...",))``. Texts given at import time are marked with
``N_`` and looked up here, when the command is built, so one process can speak both languages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import typer
from typer._click.formatting import HelpFormatter  # Typer carries Click under this name only
from typer.core import TyperCommand, TyperGroup, TyperOption

from asta_cli.cli.bundles import spread
from asta_cli.cli.i18n import _
from asta_cli.cli.values import LeanOption, lean
from asta_cli.core.errors import N_, AstaError, Status

if TYPE_CHECKING:
    from datetime import datetime

    from asta_cli.cli.app import GlobalOptions

F = TypeVar("F", bound=Callable[..., Any])
OPTIONS = N_("[OPTIONS]")
COMMAND = N_("COMMAND [ARGS]...")
# Texts of Typer that it looks up itself in the catalogue of the process; see i18n.speaking.
TYPER_TEXTS = (
    N_("Arguments"),
    N_("Options"),
    N_("default: {default}"),
    N_("env var: {var}"),
    N_("required"),
    N_("(dynamic)"),
    N_("Missing command."),
)


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
    _help: LeanOption | None = None

    def __init__(self, *, params: Sequence[Any] | None = None, **attrs: Any) -> None:
        for name in ("help", "short_help"):
            attrs[name] = _(attrs[name]) if attrs.get(name) else attrs.get(name)
        attrs["options_metavar"] = _(attrs.get("options_metavar") or OPTIONS)
        super().__init__(params=[lean(p) for p in params or ()], **attrs)  # type: ignore[call-arg]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the words of the command line apart. Raises UsageError."""
        try:
            rest: list[str] = super().parse_args(ctx, args)  # type: ignore[misc]
        except typer.TyperException as error:
            if type(error).__name__ == "NoArgsIsHelpError":
                raise
            from asta_cli.cli.usage import explain

            raise explain(error, ctx) from None
        return rest

    def get_help_option(self, ctx: Any) -> TyperOption | None:
        """The ``--help`` option, always the same object as the parser compares it."""
        if self._help is None:
            made = super().get_help_option(ctx)  # type: ignore[misc]
            made.help = N_("Show this help and exit.")
            self._help = cast("LeanOption", lean(made))
        return self._help

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples."""
        if self.epilog:
            formatter.write_examples(self.epilog)


class Launch(NamedTuple):
    """What a verb gets its ``App`` from: the global options, and the clock of tests."""

    options: GlobalOptions
    clock: Callable[[], datetime] | None


class Command(_Translated, TyperCommand):
    """One verb. It runs with a ``context.App`` as ``ctx.obj``, which is made only when it really runs."""

    allow_extra_args = True  # so that the error about them can be ours

    def make_parser(self, ctx: Any) -> Any:
        """A parser for which an argument that may be left out may also stand before the last one."""
        parser = super().make_parser(ctx)
        arguments = [p for p in self.get_params(ctx) if p.param_type_name == "argument"]
        if len(arguments) < 2 or arguments[-2].required or not arguments[-1].required or ctx.resilient_parsing:
            return parser
        optional, last = (str(argument.name) for argument in arguments[-2:])
        parse = parser.parse_args

        def parse_args(args: list[str]) -> Any:
            found, rest, order = parse(args)
            if found.get(last) is None:
                found[optional], found[last] = None, found.get(optional)
            return found, rest, order

        parser.parse_args = parse_args  # type: ignore[method-assign]  # this one parser only
        return parser

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the words of the command line apart. Raises UsageError, also for words too many."""
        if rest := super().parse_args(ctx, args):
            from asta_cli.cli.usage import ExtraArguments

            raise ExtraArguments(extra=" ".join(rest), command=ctx.command_path)
        return rest

    def _admit(self, ctx: Any) -> None:
        from asta_cli.cli.admission import admit

        admit(ctx.obj, ctx.command_path.partition(" ")[2], ctx.params, self.params)

    def invoke(self, ctx: Any) -> Any:
        """Run the verb, if the caller may run it at all."""
        from asta_cli.cli.context import App

        if isinstance(ctx.obj, Launch):
            ctx.obj = App(ctx.obj.options, clock=ctx.obj.clock)
            ctx.call_on_close(ctx.obj.closing.close)
        try:
            self._admit(ctx)
            if ctx.params.get("chamber"):
                from asta_cli.cli.usage import agree

                agree(ctx.params)
            return super().invoke(ctx)
        except AstaError as error:
            _report(error, ctx)
            raise


def _report(error: AstaError, ctx: Any) -> None:
    """Give a refusal before there was a run the form of one, for programs that asked a change for its report."""
    if ctx.params.get("format") != "json" or error.status not in (Status.REFUSED, Status.FORBIDDEN):
        return
    from asta_cli.cli import render, reports

    command = ctx.command_path.partition(" ")[2]
    if "dry_run" in ctx.params or command in reports.ABOUT_ONE:
        render.page(reports.refusal(command, error, ctx.params))


class Verb(NamedTuple):
    """A function marked as a command, before Typer has looked at it."""

    function: Callable[..., Any]
    help: str
    examples: str = ""
    hidden: bool = False


class Group(_Translated, TyperGroup):
    """One noun with its verbs. Each is built when it is asked for: the help of a noun needs none of them."""

    parts: Mapping[str, Verb | Noun] = {}

    def __init__(self, **attrs: Any) -> None:
        attrs["subcommand_metavar"] = _(attrs.get("subcommand_metavar") or COMMAND)
        super().__init__(**attrs)

    def list_commands(self, ctx: Any) -> list[str]:
        """The verbs, in the order they were marked."""
        return list(self.parts)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The verb *cmd_name*; None if there is no such verb."""
        if cmd_name not in self.commands and cmd_name in self.parts:
            self.commands[cmd_name] = built(self.parts[cmd_name], cmd_name)
        return self.commands.get(cmd_name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write each verb with the first sentence of its help, whole: Typer would cut it off."""
        shown = [
            (n, p.help if isinstance(p, Verb) else str(p.info.help)) for n, p in self.parts.items() if not p.hidden
        ]
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _first_sentence(_(help))) for name, help in shown])

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The verb that *args* begin with. Raises UsageError."""
        command = self.get_command(ctx, args[0])
        if command is None:
            from asta_cli.cli.usage import no_such_command

            raise no_such_command(args[0], ctx.command_path, self.list_commands(ctx))
        return args[0], command, args[1:]


class Noun(typer.Typer):
    """A group of commands about one thing."""

    hidden = False

    def __init__(self, help: str = "", cls: type[TyperGroup] = Group) -> None:
        self.parts: dict[str, Verb | Noun] = {}
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
        """Mark a function as the command *name*. *help* is a text marked with ``N_``, *examples* are command lines.

        A parameter whose type is a bundle (``cli.options``) stands for all options of the bundle.
        """

        def mark(function: F) -> F:
            self.parts[name] = Verb(function, help, "\n".join(examples), hidden)
            return function

        return mark

    def noun(self, name: str, help: str) -> Noun:
        """A group within this one (``asta services pilot add``)."""
        self.parts[name] = Noun(help)
        return cast("Noun", self.parts[name])


class Single(Noun):
    """A command that stands at the top by itself (``asta whoami``); it has exactly one verb."""


def _first_sentence(help: str) -> str:
    paragraph = help.partition("\n\n")[0].replace("\n", " ")
    return paragraph.partition(". ")[0].rstrip(".")


def _nothing() -> None:
    """A group does nothing by itself; having a callback makes Typer keep it a group even with one verb."""


def built(part: Verb | Noun, name: str) -> Command | Group:
    """The command that *part* stands for, under *name*, in the language spoken now."""
    if isinstance(part, Single):
        (part,) = part.parts.values()
    if isinstance(part, Noun):
        group = cast("Group", typer.main.get_command(part))
        group.name, group.parts = name, part.parts
        return group
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(name, cls=Command, help=part.help, epilog=part.examples, hidden=part.hidden)(spread(part.function))
    return cast("Command", typer.main.get_command(alone))
