"""What every change of a permission says of it: how it is called, what must still be true, and what its end leaves."""

from __future__ import annotations

from asta_cli.core.model import Company, Grant, Record, Value

_IDENTITY = ("email", "email_key", "role", "sites")


def grant_key(email: str, company: str, role: str) -> str:
    """How people and reports call a permission; *company* is the key of its company."""
    return f"{email} {company} {role}"


def key_of(grant: Grant, company: Company) -> str:
    """The key of *grant*, which *company* carries."""
    return grant_key(grant.email, company.key, grant.role.value)


def identity(grant: Grant) -> dict[str, Value]:
    """What authority over a permission depends on, and what must still be true when it is changed."""
    held: Record = {
        "email": grant.email,
        "email_key": grant.email_key,
        "role": grant.role.value,
        "sites": grant.sites,
    }
    return identity_of(held)


def identity_of(record: Record) -> dict[str, Value]:
    """The same of a permission as it is stored."""
    return {name: record[name] for name in _IDENTITY} | {"ended_at": None}


def ended(at: str, by: str, reason: str | None, run: int) -> dict[str, Value]:
    """What is written of a permission, or an operator's office, that ends: when, by whom, why, in which run."""
    return {"ended_at": at, "ended_by": by, "end_reason": reason, "end_run_id": run}
