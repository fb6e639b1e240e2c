"""What listings show: SQL that is asked in the scope of the person who asks, and decides nothing."""

from __future__ import annotations

from asta_cli.store.views.accounts import AccountsWhere, account, accounts
from asta_cli.store.views.administrators import administrable, without_administrator
from asta_cli.store.views.audit import audit
from asta_cli.store.views.chambers import chamber_numbers, chambers
from asta_cli.store.views.companies import CompaniesWhere, companies, company
from asta_cli.store.views.duplicates import duplicates
from asta_cli.store.views.jobs import JobsWhere, jobs
from asta_cli.store.views.letters import LettersWhere, letters, open_idents
from asta_cli.store.views.mail import mails
from asta_cli.store.views.perms import GrantsWhere, admins, grants, who
from asta_cli.store.views.places import Where
from asta_cli.store.views.runs import RunShown, run_shown, runs
from asta_cli.store.views.scope import Scope, scope_of
from asta_cli.store.views.services import exam_periods, services, services_of
from asta_cli.store.views.staff import operators, tokens
from asta_cli.store.views.trainees import TraineesWhere, trainee, trainees
from asta_cli.store.views.trainers import TrainersWhere, trainer, trainers
from asta_cli.store.views.view import Asked, Listed, View

__all__ = [
    "AccountsWhere",
    "Asked",
    "CompaniesWhere",
    "GrantsWhere",
    "JobsWhere",
    "LettersWhere",
    "Listed",
    "RunShown",
    "Scope",
    "TraineesWhere",
    "TrainersWhere",
    "View",
    "Where",
    "account",
    "accounts",
    "administrable",
    "admins",
    "audit",
    "chamber_numbers",
    "chambers",
    "companies",
    "company",
    "duplicates",
    "exam_periods",
    "grants",
    "jobs",
    "letters",
    "mails",
    "open_idents",
    "operators",
    "run_shown",
    "runs",
    "scope_of",
    "services",
    "services_of",
    "tokens",
    "trainee",
    "trainees",
    "trainer",
    "trainers",
    "who",
    "without_administrator",
]
