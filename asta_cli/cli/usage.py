"""Wrong command lines as typed errors: what Typer found, in our codes and the user's language."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from asta_cli.cli.early import VALUED
from asta_cli.cli.i18n import _
from asta_cli.core.errors import N_, MissingAnswer, UsageError

_GLOBAL_FLAGS = ("--no-color", "--quiet", "-q", "--verbose", "-v", "--debug", "--version")


class NoSuchCommand(UsageError):
    """The word names no command."""

    message = N_("there is no command {name}")
    hint = N_("{command} --help lists the commands")


class MisspeltCommand(NoSuchCommand):
    """The word nearly names a command."""

    hint = N_("did you mean {similar}?")


class NoSuchOption(UsageError):
    """The command does not have this option."""

    message = N_("{command} has no option {name}")
    hint = N_("{command} --help lists the options")


class MisspeltOption(NoSuchOption):
    """The command has an option written nearly like this."""

    hint = N_("did you mean {similar}?")


class MisplacedOption(UsageError):
    """A global option stands after the command."""

    message = N_("{name} belongs before the command")
    hint = N_("write: {example}")


class OptionWantsValue(UsageError):
    """An option that takes a value stands without one."""

    message = N_("option {name} needs a value")
    hint = N_("{command} --help shows which")


class OptionIsFlag(UsageError):
    """An option that takes no value stands with one."""

    message = N_("option {name} takes no value")
    hint = N_("write {name} alone")


class MissingArgument(MissingAnswer):
    """A word that the command needs is not there."""

    message = N_("{what} is missing")
    hint = N_("{command} --help shows what it takes")


class ExtraArguments(UsageError):
    """More words than the command takes."""

    message = N_("too many arguments: {extra}")
    hint = N_("{command} --help shows what it takes")


class WrongUsage(UsageError):
    """Anything else about the command line."""

    message = N_("{what}")
    hint = N_("{command} --help shows how it is used")


class TwoChambers(UsageError):
    """A company is named with its chamber, and another chamber is named beside it."""

    code = "two_chambers"
    message = N_("{company} is a company of another chamber than --chamber {chamber}")
    hint = N_("leave out --chamber, or the chamber before the colon")


def agree(given: Mapping[str, Any]) -> None:
    """See that the companies *given* are not named with another chamber than ``--chamber``. Raises TwoChambers."""
    chamber = str(given["chamber"]).strip()
    for option in ("company", "ident"):
        named = given.get(option) or ()
        for company in (named,) if isinstance(named, str) else named:
            prefix = company.rpartition(":")[0].strip()
            if prefix and prefix != chamber:
                raise TwoChambers(company=company, chamber=chamber)


def explain(error: Any, ctx: Any = None) -> UsageError:
    """*error*, an exception of Typer's parser, as one of ours. Told apart by name: Typer exports no classes."""
    ctx = ctx or getattr(error, "ctx", None)
    command = ctx.command_path if ctx else "asta"
    match type(error).__name__:
        case "NoSuchOption":
            return _unknown_option(error.option_name, error.possibilities or (), command)
        case "MissingParameter":
            return _missing(error, command)
        case "BadOptionUsage":
            flags = {name for param in ctx.command.params if getattr(param, "is_flag", False) for name in param.opts}
            kind = OptionIsFlag if error.option_name in flags else OptionWantsValue
            return kind(name=error.option_name, command=command)
    return WrongUsage(what=error.format_message().rstrip("."), command=command)


def no_such_command(name: str, command: str, known: list[str]) -> UsageError:
    """The error for *name*, which is not among the *known* verbs of *command*."""
    similar = [k for k in known if k.startswith(name)] or get_close_matches(name, known, cutoff=0.65)
    kind = MisspeltCommand if similar else NoSuchCommand
    return kind(name=name, command=command, similar=", ".join(similar))


def _unknown_option(name: str, similar: Any, command: str) -> UsageError:
    program, _space, rest = command.partition(" ")
    if rest and (name in VALUED or name in _GLOBAL_FLAGS):
        value = " …" if name in VALUED else ""
        return MisplacedOption(name=name, example=f"{program} {name}{value} {rest} …")
    kind = MisspeltOption if similar else NoSuchOption
    return kind(name=name, command=command, similar=", ".join(similar))


def _missing(error: Any, command: str) -> UsageError:
    param = error.param
    if param.param_type_name == "argument":
        return MissingArgument(what=param.display_name_raw, command=command)
    option = max(param.opts, key=len)
    return MissingAnswer(what=option, option=f"{option} {param.metavar or _('VALUE')}")
