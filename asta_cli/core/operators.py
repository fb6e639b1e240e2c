"""Operators: who sits at the desk of a chamber. Their office hangs on an e-mail key, as a grant does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from asta_cli.core import fields
from asta_cli.core.cells import Cells
from asta_cli.core.chambers import UnknownChamber
from asta_cli.core.emails import EmailNormaliser
from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.grants import ended
from asta_cli.core.model import Account, Action, Kind, MailKind, Value
from asta_cli.core.office import Officer, office_key
from asta_cli.core.outbox import mail
from asta_cli.core.plan import Change, Plan, Problem
from asta_cli.core.planner import SimplePlanner, problem
from asta_cli.core.rows import Row
from asta_cli.core.service_tokens import end_token

_LANGUAGE = "de"
Values = dict[str, Value]
Email = tuple[str, str]


class OperatorThere(AstaError):
    """``--bootstrap`` is for an installation that nobody could administer otherwise."""

    code = "operator_there"
    status = Status.REFUSED
    message = N_("there is an operator of every chamber already who can sign in")
    hint = N_("they can add others: asta operators add EMAIL --everywhere --reason TEXT")


@dataclass(frozen=True, slots=True)
class Terms:
    """Who decides about operators, when, in which run, and why."""

    run: int
    now: str
    ids: Iterator[int]
    normalise: EmailNormaliser
    by: str
    reason: str


class OfficePlanner(SimplePlanner, ABC):
    """What adding and removing have in common: a row names an address, and a chamber, "" for every one.

    Whoever is concerned gets a mail, once it is clear what the asker may do.
    """

    counted = frozenset({Kind.OPERATOR})
    key_column = "email"
    mail_kind: MailKind

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self._accounts: dict[str, Account] = {}
        self._decided: list[Change] = []

    def needs(self, rows: Sequence[Row]) -> Needs:
        """The chambers, the accounts with all that is theirs, and every operator there is."""
        needs = Needs(officers=True, whole_accounts=True)
        for row in rows:
            email = Cells(row).read("email", self.terms.normalise)
            needs.accounts.update({email[1]} if email else ())
            needs.holders.update({email[1]} if email else ())
            needs.chambers.update({row.values["chamber"]} if row.values.get("chamber") else ())
        return needs

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """What the rows amount to."""
        self._accounts |= facts.accounts
        changes: list[Change] = []
        problems: list[Problem] = []
        for row in rows:
            cells = Cells(row)
            email = cells.read("email", self.terms.normalise, required=True)
            chamber = cells.read("chamber", fields.chamber_number)
            if email is None or cells.faults:
                problems += cells.faults
                continue
            try:
                changes += self.decide(row, email, chamber, facts)
            except AstaError as error:
                problems.append(problem(row, error.code, "email", email[0], error=error))
        rest = len(rows) - len({(p.where, p.line) for p in problems} | {(c.where, c.line) for c in changes})
        return Plan(tuple(changes), tuple(problems), len(rows), rest)

    @abstractmethod
    def decide(self, row: Row, email: Email, chamber: str | None, facts: Facts) -> Sequence[Change]:
        """The changes that *row* asks for. Raises AstaError to refuse it."""

    def accepted(self, plan: Plan, facts: Facts) -> None:
        """Remember what was decided."""
        self._decided += [change for change in plan.changes if change.kind is Kind.OPERATOR]

    def finish(self, facts: Facts) -> Plan:
        """The mails."""
        return Plan(tuple(self._mail(change) for change in self._decided))

    def _mail(self, change: Change) -> Change:
        account = self._accounts.get(str({**change.before, **change.after}["email_key"]))
        return told_of_office(self.mail_kind, change, account, next(self.terms.ids), self.terms.now, self.terms.by)


class AppointPlanner(OfficePlanner):
    """``operators add``. A repeat changes nothing; *bootstrap* is refused where an operator is in force."""

    mail_kind = MailKind.OPERATOR_ADDED

    def __init__(self, terms: Terms, *, impersonate: bool, bootstrap: bool = False) -> None:
        super().__init__(terms)
        self._impersonate = impersonate
        self._bootstrap = bootstrap

    def decide(self, row: Row, email: Email, chamber: str | None, facts: Facts) -> Sequence[Change]:
        """A record that is new, or says more than before. Raises OperatorThere, UnknownChamber."""
        if self._bootstrap and any(officer.usable and officer.chamber is None for officer in facts.officers):
            raise OperatorThere()
        if chamber is not None and chamber not in facts.chambers:
            raise UnknownChamber(key=chamber)
        held = next((o for o in facts.officers if (o.email_key, o.chamber) == (email[1], chamber)), None)
        if held is None:
            return [self._create(row, email, chamber)]
        more: Values = {"impersonate": True} if self._impersonate and not held.impersonate else {}
        return [_change(row, held, Action.UPDATE, more, {"impersonate": held.impersonate})]

    def _create(self, row: Row, email: Email, chamber: str | None) -> Change:
        t = self.terms
        after: Values = {"email": email[0], "email_key": email[1], "chamber": chamber}
        after |= {"impersonate": self._impersonate, "added_at": t.now, "added_by": t.by}
        after |= {"reason": t.reason, "run_id": t.run}
        key = office_key(email[0], chamber)
        return Change(Kind.OPERATOR, Action.CREATE, next(t.ids), key, after, {}, None, chamber, row.where, row.line)


class DismissPlanner(OfficePlanner):
    """``operators remove``: the end of an office; with the last one that of the service tokens of whoever held it.

    A row without a chamber means all that the asker may end. Tokens stay where the account is not the asker's alone to
    see to: they can do no more than what is left of it.
    """

    mail_kind = MailKind.OPERATOR_REMOVED

    def decide(self, row: Row, email: Email, chamber: str | None, facts: Facts) -> Sequence[Change]:
        """The ends."""
        every = "chamber" not in row.columns
        held = [o for o in facts.officers if o.email_key == email[1]]
        going = [o for o in held if every or o.chamber == chamber]
        t = self.terms
        end = ended(t.now, t.by, t.reason, t.run)
        ends = [_change(row, officer, Action.END, end, {}, optional=every) for officer in going]
        return [*ends, *self._tokens(row, email, facts)] if going and going == held else ends

    def _tokens(self, row: Row, email: Email, facts: Facts) -> Iterator[Change]:
        account, t = facts.accounts.get(email[1]), self.terms
        for token in facts.tokens.get(account.id, ()) if account else ():
            end = end_token(token, t.run, t.now, t.by, None)
            yield replace(end, where=row.where, line=row.line, optional=True)


def told_of_office(kind: MailKind, change: Change, account: Account | None, id_: int, now: str, by: str) -> Change:
    """The mail *id_* to whoever gets or loses an office by *change*, which is *by* somebody."""
    said = {**change.before, **change.after}
    params: dict[str, object] = {"of": change.chamber or "", "by": by}
    params |= {"impersonate": bool(said.get("impersonate"))} | ({"name": account.name} if account else {})
    return mail(id_, kind, str(said["email"]), account.language if account else _LANGUAGE, now, params)


def _change(
    row: Row, officer: Officer, action: Action, after: Values, before: Values, *, optional: bool = False
) -> Change:
    before = {"email": officer.email, "email_key": officer.email_key, "ended_at": None, **before}
    key, place = office_key(officer.email, officer.chamber), (None, officer.chamber, row.where, row.line)
    hollow = not after
    return Change(Kind.OPERATOR, action, officer.id, key, after, before, *place, optional=optional, hollow=hollow)
