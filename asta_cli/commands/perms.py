"""``asta perms``: grant, revoke and sync; the verbs that ask, renew and deal with invitations stand beside."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.command import Noun
from asta_cli.cli.i18n import _
from asta_cli.cli.options import ChamberOption, GuardedOptions, OrphanOk, Reason, RowReport, SetOptions
from asta_cli.commands._explain import explain
from asta_cli.commands._perms_ask import check, list_, who
from asta_cli.commands._perms_invite import renew, resend, withdraw
from asta_cli.commands._perms_set import Company, RoleOption, completed, last_day, needed, rows_told, run_set
from asta_cli.core.errors import N_, UsageError

if TYPE_CHECKING:
    from asta_cli.cli.context import App

app = Noun(N_("Grant, revoke, list and check permissions."))

Email = Annotated[str | None, typer.Argument(metavar="EMAIL", help=N_("Whose permission it is."))]


class AddOrRemove(UsageError):
    """Only adding and only removing at once."""

    message = N_("--add-only and --remove-only exclude each other")
    hint = N_("leave out both to do both")


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
    from asta_cli.core.model import Role
    from asta_cli.intake.arguments import arguments
    from asta_cli.intake.permissions import Said

    asta = cast("App", ctx.obj)
    row = arguments(
        email=needed(asta, many, email, _("E-mail"), "EMAIL"),
        company=needed(asta, many, company, _("Company"), "--company"),
        role=needed(asta, many, role and role.value, f"{_('Role')} ({', '.join(Role)})", "--role"),
        trainer_number=trainer,
        valid_from=starting,
        valid_until=last_day(asta, starting, until, duration),
        sites=None if sites is None else "yes" if sites else "no",
    )
    run_set(
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
        email=needed(asta, many, email, _("E-mail"), "EMAIL"), company=company, role=role.value if role else None
    )
    run_set(
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
    said = completed(asta, Said("perms sync", chamber=chamber, reason=reason, orphan_ok=orphan_ok))
    options = ReadOptions(**many.reading)
    with (
        progress.shown(asta, asta.desk.progress),
        open_sync(asta.desk, from_file, company, only, said, options=options) as opened,
        rows_told(report, from_file) as told,
        rejects_file(many.rejects, opened.items) as rejects,
    ):
        render.notices(asta, opened.items.notices)
        if asta.asker.operator and (only is not Only.ADD or "reason" not in opened.items.columns):
            said = replace(said, reason=asta.need(said.reason, _("Reason"), "--reason"))
        done = replace(opened, said=replace(said, watch=told.watch)).execute(many.limits())
        told.publish()
        rejects.write(render.reasons(done))
    render.finish(asta, done, many)


app.verb(
    "renew",
    N_("Put off the end of permissions that end soon"),
    examples=(
        "asta perms renew --expiring 30d --until 2028-07-31 --reason 'next school year' --dry-run",
        "asta --as admin@example.com perms renew --expiring 30d --until 2028-07-31 --company 0001234 --role trainer",
        "asta perms renew --from renewals.csv --until 2028-07-31 --reason 'list of 2 March'",
    ),
)(renew)

app.verb(
    "resend",
    N_("Send the invitation of an address again; it is open for its full time from now on"),
    examples=(
        "asta perms resend hr@example.com",
        "asta --as admin@example.com perms resend hr@example.com --company 0001234",
    ),
)(resend)

app.verb(
    "withdraw",
    N_("Take back invitations that nobody has accepted yet; permissions in force stay"),
    examples=(
        "asta perms withdraw hr@example.com --reason 'wrong address'",
        "asta --as admin@example.com perms withdraw hr@example.com --company 0001234 --role manager",
    ),
)(withdraw)

app.verb(
    "check",
    N_("Answer yes or no: may this person do that there?"),
    examples=(
        "asta perms check hr@example.com trainees.view 0001234",
        "asta perms check hr@example.com perms.grant 177:0001234 --at 2027-07-31",
    ),
)(check)

app.verb(
    "explain",
    N_("Say why somebody may do something at a company, or why not and what would change it"),
    examples=(
        "asta perms explain hr@example.com trainees.view 0001234",
        "asta perms explain hr@example.com 0001234",
        "asta perms explain hr@example.com perms.grant 177:0001234 --at 2027-07-31 --format json",
    ),
)(explain)


app.verb(
    "list",
    N_("List the permissions that you may see, each as it was granted"),
    examples=(
        "asta perms list --company 0001234",
        "asta perms list --account hr@example.com --all",
        "asta perms list --expiring 30d --format csv",
    ),
)(list_)

app.verb(
    "who",
    N_("List everyone who may do something at a company, and how"),
    examples=(
        "asta perms who 0001234",
        "asta perms who 0001234 trainees.view --format csv",
        "asta perms who 177:0001234 perms.grant --at 2027-07-31",
    ),
)(who)
