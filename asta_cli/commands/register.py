"""``asta register``: open an account, or many from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NoReturn, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.command import Single
from asta_cli.cli.i18n import _
from asta_cli.cli.options import ChamberOption, RowReport, SetOptions
from asta_cli.commands._passwords import PasswordFile, chosen_later, hasher
from asta_cli.core import layouts
from asta_cli.core.errors import N_, MissingAnswer, Status, UsageError
from asta_cli.core.links import Found

if TYPE_CHECKING:
    from asta_cli.cli.context import App
    from asta_cli.core.accounts import Chosen
    from asta_cli.core.rows import Row
    from asta_cli.joining.registering import Answer

app = Single()

SAID = {
    None: N_("If {email} can have an account, a message is on its way there. It has to be confirmed within 24 hours."),
    Found.NOTHING: N_("{email} is registered. It has to be confirmed within 24 hours; a message is on its way there."),
    Found.UNCONFIRMED: N_("{email} was registered already but never confirmed; the message is on its way once more."),
    Found.CONFIRMED: N_("{email} has a confirmed account already; nothing was changed."),
    Found.BLOCKED: N_("{email} has an account already, which is locked or disabled; nothing was changed."),
}


MANY = N_("Whoever of these people can have an account gets a message. It has to be confirmed within 24 hours.")


class PasswordForMany(UsageError):
    """One password for the accounts of many people."""

    message = N_("--password-file cannot be used with --from")
    hint = N_("people choose their own after confirming: asta password reset EMAIL")


@app.verb(
    "register",
    N_("Open an account. A message goes to the address, which confirms it.\n\nNobody gets a second account."),
    examples=(
        "asta register erika.muster@example.com --name 'Erika Muster' --chamber 177",
        "asta register erika.muster@example.com --name 'Erika Muster' --password-file password.txt",
        "asta register --from people.csv --dry-run",
    ),
)
def register(
    ctx: typer.Context,
    many: SetOptions,
    email: Annotated[str | None, typer.Argument(metavar="EMAIL", help=N_("The business address."))] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help=N_("First and last name."))] = None,
    chamber: ChamberOption = None,
    password_file: PasswordFile = None,
    report: RowReport = None,
) -> None:
    """Register one person, or those of a file."""
    from asta_cli.intake.arguments import arguments

    asta = cast("App", ctx.obj)
    if many.from_file and password_file:
        raise PasswordForMany()
    if many.from_file:
        _register(asta, arguments(email=email, name=name, chamber=chamber), chamber, many, None, report)
    if not email:
        raise MissingAnswer(what="EMAIL", option="asta register EMAIL")
    row = arguments(email=email, name=asta.need(name, _("Name"), "--name"), chamber=chamber)
    _register(asta, row, chamber, many, _chosen(asta, row, password_file), report)


def _chosen(asta: App, row: Row, file: str | None) -> Chosen | None:
    from asta_cli.joining import registering

    password = chosen_later(file)
    if password is None:
        return None
    judged = registering.judged(password, row.values.get("name"), row.values.get("email"))
    return registering.choose(asta.desk, hasher(asta), row.values.get("email", ""), judged)


def _register(
    asta: App, row: Row, chamber: str | None, many: SetOptions, chosen: Chosen | None, report: str | None
) -> NoReturn:
    from asta_cli.cli.reports import row_text
    from asta_cli.core.model import Kind
    from asta_cli.files.source import ReadOptions
    from asta_cli.intake.change_report import row_report
    from asta_cli.intake.sets import from_either, rejects_file
    from asta_cli.joining import registering

    options = ReadOptions(**many.reading)
    with from_either(
        row, many.from_file, layouts.REGISTRATIONS, registering.key_of, options=options, fills=frozenset({"chamber"})
    ) as items:
        render.notices(asta, items.notices)
        with (
            row_report(report, many.from_file, Kind.ACCOUNT, row_text, outcome=asta.asker.operator) as told,
            rejects_file(many.rejects, items) as rejects,
        ):
            said = registering.Said(asta.lang, chamber, chosen, told.watch)
            answer = registering.register(asta.desk, items, said, many.limits())
            told.publish()
            rejects.write(render.reasons(answer.report))
    _tell(asta, answer, row, many)


def _tell(asta: App, answer: Answer, row: Row, many: SetOptions) -> NoReturn:
    email = row.values.get("email", "")
    report = answer.report
    if report.status is Status.OK and many.format == "text" and not many.dry_run:
        if email:
            render.say(asta, SAID[answer.found], email=email)
            raise typer.Exit(Status.OK)
        if not asta.asker.operator:  # whose counts say nothing, as they would tell who has an account
            render.say(asta, MANY)
            raise typer.Exit(Status.OK)
    render.finish(asta, report, many, {"email": email})
