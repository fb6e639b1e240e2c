"""``perms grant``: what is not stated stays as it is; a reason alone is no change; a repeat changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from asta_cli.core import fields
from asta_cli.core.columns import ColumnRows
from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.core.facts import Facts, Needs, TrainerRecord
from asta_cli.core.fields import BadField
from asta_cli.core.grant_sheets import GrantSheet, by_columns, in_columns
from asta_cli.core.model import AccountState, Action, Company, Grant, Kind, MailKind, Role, Value
from asta_cli.core.outbox import mail
from asta_cli.core.perm_rows import NEVER, NO_TRAINER, Terms, Wanted, not_yet_confirmed
from asta_cli.core.perms import Chosen, PermissionPlanner, change_of, conflict, once, refusal
from asta_cli.core.plan import Change, Plan, Problem
from asta_cli.core.planner import problem
from asta_cli.core.rows import Row
from asta_cli.core.sheets import Memo

_COLUMNS = {"sites": "sites", "trainer": "trainer_id", "valid_from": "valid_from", "valid_until": "valid_until"}
_REDUCING = frozenset({"valid_from", "valid_until", "sites"})
_News = tuple[int, Company, str]
"""Of a new grant: its id, where it holds, its role."""


class CompanyEnded(AstaError):
    """The company is ended in the register, so a new grant would give nothing."""

    code = "company_ended"
    status = Status.REFUSED
    message = N_("company {company} is ended in the register")
    hint = N_("a grant can be given once the chamber reopens the company")


class UnknownTrainer(AstaError):
    """The named trainer record does not exist at that company."""

    code = "unknown_trainer"
    status = Status.REFUSED
    message = N_("trainer {number} is not known at company {company}")
    hint = N_("asta trainers list --company {company} shows the numbers")


class NoTrainer(UnknownTrainer):
    """A trainer's grant that shows nothing yet; a warning."""

    message = N_("{email} will see no trainees at company {company}: no trainer there has this address")
    hint = N_("name the trainer with --trainer; asta trainers list --company {company} shows the numbers")


class HolderBlocked(AstaError):
    """A grant to somebody whom the chamber has shut out; a warning, told to the chamber only."""

    code = "account_blocked"
    status = Status.REFUSED
    message = N_("the account {email} is locked or disabled, so the permission gives nothing until it is unlocked")
    hint = N_("asta accounts show {email} tells why; asta accounts unlock {email} lets it be used again")


class EndBeforeStart(AstaError):
    """The grant would end before it begins: one of the days is stated, the other stands in the grant that there is."""

    code = "end_before_start"
    status = Status.USAGE
    message = N_("the permission of {email} at company {company} would end before it begins")
    hint = N_("state both its first and its last day, or --until never")


