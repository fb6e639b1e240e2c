"""What the verbs of ``asta perms`` that change something share: what was typed made into rows, and a set run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from asta_cli.cli import render
from asta_cli.cli.i18n import _
from asta_cli.cli.options import SetOptions
from asta_cli.core.errors import N_, BadForm, UsageError
from asta_cli.core.model import Role

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from asta_cli.cli.context import App
    from asta_cli.core.rows import Row
    from asta_cli.intake.change_report import ChangeReport
    from asta_cli.intake.permissions import Said

Company = Annotated[str | None, typer.Option("--company", metavar="IDENT", help=N_("The company, by its Identnummer."))]
RoleOption = Annotated[Role | None, typer.Option("--role", help=N_("The role."))]


class TwoEnds(UsageError):
    """A last day and a duration."""

    message = N_("--until and --for exclude each other")
    hint = N_("give the last day, or how many days it is to hold")


def needed(asta: App, many: SetOptions, value: str | None, what: str, option: str) -> str | None:
    """*value*, without which one item is none. Of many, the file says it, and from_either refuses it beside that."""
    return value if many.from_file else asta.need(value, what, option)


def last_day(asta: App, starting: str | None, until: str | None, duration: str | None) -> str | None:
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
    raise BadForm(option="--for", value=duration, choices="90d")


def _first_day(asta: App, starting: str | None) -> str:
    from asta_cli.commands._looking import option
    from asta_cli.core import fields

    return option("--starting", starting, fields.read_date, "31.07.2027, 2027-07-31") or asta.today()


def completed(asta: App, said: Said) -> Said:
    """*said* with what the settings and the language of this invocation add."""
    settings = asta.settings
    days = settings.perms.invitation_days
    return replace(said, usual_chamber=settings.chamber, language=asta.lang, invitation_days=days)


def rows_told(report: str | None, source: str | None) -> AbstractContextManager[ChangeReport]:
    from asta_cli.cli.reports import row_text
    from asta_cli.core.model import Kind
    from asta_cli.intake.change_report import row_report

    return row_report(report, source, Kind.GRANT, row_text)


def run_set(asta: App, row: Row, many: SetOptions, said: Said, report: str | None) -> NoReturn:
    from asta_cli.core import layouts
    from asta_cli.files.source import ReadOptions
    from asta_cli.intake.permissions import change, keys
    from asta_cli.intake.sets import from_either, rejects_file

    options = ReadOptions(**many.reading)
    fills = frozenset({"role", "chamber", "reason"})
    said = completed(asta, said)
    with from_either(row, many.from_file, layouts.GRANTS, keys(said), options=options, fills=fills) as items:
        render.notices(asta, items.notices)
        if asta.asker.operator and "reason" not in items.columns:
            said = replace(said, reason=asta.need(said.reason, _("Reason"), "--reason"))
        with (
            rows_told(report, many.from_file) as told,
            rejects_file(many.rejects, items) as rejects,
        ):
            done = change(asta.desk, items, replace(said, watch=told.watch), many.limits())
            told.publish()
            rejects.write(render.reasons(done))
    render.finish(asta, done, many)
