"""``asta activate``: activate a company with the code of its letter."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.command import Single
from asta_cli.cli.i18n import _
from asta_cli.cli.options import ChamberOption, ShowOptions
from asta_cli.commands._single import done
from asta_cli.core.errors import N_

if TYPE_CHECKING:
    from asta_cli.cli.context import App
    from asta_cli.joining.activating import Activated

app = Single()

_PAUSE = 1.0  # seconds between two looks at the job
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
    if wait and (job := activated.job or _open(asta, activated)) is not None:
        _wait(asta, job)
    said = UNCHANGED if activated.unchanged else ACTIVATED if activated.job is not None else RECOVERED
    extra = {"company": activated.ident, "job": activated.shown_job}
    done(asta, activated.report, show.format, said, extra, name=activated.name, ident=activated.ident)


def _open(asta: App, activated: Activated) -> int | None:
    """The transfer of a company that was activated before, if it is not done yet."""
    from asta_cli.run.queues import open_job

    return open_job(asta.desk, activated.company) if activated.unchanged and activated.company is not None else None


def _wait(asta: App, job: int) -> None:
    """Watch the transfer, or do it where no other process does. Ctrl-C ends the waiting; what is activated stays so."""
    try:
        shown = -1
        while (percent := _progress(asta, job)) is not None:
            if percent != shown:
                render.say(asta, N_("The transfer is at {percent} %."), percent=percent)
            shown = percent
            time.sleep(_PAUSE)
    except KeyboardInterrupt:
        render.say(asta, N_("No longer waiting; the transfer goes on by itself: asta jobs work"))


def _progress(asta: App, job: int) -> int | None:
    """How far the transfer is, in percent; None if there is nothing to wait for, and why has been said."""
    from asta_cli.cli import progress
    from asta_cli.core.model import JobState
    from asta_cli.jobs.work import work_once
    from asta_cli.run.queues import job_state

    with progress.shown(asta, asta.desk.progress):
        work_once(asta.desk, asta.register, job=job)
    state, percent, error = job_state(asta.desk, job) or (JobState.FAILED, 0, "")
    if state is JobState.DONE:
        render.say(asta, N_("The transfer is complete."))
        return None
    if state is JobState.FAILED:
        render.warn(
            asta, N_("the transfer did not succeed and was given up ({error}); please tell your chamber"), error=error
        )
        return None
    if error:
        render.warn(asta, N_("the transfer did not succeed yet ({error}); it is tried again"), error=error)
        return None
    return percent


def _code(file: str | None) -> str:
    from asta_cli.cli import ask

    # Shown while it is typed: it stands on paper beside the keyboard, works once, and mistyping it is what goes wrong.
    return ask.secret_from(file) if file else ask.line(_("Activation code"), option="--code-file")
