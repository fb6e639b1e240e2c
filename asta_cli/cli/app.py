"""The top of the command tree: the global options, and a table of nouns whose modules load only when they are named."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, cast

import typer

from asta_cli.cli.command import Group, Launch, Noun, built
from asta_cli.cli.i18n import _, current
from asta_cli.core.errors import N_


@dataclass(frozen=True, slots=True)
class GlobalOptions:
    """What was said before the command. None and False mean: not said."""

    config: Path | None = None
    database: str | None = None
    as_email: str | None = None
    token_file: str | None = None
    lang: Literal["de", "en"] = "en"
    no_color: bool = False
    quiet: bool = False
    verbose: int = 0
    debug: bool = False
    log_format: Literal["text", "json"] = "text"


class Entry(NamedTuple):
    """A row of the table: the module in ``asta_cli.commands`` that holds the noun, and its line in the help."""

    module: str
    summary: str
    attribute: str = "app"


JOINING, LOOKING, PERMISSIONS, CHAMBER, INSTALLATION = SECTIONS = (
    N_("Joining"),
    N_("Looking"),
    N_("Permissions"),
    N_("Chamber"),
    N_("Installation"),
)

TABLE: dict[str, dict[str, Entry]] = {
    JOINING: {
        "register": Entry("register", N_("Open an account")),
        "confirm": Entry("confirm", N_("Confirm an e-mail address")),
        "login": Entry("login", N_("Sign in")),
        "logout": Entry("logout", N_("Sign out")),
        "whoami": Entry("whoami", N_("Show who is asking")),
        "password": Entry("password", N_("Set or reset a password")),
        "activate": Entry("activate", N_("Activate a company with the code of its letter")),
    },
    LOOKING: {
        "companies": Entry("companies", N_("Companies and who administers them")),
        "trainers": Entry("trainers", N_("Trainers")),
        "trainees": Entry("trainees", N_("Trainees, their accounts and the days left")),
    },
    PERMISSIONS: {
        "perms": Entry("perms", N_("Grant, revoke, list and check permissions")),
    },
    CHAMBER: {
        "chambers": Entry("chambers", N_("The chambers of this installation")),
        "import": Entry("import_", N_("Take over companies, trainers and trainees from files")),
        "runs": Entry("runs", N_("Every bulk change and what it did")),
        "letters": Entry("letters", N_("Activation letters and their codes")),
        "accounts": Entry("accounts", N_("Accounts")),
        "services": Entry("services", N_("Services of the portal and who may use them")),
        "exam-periods": Entry("exam_periods", N_("Exam periods and their deadlines")),
        "jobs": Entry("jobs", N_("Work waiting to be done, such as transfers")),
        "mail": Entry("mail", N_("Mails waiting to be sent")),
        "audit": Entry("audit", N_("The audit log")),
        "operators": Entry("operators", N_("Who is an operator of a chamber")),
        "tokens": Entry("tokens", N_("Service tokens, for programs")),
    },
    INSTALLATION: {
        "db": Entry("db", N_("Set up, upgrade and check the database")),
        "config": Entry("config", N_("Show the settings and where they come from")),
        "doctor": Entry("doctor", N_("Check this installation")),
        "completion": Entry("completion", N_("Print the completion script of a shell")),
        "demo": Entry("demo", N_("Walk through asta with a throw-away chamber")),
    },
}
ENTRIES = {name: entry for section in TABLE.values() for name, entry in section.items()}
EXAMPLES = """\
asta companies list
asta trainees list --missing-account
asta --lang de perms grant --help"""


class Root(Group):
    """``asta`` itself. Its commands come from the table."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        self.epilog = EXAMPLES
        self._loaded: dict[str, Any] = {}

    def list_commands(self, ctx: Any) -> list[str]:
        """All nouns, in the order of the help page."""
        return list(ENTRIES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command *cmd_name*, loading its module now; None if there is no such command."""
        if cmd_name not in ENTRIES:
            return None
        if cmd_name not in self._loaded:
            entry = ENTRIES[cmd_name]
            module = importlib.import_module(f"asta_cli.commands.{entry.module}")
            self._loaded[cmd_name] = built(getattr(module, entry.attribute), cmd_name)
        return self._loaded[cmd_name]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the table; no command module is loaded for it."""
        width = max(map(len, ENTRIES))
        for section, entries in TABLE.items():
            with formatter.section(_(section)):
                formatter.write_dl([(name.ljust(width), _(entry.summary)) for name, entry in entries.items()])


app = Noun(N_("Administer companies, trainers, trainees and permissions of the ASTA-Infocenter."), cls=Root)


@app.callback()
def start(
    ctx: typer.Context,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help=N_("Read the settings from this file only."))
    ] = None,
    database: Annotated[
        str | None, typer.Option("--database", metavar="URL", help=N_("The database to work on."))
    ] = None,
    as_email: Annotated[
        str | None, typer.Option("--as", metavar="EMAIL", help=N_("Act as this account, with its permissions only."))
    ] = None,
    token_file: Annotated[
        str | None,
        typer.Option(
            "--token-file",
            metavar="FILE",
            help=N_("Act by the service token in this file; - is stdin."),
        ),
    ] = None,
    lang: Annotated[Literal["de", "en"] | None, typer.Option("--lang", help=N_("Language of messages."))] = None,
    no_color: Annotated[bool, typer.Option("--no-color", help=N_("No colours."))] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help=N_("Say nothing on success."))] = False,
    verbose: Annotated[
        int, typer.Option("--verbose", "-v", count=True, show_default=False, help=N_("Say more; may be repeated."))
    ] = 0,
    debug: Annotated[bool, typer.Option("--debug", help=N_("Show where an unexpected error arose."))] = False,
    log_format: Annotated[
        Literal["text", "json"], typer.Option("--log-format", help=N_("Form of messages on stderr."))
    ] = "text",
    version: Annotated[bool, typer.Option("--version", help=N_("Show the version and exit."))] = False,
) -> None:
    """Take up the global options."""
    spoken: Any = lang or current()
    options = GlobalOptions(config, database, as_email, token_file, spoken, no_color, quiet, verbose, debug, log_format)
    ctx.obj = Launch(options, clock=ctx.obj)


def root() -> Root:
    """A fresh command tree in the language spoken now."""
    return cast("Root", built(app, "asta"))
