"""Listings for the commands, which do not reach into the store: what there is to ask, and for whom it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from asta_cli.core.policy import Asker
from asta_cli.run import Desk, reading
from asta_cli.store import views
from asta_cli.store.db import Tx
from asta_cli.store.views import AccountsWhere as AccountsWhere
from asta_cli.store.views import CompaniesWhere as CompaniesWhere
from asta_cli.store.views import GrantsWhere as GrantsWhere
from asta_cli.store.views import JobsWhere as JobsWhere
from asta_cli.store.views import LettersWhere as LettersWhere
from asta_cli.store.views import RunShown as RunShown
from asta_cli.store.views import Scope as Scope
from asta_cli.store.views import TraineesWhere as TraineesWhere
from asta_cli.store.views import TrainersWhere as TrainersWhere
from asta_cli.store.views import View as View
from asta_cli.store.views import Where as Where
from asta_cli.store.views import account as account
from asta_cli.store.views import accounts as accounts
from asta_cli.store.views import administrable as administrable
from asta_cli.store.views import admins as admins
from asta_cli.store.views import audit as audit
from asta_cli.store.views import chambers as chambers
from asta_cli.store.views import companies as companies
from asta_cli.store.views import company as company
from asta_cli.store.views import exam_periods as exam_periods
from asta_cli.store.views import grants as grants
from asta_cli.store.views import jobs as jobs
from asta_cli.store.views import letters as letters
from asta_cli.store.views import mails as mails
from asta_cli.store.views import open_idents as open_idents
from asta_cli.store.views import run_shown as run_shown
from asta_cli.store.views import runs as runs
from asta_cli.store.views import services as services
from asta_cli.store.views import services_of as services_of
from asta_cli.store.views import trainee as trainee
from asta_cli.store.views import trainees as trainees
from asta_cli.store.views import trainer as trainer
from asta_cli.store.views import trainers as trainers
from asta_cli.store.views import who as who
from asta_cli.store.views import without_administrator as without_administrator

Row = Sequence[Any]


def scope(tx: Tx, desk: Desk) -> Scope:
    """What the asker may see now."""
    return views.scope_of(tx, desk.asker, desk.toggles, desk.now())


def rows(desk: Desk, view: Callable[[Tx, Scope], View]) -> Callable[[Tx], Iterable[Row]]:
    """The rows of *view* in the asker's scope, for ``render.listing``."""
    return lambda tx: view(tx, scope(tx, desk)).rows()


def count(desk: Desk, view: Callable[[Tx, Scope], View]) -> Callable[[Tx], int]:
    """How many rows *view* has in the asker's scope, for ``render.listing``."""
    return lambda tx: view(tx, scope(tx, desk)).count()


def one(desk: Desk, look: Callable[[Tx, Scope], Row]) -> Row:
    """One thing in the asker's scope."""
    return reading(desk, lambda tx: tuple(look(tx, scope(tx, desk))))


def of(desk: Desk, email: str, email_key: str) -> Desk:
    """The desk at which the account *email* would ask the same."""
    return replace(desk, asker=Asker(desk.asker.os_user, email, email_key))
