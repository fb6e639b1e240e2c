"""Commands that work on until they are stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from asta_cli.cli import render
from asta_cli.core.errors import N_, AstaError, Status

if TYPE_CHECKING:
    from asta_cli.cli.context import App

PAUSE = 10.0  # seconds between two looks at what is due

Once = Annotated[bool, typer.Option("--once", help=N_("Do everything that is due, then end."))]


def work(asta: App, one_round: Callable[[], None], *, once: bool) -> None:
    """*one_round* once, or again and again until a signal ends it (130, 143).

    Again and again means that trouble which may pass is told and waited for.
    """
    while True:
        try:
            one_round()
        except AstaError as error:
            if once or error.status is not Status.RETRY:
                raise
            render.error(error, json=asta.options.log_format == "json")
        if once:
            return
        time.sleep(PAUSE)
