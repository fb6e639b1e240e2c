"""What all of joining is made of: the account that acts, and a run about one thing."""

from __future__ import annotations

from collections.abc import Callable

from asta_cli.core.errors import AstaError
from asta_cli.core.facts import Needs
from asta_cli.core.model import Account
from asta_cli.core.planner import Planner
from asta_cli.core.policy import Asker
from asta_cli.core.refusal import RefusalPlanner
from asta_cli.core.rows import from_arguments
from asta_cli.run import Attempt, Batch, Desk, Report, Task, execute, facts_for, reading


def acting_as(account: Account, os_user: str) -> Asker:
    """Whoever showed a password or a token, as the account it belongs to."""
    return Asker(os_user, account.email, account.email_key, account.id)


def account_of(desk: Desk, email_key: str) -> Account | None:
    """The account with this key."""
    now = desk.now()
    return reading(desk, lambda tx: facts_for(tx, Needs(accounts={email_key}), now)).accounts.get(email_key)


def one(desk: Desk, command: str, target: str, planner: Callable[[Attempt], Planner]) -> Report:
    """Run a *planner*, made anew for each attempt, for the one thing that the arguments named."""

    def batches(attempt: Attempt) -> list[Batch]:
        return [Batch(planner(attempt), [[from_arguments()]])]

    return execute(desk, Task(command, batches, target, single=True))


def refused(desk: Desk, command: str, target: str, error: AstaError) -> Report:
    """The report of a refusal that was clear before anything was planned."""
    return one(desk, command, target, lambda attempt: RefusalPlanner(error))
