"""``asta chambers``: the chambers of this installation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from asta_cli.cli.command import Noun
from asta_cli.cli.listing import INT, TIME, Col
from asta_cli.cli.options import ChangeOptions, ListOptions
from asta_cli.core.errors import N_, UsageError

if TYPE_CHECKING:
    from asta_cli.cli.context import App

app = Noun(N_("The chambers of this installation."))

COLUMNS = (
    Col("chamber", N_("Chamber")),
    Col("name", N_("Name")),
    Col("email", N_("E-mail")),
    Col("imported_at", N_("Imported"), TIME),
    Col("companies", N_("Companies"), INT, wide=True),
)
Number = Annotated[str, typer.Argument(metavar="NO", help=N_("Number of the chamber."))]
Email = Annotated[str | None, typer.Option("--email", metavar="EMAIL", help=N_('Its contact address; "" removes it.'))]


class NothingToSet(UsageError):
    """A change that names nothing to change."""

    message = N_("what is to be changed is missing")
    hint = N_("give --name or --email")


@app.verb(
    "add",
    N_("Add a chamber. Adding the same once more changes nothing."),
    examples=('asta chambers add 177 --name "IHK Musterstadt" --email info@musterstadt.ihk.example',),
)
def add(
    ctx: typer.Context,
    number: Number,
    change: ChangeOptions,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help=N_("Name of the chamber."))],
    email: Email = None,
) -> None:
    """Add a chamber."""
    _execute(ctx.obj, "chambers add", number, change, name=name, email=email)


@app.verb(
    "list",
    N_("List the chambers."),
    examples=("asta chambers list", "asta chambers list --format ids"),
)
def list_(ctx: typer.Context, listing: ListOptions) -> None:
    """List the chambers."""
    from asta_cli.cli import render
    from asta_cli.run import views

    render.listing(ctx.obj, COLUMNS, views.chambers, listing)


@app.verb(
    "set",
    N_("Change the name or the contact address of a chamber. What is not given stays as it is."),
    examples=("asta chambers set 177 --email ausbildung@musterstadt.ihk.example",),
)
def set_(
    ctx: typer.Context,
    number: Number,
    change: ChangeOptions,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help=N_("Its name."))] = None,
    email: Email = None,
) -> None:
    """Change a chamber."""
    if name is None and email is None:
        raise NothingToSet()
    _execute(ctx.obj, "chambers set", number, change, name=name, email=email)


def _execute(
    app_: App, command: str, number: str, change: ChangeOptions, *, name: str | None, email: str | None
) -> None:
    from asta_cli import run
    from asta_cli.addresses import normalise
    from asta_cli.cli import render
    from asta_cli.core.chambers import ChamberPlanner
    from asta_cli.intake.arguments import arguments
    from asta_cli.run.asking import for_operators

    row = arguments(chamber=number, name=name, email=email)

    def batches(attempt: run.Attempt) -> list[run.Batch]:
        create = command == "chambers add"
        planner = ChamberPlanner(create=create, now=attempt.now, ids=attempt.ids, normalise=normalise)
        return [run.Batch(planner, [[row]], kind="chambers")]

    task = run.Task(command, batches, target=f"chamber {number}", kind="chambers", single=True)
    render.finish(app_, run.execute(app_.desk, for_operators(app_.desk, task), change.limits()), change)
