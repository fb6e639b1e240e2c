"""What changes of accounts share: reading the address, ending what lets somebody in, and the last administrator."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from asta_cli.core.administrators import AdministratorGuard
from asta_cli.core.cells import Cells
from asta_cli.core.confirmation import use_link
from asta_cli.core.emails import EmailNormaliser
from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.model import Account, Kind
from asta_cli.core.office import NO_OFFICE, Office
from asta_cli.core.plan import Change, Plan, Problem, Severity
from asta_cli.core.planner import SimplePlanner, problem
from asta_cli.core.rows import Row
from asta_cli.core.service_tokens import end_token
from asta_cli.core.sessions import end_session

NAMED = 20
Email = tuple[str, str]
"""An address as it was typed, and its key."""


class DisabledForGood(AstaError):
    """A disabled account is not locked, and not unlocked in passing."""

    code = "account_disabled"
    status = Status.REFUSED
    message = N_("the account {email} has been disabled for good")
    hint = N_("to bring it back all the same: asta accounts unlock {email} --disabled --reason TEXT")


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a change of an account: who decides, when and why, and what is overridden.

    ``office`` are the chambers of whoever decides, ``exempt`` those in which companies may lose their last
    administrator. ``back``: unlocking brings a disabled account back, too.
    """

    run: int
    ids: Iterator[int]
    normalise: EmailNormaliser
    now: str
    by: str
    reason: str | None = None
    office: Office = NO_OFFICE
    exempt: Office = NO_OFFICE
    back: bool = False


class AccountPlanner(SimplePlanner, ABC):
    """One account, or several: what becomes of it, of its administrator's grants, and of whoever is signed in."""

    counted = frozenset({Kind.ACCOUNT})
    key_column = "email"

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.orphaned: list[str] = []
        self._administrators = AdministratorGuard(terms.exempt, NAMED)

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The account to ourselves, with all that belongs to it, and who else administers its companies."""
        keys = {email[1] for row in rows if (email := Cells(row).read("email", self.terms.normalise)) is not None}
        return Needs(accounts=keys, holders=set(keys), whole_accounts=True, administrators=True)

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """What each row amounts to."""
        changes: list[Change] = []
        problems: list[Problem] = []
        unchanged = 0
        for row in rows:
            cells = Cells(row)
            email = cells.read("email", self.terms.normalise, required=True)
            problems += cells.faults
            if cells.faults or email is None:
                continue
            try:
                made = self.changes(row, email, facts)
            except AstaError as error:
                problems.append(problem(row, error.code, "email", email[0], error=error))
                continue
            changes += made
            unchanged += not made
        return Plan(tuple(changes), tuple(problems), len(rows), unchanged)

    @abstractmethod
    def changes(self, row: Row, email: Email, facts: Facts) -> list[Change]:
        """What is to change for one account; nothing if it is so already. Raises AstaError to refuse it."""

    def guard(self, plan: Plan, facts: Facts) -> Plan:
        """*plan* without what would take a last administrator; an operator who overrides that is told the companies."""
        blamed, reductions = self._administrators.judge(plan, facts)
        refused = list(self._administrators.refusals(blamed, reductions))
        self.orphaned = sorted({company.key for companies in blamed.values() for company in companies})
        warnings = (
            Problem(
                where, line, "company_orphaned", "company", Severity.WARNING, company.key, {"expected": company.key}
            )
            for (where, line), companies in blamed.items()
            for company in companies
            if (where, line) not in {(p.where, p.line) for p in refused}
        )
        return replace(plan.without(refused), problems=(*plan.problems, *refused, *warnings))


def locked_out(account: Account, facts: Facts, terms: Terms, row: Row, *, for_good: bool) -> Iterator[Change]:
    """The end of every session and every mailed link of *account*, and *for_good* of its service tokens, too."""
    ends = [use_link(link, terms.now) for link in facts.account_links.get(account.id, ())]
    ends += [end_session(session, account.id, terms.now) for session in facts.sessions.get(account.id, ())]
    if for_good:
        ends += [
            end_token(token, terms.run, terms.now, terms.by, account.chamber)
            for token in facts.tokens.get(account.id, ())
        ]
    return (replace(change, chamber=account.chamber, where=row.where, line=row.line) for change in ends)
