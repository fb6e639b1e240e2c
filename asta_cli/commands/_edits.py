"""``set`` of companies, trainers and trainees: an edit by hand that an import respects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from asta_cli.cli import render
from asta_cli.cli.listing import Col
from asta_cli.core.errors import N_

if TYPE_CHECKING:
    from asta_cli.cli.context import App
    from asta_cli.cli.options import ChangeOptions
    from asta_cli.intake.edits import Edit

BY_HAND = Col("by_hand", N_("Set by hand"))
SET = N_(
    "Change fields by hand. An import leaves them alone until the file itself changes them; all of them are changed, or"
    " none."
)
Assignments = Annotated[
    list[str] | None,
    typer.Argument(metavar="FIELD=VALUE", help=N_("Fields and their new values; FIELD= empties one.")),
]
FromFile = Annotated[
    list[str] | None,
    typer.Option(
        "--from-file",
        metavar="FIELD",
        help=N_("Give the field back to the file: it has at once what the file said last; may be repeated."),
    ),
]


def edit(app: App, asked: Edit, change: ChangeOptions) -> NoReturn:
    """Make the edit and tell what became of it."""
    from asta_cli.addresses import normalise
    from asta_cli.intake import edits

    birth = app.settings.import_.store_birth_date
    report = edits.edit(app.desk, asked, change.limits(), normalise=normalise, store_birth_date=birth)
    render.finish(app, report, change)
