"""Giving and taking permissions: rows -> plan. A single grant is a set of one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import replace

from asta_cli.core import perm_rows
from asta_cli.core.administrators import AdministratorGuard
from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.core.facts import Facts, Needs, TrainerRecord
from asta_cli.core.fields import BadField
from asta_cli.core.model import AccountState, Action, Company, Grant, Kind, MailKind, Role, Value
from asta_cli.core.naming import resolve
from asta_cli.core.outbox import mail
from asta_cli.core.perm_rows import NEVER, Terms, Wanted
from asta_cli.core.plan import Change, Plan, Problem
from asta_cli.core.planner import SimplePlanner, problem
from asta_cli.core.rows import Row


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


# Whoever is locked out is told nothing: the grant gives nothing until the chamber has decided about the account.
_MAILS = {AccountState.UNCONFIRMED: MailKind.INVITED, AccountState.CONFIRMED: MailKind.GRANTED}


class PermissionPlanner(SimplePlanner, ABC):
    """What granting and revoking share: reading, finding the company, and the last-administrator rule over the set."""

    counted = frozenset({Kind.GRANT})
    key_column = "email"
    whole = True

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self._kept: list[Row] = []
        self._final = False
        self._administrators = AdministratorGuard()
        self._read: tuple[Sequence[Row], list[tuple[Wanted | None, list[Problem]]]] | None = None
        self._mails: dict[tuple[str, MailKind], tuple[str, str, list[dict[str, str]]]] = {}

    @abstractmethod
    def may_reduce(self, row: Row) -> bool:
        """Whether *row* could take an administrator away, so that it must be judged after all that give one."""

    @abstractmethod
    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """What these rows amount to."""

    def hold(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Keep the rows that could orphan a company until every other row is known."""
        self._kept.extend(r for r in rows if self.may_reduce(r))
        return [r for r in rows if not self.may_reduce(r)]

    def held(self) -> Iterator[Sequence[Row]]:
        """All kept rows, as one wave."""
        self._final = True
        kept, self._kept = self._kept, []
        yield kept

    def needs(self, rows: Sequence[Row]) -> Needs:
        """Accounts, companies and the grants between them; for held rows the whole trees with their administrators."""
        needs = Needs(administrators=self._final)
        for wanted, _ in self._wanted(rows):
            if wanted is None:
                continue
            needs.accounts.add(wanted.key)
            if wanted.ident is None:
                needs.holders.add(wanted.key)
            else:
                needs.idents.add(wanted.ident)
                needs.pairs.add(wanted.pair)
                needs.trainers_of.update({wanted.ident} if wanted.role is Role.TRAINER else ())
        return needs

    def _wanted(self, rows: Sequence[Row]) -> list[tuple[Wanted | None, list[Problem]]]:
        """The rows, read; asked for twice in a row, read once."""
        if self._read is None or self._read[0] is not rows:
            self._read = rows, [perm_rows.read(row, self.terms, whole=self.whole) for row in rows]
        return self._read[1]

    def guard(self, plan: Plan, facts: Facts) -> Plan:
        """*plan* without the rows that would take a company's last administrator."""
        return plan if self.terms.orphan_ok else self._administrators.guard(plan, facts)

    def accepted(self, plan: Plan, facts: Facts) -> None:
        """Remember whom to tell: nobody is told of what authority refused."""

    def finish(self, facts: Facts) -> Plan:
        """One mail per person, naming all companies."""
        mails = []
        for (key, kind), (recipient, language, companies) in self._mails.items():
            del key
            mails.append(mail(next(self.terms.ids), kind, recipient, language, facts.now, {"companies": companies}))
        return Plan(changes=tuple(mails))


