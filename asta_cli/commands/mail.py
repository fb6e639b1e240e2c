"""``asta mail``: the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.command import Noun
from asta_cli.cli.listing import INT, TIME, Col
from asta_cli.cli.options import ListOptions
from asta_cli.commands._loop import Once, work
from asta_cli.core.errors import N_, TryLater
from asta_cli.core.model import MailKind, MailState

if TYPE_CHECKING:
    from asta_cli.cli.context import App

app = Noun(N_("Mails waiting to be sent."))

KINDS = {
    MailKind.CONFIRM.value: N_("confirmation"),
    MailKind.ALREADY_REGISTERED.value: N_("already registered"),
    MailKind.PASSWORD_RESET.value: N_("password reset"),
    MailKind.PASSWORD_CHANGED.value: N_("password changed"),
    MailKind.COMPANY_ACTIVATED.value: N_("company activated"),
    MailKind.GRANTED.value: N_("permission given"),
    MailKind.INVITED.value: N_("invitation"),
    MailKind.SERVICE_RELEASED.value: N_("service released"),
    MailKind.ACCOUNT_LOCKED.value: N_("account locked"),
    MailKind.ACCOUNT_UNLOCKED.value: N_("account unlocked"),
    MailKind.ACCOUNT_DISABLED.value: N_("account closed"),
    MailKind.EMAIL_CHANGE.value: N_("new address to confirm"),
    MailKind.EMAIL_CHANGE_ASKED.value: N_("new address asked for"),
    MailKind.EMAIL_CHANGED.value: N_("address changed"),
    MailKind.EMAIL_TAKEN.value: N_("address has an account"),
}
STATES = {
    MailState.QUEUED.value: N_("waiting"),
    MailState.SENT.value: N_("sent"),
    MailState.FAILED.value: N_("failed"),
    MailState.DROPPED.value: N_("dropped"),
}
COLUMNS = (
    Col("id", N_("Mail"), wide=True),
    Col("to", N_("To")),
    Col("kind", N_("Kind"), words=KINDS),
    Col("state", N_("State"), words=STATES),
    Col("attempts", N_("Attempts"), INT),
    Col("queued_at", N_("Queued"), TIME),
    Col("sent_at", N_("Sent"), TIME),
    Col("error", N_("Error")),
    Col("language", N_("Language"), wide=True),
    Col("due_at", N_("Due"), TIME, wide=True),
)


class WayClosed(TryLater):
    """The mail server or directory takes nothing now."""

    code = "mail_unreachable"
    message = N_("mails cannot be delivered now ({error})")
    hint = N_("check ASTA_MAIL_URL and the mail server; what waits is sent with the next asta mail send")


MAIL_FAILED = "mail_failed"  # the code of a warning; rows of files have theirs in core.problems


@app.verb(
    "list",
    N_("List the mails of the outbox; never their text."),
    examples=("asta mail list", "asta mail list --state failed --format json"),
)
def list_(
    ctx: typer.Context,
    listing: ListOptions,
    state: Annotated[MailState | None, typer.Option("--state", help=N_("Only mails in this state."))] = None,
) -> None:
    """List the outbox."""
    from asta_cli.run import views

    asta = cast("App", ctx.obj)
    render.listing(asta, COLUMNS, views.rows(asta.desk, lambda tx, scope: views.mails(tx, scope, state)), listing)


@app.verb(
    "send",
    N_(
        "Send the mails that are due, and go on until stopped.\n\n"
        "A mail is sent at least once; one that is sent again is the same to the last byte. What a server puts off is "
        "tried again later. What is no longer true, because a permission ended or a service was closed, is dropped."
    ),
    examples=("asta mail send --once", "asta mail send"),
)
def send(ctx: typer.Context, once: Once = False) -> None:
    """Empty the outbox."""
    from asta_cli.run.queues import operators_only

    asta = cast("App", ctx.obj)
    operators_only(asta.desk, "mail send")
    work(asta, lambda: _round(asta), once=once)


def _round(asta: App) -> None:
    from asta_cli.cli.i18n import catalogue, ngettext
    from asta_cli.mail.post import send_once

    tally = send_once(asta.desk, asta.settings, lambda language: catalogue(language).gettext)
    if tally.sent:
        render.say(asta, ngettext("one mail sent", "{count} mails sent", tally.sent), count=tally.sent)
    if tally.later:
        render.say(asta, ngettext("one mail put off", "{count} mails put off", tally.later), count=tally.later)
    if tally.failed:  # told with -q, too: nobody else will tell
        text = ngettext("one mail can never be delivered", "{count} mails can never be delivered", tally.failed)
        message = render.filled(text, {"count": tally.failed})
        hint = render.filled(N_("asta mail list --state failed shows them"), {})
        render.fault(MAIL_FAILED, message, hint, json=asta.options.log_format == "json", kind="warning")
    if tally.trouble is not None:
        raise WayClosed(error=tally.trouble)
