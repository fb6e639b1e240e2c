"""The columns of listings about permissions."""

from __future__ import annotations

from asta_cli.cli.listing import BOOL, DAY, TIME, Col
from asta_cli.core.errors import N_

ROLES = {
    "administrator": N_("Administrator"),
    "manager": N_("Manager"),
    "trainer": N_("Trainer"),
    "contract_applicant": N_("Contract applicant"),
}
GRANT_STATES = {
    "active": N_("in force"),
    "invited": N_("invited"),
    "pending": N_("not begun"),
    "expired": N_("expired"),
    "ended": N_("ended"),
}
ACCOUNT_STATES = {
    "unconfirmed": N_("unconfirmed"),
    "confirmed": N_("confirmed"),
    "locked": N_("locked"),
    "disabled": N_("disabled"),
}
_ACCOUNT = Col("account", N_("Account"), words=ACCOUNT_STATES)
HOLDERS = (
    Col("email", N_("E-mail")),
    Col("name", N_("Name")),
    Col("role", N_("Role"), words=ROLES),
    Col("via", N_("Through")),
    Col("state", N_("State"), words=GRANT_STATES),
    Col("valid_until", N_("Until"), DAY),
    _ACCOUNT,
)
GRANTS = (
    Col("email", N_("E-mail")),
    Col("chamber", N_("Chamber")),
    Col("company", N_("Company")),
    Col("role", N_("Role"), words=ROLES),
    Col("sites", N_("With sites"), words={"yes": N_("yes"), "no": N_("no")}),
    Col("trainer_number", N_("Trainer number"), wide=True),
    Col("state", N_("State"), words=GRANT_STATES),
    Col("valid_from", N_("From"), DAY),
    Col("valid_until", N_("Until"), DAY),
    Col("granted_by", N_("Granted by")),
    Col("granted_at", N_("Granted on"), TIME, wide=True),
    Col("reason", N_("Reason")),
    _ACCOUNT,
)
CHECK = (
    Col("email", N_("E-mail")),
    Col("permission", N_("Permission")),
    Col("chamber", N_("Chamber")),
    Col("company", N_("Company")),
    Col("at", N_("Asked about"), TIME),
    Col("allowed", N_("Allowed"), BOOL),
)
