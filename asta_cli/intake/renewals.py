"""Sending invitations again, and renewing what ends soon."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from asta_cli.core.errors import N_, MissingAnswer, Phrase
from asta_cli.core.invitations import ResendPlanner
from asta_cli.core.perm_rows import end
from asta_cli.core.plan import Limits
from asta_cli.core.renewing import Picked, RenewPlanner
from asta_cli.core.rows import Row
from asta_cli.intake.permissions import Said, clean_reason, terms_for
from asta_cli.intake.sets import Items
from asta_cli.run import CHUNK, Attempt, Batch, Desk, Report, Task, execute
from asta_cli.run.asking import asking
from asta_cli.run.views import GrantsWhere, grants, scope

if TYPE_CHECKING:
    from asta_cli.run import Tx


def resend(desk: Desk, row: Row, said: Said, limits: Limits) -> Report:
    """Send the invitations of the address in *row* once more."""
    terms = terms_for(desk, asking(desk), said)

    def batches(attempt: Attempt) -> list[Batch]:
        return [Batch(ResendPlanner(replace(terms(attempt), needs_reason=False)), [[row]])]

    target = " ".join(row.values.values())
    return execute(desk, Task(said.command, batches, target, "grants", single=True), limits)


def renew(desk: Desk, items: Items | None, where: GrantsWhere, until: str | None, said: Said, limits: Limits) -> Report:
    """Put off the end of the permissions that *items* name, or of those *where* they end, to the day *until*.

    Raises MissingAnswer before any row is read if an operator gives no reason.
    """
    said = replace(said, reason=clean_reason(said.reason))
    if desk.asker.operator and not said.reason and not (items and "reason" in items.columns):
        raise MissingAnswer(what=Phrase(N_("reason")), option="--reason")
    terms = terms_for(desk, asking(desk), said)

    def batches(attempt: Attempt) -> list[Batch]:
        planner = RenewPlanner(terms(attempt), end(until) if until else None)
        if items is not None:
            return [items.batch(planner)]
        return [Batch(planner, [], kind="grants", absent=lambda tx: _picked(tx, desk, where, until or ""))]

    target = items.name if items else " ".join(where.companies)
    return execute(desk, Task(said.command, batches, target, "grants", watch=said.watch), limits)


def _picked(tx: Tx, desk: Desk, where: GrantsWhere, until: str) -> Iterator[Sequence[Row]]:
    """A row for each permission that ends in time, all of them found before the first is changed."""
    found = [row[:4] for row in grants(tx, scope(tx, desk), where).rows()]
    rows = iter(enumerate(found, 1))
    while part := list(islice(rows, CHUNK)):
        yield [_pick(-number, row, until) for number, row in part]


def _pick(line: int, row: Sequence[str], until: str) -> Row:
    email, chamber, company, role = row
    values = {"email": email, "chamber": chamber, "company": company, "role": role, "valid_until": until}
    return Picked("arguments", line, values, frozenset(values))
