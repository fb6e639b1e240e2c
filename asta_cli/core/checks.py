"""May this account do that to this company? The same rules that judge changes answer the question."""

from __future__ import annotations

from asta_cli.core.facts import Facts
from asta_cli.core.model import Company, Permission
from asta_cli.core.naming import resolve
from asta_cli.core.policy import Authority
from asta_cli.core.refusals import OutOfReach


def named_company(
    facts: Facts, ident: str, chamber: str | None, asking: Authority, usual: str | None = None
) -> Company:
    """The company called *ident*, if the asker may know of it. Raises UnknownCompany, Ambiguous."""
    return resolve(facts, ident, chamber, usual, lambda c: asking.may(Permission.COMPANY_VIEW, c, facts))


def may_ask(asking: Authority, email_key: str, company: Company, facts: Facts) -> None:
    """Refuse a question about somebody else's permissions unless the asker could grant there. Raises Forbidden."""
    if email_key == asking.asker.email_key:
        return
    if not asking.may(Permission.PERMS_GRANT, company, facts):
        raise OutOfReach(who=asking.asker.name, company=company.key)
