"""``asta perms explain``: what is asked, and the answer on its way to its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.options import At, ChamberOption, ShowOptions
from asta_cli.core.errors import N_, Status
from asta_cli.core.model import Permission

if TYPE_CHECKING:
    from asta_cli.cli.context import App


def explain(
    ctx: typer.Context,
    *,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help=N_("Who."))],
    permission: Annotated[
        Permission | None, typer.Argument(metavar="PERMISSION", help=N_("May do what; all there is if left out."))
    ] = None,
    company: Annotated[str, typer.Argument(metavar="COMPANY", help=N_("Where."))],
    show: ShowOptions,
    chamber: ChamberOption = None,
    at: At = None,
) -> None:
    """With PERMISSION exit 0 for yes, 1 for no; without it 0."""
    from asta_cli.commands import _explained, _explained_json
    from asta_cli.intake.explaining import Asked
    from asta_cli.intake.explaining import explain as explained

    if permission is None and company in set(Permission):
        from asta_cli.cli.usage import MissingArgument

        raise MissingArgument(what="COMPANY", command=ctx.command_path)
    asta = cast("App", ctx.obj)
    asked = Asked(email, company, chamber, asta.moment(at) if at else None, asta.settings.chamber)
    told = explained(asta.desk, asked, (permission,) if permission else tuple(Permission))
    if show.format == "json":
        render.structure(asta, _explained_json.as_object(told, single=permission is not None))
    else:
        render.page("\n".join(_explained.one(told) if permission else _explained.all_of(told)))
    raise typer.Exit(Status.OK if permission is None or told.answers[0].allowed else Status.NO)
