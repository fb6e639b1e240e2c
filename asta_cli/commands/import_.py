"""``asta import``: take over the training register of a chamber from files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn, cast

import typer

from asta_cli.cli import render
from asta_cli.cli.command import Noun
from asta_cli.cli.options import ChamberOption, GuardedOptions, ReportFile
from asta_cli.core.errors import N_
from asta_cli.core.fields import read_option
from asta_cli.core.timeline import read_duration

if TYPE_CHECKING:
    from asta_cli.cli.context import App
    from asta_cli.intake.register import Import
    from asta_cli.intake.sets import Items, Rejects

app = Noun(
    N_(
        "Take over companies, trainers and trainees from files."
        " What a file does not name stays as it is, unless it is taken as a mirror."
    )
)

File = Annotated[
    str, typer.Argument(metavar="FILE", help=N_("CSV, JSON Lines or a workbook (.xlsx); - is standard input."))
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions(GuardedOptions):
    """What every import can be asked for."""

    chamber: ChamberOption = None
    mode: Annotated[
        Literal["merge", "mirror"],
        typer.Option("--mode", help=N_("merge: never end what the file does not name; mirror: end it.")),
    ] = "merge"
    strict: Annotated[bool, typer.Option("--strict", help=N_("Reject rows with warnings, too."))] = False
    report: ReportFile = None
    full: Annotated[bool, typer.Option("--full", help=N_("Compare every field of every row, known lines too."))] = False
    lock_wait: Annotated[
        str | None,
        typer.Option("--lock-wait", metavar="60s", help=N_("Wait so long for another import into this chamber.")),
    ] = None


@app.verb(
    "companies",
    N_("Companies and their sites"),
    examples=(
        "asta import companies betriebe.csv --chamber 177",
        "asta import companies betriebe.csv --dry-run",
        "asta import companies betriebe.xlsx --sheet Betriebe --keep-going --rejects wrong.csv",
        "asta import companies betriebe.csv --mapping kammer.toml",
    ),
)
def companies(
    ctx: typer.Context,
    file: File,
    many: ImportOptions,
) -> None:
    """Import companies."""
    _import(ctx, {"companies": file}, many)


@app.verb(
    "trainers",
    N_("Trainers, one row for each company they train at"),
    examples=("asta import trainers ausbilder.csv", "asta import trainers ausbilder.jsonl --chamber 177 --dry-run"),
)
def trainers(
    ctx: typer.Context,
    file: File,
    many: ImportOptions,
) -> None:
    """Import trainers."""
    _import(ctx, {"trainers": file}, many)


@app.verb(
    "trainees",
    N_("Trainees and their contracts"),
    examples=(
        "asta import trainees azubis.csv --keep-going --max-errors 1% --rejects wrong.csv",
        "asta import trainees - --input-format csv --chamber 177 < azubis.csv",
    ),
)
def trainees(
    ctx: typer.Context,
    file: File,
    many: ImportOptions,
) -> None:
    """Import trainees."""
    _import(ctx, {"trainees": file}, many)


@app.verb(
    "azubi-accounts",
    N_("The state of the trainees' accounts, as the Azubi-Infocenter reports it"),
    examples=(
        "asta import azubi-accounts konten.csv --chamber 177",
        "asta import azubi-accounts konten.csv --dry-run --format json",
    ),
)
def azubi_accounts(
    ctx: typer.Context,
    file: File,
    many: ImportOptions,
) -> None:
    """Import the feed of the accounts."""
    _import(ctx, {"azubi-accounts": file}, many)


@app.verb(
    "snapshot",
    N_("All files of one night in one transaction"),
    examples=(
        "asta import snapshot /srv/register --chamber 177",
        "asta import snapshot companies.csv trainees.csv --dry-run --format json",
    ),
)
def snapshot(
    ctx: typer.Context,
    files: Annotated[
        list[str], typer.Argument(metavar="DIR|FILE...", help=N_("A directory with companies.csv and so on, or files."))
    ],
    many: ImportOptions,
) -> None:
    """Import a snapshot; with --rejects, the rejected rows go to a directory, one file for each kind."""
    from asta_cli.files.names import snapshot_files
    from asta_cli.intake.register import NOUNS

    found = snapshot_files(files, tuple(NOUNS))
    asta = cast("App", ctx.obj)
    for notice in found.notices:
        render.notice(asta, notice)
    _import(ctx, found.files, many, command="import snapshot")


@app.verb(
    "template",
    N_("An empty file with the right header"),
    examples=(
        "asta import template companies --lang de --excel --output betriebe.csv",
        "asta import template grants",
    ),
)
def template(
    ctx: typer.Context,
    kind: Annotated[
        Literal["companies", "trainers", "trainees", "azubi-accounts", "grants", "registrations"],
        typer.Argument(metavar="KIND", help=N_("What the file is to hold: companies, trainers, trainees and so on.")),
    ],
    lang: Annotated[Literal["de", "en"], typer.Option("--lang", help=N_("Language of the headings."))] = "en",
    output: Annotated[
        str | None, typer.Option("--output", metavar="FILE", help=N_("Write to this file, whole or not at all."))
    ] = None,
    excel: Annotated[bool, typer.Option("--excel", help=N_("CSV that a German Excel opens by double click."))] = False,
) -> None:
    """Write a header; without rows it is read with --allow-empty."""
    from io import BytesIO

    from asta_cli.cli import escape, outlet
    from asta_cli.core import layouts
    from asta_cli.files.template import template as empty

    layout = next(found for found in vars(layouts).values() if getattr(found, "kind", None) == kind)
    made = empty(layout, german=lang == "de", excel=excel)
    if output is None:
        render.copy(BytesIO(made), escape.visible_lines)
        return
    with outlet.whole_file(output) as target:
        target.write(made)


def _import(ctx: typer.Context, files: Mapping[str, str], many: ImportOptions, *, command: str = "") -> NoReturn:
    from asta_cli.addresses import normalise
    from asta_cli.cli import progress
    from asta_cli.cli.reports import reason, unread
    from asta_cli.files.source import ReadOptions
    from asta_cli.intake.change_report import change_report
    from asta_cli.intake.register import Rules, open_import

    asta = cast("App", ctx.obj)
    with (
        progress.shown(asta, asta.desk.progress),
        open_import(
            asta.desk,
            files,
            lambda named: asta.chamber(many.chamber or named()),
            command=command or f"import {next(iter(files))}",
            rules=Rules(many.strict, asta.settings.import_.store_birth_date, many.full, mirror=many.mode == "mirror"),
            options=ReadOptions(**many.reading, several=bool(command)),
            normalise=normalise,
            lock_wait=_seconds(many.lock_wait, asta.settings.import_.lock_wait),
        ) as opened,
    ):
        for item in opened.items.values():
            render.notices(asta, item.notices)
        with (
            change_report(many.report, files.values()) as told,
            _rejects(many.rejects, opened, whole=bool(command)) as rejects,
        ):
            opened.watch = told.watch
            report = opened.execute(many.limits())
            told.publish()
            for part, writer in zip(report.parts, rejects, strict=False):  # a refused import has no files
                writer.write((p, reason(p)) for p in part.tally.problems)
    render.finish(asta, report, many, {} if opened.items else unread(report.command, next(iter(files.values()))))


@contextmanager
def _rejects(path: str | None, opened: Import, *, whole: bool) -> Iterator[list[Rejects]]:
    """A reject file for each input; of a snapshot they make, corrected, a snapshot themselves."""
    from asta_cli.intake.sets import rejects_directory, rejects_file

    with ExitStack() as stack:
        if path and whole:
            stack.enter_context(rejects_directory(path))
        yield [
            stack.enter_context(rejects_file(path and (_named(path, kind, item) if whole else path), item))
            for kind, item in opened.items.items()
        ]


def _named(directory: str, kind: str, item: Items) -> str:
    suffix = "jsonl" if item.sieve is not None and item.sieve.source.format == "jsonl" else "csv"
    return os.path.join(directory, f"{kind}.{suffix}")


def _seconds(text: str | None, otherwise: float) -> float:
    return otherwise if text is None else read_option("--lock-wait", text, read_duration, "60s, 10m")
