"""``asta config``: the settings, their origins, and a file to start from."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from asta_cli.cli.command import Noun
from asta_cli.core.errors import N_

app = Noun(N_("Show the settings and where they come from."))


@app.verb(
    "show",
    N_("Show all settings. Passwords in addresses are hidden."),
    examples=("asta config show", "asta config show --origin", "asta config show --format json"),
)
def show(
    ctx: typer.Context,
    origin: Annotated[bool, typer.Option("--origin", help=N_("Say where each value comes from."))] = False,
    format: Annotated[Literal["toml", "json"], typer.Option("--format", help=N_("Form of the output."))] = "toml",
) -> None:
    """Print the settings."""
    from asta_cli.cli import render, settings_page

    settings = settings_page.shown(ctx.obj.options)
    if format == "json":
        render.page(settings_page.as_json(settings, origins=origin))
    else:
        render.page(settings_page.as_toml(settings, origins=origin))


@app.verb(
    "path",
    N_("Print the path of the configuration file, whether it exists or not."),
    examples=("asta config path", '${EDITOR:-vi} "$(asta config path)"'),
)
def path(ctx: typer.Context) -> None:
    """Print the path."""
    from asta_cli.cli import render, settings_page

    render.page(str(settings_page.own_file(ctx.obj.options)))


@app.verb(
    "init",
    N_("Write a configuration file that explains every setting and sets none. An existing one is left alone."),
    examples=("asta config init", "asta --config ./asta.toml config init"),
)
def init(ctx: typer.Context) -> None:
    """Write the file."""
    from asta_cli.cli import render, settings_page

    file = settings_page.write_template(ctx.obj.options)
    if not ctx.obj.options.quiet:
        render.note(N_("{file} is written"), file=file)
