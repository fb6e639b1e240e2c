"""``asta accounts``: what the chamber decides about accounts, and another address; who only looks stands beside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NoReturn, cast

import typer

from asta_cli.cli import render, reports
from asta_cli.cli.command import Noun
from asta_cli.cli.i18n import _
from asta_cli.cli.options import ChangeOptions, OrphanOk
from asta_cli.commands._accounts_look import Address, duplicates, list_, show
from asta_cli.commands._single import done
from asta_cli.core.account_states import Decision
from asta_cli.core.errors import N_, Status

if TYPE_CHECKING:
    from asta_cli.cli.context import App
    from asta_cli.intake.accounts import Decided, Said

app = Noun(N_("Accounts: who has one, locking and closing them, another address, and people who leave."))

LOCKED = N_("{email} is locked: nobody can sign in with it, and its permissions rest until it is unlocked.")
UNLOCKED = N_("{email} can be used again.")
DISABLED = N_("{email} is disabled for good; its permissions are kept but give nothing.")
ASKED = N_("{new} has been asked. As soon as it is confirmed from there it is the address of the account {email}.")
ASKED_OWN = N_("If {new} can be the address of your account, a message is on its way there. Until then all stays.")
STAYS = N_("{new} is the address of the account; whoever was asked about another one is asked no longer.")
OFFBOARDED = N_(
    "{email} has left; ended: permissions {grants}, sessions {sessions}, links {links}, tokens {tokens}, "
    "offices {offices}."
)
WOULD = N_(
    "dry run, nothing was written; of {email} there would end: permissions {grants}, sessions {sessions}, "
    "links {links}, tokens {tokens}, offices {offices}"
)
NO_CHANGE = N_("{email}: no change")
Why = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help=N_("Why; it is kept with the account."))]


app.verb(
    "list",
    N_("List the accounts. Whoever is not an operator sees their own."),
    examples=(
        "asta accounts list",
        "asta accounts list --state unconfirmed --format csv",
        "asta accounts list --search müller --chamber 177",
    ),
)(list_)

app.verb(
    "show",
    N_("Show an account, with what the chamber decided about it and how much hangs on it."),
    examples=("asta accounts show erika.muster@example.com",),
)(show)


@app.verb(
    "lock",
    N_(
        "Lock an account for a while.\n\n"
        "Whoever is signed in is so no longer, and mailed links are void. Permissions are kept and hold again as soon "
        "as the account is unlocked. Wrong passwords never lock an account; only this command does."
    ),
    examples=(
        "asta accounts lock erika.muster@example.com --reason 'laptop stolen'",
        "asta accounts lock erika.muster@example.com --reason fraud --orphan-ok",
    ),
)
def lock(
    ctx: typer.Context, email: Address, change: ChangeOptions, reason: Why = None, orphan_ok: OrphanOk = False
) -> None:
    """Lock one account."""
    _decide(ctx.obj, Decision.LOCK, email, change, LOCKED, reason=reason, orphan_ok=orphan_ok)


@app.verb(
    "unlock",
    N_(
        "Let an account be used again.\n\n"
        "One that was never confirmed has to be confirmed still. A disabled account comes back only with --disabled."
    ),
    examples=(
        "asta accounts unlock erika.muster@example.com --reason 'new laptop'",
        "asta accounts unlock erika.muster@example.com --disabled --reason 'works here again'",
    ),
)
def unlock(
    ctx: typer.Context,
    email: Address,
    change: ChangeOptions,
    reason: Why = None,
    disabled: Annotated[
        bool, typer.Option("--disabled", help=N_("Also if the account has been disabled for good."))
    ] = False,
) -> None:
    """Unlock one account."""
    _decide(ctx.obj, Decision.UNLOCK, email, change, UNLOCKED, reason=reason, back=disabled)


@app.verb(
    "disable",
    N_(
        "Disable an account for good.\n\n"
        "Sessions, mailed links and service tokens end. Permissions are kept but give nothing; accounts offboard ends "
        "them, too. accounts unlock refuses such an account unless it is told --disabled."
    ),
    examples=("asta accounts disable erika.muster@example.com --reason 'registered twice'",),
)
def disable(
    ctx: typer.Context, email: Address, change: ChangeOptions, reason: Why = None, orphan_ok: OrphanOk = False
) -> None:
    """Disable one account."""
    _decide(ctx.obj, Decision.DISABLE, email, change, DISABLED, reason=reason, orphan_ok=orphan_ok)


@app.verb(
    "offboard",
    N_(
        "End everything of a person who leaves, in one step or not at all.\n\n"
        "Every permission and invitation ends, every session, mailed link, service token and operator's office, and "
        "the account is disabled. Companies that would be left without an administrator are named, and nothing is "
        "written unless --orphan-ok is given."
    ),
    examples=(
        "asta accounts offboard erika.muster@example.com --dry-run --reason 'left the company'",
        "asta accounts offboard erika.muster@example.com --reason 'left the company'",
        "asta accounts offboard erika.muster@example.com --reason 'company closed' --orphan-ok",
    ),
)
def offboard(
    ctx: typer.Context, email: Address, change: ChangeOptions, reason: Why = None, orphan_ok: OrphanOk = False
) -> None:
    """Offboard one person."""
    from asta_cli.intake import accounts

    asta = cast("App", ctx.obj)
    done = accounts.offboard(asta.desk, _said(asta, email, reason, orphan_ok=orphan_ok), change.limits())
    _finish(asta, done, email, change, WOULD if change.dry_run else OFFBOARDED)


@app.verb(
    "change-email",
    N_(
        "Give an account another address, once that one is confirmed.\n\n"
        "A message with a link goes to the new address, and one that tells of it to the old. Until the link is used, "
        "within 24 hours, everything stays. Then permissions move along, all sessions end, and a new password "
        "is chosen. The same address twice takes back what was asked: its link is void."
    ),
    examples=(
        "asta accounts change-email erika.muster@example.com erika.beispiel@example.com",
        "asta --as erika.muster@example.com accounts change-email erika.muster@example.com erika.beispiel@example.com",
    ),
)
def change_email(
    ctx: typer.Context,
    email: Address,
    new_email: Annotated[str, typer.Argument(metavar="NEW", help=N_("The new address."))],
    change: ChangeOptions,
    orphan_ok: Annotated[
        bool,
        typer.Option(
            "--orphan-ok", help=N_("Never needed: permissions move along, so no company loses its administrator.")
        ),
    ] = False,
) -> None:
    """Ask for another address."""
    from asta_cli.intake import accounts

    asta = cast("App", ctx.obj)
    report, stays = accounts.change_email(asta.desk, email, new_email, change.limits())
    extra = {"email": email, "new_email": new_email}
    if change.dry_run:
        render.finish(asta, report, change, extra)
    said = STAYS if stays else ASKED if asta.asker.operator else ASKED_OWN
    done(asta, report, change.format, said, extra, email=email, new=new_email)


app.verb(
    "duplicates",
    N_(
        "List accounts that may belong to one person, group by group, with what makes them alike.\n\n"
        "address: two spellings of one address; trainer: the address and the permission of one trainer; name: one name "
        "in one chamber or company; local_part: the same before the @. It is a hint and no proof."
    ),
    examples=("asta accounts duplicates", "asta accounts duplicates --chamber 177 --format csv"),
)(duplicates)


def _decide(
    asta: App,
    decision: Decision,
    email: str,
    change: ChangeOptions,
    text: str,
    *,
    reason: str | None,
    orphan_ok: bool = False,
    back: bool = False,
) -> NoReturn:
    from asta_cli.intake import accounts

    said = _said(asta, email, reason, orphan_ok=orphan_ok, back=back)
    _finish(asta, accounts.decide(asta.desk, decision, said, change.limits()), email, change, text)


def _said(asta: App, email: str, reason: str | None, *, orphan_ok: bool = False, back: bool = False) -> Said:
    """What was said; an operator is asked for the reason where it is missing and somebody can be asked."""
    from asta_cli.intake.accounts import Said

    if asta.asker.operator:
        reason = asta.need(reason, _("Reason"), "--reason")
    return Said(email, reason, orphan_ok, back)


def _finish(asta: App, done: Decided, email: str, change: ChangeOptions, text: str) -> NoReturn:
    """Say what became of it in a sentence, or as JSON; what is refused or only tried, as every change does."""
    report = done.report
    if report.status is Status.OK and change.format != "json" and (done.ended or not change.dry_run):
        render.say(asta, text if report.actions else NO_CHANGE, email=email, **done.ended)
        reports.tell(asta, report, summary=False)
        raise typer.Exit(Status.OK)
    render.finish(asta, report, change, {"email": email, "orphaned": list(done.orphaned), **done.ended})
