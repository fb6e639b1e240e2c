"""``asta letters``: activation letters and their codes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, NoReturn, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.command import Noun
from asta_cli.cli.i18n import _
from asta_cli.cli.listing import DAY, TIME, Col
from asta_cli.cli.options import ChamberOption, CompanyFilter, ListOptions, SetOptions
from asta_cli.core.errors import N_, BadOption, MissingAnswer, Phrase, UsageError
from asta_cli.core.model import Action, LetterState

if TYPE_CHECKING:
    from asta_cli.cli.context import App
    from asta_cli.core.rows import Row
    from asta_cli.intake.sets import Items
    from asta_cli.letters.issue import Order

app = Noun(N_("Activation letters and their codes."))

ANOTHER = Phrase(N_("another file than that of --csv"))
STATES = {
    LetterState.VALID.value: N_("valid"),
    LetterState.USED.value: N_("used"),
    LetterState.VOID.value: N_("void"),
    LetterState.EXPIRED.value: N_("expired"),
}
COLUMNS = (
    Col("letter", N_("Letter"), wide=True),
    Col("chamber", N_("Chamber")),
    Col("ident_number", N_("Identnummer")),
    Col("name", N_("Company")),
    Col("issued_at", N_("Issued"), TIME),
    Col("valid_until", N_("Valid until"), DAY),
    Col("state", N_("State"), words=STATES),
    Col("used_at", N_("Used"), TIME, wide=True),
    Col("used_by", N_("Used by"), wide=True),
    Col("run", N_("Run"), wide=True),
)


class OneOrMany(UsageError):
    """Companies were named, and all that miss a letter were asked for."""

    code = "mixed_input"
    message = N_("--company and --missing exclude each other")
    hint = N_("name the companies, or leave them out")


class NoPipe(UsageError):
    """Codes are secrets and go into a file that only its owner can read."""

    code = "bad_output"
    message = N_("codes are not written to standard output")
    hint = N_("name a file; it will be readable for you alone")


@app.verb(
    "issue",
    N_(
        "Issue letters with new activation codes; older codes of the same companies become void.\n\n"
        "The codes stand in the file alone, which only you can read; an existing file is replaced, unless no letter is "
        "issued. asta itself keeps nothing from which a code could be told."
    ),
    examples=(
        "asta letters issue --company 0001234 --csv letters.csv",
        "asta letters issue --missing --chamber 177 --csv letters.csv --dry-run",
        "asta letters issue --missing --again --csv letters.csv",
        "asta letters issue --from companies.csv --csv letters.csv",
    ),
)
def issue(
    ctx: typer.Context,
    many: SetOptions,
    csv: Annotated[str, typer.Option("--csv", metavar="FILE", help=N_("The file for the codes and addresses."))],
    company: Annotated[
        list[str] | None, typer.Option("--company", metavar="IDENT", help=N_("This company; may be repeated."))
    ] = None,
    missing: Annotated[
        bool,
        typer.Option("--missing", help=N_("Every open company without administrator and without a valid code.")),
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help=N_("With --missing: also those that have a valid code, now void."))
    ] = False,
    chamber: ChamberOption = None,
) -> None:
    """Issue letters."""
    from asta_cli.letters.issue import Order

    asta = cast("App", ctx.obj)
    _check(many, csv, company, missing, again)
    order = Order(
        path=os.path.abspath(csv),
        chamber=_chamber(asta, chamber, company or [], many),
        companies=[name.strip() for name in company or []],
        missing=missing,
        again=again,
        valid_days=asta.settings.letters.valid_days,
    )
    _issue(asta, csv, order, many)


@app.verb(
    "list",
    N_(
        "List the letters that are valid or were used; never their codes.\n\n"
        "With --all also those that are void because a newer one was issued, and those that expired."
    ),
    examples=(
        "asta letters list",
        "asta letters list --company 0001234 --format json",
        "asta letters list --state valid",
    ),
)
def list_(
    ctx: typer.Context,
    listing: ListOptions,
    company: CompanyFilter = None,
    chamber: ChamberOption = None,
    state: Annotated[LetterState | None, typer.Option("--state", help=N_("Only letters in this state."))] = None,
) -> None:
    """List the letters."""
    from asta_cli.run import views

    asta = cast("App", ctx.obj)
    where = views.LettersWhere(companies=company or (), chamber=chamber, state=state, all=listing.all)
    render.listing(asta, COLUMNS, views.rows(asta.desk, lambda tx, scope: views.letters(tx, scope, where)), listing)


def _check(many: SetOptions, csv: str, company: list[str] | None, missing: bool, again: bool) -> None:
    """Exactly one way to say which companies are meant. Raises UsageError."""
    if many.from_file and (company or missing or again):
        from asta_cli.intake.sets import MixedInput

        raise MixedInput(columns="company" if company else "missing")
    if not (company or missing or many.from_file):
        raise MissingAnswer(what=_("company"), option="--company IDENT | --missing | --from FILE")
    if company and (missing or again):
        raise OneOrMany()
    if csv == "-":
        raise NoPipe()
    for option, name in (("--from", many.from_file), ("--rejects", many.rejects)):
        if name and _same_file(name, csv):
            raise BadOption(option=option, value=name, choices=ANOTHER)  # one would take the place of the codes


def _same_file(one: str, other: str) -> bool:
    """Whether both name the same file, be it there already or not."""
    if os.path.realpath(one) == os.path.realpath(other):
        return True
    with suppress(OSError):
        return os.path.samefile(one, other)
    return False


def _chamber(asta: App, given: str | None, companies: list[str], many: SetOptions) -> str | None:
    """The chamber meant; companies that all name theirs need none, and the rows of a file may."""
    if given is None and (many.from_file or (companies and all(":" in name for name in companies))):
        return asta.settings.chamber
    return asta.chamber(given)


@contextmanager
def _items(asta: App, many: SetOptions) -> Iterator[Items]:
    """The rows of ``--from``; none where the arguments say it."""
    from asta_cli.core.fields import BadField
    from asta_cli.core.layouts import LETTERS
    from asta_cli.core.letters import key_of
    from asta_cli.files.source import ReadOptions
    from asta_cli.intake.sets import Items, from_file

    def key(row: Row) -> tuple[str | None, str] | None:
        try:
            return key_of(row)
        except BadField:
            return None

    if many.from_file is None:
        yield Items()
        return
    with from_file(many.from_file, LETTERS, key, options=ReadOptions(**many.reading)) as items:
        render.notices(asta, items.notices)
        yield items


def _issue(asta: App, path: str, order: Order, many: SetOptions) -> NoReturn:
    from asta_cli.files.output import PendingFile
    from asta_cli.intake.sets import rejects_file
    from asta_cli.letters.drafts import leftovers
    from asta_cli.letters.issue import issue as execute
    from asta_cli.run import was_written

    for left in leftovers(os.path.dirname(order.path), lambda run: was_written(asta.desk, run)):
        if left.valid:
            render.warn(asta, N_("{file} holds valid codes of a run that was interrupted; rename it"), file=left.path)
        else:
            render.warn(asta, N_("{file} was left by a run that was interrupted; its codes are void"), file=left.path)
    with _items(asta, many) as items, rejects_file(many.rejects, items) as rejects:
        if not items.single:
            order = replace(order, rows=items.batch, source=items.name)
        report = execute(asta.desk, order, lambda tag: PendingFile(path, tag=tag), many.limits())
        rejects.write(render.reasons(report))
    written = bool(report.run and report.actions[Action.CREATE])
    if report.run and not written:
        render.say(asta, N_("no letter was issued; {file} was not written"), file=path)
    render.finish(asta, report, many, {"file": path if written else ""})
