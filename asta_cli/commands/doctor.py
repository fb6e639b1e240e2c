"""``asta doctor``: check this installation, and say plainly what it cannot protect."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.command import Single
from asta_cli.cli.options import ShowOptions
from asta_cli.core.errors import N_, Status

if TYPE_CHECKING:
    from asta_cli.cli.context import App

app = Single()


@app.verb(
    "doctor",
    N_(
        "Check this installation: settings, database, key, mail, what waits, what was left behind.\n\n"
        "Exit 0 if everything works (warnings included), 78 if something has to be put right, 75 if only something "
        "cannot be reached now."
    ),
    examples=("asta doctor", "asta doctor --format json"),
)
def doctor(ctx: typer.Context, show: ShowOptions) -> None:
    """Check everything."""
    from asta_cli.commands import _checks

    asta = cast("App", ctx.obj)
    found = list(_checks.all_checks(asta))
    if show.format == "json":
        fine = all(f.status is Status.OK for f in found)
        render.answer(asta, "", show, ok=fine, checks=[f.as_json() for f in found])
    else:
        render.page("\n".join(f.line() for f in found))
    raise typer.Exit(max((f.status for f in found), default=Status.OK))
