"""``asta activate``: activate a company with the code of its letter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from asta_cli.cli.command import Single
from asta_cli.cli.i18n import _
from asta_cli.cli.options import ChamberOption, ShowOptions
from asta_cli.commands._single import done
from asta_cli.core.errors import N_

if TYPE_CHECKING:
    from asta_cli.cli.context import App

app = Single()

ACTIVATED = N_(
    "{name} ({ident}) is active, and you are its administrator. "
    "Its data are being transferred, which may take up to 30 minutes; you need not wait."
)
RECOVERED = N_("You are now administrator of {name} ({ident}).")
UNCHANGED = N_("You have activated {name} ({ident}) already; there is nothing to do.")


@app.verb(
    "activate",
    N_(
        "Activate a company with the Identnummer and the activation code of its letter.\n\n"
        "You become its administrator, and a one-time transfer of its data begins."
    ),
    examples=(
        "asta activate 0001234",
        "asta activate 0001234 --chamber 177 --code-file code.txt --wait",
        "asta --as erika.muster@example.com activate 177:0001234 --code-file -",
    ),
)
def activate(
    ctx: typer.Context,
    ident: Annotated[str, typer.Argument(metavar="IDENT_NUMBER", help=N_("The number of the company in the letter."))],
    show: ShowOptions,
    chamber: ChamberOption = None,
    code_file: Annotated[
        str | None,
        typer.Option("--code-file", metavar="FILE", help=N_("The code is the first line; - is standard input.")),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help=N_("Wait for the transfer and show its progress."))] = False,
) -> None:
    """Activate a company for the asker."""
    from asta_cli.joining import activating

    asta = cast("App", ctx.obj)
    activated = activating.activate(asta.desk, ident, chamber, asta.settings.chamber, lambda: _code(code_file))
    said = UNCHANGED if activated.unchanged else ACTIVATED if activated.job is not None else RECOVERED
    extra = {"company": activated.ident, "job": activated.shown_job}
    done(asta, activated.report, show.format, said, extra, name=activated.name, ident=activated.ident)


def _code(file: str | None) -> str:
    from asta_cli.cli import ask

    # Shown while it is typed: it stands on paper beside the keyboard, works once, and mistyping it is what goes wrong.
    return ask.secret_from(file) if file else ask.line(_("Activation code"), option="--code-file")
