"""Activating a company."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from asta_cli.core import codes
from asta_cli.core.accounts import NotConfirmed
from asta_cli.core.activation import ActivationPlanner, Claim, NeedsAccount
from asta_cli.core.errors import AstaError, BadOption, Status
from asta_cli.core.facts import Needs
from asta_cli.core.fields import BadField
from asta_cli.core.ids import show_id
from asta_cli.core.model import AccountState
from asta_cli.core.naming import split_key
from asta_cli.joining.steps import one, refused
from asta_cli.run import Attempt, Desk, Report, attempts, facts_for, reading

_COMMAND = "activate"


@dataclass(frozen=True, slots=True)
class Activated:
    """What an activation did: the company as it was named or found, and the job that transfers its data."""

    report: Report
    ident: str
    name: str = ""
    job: int | None = None
    company: int | None = None

    @property
    def unchanged(self) -> bool:
        """Whether the asker had done this before."""
        return any(part.tally.unchanged for part in self.report.parts)

    @property
    def shown_job(self) -> str:
        """The job as people see it; "" if none was started."""
        return show_id(self.job) if self.job is not None else ""


def activate(desk: Desk, ident: str, chamber: str | None, usual: str | None, code: Callable[[], str]) -> Activated:
    """Activate the company called *ident* for the asker, with the *code*, asked for once it is clear who and what.

    Of several companies with that number the one in the *usual* chamber is meant, else the one whose code it is. What
    is no code at all costs no attempt; any other is counted before it is compared, for each account and Identnummer,
    whether there is such a company or not. Raises BadOption (2), Throttled (75).
    """
    try:
        prefix, number = split_key(ident)
    except BadField as bad:
        raise BadOption(option="IDENT_NUMBER", value=ident, choices=bad.fields.get("expected", "")) from None
    chamber = prefix or chamber
    try:
        chambers = _chambers(desk, number, chamber, usual)
        typed = codes.read(code())
    except AstaError as error:
        if error.status in (Status.REFUSED, Status.FORBIDDEN):
            return Activated(refused(desk, _COMMAND, f"company {ident}", error), number)
        raise
    counted = attempts.count(desk, _COMMAND, str(desk.asker.account), number)
    target = f"company {chamber}:{number}" if chamber else f"company {number}"
    activated = _run(desk, target, Claim(number, chambers, typed, desk.mac_key(codes.PURPOSE)))
    if activated.report.status is Status.OK:
        attempts.forget(desk, counted)
    return activated


def _chambers(desk: Desk, number: str, chamber: str | None, usual: str | None) -> frozenset[str]:
    """Where the company may be, if the asker could activate any. Raises NeedsAccount, NotConfirmed."""
    key = desk.asker.email_key
    if key is None:
        raise NeedsAccount(company=number)
    now = desk.now()
    facts = reading(desk, lambda tx: facts_for(tx, Needs(idents={number}, accounts={key}), now))
    if facts.accounts[key].state is not AccountState.CONFIRMED:
        raise NotConfirmed(email=desk.asker.email)
    found = frozenset(c.chamber for c in facts.companies.get(number, ()) if chamber in (None, c.chamber))
    return frozenset({usual}) if usual in found else found


def _run(desk: Desk, target: str, claim: Claim) -> Activated:
    made: list[ActivationPlanner] = []

    def planner(attempt: Attempt) -> ActivationPlanner:
        made.append(ActivationPlanner(claim, desk.asker, attempt.now, attempt.run, attempt.ids))
        return made[-1]

    report = one(desk, _COMMAND, target, planner)
    job = made[-1].job if report.status is Status.OK else None
    company = made[-1].company
    return Activated(report, claim.ident, company.name if company else "", job, company.id if company else None)