class GrantPlanner(PermissionPlanner):
    """``perms grant``: what is not stated stays as it is; a reason alone is no change; a repeat changes nothing."""

    def may_reduce(self, row: Row) -> bool:
        """A later start, an end, or leaving out the sites can orphan a company."""
        return bool({"valid_from", "valid_until", "sites"} & row.values.keys()) and row.values.get(
            "role", ""
        ).lower() not in (
            "manager",
            "trainer",
            "contract_applicant",
        )

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """The grants to create and to change."""
        changes: list[Change] = []
        problems: list[Problem] = []
        unchanged = 0
        for wanted, faults in self._wanted(rows):
            problems.extend(faults)
            if wanted is None:
                continue
            try:
                made = self._row(wanted, facts, problems)
            except AstaError as error:
                problems.append(problem(wanted.row, error.code, "company", wanted.ident or "", error=error))
                continue
            changes.extend(made)
            unchanged += not made
        return Plan(tuple(changes), tuple(problems), len(rows), unchanged)

    def _row(self, w: Wanted, facts: Facts, problems: list[Problem]) -> list[Change]:
        company = resolve(facts, w.ident or "", w.chamber)
        role = w.role or Role.TRAINER
        held = next((g for g in facts.grants.get((w.key, company.id), ()) if g.role is role), None)
        if held is not None and held.open(facts.now):
            after = self._merged(w, held, company, facts)
            change = _difference(w, held, after, company)
            return [change] if change else []
        if not company.open:
            raise CompanyEnded(company=company.key)
        closing = [_close(w, held, company)] if held is not None else []
        grant = self._new(w, role, company, facts, problems)
        return [*closing, self._create(w, grant, company)]

    def _merged(self, w: Wanted, held: Grant, company: Company, facts: Facts) -> Grant:
        trainer = self._trainer(w, company, facts)
        return replace(
            held,
            sites=held.sites if w.sites is None else w.sites,
            trainer=trainer.id if trainer else held.trainer,
            valid_from=w.valid_from or held.valid_from,
            valid_until=None if w.valid_until == NEVER else w.valid_until or held.valid_until,
        )

    def _new(self, w: Wanted, role: Role, company: Company, facts: Facts, problems: list[Problem]) -> Grant:
        trainer = self._trainer(w, company, facts)
        if role is Role.TRAINER and trainer is None:
            trainer = self._only_trainer(w, company, facts)
            if trainer is None:
                problems.append(
                    problem(w.row, "unknown_trainer", "trainer_number", warning=True, fields={"company": company.key})
                )
        account = facts.accounts.get(w.key)
        return Grant(
            id=next(self.terms.ids),
            email=account.email if account else w.email,
            email_key=w.key,
            company=company.id,
            role=role,
            sites=role is not Role.TRAINER if w.sites is None else w.sites,
            trainer=trainer.id if trainer else None,
            valid_from=w.valid_from,
            valid_until=None if w.valid_until == NEVER else w.valid_until,
            ended_at=None,
            confirmed=account is not None and account.state is AccountState.CONFIRMED,
            reason=w.reason,
        )

    def _trainer(self, w: Wanted, company: Company, facts: Facts) -> TrainerRecord | None:
        if w.trainer_number is None or w.role is not Role.TRAINER:
            return None
        for trainer in facts.trainers_of.get(company.id, ()):
            if trainer.number == w.trainer_number:
                return trainer
        raise UnknownTrainer(number=w.trainer_number, company=company.key)

    def _only_trainer(self, w: Wanted, company: Company, facts: Facts) -> TrainerRecord | None:
        same = [t for t in facts.trainers_of.get(company.id, ()) if t.open and t.email and self._key(t.email) == w.key]
        return same[0] if len(same) == 1 else None

    def _key(self, email: str) -> str | None:
        try:
            return self.terms.normalise(email)[1]
        except BadField:
            return None

    def _create(self, w: Wanted, grant: Grant, company: Company) -> Change:
        after: dict[str, Value] = {
            "email": grant.email,
            "email_key": grant.email_key,
            "company_id": company.id,
            "role": grant.role.value,
            "sites": grant.sites,
            "trainer_id": grant.trainer,
            "valid_from": grant.valid_from,
            "valid_until": grant.valid_until,
            "granted_at": self.terms.now,
            "granted_by": self.terms.granted_by,
            "reason": grant.reason,
            "run_id": self.terms.run,
        }
        key = f"{grant.email} {company.key} {grant.role}"
        return Change(
            Kind.GRANT, Action.CREATE, grant.id, key, after, {}, company.id, company.chamber, w.row.where, w.row.line
        )

    def accepted(self, plan: Plan, facts: Facts) -> None:
        """Whoever was given something new is told once, with every company; who gave it to themselves knows."""
        for change in plan.changes:
            if (
                change.kind is Kind.GRANT
                and change.action is Action.CREATE
                and change.after["email_key"] != self.terms.own_key
            ):
                self._tell(change, facts)

    def _tell(self, change: Change, facts: Facts) -> None:
        key = str(change.after["email_key"])
        account, company = facts.accounts.get(key), facts.by_id[int(str(change.company))]
        kind = _MAILS.get(account.state if account else AccountState.UNCONFIRMED)
        if kind is None:
            return
        language = account.language if account else self.terms.language
        entry = {
            "chamber": company.chamber,
            "ident_number": company.ident_number,
            "name": company.name,
            "role": str(change.after["role"]),
        }
        self._mails.setdefault((key, kind), (str(change.after["email"]), language, []))[2].append(entry)


