"""``asta audit``: read the log, and have it checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.command import Noun
from asta_cli.cli.i18n import ngettext
from asta_cli.cli.listing import INT, TIME, Col
from asta_cli.cli.options import ListOptions, ShowOptions
from asta_cli.core.errors import N_, AstaError, Status

if TYPE_CHECKING:
    from asta_cli.cli.context import App

app = Noun(N_("The audit log: who did what, when, and on whose behalf."))

COLUMNS = (
    Col("seq", N_("No."), INT),
    Col("at", N_("When"), TIME),
    Col("principal", N_("Who")),
    Col("on_behalf_of", N_("On behalf of")),
    Col("action", N_("What")),
    Col("target", N_("Which")),
    Col("outcome", N_("Outcome")),
    Col("run", N_("Run"), wide=True),
    Col("changes", N_("Changes"), INT, wide=True),
)
FAULTS = (Col("seq", N_("No."), INT), Col("code", N_("Fault")))


class AuditBroken(AstaError):
    """The log is not what was written."""

    code = "audit_broken"
    status = Status.REFUSED
    message = N_("the audit log was changed in {count} places, the first at entry {seq} ({fault})")
    hint = N_("asta audit verify --format json lists them all; compare with a backup")


@app.verb(
    "list",
    N_("List the entries of the log, the oldest first"),
    examples=("asta audit list --sort -seq --limit 20", "asta audit list --format jsonl --output audit.jsonl"),
)
def list_(
    ctx: typer.Context,
    listing: ListOptions,
    action: Annotated[
        str | None, typer.Option("--action", metavar="COMMAND", help=N_("Only entries of this command."))
    ] = None,
) -> None:
    """List the log."""
    from asta_cli.run import views

    asta = cast("App", ctx.obj)
    render.listing(asta, COLUMNS, views.rows(asta.desk, lambda tx, scope: views.audit(tx, scope, action)), listing)


@app.verb(
    "verify",
    N_("Recompute the whole log and tell whether anybody has changed it"),
    examples=("asta audit verify", "asta audit verify --format json"),
)
def verify(ctx: typer.Context, show: ShowOptions) -> None:
    """Check the log: exit 0 if it is as it was written, 5 if not."""
    from asta_cli.run import audit_faults

    asta = cast("App", ctx.obj)
    entries, faults = audit_faults(asta.desk)
    if show.format == "json":
        render.listing(asta, FAULTS, lambda tx: [(f.seq, f.code) for f in faults], ListOptions(format="json"))
    if faults:
        raise AuditBroken(count=len(faults), seq=faults[0].seq, fault=faults[0].code)
    if show.format != "json":
        text = ngettext("the log is whole: {count} entry", "the log is whole: {count} entries", entries)
        render.answer(asta, text.format(count=entries))
