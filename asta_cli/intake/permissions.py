"""Changing permissions and asking about them, from arguments or a file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, replace

from asta_cli.addresses import normalise
from asta_cli.core import fields
from asta_cli.core.emails import all_simple
from asta_cli.core.errors import N_, BadOption, MissingAnswer, Phrase
from asta_cli.core.fields import BadField
from asta_cli.core.granting import GrantPlanner
from asta_cli.core.model import Role
from asta_cli.core.perm_rows import INVITATION_DAYS, Terms, key_of
from asta_cli.core.perms import PermissionPlanner
from asta_cli.core.plan import Limits
from asta_cli.core.policy import Authority
from asta_cli.core.rows import Row
from asta_cli.files.columns import ColumnKey
from asta_cli.files.sieve import KeyOf
from asta_cli.files.text import BadValue, clean, shorten
from asta_cli.intake.sets import Items
from asta_cli.run import Attempt, Batch, Desk, Report, Task, execute
from asta_cli.run.asking import asking
from asta_cli.run.task import Watch

_REASON_RULE = Phrase(N_("a text of up to 4096 characters on one line, without control characters"))


@dataclass(frozen=True, slots=True)
class Said:
    """What the command said for the set as a whole: ``role``, ``chamber`` and ``reason`` fill empty cells.

    ``usual_chamber`` is the one meant where a company's number alone is not enough.
    """

    command: str
    planner: type[PermissionPlanner] = GrantPlanner
    role: Role | None = None
    chamber: str | None = None
    usual_chamber: str | None = None
    reason: str | None = None
    orphan_ok: bool = False
    language: str = "de"
    invitation_days: int = INVITATION_DAYS
    watch: Watch | None = None


def change(desk: Desk, items: Items, said: Said, limits: Limits) -> Report:
    """Grant or revoke *items*. Raises MissingAnswer before any row is read if an operator gives no reason."""
    asker, seeing, reason = desk.asker, asking(desk), clean_reason(said.reason)
    if asker.operator and not reason and "reason" not in items.columns:
        raise MissingAnswer(what=Phrase(N_("reason")), option="--reason")

    terms = terms_for(desk, seeing, replace(said, reason=reason))

    def batches(attempt: Attempt) -> list[Batch]:
        return [items.batch(said.planner(terms(attempt)))]

    target = " ".join(items.row.values.values()) if items.row else items.name
    return execute(desk, Task(said.command, batches, target, "grants", single=items.single, watch=said.watch), limits)


def terms_for(desk: Desk, seeing: Authority, said: Said) -> Callable[[Attempt], Terms]:
    """The terms of each attempt at what *said* asks for, its reason cleaned; *seeing*: what the asker may know of."""
    return lambda attempt: Terms(
        asking=seeing,
        run=attempt.run,
        ids=attempt.ids,
        normalise=normalise,
        now=attempt.now,
        role=said.role,
        reason=said.reason,
        chamber=said.chamber,
        usual_chamber=said.usual_chamber,
        needs_reason=desk.asker.operator,
        orphan_ok=said.orphan_ok,
        language=said.language,
        invitation_days=said.invitation_days,
    )


def clean_reason(text: str | None) -> str | None:
    """*text* as clean as a cell of a file, for others will read it. Raises BadOption."""
    try:
        return clean(text) if text else None
    except BadValue as bad:
        raise BadOption(option="--reason", value=shorten(text or ""), choices=_REASON_RULE) from bad


def keys(said: Said) -> KeyOf:
    """What tells which grant a row is about, for finding rows about the same one."""
    if not said.planner.whole:
        return lambda row: key_of(row, normalise, said.role, whole=False)
    return GrantKey(("email", "company", "role"), said.role)


@dataclass(frozen=True, slots=True)
class GrantKey(ColumnKey):
    """Which grant a row is about; *role* fills an empty cell."""

    role: Role | None = None

    def __call__(self, row: Row) -> Hashable | None:
        """The key of *row*."""
        return key_of(row, normalise, self.role, whole=True)

    def within(self, columns: Collection[str]) -> GrantKey | None:
        """The key in a file with *columns*, which may do without the role."""
        there = tuple(column for column in self.columns if column in columns)
        return replace(self, columns=there) if {"email", "company"} <= set(there) else None

    def told(self, cells: Sequence[tuple[str, ...]]) -> Sequence[Hashable | None] | None:
        """The keys of rows with plain addresses and bare numbers; None if there are others."""
        if not cells:
            return cells
        parts: list[tuple[str, ...]] = list(zip(*cells, strict=True))
        emails, idents, roles = parts[0], parts[1], parts[2] if len(parts) > 2 else ("",) * len(cells)
        if not all_simple(emails) or ":" in "".join(idents):
            return None
        try:
            named = {text: str(fields.role(text) if text else self.role) for text in set(roles)}
        except BadField:
            return None
        return list(zip([email.lower() for email in emails], idents, map(named.__getitem__, roles), strict=True))