class RevokePlanner(PermissionPlanner):
    """``perms revoke``: ends grants, keeps their history. Without a company: every grant that the asker may revoke."""

    whole = False

    def may_reduce(self, row: Row) -> bool:
        """Whatever may name an administrator's grant."""
        return row.values.get("role", "").lower() not in ("manager", "trainer", "contract_applicant")

    def plan(self, rows: Sequence[Row], facts: Facts) -> Plan:
        """The grants to end."""
        changes: list[Change] = []
        problems: list[Problem] = []
        unchanged = 0
        for wanted, faults in self._wanted(rows):
            problems.extend(faults)
            if wanted is None:
                continue
            try:
                grants = list(self._grants(wanted, facts))
            except AstaError as error:
                problems.append(problem(wanted.row, error.code, "company", wanted.ident or "", error=error))
                continue
            unchanged += not grants
            changes.extend(self._end(wanted, g, facts.by_id[g.company]) for g in grants)
        return Plan(tuple(changes), tuple(problems), len(rows), unchanged)

    def _grants(self, w: Wanted, facts: Facts) -> Iterator[Grant]:
        if w.ident is None:
            held = [g for (key, _), grants in facts.grants.items() if key == w.key for g in grants]
        else:
            held = facts.grants.get((w.key, resolve(facts, w.ident, w.chamber).id), [])
        yield from (g for g in held if g.open(facts.now) and w.role in (None, g.role))

    def _end(self, w: Wanted, grant: Grant, company: Company) -> Change:
        after: dict[str, Value] = {
            "ended_at": self.terms.now,
            "ended_by": self.terms.granted_by,
            "end_reason": w.reason,
            "end_run_id": self.terms.run,
        }
        key = f"{grant.email} {company.key} {grant.role}"
        return Change(
            Kind.GRANT,
            Action.END,
            grant.id,
            key,
            after,
            _identity(grant),
            company.id,
            company.chamber,
            w.row.where,
            w.row.line,
            optional=w.ident is None,
        )


def _difference(w: Wanted, held: Grant, after: Grant, company: Company) -> Change | None:
    names = {"sites": "sites", "trainer": "trainer_id", "valid_from": "valid_from", "valid_until": "valid_until"}
    changed = [n for n in names if getattr(held, n) != getattr(after, n)]
    if not changed:
        return None
    before = _identity(held) | {names[n]: getattr(held, n) for n in changed}
    values: dict[str, Value] = {names[n]: getattr(after, n) for n in changed}
    if w.reason:
        values["reason"] = w.reason
        before["reason"] = held.reason
    key = f"{held.email} {company.key} {held.role}"
    return Change(
        Kind.GRANT, Action.UPDATE, held.id, key, values, before, company.id, company.chamber, w.row.where, w.row.line
    )


def _identity(grant: Grant) -> dict[str, Value]:
    """What authority over a grant depends on, and what must still be true when it is changed."""
    return {
        "email": grant.email,
        "email_key": grant.email_key,
        "role": grant.role.value,
        "sites": grant.sites,
        "ended_at": None,
    }


def _close(w: Wanted, held: Grant, company: Company) -> Change:
    """An expired grant gets its end written down, so that one open grant per account, company and role stays true."""
    key = f"{held.email} {company.key} {held.role}"
    after: dict[str, Value] = {"ended_at": held.valid_until}
    return Change(
        Kind.GRANT,
        Action.END,
        held.id,
        key,
        after,
        _identity(held),
        company.id,
        company.chamber,
        w.row.where,
        w.row.line,
        counted=False,
    )
