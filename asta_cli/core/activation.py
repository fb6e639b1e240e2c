"""Activating a company with the code of its letter: the first person to do so becomes its administrator.

A code works once, until it expires or a newer letter is issued. It is compared in constant time with every letter the
company ever had, so that a mistyped one is told from one that is used, void or expired. Who has no code of a company
learns nothing about it, not even whether there is one: Identnummern can be guessed. A company that is active and has
lost its administrators is recovered the same way: its chamber issues a new letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from asta_cli.core import codes, timeline
from asta_cli.core.accounts import NotConfirmed
from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.core.facts import Facts, Letter, Needs
from asta_cli.core.grants import ended
from asta_cli.core.keys import MacKey, same
from asta_cli.core.model import Account, AccountState, Action, Company, Grant, JobState, Kind, MailKind, Role, Value
from asta_cli.core.outbox import mail
from asta_cli.core.plan import Change, Plan
from asta_cli.core.planner import SimplePlanner, problem
from asta_cli.core.policy import Asker
from asta_cli.core.rows import Row

TRANSFER = "transfer"
REASON = "activation"
_COMPANIES_LANGUAGE = "de"  # of a company nobody knows the language; the chambers' is German


class NeedsAccount(AstaError):
    """An operator has no account that could become administrator."""

    code = "forbidden"
    status = Status.FORBIDDEN
    message = N_("a company is activated by the person who becomes its administrator")
    hint = N_("asta --as EMAIL activate {company}, or sign in first: asta login EMAIL")


class CompanyClosed(AstaError):
    """The company has ended in the register."""

    code = "company_ended"
    status = Status.REFUSED
    message = N_("company {company} has ended in the register of its chamber")
    hint = N_("ask the chamber, if the company goes on")


class WrongCode(AstaError):
    """Well formed, but of no letter of such a company; there may not even be one."""

    code = "wrong_code"
    status = Status.REFUSED
    message = N_("this code is not one of company {company}")
    hint = N_("compare Identnummer and code with the letter; a lost letter is replaced by the chamber")


class VoidCode(AstaError):
    """A newer letter was issued."""

    code = "void_code"
    status = Status.REFUSED
    message = N_("this code is void: a newer letter was issued for company {company}")
    hint = N_("use the code of the newest letter")


class ExpiredCode(AstaError):
    """Nobody used it in time."""

    code = "expired"
    status = Status.REFUSED
    message = N_("this code was valid until {until}")
    hint = N_("ask the chamber for a new letter for company {company}")


class UsedCode(AstaError):
    """Somebody used it. Who that was is not told to whoever holds a copy of the letter."""

    code = "used"
    status = Status.REFUSED
    message = N_("this code has been used already: company {company} is active")
    hint = N_("ask its administrators for a permission; if nobody knows them, ask the chamber for a new letter")


@dataclass(frozen=True, slots=True)
class Claim:
    """What is claimed: *code*, as ``codes.read`` gives it, opens the company called *ident* in one of *chambers*.

    Where several chambers have a company of this number, the code tells which one is meant.
    """

    ident: str
    chambers: frozenset[str]
    code: str = field(repr=False)
    key: MacKey


class ActivationPlanner(SimplePlanner):
    """``activate``: code, company, grant, transfer and mail, all or nothing. The same person again changes nothing."""

    counted = frozenset({Kind.COMPANY, Kind.GRANT})

    def __init__(self, claim: Claim, asker: Asker, now: str, run: int, ids: Iterator[int]) -> None:
        self._claim = claim
        self._asker = asker
        self._now = now
        self._run = run
        self._ids = ids
        self.company: Company | None = None
        self.job: int | None = None

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The company with its letters, the account, and what it holds there."""
        key = self._asker.email_key or ""
        ident, chambers = self._claim.ident, set(self._claim.chambers)
        return Needs(chambers=chambers, idents={ident}, accounts={key}, pairs={(key, ident)}, letters=True)

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """Everything that an activation is, or why there is none."""
        (row,) = rows
        try:
            account = self._account(facts)
            company, letter = self._found(account, facts)
        except AstaError as error:
            return Plan(problems=(problem(row, error.code, "company", self._claim.ident, error=error),), rows=1)
        if letter is None:
            self.company = company
            return Plan(rows=1, unchanged=1)
        self.company = company
        changes = self._changes(company, account, letter, facts)
        return Plan(tuple(changes), rows=1, proofs=frozenset({company.id}))

    def _account(self, facts: Facts) -> Account:
        account = facts.accounts.get(self._asker.email_key or "")
        if account is None:
            raise NeedsAccount(company=self._claim.ident)
        if account.state is not AccountState.CONFIRMED:
            raise NotConfirmed(email=account.email)
        return account

    def _found(self, account: Account, facts: Facts) -> tuple[Company, Letter | None]:
        """The company whose code was shown, with the letter; None if this person used it and has what it gave."""
        named = [c for c in facts.companies.get(self._claim.ident, ()) if c.chamber in self._claim.chambers]
        fitting = [(c, letter) for c in named for letter in self._fitting(c.id, facts)]
        if not named:
            self._fitting(0, facts)  # as much work as for a company that there is
        if not fitting:
            raise WrongCode(company=self._claim.ident)
        company, letter = fitting[-1]
        if not company.open:
            raise CompanyClosed(company=company.ident_number)
        return company, self._usable(company, letter, account, facts)

    def _fitting(self, company: int, facts: Facts) -> list[Letter]:
        mac = codes.code_mac(self._claim.key, company, self._claim.code)
        return [letter for letter in facts.letters.get(company, ()) if same(letter.code_mac, mac)]

    def _usable(self, company: Company, letter: Letter, account: Account, facts: Facts) -> Letter | None:
        if letter.used_at is not None:
            if letter.used_by == account.email and self._administers(company, account, facts):
                return None
            raise UsedCode(company=company.ident_number)
        if letter.void_at is not None:
            raise VoidCode(company=company.ident_number)
        if self._now >= letter.valid_until:
            raise ExpiredCode(company=company.ident_number, until=timeline.last_day(letter.valid_until))
        return letter

    def _held(self, company: Company, account: Account, facts: Facts) -> Grant | None:
        held = facts.grants.get((account.email_key, company.id), ())
        return next((g for g in held if g.role is Role.ADMINISTRATOR), None)

    def _administers(self, company: Company, account: Account, facts: Facts) -> bool:
        held = self._held(company, account, facts)
        return held is not None and held.in_force(self._now)

    def _changes(self, company: Company, account: Account, letter: Letter, facts: Facts) -> Iterator[Change]:
        used: dict[str, Value] = {"used_at": self._now, "used_by": account.email}
        unused: dict[str, Value] = {"used_at": None, "void_at": None}
        yield self._change(Kind.LETTER, Action.UPDATE, letter.id, company, used, unused)
        if not company.active:
            yield from self._activate(company)
        yield from self._grant(company, account, facts)
        if company.email:
            yield self._mail(company, company.email, account, facts)

    def _activate(self, company: Company) -> Iterator[Change]:
        active: dict[str, Value] = {"activated_at": self._now, "transfer_open": True}
        yield self._change(Kind.COMPANY, Action.UPDATE, company.id, company, active, {"activated_at": None})
        self.job = next(self._ids)
        job: dict[str, Value] = {
            "kind": TRANSFER,
            "company_id": company.id,
            "state": JobState.QUEUED.value,
            "attempts": 0,
            "progress": 0,
            "queued_at": self._now,
            "due_at": self._now,
        }
        yield self._change(Kind.JOB, Action.CREATE, self.job, company, job)

    def _grant(self, company: Company, account: Account, facts: Facts) -> Iterator[Change]:
        held = self._held(company, account, facts)
        if held is not None and held.in_force(self._now) and held.valid_until is None:
            return
        if held is not None:  # it is over, has not begun or will end: the new one takes its place
            mine: dict[str, Value] = {"email_key": account.email_key, "role": held.role.value, "ended_at": None}
            end = ended(self._now, account.email, REASON, self._run)
            yield self._change(Kind.GRANT, Action.END, held.id, company, end, mine)
        after: dict[str, Value] = {
            "email": account.email,
            "email_key": account.email_key,
            "company_id": company.id,
            "role": Role.ADMINISTRATOR.value,
            "sites": True,
            "trainer_id": None,
            "valid_from": None,
            "valid_until": None,
            "granted_at": self._now,
            "granted_by": account.email,
            "reason": REASON,
            "run_id": self._run,
        }
        yield self._change(Kind.GRANT, Action.CREATE, next(self._ids), company, after)

    def _mail(self, company: Company, recipient: str, account: Account, facts: Facts) -> Change:
        named = {"chamber": company.chamber, "ident_number": company.ident_number, "name": company.name}
        by = {"name": account.name, "email": account.email}
        params: dict[str, object] = {"company": named, "by": by, "at": self._now}
        chamber = facts.chambers.get(company.chamber)
        if chamber is not None:
            params["chamber"] = {"name": chamber.name, "email": chamber.email or ""}
        return mail(next(self._ids), MailKind.COMPANY_ACTIVATED, recipient, _COMPANIES_LANGUAGE, self._now, params)

    def _change(
        self,
        kind: Kind,
        action: Action,
        id_: int,
        company: Company,
        after: dict[str, Value],
        before: dict[str, Value] | None = None,
    ) -> Change:
        return Change(kind, action, id_, company.key, after, before or {}, company.id, company.chamber)
