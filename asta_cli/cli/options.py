"""The options that many commands share."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Literal, TypedDict

import typer

from asta_cli.cli.bundles import Bundle
from asta_cli.cli.i18n import _
from asta_cli.core.errors import N_, BadOption

if TYPE_CHECKING:
    from asta_cli.core.plan import Limits

CompanyFilter = Annotated[
    list[str] | None,
    typer.Option("--company", metavar="IDENT", help=N_("Only this company; may be repeated.")),
]
ChamberOption = Annotated[str | None, typer.Option("--chamber", metavar="NO", help=N_("The chamber meant."))]
Reason = Annotated[
    str | None, typer.Option("--reason", metavar="TEXT", help=N_("Why; it goes into the audit log and the mail."))
]
OrphanOk = Annotated[
    bool, typer.Option("--orphan-ok", help=N_("Also if a company loses its last usable administrator."))
]
ReportFile = Annotated[
    str | None,
    typer.Option("--report", metavar="FILE", help=N_("Write every change to this file, a line for each field.")),
]
RowReport = Annotated[
    str | None,
    typer.Option("--report", metavar="FILE", help=N_("Write every row and what became of it to this file.")),
]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="TIME", help=N_("Ask about another moment: 2027-07-31 or 2027-07-31T14:30.")),
]
_COUNT = re.compile("[0-9]{1,9}")
_SHARE = re.compile("([0-9]{1,3}(?:[.,][0-9]{1,6})?) ?%")


class Reading(TypedDict):
    """How a file of rows is to be read; empty means: find out. The fields of ``files.ReadOptions``."""

    input_format: str
    encoding: str
    delimiter: str
    allow_empty: bool
    sheet: str
    mapping: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOptions(Bundle):
    """What every listing can be asked for."""

    format: Annotated[
        Literal["table", "json", "jsonl", "csv", "ids", "count"],
        typer.Option("--format", help=N_("Form of the output.")),
    ] = "table"
    fields: Annotated[
        str | None, typer.Option("--fields", metavar="A,B", help=N_("Only these columns, in this order."))
    ] = None
    sort: Annotated[
        str | None, typer.Option("--sort", metavar="A,-B", help=N_("Sort by these columns, - for the other way round."))
    ] = None
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=0, help=N_("At most this many rows."))] = None
    output: Annotated[
        str | None, typer.Option("--output", metavar="FILE", help=N_("Write to this file, whole or not at all."))
    ] = None
    all: Annotated[bool, typer.Option("--all", help=N_("Also what is over: ended, expired."))] = False
    wide: Annotated[bool, typer.Option("--wide", help=N_("Every column of a table, nothing shortened."))] = False
    excel: Annotated[bool, typer.Option("--excel", help=N_("CSV that a German Excel opens by double click."))] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowOptions(Bundle):
    """What a command that shows one thing can be asked for."""

    format: Annotated[Literal["text", "json"], typer.Option("--format", help=N_("Form of the output."))] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOptions(Bundle):
    """What every command that changes something can be asked for."""

    dry_run: Annotated[bool, typer.Option("--dry-run", help=N_("Say what would happen, write nothing."))] = False
    format: Annotated[Literal["text", "json"], typer.Option("--format", help=N_("Form of the report."))] = "text"

    def limits(self) -> Limits:
        """What the road is to do about bad rows. Raises BadOption."""
        from asta_cli.core.plan import Limits

        return Limits(dry_run=self.dry_run)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOptions(ChangeOptions):
    """What every command that works on the rows of a file can be asked for."""

    keep_going: Annotated[bool, typer.Option("--keep-going", help=N_("Write the good rows and reject the rest."))] = (
        False
    )
    max_errors: Annotated[
        str | None,
        typer.Option("--max-errors", metavar="N|P%", help=N_("With --keep-going: reject at most so many rows.")),
    ] = None
    rejects: Annotated[
        str | None,
        typer.Option("--rejects", metavar="FILE", help=N_("Write the rejected rows to this file, in a dry run, too.")),
    ] = None
    input_format: Annotated[
        Literal["csv", "jsonl", "xlsx"] | None, typer.Option("--input-format", help=N_("Form of the input file."))
    ] = None
    delimiter: Annotated[
        str | None, typer.Option("--delimiter", metavar="CHAR", help=N_("What separates its columns."))
    ] = None
    encoding: Annotated[
        str | None, typer.Option("--encoding", metavar="NAME", help=N_("Its encoding: utf-8, cp1252, …"))
    ] = None
    sheet: Annotated[
        str | None, typer.Option("--sheet", metavar="NAME", help=N_("The sheet of a workbook; otherwise the first."))
    ] = None
    mapping: Annotated[
        str | None,
        typer.Option(
            "--mapping",
            metavar="FILE",
            help=N_('Own headings and values, in TOML: [columns] "Betriebs-Nr" = "ident_number".'),
        ),
    ] = None
    allow_empty: Annotated[bool, typer.Option("--allow-empty", help=N_("A file without records is meant."))] = False

    def limits(self) -> Limits:
        """What the road is to do about bad rows. Raises BadOption."""
        from asta_cli.core.plan import Limits

        bound, percent = (None, False) if self.max_errors is None else share(self.max_errors, "--max-errors")
        return Limits(self.dry_run, self.keep_going, bound, percent)

    @property
    def reading(self) -> Reading:
        """How the file is to be read: ``files.ReadOptions(**many.reading)``."""
        return Reading(
            input_format=self.input_format or "",
            encoding=self.encoding or "",
            delimiter=self.delimiter or "",
            allow_empty=self.allow_empty,
            sheet=self.sheet or "",
            mapping=self.mapping or "",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardedOptions(FileOptions):
    """What a command can be asked for whose file is taken for the whole truth, or could be the wrong one."""

    max_ended: Annotated[
        str,
        typer.Option(
            "--max-ended",
            metavar="N|P%",
            help=N_("Hold the run if it would end more of a kind; 20 always pass, unless they are more than half."),
        ),
    ] = "5%"
    max_updated: Annotated[
        str, typer.Option("--max-updated", metavar="N|P%", help=N_("Hold it if it would change more of a kind."))
    ] = "30%"
    max_created: Annotated[
        str, typer.Option("--max-created", metavar="N|P%", help=N_("Hold it if it would add more to a kind."))
    ] = "50%"

    def limits(self) -> Limits:
        """What the road is to do about bad rows and suspicious files. Raises BadOption."""
        from asta_cli.core.guard import Bounds, Share

        asked = {"ended": self.max_ended, "updated": self.max_updated, "created": self.max_created}
        shares = {name: Share(*share(text, f"--max-{name}")) for name, text in asked.items()}
        return replace(FileOptions.limits(self), bounds=Bounds(**shares))


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOptions(FileOptions):
    """What every command that takes one item from arguments or many from a file can be asked for."""

    from_file: Annotated[
        str | None, typer.Option("--from", metavar="FILE", help=N_("Many at once, from a file; - is standard input."))
    ] = None


def share(text: str, option: str) -> tuple[float, bool]:
    """The bound that *text* sets and whether it is a share in percent. Raises BadOption."""
    if _COUNT.fullmatch(text):
        return float(text), False
    found = _SHARE.fullmatch(text)
    percent = float(found[1].replace(",", ".")) if found else -1
    if not 0 <= percent <= 100:
        raise BadOption(option=option, value=text, choices=_("a number of rows, or a share such as 2%"))
    return percent, True
