"""``asta perms``: grant, revoke, list, and ask who may do what."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, NoReturn, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.command import Noun
from asta_cli.cli.i18n import _
from asta_cli.cli.options import (
    At,
    ChamberOption,
    ChangeOptions,
    CompanyFilter,
    GuardedOptions,
    ListOptions,
    OrphanOk,
    Reason,
    RowReport,
    SetOptions,
    ShowOptions,
)
from asta_cli.commands._explain import explain
from asta_cli.core.errors import N_, BadOption, Status, UsageError
from asta_cli.core.model import Permission, Role

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from asta_cli.cli.context import App
    from asta_cli.core.rows import Row
    from asta_cli.intake.change_report import ChangeReport
    from asta_cli.intake.permissions import Said
    from asta_cli.run import Tx

YES, NO = "yes", "no"  # the contract's words: scripts compare them, so they are not translated

app = Noun(N_("Grant, revoke, list and check permissions."))

Email = Annotated[str | None, typer.Argument(metavar="EMAIL", help=N_("Whose permission it is."))]
Company = Annotated[str | None, typer.Option("--company", metavar="IDENT", help=N_("The company, by its Identnummer."))]
RoleOption = Annotated[Role | None, typer.Option("--role", help=N_("The role."))]


class AddOrRemove(UsageError):
    """Only adding and only removing at once."""

    message = N_("--add-only and --remove-only exclude each other")
    hint = N_("leave out both to do both")


class TwoEnds(UsageError):
    """A last day and a duration."""

    message = N_("--until and --for exclude each other")
    hint = N_("give the last day, or how many days it is to hold")


@app.verb(
    "grant",
    N_("Give a role at a company; an address without account is invited"),
    examples=(
        "asta perms grant hr@example.com --company 0001234 --role administrator --reason 'letter of 2 March'",
        "asta perms grant t@example.com --company 0001234 --role trainer --trainer A17 --until 2027-07-31 --reason new",
        "asta perms grant --from grants.csv --dry-run --reason migration",
    ),
)
def grant(
    ctx: typer.Context,
    many: SetOptions,
    email: Email = None,
    company: Company = None,
    role: RoleOption = None,
    chamber: ChamberOption = None,
    starting: Annotated[
        str | None, typer.Option("--starting", metavar="DAY", help=N_("The first day it holds."))
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DAY|never", help=N_("The last day it holds, or never."))
    ] = None,
    duration: Annotated[
        str | None, typer.Option("--for", metavar="90d", help=N_("How many days it holds, from its first day on."))
    ] = None,
    sites: Annotated[
        bool | None, typer.Option("--sites/--no-sites", help=N_("Whether it holds for the sites below, too."))
    ] = None,
    trainer: Annotated[
        str | None, typer.Option("--trainer", metavar="NUMBER", help=N_("The trainer record of a trainer's grant."))
    ] = None,
    reason: Reason = None,
    orphan_ok: OrphanOk = False,
    report: RowReport = None,
) -> None:
    """Give a permission, or many from a file."""
    from asta_cli.core.granting import GrantPlanner
    from asta_cli.intake.arguments import arguments
    from asta_cli.intake.permissions import Said

    asta = cast("App", ctx.obj)
    row = arguments(
        email=_asked(asta, many, email, _("E-mail"), "EMAIL"),
        company=_asked(asta, many, company, _("Company"), "--company"),
        role=_asked(asta, many, role and role.value, _("Role"), "--role"),
        trainer_number=trainer,
        valid_from=starting,
        valid_until=_until(asta, starting, until, duration),
        sites=None if sites is None else "yes" if sites else "no",
    )
    _change(
        asta, row, many, Said("perms grant", GrantPlanner, role, chamber, reason=reason, orphan_ok=orphan_ok), report
    )


@app.verb(
    "revoke",
    N_("Take a permission away; its history stays"),
    examples=(
        "asta perms revoke hr@example.com --company 0001234 --role manager --reason 'left the company'",
        "asta --as admin@example.com perms revoke hr@example.com",
        "asta perms revoke --from leavers.csv --reason 'site closed'",
    ),
)
def revoke(
    ctx: typer.Context,
    many: SetOptions,
    email: Email = None,
    company: Company = None,
    role: RoleOption = None,
    chamber: ChamberOption = None,
    reason: Reason = None,
    orphan_ok: OrphanOk = False,
    report: RowReport = None,
) -> None:
    """End permissions of a person, or many from a file."""
    from asta_cli.core.revoking import RevokePlanner
    from asta_cli.intake.arguments import arguments
    from asta_cli.intake.permissions import Said

    asta = cast("App", ctx.obj)
    row = arguments(
        email=_asked(asta, many, email, _("E-mail"), "EMAIL"), company=company, role=role.value if role else None
    )
    _change(
        asta, row, many, Said("perms revoke", RevokePlanner, role, chamber, reason=reason, orphan_ok=orphan_ok), report
    )


@app.verb(
    "sync",
    N_("Make a file true for some companies: grant what is missing, end what it does not name"),
    examples=(
        "asta perms sync --from hr.csv --company 0001234 --dry-run --reason 'list of 2 March'",
        "asta --as admin@example.com perms sync --from hr.csv --company 0001234 --company 0001235 --report changes.csv",
        "asta perms sync --from new.csv --company 0001234 --add-only --reason 'new site'",
    ),
)
def sync(
    ctx: typer.Context,
    many: GuardedOptions,
    from_file: Annotated[
        str, typer.Option("--from", metavar="FILE", help=N_("The file that is to be made true; - is standard input."))
    ],
    company: Annotated[
        list[str], typer.Option("--company", metavar="IDENT", help=N_("For which company; may be repeated."))
    ],
    chamber: ChamberOption = None,
    add_only: Annotated[
        bool, typer.Option("--add-only", help=N_("Only grant what is missing; change and end nothing."))
    ] = False,
    remove_only: Annotated[
        bool, typer.Option("--remove-only", help=N_("Only end what the file does not name; grant and change nothing."))
    ] = False,
    reason: Reason = None,
    orphan_ok: OrphanOk = False,
    report: RowReport = None,
) -> None:
    """Make the permissions of companies those of a file."""
    from asta_cli.cli import progress
    from asta_cli.core.syncing import Only
    from asta_cli.files.source import ReadOptions
    from asta_cli.intake.permission_sync import open_sync
    from asta_cli.intake.permissions import Said
    from asta_cli.intake.sets import rejects_file

    if add_only and remove_only:
        raise AddOrRemove()
    asta = cast("App", ctx.obj)
    only = Only.ADD if add_only else Only.REMOVE if remove_only else Only.ALL
    said = _said(asta, Said("perms sync", chamber=chamber, reason=reason, orphan_ok=orphan_ok))
    options = ReadOptions(**many.reading)
    with (
        progress.shown(asta, asta.desk.progress),
        open_sync(asta.desk, from_file, company, only, said, options=options) as opened,
        _rows_told(report, from_file) as told,
        rejects_file(many.rejects, opened.items) as rejects,
    ):
        render.notices(asta, opened.items.notices)
        if asta.asker.operator and (only is not Only.ADD or "reason" not in opened.items.columns):
            said = replace(said, reason=asta.need(said.reason, _("Reason"), "--reason"))
        done = replace(opened, said=replace(said, watch=told.watch)).execute(many.limits())
        told.publish()
        rejects.write(render.reasons(done))
    render.finish(asta, done, many)


@app.verb(
    "renew",
    N_("Put off the end of permissions that end soon"),
    examples=(
        "asta perms renew --expiring 30d --until 2028-07-31 --reason 'next school year' --dry-run",
        "asta --as admin@example.com perms renew --expiring 30d --until 2028-07-31 --company 0001234 --role trainer",
        "asta perms renew --from renewals.csv --until 2028-07-31 --reason 'list of 2 March'",
    ),
)
def renew(
    ctx: typer.Context,
    many: SetOptions,
    expiring: Annotated[
        str | None, typer.Option("--expiring", metavar="30d", help=N_("Those that end within this time."))
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="DAY|never", help=N_("The new last day; with --from, of empty cells.")),
    ] = None,
    company: CompanyFilter = None,
    role: RoleOption = None,
    chamber: ChamberOption = None,
    reason: Reason = None,
    report: RowReport = None,
) -> None:
    """Renew what the asker may grant; an end is never brought forward."""
    from contextlib import ExitStack

    from asta_cli.commands._looking import option
    from asta_cli.core import layouts, perm_rows, timeline
    from asta_cli.files.source import ReadOptions
    from asta_cli.intake.arguments import arguments
    from asta_cli.intake.permissions import Said, keys
    from asta_cli.intake.renewals import renew as put_off
    from asta_cli.intake.sets import Items, from_either, rejects_file
    from asta_cli.run import views

    asta = cast("App", ctx.obj)
    expiring = _asked(asta, many, expiring, _("Ending within"), "--expiring")
    until = until if many.from_file else asta.need(until, _("Last day"), "--until")
    option("--until", until, perm_rows.end, "31.07.2027, 2027-07-31, never")
    within = option("--expiring", expiring, timeline.read_duration, "30d")
    where = views.GrantsWhere(role=role, companies=company or (), chamber=chamber, expiring=within)
    said = _said(asta, Said("perms renew", role=role, chamber=chamber, reason=reason))
    row = arguments(expiring=expiring, company=company[0] if company else None)
    with ExitStack() as stack:
        fills = frozenset({"role", "chamber", "reason"})
        options = ReadOptions(**many.reading)
        opened = from_either(row, many.from_file, layouts.GRANTS, keys(said), options=options, fills=fills)
        items: Items = stack.enter_context(opened)
        render.notices(asta, items.notices)
        if asta.asker.operator and (items.single or "reason" not in items.columns):
            said = replace(said, reason=asta.need(said.reason, _("Reason"), "--reason"))
        told = stack.enter_context(_rows_told(report, many.from_file))
        rejects = stack.enter_context(rejects_file(many.rejects, items))
        said = replace(said, watch=told.watch)
        done = put_off(asta.desk, None if items.single else items, where, until, said, many.limits())
        told.publish()
        rejects.write(render.reasons(done))
    render.finish(asta, done, many)


@app.verb(
    "resend",
    N_("Send the invitation of an address again; it is open for its full time from now on"),
    examples=(
        "asta perms resend hr@example.com",
        "asta --as admin@example.com perms resend hr@example.com --company 0001234",
    ),
)
def resend(
    ctx: typer.Context,
    change: ChangeOptions,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help=N_("Who was invited."))],
    company: Company = None,
    chamber: ChamberOption = None,
) -> None:
    """One mail that names every company."""
    from asta_cli.commands._single import done
    from asta_cli.intake.arguments import arguments
    from asta_cli.intake.permissions import Said
    from asta_cli.intake.renewals import resend as send_again

    asta = cast("App", ctx.obj)
    said = _said(asta, Said("perms resend", chamber=chamber))
    report = send_again(asta.desk, arguments(email=email, company=company), said, change.limits())
    text = N_("the invitation of {email} is sent again") if report.run else N_("the invitation would be sent again")
    done(asta, report, change.format, text, email=email)


@app.verb(
    "withdraw",
    N_("Take back invitations that nobody has accepted yet; permissions in force stay"),
    examples=(
        "asta perms withdraw hr@example.com --reason 'wrong address'",
        "asta --as admin@example.com perms withdraw hr@example.com --company 0001234 --role manager",
    ),
)
def withdraw(
    ctx: typer.Context,
    change: ChangeOptions,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help=N_("Who was invited."))],
    company: Company = None,
    role: RoleOption = None,
    chamber: ChamberOption = None,
    reason: Reason = None,
) -> None:
    """End invitations, and only those."""
    from asta_cli.core.invitations import WithdrawPlanner
    from asta_cli.intake.arguments import arguments
    from asta_cli.intake.permissions import Said
    from asta_cli.intake.permissions import change as make
    from asta_cli.intake.sets import Items

    asta = cast("App", ctx.obj)
    if asta.asker.operator:
        reason = asta.need(reason, _("Reason"), "--reason")
    row = arguments(email=email, company=company, role=role.value if role else None)
    said = _said(asta, Said("perms withdraw", WithdrawPlanner, role, chamber, reason=reason))
    render.finish(asta, make(asta.desk, Items(row, kind="grants"), said, change.limits()), change)


@app.verb(
    "check",
    N_("Answer yes or no: may this person do that there?"),
    examples=(
        "asta perms check hr@example.com trainees.view 0001234",
        "asta perms check hr@example.com perms.grant 177:0001234 --at 2027-07-31",
    ),
)
def check(
    ctx: typer.Context,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help=N_("Who."))],
    permission: Annotated[Permission, typer.Argument(metavar="PERMISSION", help=N_("May do what."))],
    company: Annotated[str, typer.Argument(metavar="COMPANY", help=N_("Where."))],
    show: ShowOptions,
    chamber: ChamberOption = None,
    at: At = None,
) -> None:
    """Exit 0 for yes, 1 for no."""
    from asta_cli.intake.explaining import Asked, may

    asta = cast("App", ctx.obj)
    moment = asta.moment(at)
    asked = Asked(email, company, chamber, moment if at else None, asta.settings.chamber)
    found, allowed = may(asta.desk, asked, permission)
    if show.format == "json":
        from asta_cli.commands._holders import CHECK

        row = (email.strip(), permission.value, found.chamber, found.ident_number, moment, allowed)
        render.record(asta, CHECK, row, show)
    else:
        render.answer(asta, YES if allowed else NO)
    raise typer.Exit(Status.OK if allowed else Status.NO)


app.verb(
    "explain",
    N_("Say why somebody may do something at a company, or why not and what would change it"),
    examples=(
        "asta perms explain hr@example.com trainees.view 0001234",
        "asta perms explain hr@example.com 0001234",
        "asta perms explain hr@example.com perms.grant 177:0001234 --at 2027-07-31 --format json",
    ),
)(explain)


@app.verb(
    "list",
    N_("List the permissions that you may see, each as it was granted"),
    examples=(
        "asta perms list --company 0001234",
        "asta perms list --account hr@example.com --all",
        "asta perms list --expiring 30d --format csv",
    ),
)
def list_(
    ctx: typer.Context,
    listing: ListOptions,
    account: Annotated[
        str | None, typer.Option("--account", metavar="EMAIL", help=N_("Only those of this person."))
    ] = None,
    role: RoleOption = None,
    company: CompanyFilter = None,
    chamber: ChamberOption = None,
    expiring: Annotated[
        str | None, typer.Option("--expiring", metavar="30d", help=N_("Only those that end within this time."))
    ] = None,
    invited: Annotated[
        bool, typer.Option("--invited", help=N_("Only those whose address is not confirmed yet."))
    ] = False,
    at: At = None,
) -> None:
    """List grants; with --company those that the company itself carries."""
    from asta_cli.commands._holders import GRANTS
    from asta_cli.commands._looking import option
    from asta_cli.core import timeline
    from asta_cli.joining.signing import email_key
    from asta_cli.run import views

    asta = cast("App", ctx.obj)
    where = views.GrantsWhere(
        account=option("--account", account, email_key, "name@company.example"),
        role=role,
        companies=company or (),
        chamber=chamber,
        expiring=option("--expiring", expiring, timeline.read_duration, "30d"),
        invited=invited,
        all=listing.all,
    )
    moment = asta.moment(at) if at else None
    rows = views.rows(asta.desk, lambda tx, scope: views.grants(tx, scope, where, moment))
    render.listing(asta, GRANTS, rows, listing)


@app.verb(
    "who",
    N_("List everyone who may do something at a company, and how"),
    examples=(
        "asta perms who 0001234",
        "asta perms who 0001234 trainees.view --format csv",
        "asta perms who 177:0001234 perms.grant --at 2027-07-31",
    ),
)
def who(
    ctx: typer.Context,
    company: Annotated[str, typer.Argument(metavar="COMPANY", help=N_("Where."))],
    listing: ListOptions,
    permission: Annotated[
        Permission | None, typer.Argument(metavar="PERMISSION", help=N_("May do what; anything if left out."))
    ] = None,
    chamber: ChamberOption = None,
    at: At = None,
) -> None:
    """List the people with a permission, inherited ones too."""
    from asta_cli.commands._holders import HOLDERS
    from asta_cli.run import views

    asta = cast("App", ctx.obj)
    moment = asta.moment(at) if at else None

    def view(tx: Tx, scope: views.Scope) -> views.View:
        return views.who(tx, scope, company, permission, chamber=chamber, at=moment, all=listing.all)

    render.listing(asta, HOLDERS, views.rows(asta.desk, view), listing)


def _asked(asta: App, many: SetOptions, value: str | None, what: str, option: str) -> str | None:
    """*value*, without which one item is none. Of many, the file says it, and from_either refuses it beside that."""
    return value if many.from_file else asta.need(value, what, option)


def _until(asta: App, starting: str | None, until: str | None, duration: str | None) -> str | None:
    """The last day as the row has it; ``--for 90d`` counts from the first day."""
    if duration is None:
        return until
    if until is not None:
        raise TwoEnds()
    from asta_cli.core import timeline
    from asta_cli.core.fields import BadField

    first = _first_day(asta, starting)
    try:
        days, rest = divmod(timeline.read_duration(duration), 86_400)
        if days and not rest:
            return timeline.plus_days(first, days - 1)
    except BadField:
        pass
    raise BadOption(option="--for", value=duration, choices="90d")


def _first_day(asta: App, starting: str | None) -> str:
    from asta_cli.commands._looking import option
    from asta_cli.core import fields

    return option("--starting", starting, fields.read_date, "31.07.2027, 2027-07-31") or asta.today()


def _said(asta: App, said: Said) -> Said:
    """*said* with what the settings and the language of this invocation add."""
    settings = asta.settings
    days = settings.perms.invitation_days
    return replace(said, usual_chamber=settings.chamber, language=asta.lang, invitation_days=days)


def _rows_told(report: str | None, source: str | None) -> AbstractContextManager[ChangeReport]:
    from asta_cli.cli.reports import row_text
    from asta_cli.core.model import Kind
    from asta_cli.intake.change_report import row_report

    return row_report(report, source, Kind.GRANT, row_text)


def _change(asta: App, row: Row, many: SetOptions, said: Said, report: str | None) -> NoReturn:
    from asta_cli.core import layouts
    from asta_cli.files.source import ReadOptions
    from asta_cli.intake.permissions import change, keys
    from asta_cli.intake.sets import from_either, rejects_file

    options = ReadOptions(**many.reading)
    fills = frozenset({"role", "chamber", "reason"})
    said = _said(asta, said)
    with from_either(row, many.from_file, layouts.GRANTS, keys(said), options=options, fills=fills) as items:
        render.notices(asta, items.notices)
        if asta.asker.operator and "reason" not in items.columns:
            said = replace(said, reason=asta.need(said.reason, _("Reason"), "--reason"))
        with (
            _rows_told(report, many.from_file) as told,
            rejects_file(many.rejects, items) as rejects,
        ):
            done = change(asta.desk, items, replace(said, watch=told.watch), many.limits())
            told.publish()
            rejects.write(render.reasons(done))
    render.finish(asta, done, many)