class GrantPlanner(PermissionPlanner):
    """Rows of permissions to give."""

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._mails: dict[tuple[str, MailKind], tuple[str, str, list[_News]]] = {}
        self._memos: dict[str, Memo] = {}
        self._sheet: GrantSheet | None = None

    def needs(self, rows: Sequence[Row]) -> Needs:
        """What the rows need, one by one or in columns."""
        self._sheet = None
        if not isinstance(rows, ColumnRows) or not self.by_columns(rows):
            return super().needs(rows)
        self._sheet = GrantSheet(rows, self.terms, self._memos)
        return self._sheet.needs(super().needs(self._sheet.rest()))

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """What these rows amount to; those about which there is nothing to say, in columns."""
        if self._sheet is None:
            return super().plan(rows, facts)
        blocks = in_columns(self._sheet, facts, self.named)
        plan = super().plan(self._sheet.rest(), facts)
        return replace(plan, rows=len(rows), blocks=tuple(blocks))

    def by_columns(self, rows: ColumnRows) -> bool:
        """Whether *rows* may be taken by columns."""
        return by_columns(rows, self.terms)

    def may_reduce(self, row: Row) -> bool:
        """A later start, an end, or leaving out the sites can orphan a company."""
        stated = any(_reduces(name, row.values[name]) for name in _REDUCING & row.values.keys())
        return stated and self.may_be_administrator(row)

    def doubtful(self, rows: ColumnRows) -> Iterable[int]:
        """Those that state what can."""
        found: set[int] = set()
        for name in _REDUCING & rows.columns:
            cells = rows.column(name)
            reducing = {text for text in set(cells) if text and _reduces(name, text)}
            if reducing:
                found.update(at for at, text in enumerate(cells) if text in reducing)
        return sorted(found)

    def choose(self, rows: Sequence[Row]) -> Chosen:
        """The first of rows that mean the same; none of rows that do not."""
        return once(rows, "email") if len({self._meaning(row) for row in rows}) == 1 else conflict(rows, "email")

    def _meaning(self, row: Row) -> object:
        wanted = self.read(row)
        if wanted is None:
            return frozenset(row.values.items())
        w = wanted
        return w.role, w.sites, w.trainer_number, w.valid_from, w.valid_until, w.reason

    def changes(self, wanted: Wanted, facts: Facts, warnings: list[Problem]) -> list[Change]:
        """A new grant, or what is stated otherwise than it is."""
        company = self.company(wanted, facts)
        held = next((g for g in facts.grants.get((wanted.key, company.id), ()) if g.role is wanted.role), None)
        if held is not None and held.open(facts.now):
            return self._changed(wanted, held, company, facts, warnings)
        if not company.open:
            warnings.append(refusal(wanted, CompanyEnded(company=company.key)))
            warnings = []  # who is refused needs no warning as well
        closing = [_close(wanted, held, company)] if held is not None else []
        return [*closing, self._created(wanted, company, facts, warnings)]

    def _changed(self, w: Wanted, held: Grant, company: Company, facts: Facts, warnings: list[Problem]) -> list[Change]:
        trainer = self._trainer(w, company, facts)
        after = held._replace(
            sites=held.sites if w.sites is None else w.sites,
            trainer=trainer.id if trainer else None if w.trainer_number == NO_TRAINER else held.trainer,
            valid_from=w.valid_from or held.valid_from,
            valid_until=_last(w, held.valid_until),
        )
        names = [n for n in _COLUMNS if getattr(held, n) != getattr(after, n)]
        if not names:
            return [change_of(w, Action.UPDATE, held, company, {}, hollow=True)]
        if after.valid_from and after.valid_until and after.valid_until <= after.valid_from:
            warnings.append(refusal(w, EndBeforeStart(email=held.email, company=company.key)))
        before: dict[str, Value] = {_COLUMNS[n]: getattr(held, n) for n in names}
        values: dict[str, Value] = {_COLUMNS[n]: getattr(after, n) for n in names}
        if "valid_until" in names:
            values["reminded_at"] = None  # of the new end nobody has been reminded
        if w.reason:
            before["reason"], values["reason"] = held.reason, w.reason
        return [change_of(w, Action.UPDATE, held, company, values, before)]

    def _created(self, w: Wanted, company: Company, facts: Facts, warnings: list[Problem]) -> Change:
        account = facts.accounts.get(w.key)
        invited = not_yet_confirmed(account)
        trainer = self._linked(w, company, facts, warnings)
        email = account.email if account else w.email
        if account is not None and account.blocked and self.terms.tells_accounts(company):
            error = HolderBlocked(email=email)
            warnings.append(problem(w.row, error.code, "email", email, warning=True, error=error))
        assert w.role is not None
        grant = Grant(
            id=next(self.terms.ids),
            email=email,
            email_key=w.key,
            company=company.id,
            role=w.role,
            sites=w.role is not Role.TRAINER if w.sites is None else w.sites,
            trainer=trainer.id if trainer else None,
            valid_from=w.valid_from,
            valid_until=_last(w, None),
            ended_at=None,
            confirmed=account is not None and account.state is AccountState.CONFIRMED,
            reason=w.reason,
            invited_until=self.terms.invited_until if invited else None,
        )
        return change_of(w, Action.CREATE, grant, company, self._record(grant))

    def _record(self, grant: Grant) -> dict[str, Value]:
        return {
            "email": grant.email,
            "email_key": grant.email_key,
            "company_id": grant.company,
            "role": grant.role.value,
            "sites": grant.sites,
            "trainer_id": grant.trainer,
            "valid_from": grant.valid_from,
            "valid_until": grant.valid_until,
            "granted_at": self.terms.now,
            "granted_by": self.terms.granted_by,
            "reason": grant.reason,
            "run_id": self.terms.run,
            "invited_until": grant.invited_until,
        }

    def _linked(self, w: Wanted, company: Company, facts: Facts, warnings: list[Problem]) -> TrainerRecord | None:
        """The trainer record of a new grant; without one it shows no trainees, which is worth a warning."""
        if w.role is not Role.TRAINER:
            return None
        trainer = self._trainer(w, company, facts) or self._only_trainer(w, company, facts)
        if trainer is None:
            error = NoTrainer(email=w.email, company=company.key)
            warnings.append(problem(w.row, error.code, "trainer_number", warning=True, error=error))
        return trainer

    def _trainer(self, w: Wanted, company: Company, facts: Facts) -> TrainerRecord | None:
        if not w.trainer_number:
            return None
        for trainer in facts.trainers_of.get(company.id, ()):
            if trainer.number == w.trainer_number:
                return trainer
        raise UnknownTrainer(number=w.trainer_number, company=company.key)

    def _only_trainer(self, w: Wanted, company: Company, facts: Facts) -> TrainerRecord | None:
        if w.trainer_number == NO_TRAINER:
            return None
        same = [t for t in facts.trainers_of.get(company.id, ()) if t.open and t.email and self._key(t.email) == w.key]
        return same[0] if len(same) == 1 else None

    def _key(self, email: str) -> str | None:
        try:
            return self.terms.normalise(email)[1]
        except BadField:
            return None

    def accepted(self, plan: Plan, facts: Facts) -> None:
        """Whoever was given something new is told once, with every company; who gave it to themselves knows."""
        for change in plan.changes:
            if change.kind is Kind.GRANT and change.action is Action.CREATE:
                after, company = change.after, facts.by_id[int(str(change.company))]
                self._tell(
                    str(after["email_key"]), str(after["email"]), (change.id, company, str(after["role"])), facts
                )
        for block in plan.blocks:
            news = zip(block.ids, block.companies, map(str, block.column("role")), strict=True)
            for key, email, new in zip(block.column("email_key"), block.column("email"), news, strict=True):
                self._tell(str(key), str(email), new, facts)

    def _tell(self, key: str, email: str, new: _News, facts: Facts) -> None:
        if key == self.terms.own_key:
            return
        account = facts.accounts.get(key)
        kind = MailKind.INVITED if not_yet_confirmed(account) else MailKind.GRANTED
        known = self._mails.get((key, kind))
        if known is None:
            known = self._mails[key, kind] = email, account.language if account else self.terms.language, []
        known[2].append(new)

    def finish(self, facts: Facts) -> Plan:
        """One mail per person, naming all companies."""
        mails = [
            mail(next(self.terms.ids), kind, recipient, language, facts.now, self._told(kind, news))
            for (_, kind), (recipient, language, news) in self._mails.items()
        ]
        return Plan(changes=tuple(mails))

    def _told(self, kind: MailKind, news: Iterable[_News]) -> dict[str, object]:
        lapses = {"until": self.terms.invited_until} if kind is MailKind.INVITED else {}
        return {"companies": [*map(entry, news)], **lapses}


def _reduces(column: str, text: str) -> bool:
    """Whether a cell of one of ``_REDUCING`` may take something away: only with the sites below nothing goes."""
    try:
        return column != "sites" or not fields.yes_no(text)
    except BadField:
        return True


def entry(new: _News) -> dict[str, object]:
    """How a mail names a permission."""
    grant, company, role = new
    return {
        "grant": grant,  # a grant may end before the mail goes out
        "chamber": company.chamber,
        "ident_number": company.ident_number,
        "name": company.name,
        "role": role,
    }


def _last(w: Wanted, otherwise: str | None) -> str | None:
    return None if w.valid_until == NEVER else w.valid_until or otherwise


def _close(w: Wanted, held: Grant, company: Company) -> Change:
    """An expired grant gets its end written down, so that one open grant per account, company and role stays true."""
    return change_of(w, Action.END, held, company, {"ended_at": held.over_at}, counted=False)
