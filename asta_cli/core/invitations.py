"""Invitations: sent again, with their time begun anew, or withdrawn. What has lapsed must be granted again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from asta_cli.core import timeline
from asta_cli.core.errors import N_, NotFound, TryLater
from asta_cli.core.facts import Facts, Needs
from asta_cli.core.granting import entry
from asta_cli.core.links import MAILS, MAILS_SPAN
from asta_cli.core.model import Action, Grant, GrantState, Kind, MailKind
from asta_cli.core.outbox import mail
from asta_cli.core.perm_rows import Wanted
from asta_cli.core.perms import PermissionPlanner, change_of, once
from asta_cli.core.plan import Change, Plan, Problem
from asta_cli.core.planner import problem
from asta_cli.core.revoking import RevokePlanner
from asta_cli.core.rows import Row


class NoInvitation(NotFound):
    """Nobody waits under this address, or nobody of whom the asker may know."""

    message = N_("{email} has no open invitation")
    hint = N_("asta perms list --invited shows them; what has lapsed must be granted again")


class EnoughMails(TryLater):
    """The address got as many invitations lately as strangers may send it."""

    code = "throttled"
    message = N_("{email} was sent several invitations just now")
    hint = N_("wait a quarter of an hour before you send another one")


class WithdrawPlanner(RevokePlanner):
    """Rows of invitations to end; permissions that are in force stay."""

    def _held(self, w: Wanted, facts: Facts) -> Iterator[Grant]:
        return (grant for grant in super()._held(w, facts) if grant.state(facts.now) is GrantState.INVITED)


class ResendPlanner(PermissionPlanner):
    """The row of an address whose invitations are to be sent again, in one mail."""

    whole = False

    def needs(self, rows: Sequence[Row]) -> Needs:
        """With the mails that the address got lately."""
        needs = super().needs(rows)
        if not self.terms.asking.asker.operator:
            needs.mailed_since = timeline.plus(self.terms.now, -MAILS_SPAN)
        return needs

    def may_reduce(self, row: Row) -> bool:
        """Nothing is taken away."""
        return False

    def choose(self, rows: Sequence[Row]) -> tuple[list[Row], list[Problem]]:
        """The first."""
        return once(rows, "email")

    def changes(self, wanted: Wanted, facts: Facts, warnings: list[Problem]) -> list[Change]:
        """Each open invitation waits as long as a new one would."""
        found = [change for grant in self._invited(wanted, facts) for change in self._renewed(wanted, grant, facts)]
        if not found and wanted.ident is not None:
            self.company(wanted, facts)
        return found

    def _invited(self, w: Wanted, facts: Facts) -> Iterator[Grant]:
        company = self.company(w, facts).id if w.ident is not None else None
        for (key, at), grants in facts.grants.items():
            if key == w.key and company in (None, at):
                yield from (grant for grant in grants if grant.state(facts.now) is GrantState.INVITED)

    def _renewed(self, w: Wanted, grant: Grant, facts: Facts) -> Iterator[Change]:
        until = max(self.terms.invited_until, grant.invited_until or "")
        values = {"invited_until": until}, {"invited_until": grant.invited_until}
        change = change_of(w, Action.UPDATE, grant, facts.by_id[grant.company], *values)
        yield replace(change, optional=True)

    def guard(self, plan: Plan, facts: Facts) -> Plan:
        """*plan*, refused if there is nothing that the asker may send, or was sent often enough just now.

        Both are judged by what is left to the asker: whom others invite, and how often, is not told.
        """
        if plan.problems or not self._read:
            return plan
        row = self._read[0][0]
        email = row.values.get("email", "")
        sent = [facts.mailed[str(c.before["email"]), MailKind.INVITED.value] for c in plan.changes]
        if sent and max(sent) < MAILS:
            return plan
        error = EnoughMails(email=email) if sent else NoInvitation(email=email)
        return plan.without([problem(row, error.code, "email", email, error=error)])

    def accepted(self, plan: Plan, facts: Facts) -> None:
        """What the mail is to name."""
        sent = sorted((change for change in plan.changes if change.kind is Kind.GRANT), key=lambda change: change.key)
        if sent:
            first = sent[0]
            account = facts.accounts.get(str(first.before["email_key"]))
            named = [(c.id, facts.by_id[int(str(c.company))], str(c.before["role"])) for c in sent]
            params: dict[str, object] = {
                "companies": [entry(one) for one in named],
                "until": min(str(c.after["invited_until"]) for c in sent),
            }
            language = account.language if account else self.terms.language
            recipient = str(first.before["email"])
            self._mail = mail(next(self.terms.ids), MailKind.INVITED, recipient, language, facts.now, params)

    _mail: Change | None = None

    def finish(self, facts: Facts) -> Plan:
        """The mail."""
        return Plan(changes=(self._mail,) if self._mail else ())
