"""Decisions about accounts: locking, disabling, offboarding and another address, each around one run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from asta_cli.addresses import normalise
from asta_cli.core.account_changes import AccountPlanner, Terms
from asta_cli.core.account_states import Decision, StatePlanner
from asta_cli.core.email_changes import ChangeEmailPlanner
from asta_cli.core.errors import N_, MissingAnswer, OperatorsOnly, Phrase
from asta_cli.core.fields import BadField
from asta_cli.core.links import Terms as LinkTerms
from asta_cli.core.model import Kind
from asta_cli.core.offboarding import OffboardPlanner
from asta_cli.core.office import NO_OFFICE
from asta_cli.core.plan import Limits
from asta_cli.core.refusal import RefusalPlanner
from asta_cli.core.rows import Row
from asta_cli.intake.arguments import arguments
from asta_cli.intake.permissions import clean_reason
from asta_cli.run import Attempt, Batch, Desk, Report, Task, execute
from asta_cli.run.asking import for_operators

ENDED = {
    "grants": Kind.GRANT,
    "sessions": Kind.SESSION,
    "links": Kind.LINK,
    "tokens": Kind.TOKEN,
    "offices": Kind.OPERATOR,
}
"""What of a leaver's is counted, and under which key."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the command said: about whom, why, and what is overridden. ``back``: a disabled account, too."""

    email: str
    reason: str | None = None
    orphan_ok: bool = False
    back: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """A report; the companies that lose their last administrator by it, or would; and what of a leaver's ended."""

    report: Report
    orphaned: tuple[str, ...] = ()
    ended: Mapping[str, int] = field(default_factory=dict)


def decide(desk: Desk, decision: Decision, said: Said, limits: Limits) -> Decided:
    """Lock, unlock or disable an account. Raises MissingAnswer, BadOption."""
    return _decided(desk, f"accounts {decision}", said, limits, lambda terms: StatePlanner(terms, decision))


def offboard(desk: Desk, said: Said, limits: Limits) -> Decided:
    """End everything of a person. Raises MissingAnswer, BadOption."""
    return _decided(desk, "accounts offboard", said, limits, OffboardPlanner)


def _decided(
    desk: Desk, command: str, said: Said, limits: Limits, planner: Callable[[Terms], AccountPlanner]
) -> Decided:
    reason = clean_reason(said.reason)
    if desk.asker.operator and not reason:
        raise MissingAnswer(what=Phrase(N_("reason")), option="--reason")
    row = arguments(email=said.email)
    made: list[AccountPlanner] = []

    def batches(attempt: Attempt) -> list[Batch]:
        by, office = desk.asker.name, desk.asker.office
        exempt = office if said.orphan_ok else NO_OFFICE
        terms = Terms(attempt.run, attempt.ids, normalise, attempt.now, by, reason, office, exempt, said.back)
        made.append(planner(terms))
        return [Batch(made[-1], [[row]])]

    target = row.values.get("email", "")
    report = execute(desk, for_operators(desk, Task(command, batches, target, "accounts", single=True)), limits)
    if not made:
        return Decided(report)
    last = made[-1]
    ended = {name: last.ended[kind] for name, kind in ENDED.items()} if isinstance(last, OffboardPlanner) else {}
    return Decided(report, tuple(last.orphaned), ended)


def change_email(desk: Desk, old: str, new: str, limits: Limits) -> tuple[Report, bool]:
    """Ask *new* whether it shall be the address of the account *old*: operators for anyone, others for themselves.

    Also tells whether it is so already; then whoever else was asked is asked no longer.
    """
    command = "accounts change-email"
    row = arguments(email=old, new_email=new)
    if not desk.asker.operator and _key(row) != desk.asker.email_key:
        refusal = RefusalPlanner(OperatorsOnly(who=desk.asker.name, what=command))
        task = Task(command, lambda attempt: [Batch(refusal, [[row]])], old, single=True)
        return execute(desk, task, limits), False
    made: list[ChangeEmailPlanner] = []

    def batches(attempt: Attempt) -> list[Batch]:
        terms = LinkTerms(attempt.now, attempt.ids, normalise, desk.asker.operator)
        made.append(ChangeEmailPlanner(terms))
        return [Batch(made[-1], [[row]])]

    report = execute(desk, Task(command, batches, row.values.get("email", ""), "accounts", single=True), limits)
    return report, any(planner.stays for planner in made[-1:])


def _key(row: Row) -> str:
    try:
        return normalise(row.values["email"])[1]
    except (KeyError, BadField):
        return ""
