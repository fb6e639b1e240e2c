"""``asta demo``: see everything at work in a chamber that is thrown away afterwards."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.command import Single
from asta_cli.core.errors import N_

if TYPE_CHECKING:
    from asta_cli.cli.context import App

app = Single()


@app.verb(
    "demo",
    N_("Walk through asta with a throw-away chamber, made up by the program, from the letter to a bulk grant"),
    examples=("asta demo", "asta --lang de demo"),
)
def demo(ctx: typer.Context) -> None:
    """Run the walk in a fresh directory and say how to go on from there."""
    from asta_cli.demo.walk import Walk, new_home, walk

    asta = cast("App", ctx.obj)
    steps = Walk(new_home(), render.heading, asta.lang, date.fromisoformat(asta.today()))
    walk(steps)
    told = N_("It is all still there, in {directory}. To go on, copy these lines into your shell:")
    render.heading(told, directory=steps.home)
    render.page("\n".join(f"export {name}='{value}'" for name, value in steps.settings().items()))
    render.note(N_("When you have seen enough: rm -r {directory}"), directory=steps.home)
