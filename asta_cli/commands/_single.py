"""How a command about one thing ends: with a sentence of its own instead of counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NoReturn

import typer

from asta_cli.cli import render
from asta_cli.cli.options import ChangeOptions
from asta_cli.core.errors import Status

if TYPE_CHECKING:
    from asta_cli.cli.context import App
    from asta_cli.run import Report


def done(
    asta: App, report: Report, form: str, text: str, extra: Mapping[str, object] | None = None, **fields: object
) -> NoReturn:
    """Say *text*, a message id; or print the report, as JSON if *form* is ``json``, and whenever it is a refusal."""
    if report.status is Status.OK and form != "json":
        render.say(asta, text, **fields)
        raise typer.Exit(Status.OK)
    render.finish(asta, report, ChangeOptions(format="json" if form == "json" else "text"), extra)
