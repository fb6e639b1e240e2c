"""``accounts offboard``: somebody leaves. Everything that is theirs ends in one plan, or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from asta_cli.core.account_changes import AccountPlanner, Email, Terms, locked_out
from asta_cli.core.account_states import state_change, told
from asta_cli.core.errors import N_, AstaError, NotFound, Status
from asta_cli.core.facts import Facts, HeldOffice, Needs
from asta_cli.core.grants import ended, identity, key_of
from asta_cli.core.model import AccountState, Action, Grant, Kind, MailKind, Value
from asta_cli.core.office import office_key
from asta_cli.core.plan import Change, Plan
from asta_cli.core.rows import Row


class NobodyThere(NotFound):
    """Neither an account nor a permission, now or ever: a leaver whose address is mistyped keeps everything."""

    code = "unknown_account"
    message = N_("there is no account {key}, and nothing was ever given to this address")
    hint = N_("check the spelling: asta accounts list --search NAME")


class BeyondOffice(AstaError):
    """Only those who are responsible for all of it end all of it."""

    code = "forbidden"
    status = Status.FORBIDDEN
    message = N_("{email} has permissions in other chambers, too, which you cannot end")
    hint = N_("end those of your own with: asta perms revoke {email} --reason TEXT; then ask the other chambers")


class OffboardPlanner(AccountPlanner):
    """The end of permissions and invitations, sessions, links, tokens and offices; the account is disabled for good."""

    counted = frozenset({Kind.ACCOUNT, Kind.GRANT, Kind.SESSION, Kind.LINK, Kind.TOKEN, Kind.OPERATOR})

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self.ended: Counter[Kind] = Counter()

    def needs(self, rows: Sequence[Row]) -> Needs:
        """Also whether anything was ever given to the address."""
        return replace(super().needs(rows), former=True)

    def changes(self, row: Row, email: Email, facts: Facts) -> list[Change]:
        """Whatever is left to end."""
        key = email[1]
        account = facts.accounts.get(key)
        if account is None and key not in facts.former and not facts.offices.get(key):
            raise NobodyThere(key=email[0])
        grants = [grant for (holder, _), held in facts.grants.items() if holder == key for grant in held]
        mine = [grant for grant in grants if self.terms.office.covers(facts.by_id[grant.company].chamber)]
        if any(grant.open(self.terms.now) for grant in grants if grant not in mine):
            raise BeyondOffice(email=email[0])
        changes: list[Change] = []
        if account is not None:
            if account.state is not AccountState.DISABLED:
                changes.append(state_change(account, AccountState.DISABLED, self.terms, row))
            changes += locked_out(account, facts, self.terms, row, for_good=True)
        changes += [end_grant(grant, self.terms, row, facts) for grant in mine]
        changes += [end_office(office, self.terms, row) for office in facts.offices.get(key, ())]
        if account is not None and account.confirmed_at is not None and changes:
            changes.append(told(MailKind.ACCOUNT_DISABLED, account, self.terms, row))
        return changes

    def accepted(self, plan: Plan, facts: Facts) -> None:
        """Count what ends."""
        self.ended = Counter(change.kind for change in plan.changes if change.action is not Action.CREATE)


def end_grant(grant: Grant, terms: Terms, row: Row, facts: Facts, reason: str | None = None) -> Change:
    """The end of a permission; one whose time is over has ended then."""
    over = None if grant.open(terms.now) else grant.over_at
    company = facts.by_id[grant.company]
    after = ended(over or terms.now, terms.by, reason or terms.reason, terms.run)
    place = company.id, company.chamber, row.where, row.line
    return Change(Kind.GRANT, Action.END, grant.id, key_of(grant, company), after, identity(grant), *place)


def end_office(office: HeldOffice, terms: Terms, row: Row) -> Change:
    """The end of an operator's office."""
    after = ended(terms.now, terms.by, terms.reason, terms.run)
    before: dict[str, Value] = {"email_key": office.email_key, "chamber": office.chamber, "ended_at": None}
    place = None, office.chamber, row.where, row.line
    key = office_key(office.email, office.chamber)
    return Change(Kind.OPERATOR, Action.END, office.id, key, after, before, *place)
