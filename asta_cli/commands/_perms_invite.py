"""``asta perms renew``, ``resend`` and ``withdraw``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.i18n import _
from asta_cli.cli.options import ChamberOption, ChangeOptions, CompanyFilter, Reason, RowReport, SetOptions
from asta_cli.commands._perms_set import Company, RoleOption, completed, needed, rows_told
from asta_cli.core.errors import N_, BadOption

if TYPE_CHECKING:
    from asta_cli.cli.context import App


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
    expiring = needed(asta, many, expiring, _("Ending within"), "--expiring")
    until = until if many.from_file else asta.need(until, _("Last day"), "--until")
    end = option("--until", until, perm_rows.end, "31.07.2027, 2027-07-31, never")
    if end is not None and end != perm_rows.NEVER and end <= asta.now():
        raise BadOption(option="--until", value=until, choices=f"{asta.today()} ...")
    within = option("--expiring", expiring, timeline.read_duration, "30d")
    where = views.GrantsWhere(role=role, companies=company or (), chamber=chamber, expiring=within)
    said = completed(asta, Said("perms renew", role=role, chamber=chamber, reason=reason))
    row = arguments(expiring=expiring, company=company[0] if company else None)
    with ExitStack() as stack:
        fills = frozenset({"role", "chamber", "reason"})
        options = ReadOptions(**many.reading)
        opened = from_either(row, many.from_file, layouts.GRANTS, keys(said), options=options, fills=fills)
        items: Items = stack.enter_context(opened)
        render.notices(asta, items.notices)
        if asta.asker.operator and (items.single or "reason" not in items.columns):
            said = replace(said, reason=asta.need(said.reason, _("Reason"), "--reason"))
        told = stack.enter_context(rows_told(report, many.from_file))
        rejects = stack.enter_context(rejects_file(many.rejects, items))
        said = replace(said, watch=told.watch)
        done = put_off(asta.desk, None if items.single else items, where, until, said, many.limits())
        told.publish()
        rejects.write(render.reasons(done))
    render.finish(asta, done, many)


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
    said = completed(asta, Said("perms resend", chamber=chamber))
    report = send_again(asta.desk, arguments(email=email, company=company), said, change.limits())
    text = N_("the invitation of {email} is sent again") if report.run else N_("the invitation would be sent again")
    done(asta, report, change.format, text, email=email)


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
    said = completed(asta, Said("perms withdraw", WithdrawPlanner, role, chamber, reason=reason))
    render.finish(asta, make(asta.desk, Items(row, kind="grants"), said, change.limits()), change)
