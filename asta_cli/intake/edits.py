"""An edit by hand of one record of the register, made into one run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from asta_cli.core import fields, timeline
from asta_cli.core.edits import COMPANY, EditPlanner, Sort, assignments
from asta_cli.core.emails import EmailNormaliser
from asta_cli.core.errors import OperatorsOnly
from asta_cli.core.fields import BadField
from asta_cli.core.model import Kind
from asta_cli.core.pending import Pending
from asta_cli.core.plan import Limits
from asta_cli.core.planner import Planner
from asta_cli.core.refusal import RefusalPlanner
from asta_cli.core.register import Terms
from asta_cli.core.rows import Row, from_arguments
from asta_cli.intake.arguments import arguments
from asta_cli.intake.register import NOUNS
from asta_cli.run import Attempt, Batch, Desk, Report, Task, execute


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to become of a record: ``set`` are FIELD=VALUE, ``back`` are fields that the file has again.

    ``key``, ``companies`` and ``chamber`` name the record as the command line does.
    """

    noun: str
    key: str
    set: Sequence[str]
    back: Sequence[str]
    companies: Sequence[str] = ()
    chamber: str | None = None


def edit(desk: Desk, asked: Edit, limits: Limits, *, normalise: EmailNormaliser, store_birth_date: bool) -> Report:
    """Make the edit. Raises a ``UsageError`` for what cannot be meant, ``NotFound`` for what is not there."""
    noun = NOUNS[asked.noun]
    sort = Sort(noun.kind, noun.layout, noun.key)
    stated = assignments(asked.set, asked.back, sort.settable(store_birth_date))
    command = f"{asked.noun} set"
    if not desk.asker.operator:
        refusal = RefusalPlanner(OperatorsOnly(who=desk.asker.name, what=command))
        return execute(desk, _task(command, refusal, from_arguments()), limits)
    chamber, named = _record(desk, asked, noun.kind)
    row = arguments(**stated, **named)

    def planner(attempt: Attempt) -> Planner:
        terms = Terms(
            chamber=chamber,
            now=attempt.now,
            today=timeline.today(attempt.now),
            ids=attempt.ids,
            normalise=normalise,
            pending=Pending(remember=attempt.ahead),
            strict=True,
            store_birth_date=store_birth_date,
        )
        return EditPlanner(sort, noun.planner(terms), asked.back)

    target = f"{noun.kind} {chamber}:{named[noun.key[0]]}"
    task = Task(
        command,
        lambda attempt: [Batch(planner(attempt), [[row]], kind=asked.noun)],
        target=target,
        kind=asked.noun,
        chamber=chamber,
        single=True,
    )
    return execute(desk, task, limits)


def _task(command: str, planner: Planner, row: Row) -> Task:
    return Task(command, lambda attempt: [Batch(planner, [[row]])], single=True)


def _record(desk: Desk, asked: Edit, kind: Kind) -> tuple[str, Mapping[str, str]]:
    """The chamber of the record that is meant, and what names it there. Raises NotFound, SeveralRecords, Ambiguous."""
    from asta_cli.run import views

    if kind is Kind.COMPANY:
        row = views.one(desk, lambda tx, scope: views.company(tx, scope, asked.key, asked.chamber))
        return row[0], {"ident_number": row[1]}
    chamber, number = _split(asked.key)
    where = views.Where(companies=asked.companies, chamber=chamber or asked.chamber, all=True)
    if kind is Kind.TRAINER:
        row = views.one(desk, lambda tx, scope: views.trainer(tx, scope, number, where))
        return row[1], {"trainer_number": row[0], COMPANY: row[2]}
    row = views.one(desk, lambda tx, scope: views.trainee(tx, scope, number, where))
    return row[1], {"trainee_number": row[0]}


def _split(key: str) -> tuple[str | None, str]:
    """``177:T-1`` as chamber and number; the chamber is None where none stands before a colon."""
    chamber, colon, number = key.partition(":")
    try:
        return (fields.chamber_number(chamber), number) if colon else (None, key)
    except BadField:
        return None, key
