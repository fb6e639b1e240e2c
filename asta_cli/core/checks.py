"""May this account do that to this company? The same rules that judge changes answer the question."""

from __future__ import annotations

from collections.abc import Set

from asta_cli.core.errors import Ambiguous
from asta_cli.core.facts import Facts
from asta_cli.core.model import Company, Permission
from asta_cli.core.naming import UnknownCompany, resolve
from asta_cli.core.policy import Authority
from asta_cli.core.refusals import OutOfReach


def named_company(
    facts: Facts,
    ident: str,
    chamber: str | None,
    asking: Authority,
    usual: str | None = None,
    held: Set[int] = frozenset(),
) -> Company:
    """The company called *ident*, if the asker may know of it. Raises UnknownCompany, Ambiguous.

    Who was given something at one of the companies *held*, or above this one, knows of it, even when that is over.
    """

    def known(company: Company) -> bool:
        if asking.may(Permission.COMPANY_VIEW, company, facts):
            return True
        return any(above.id in held for above in facts.chain(company))

    return resolve(facts, ident, chamber, usual, known)


def company_to_change(
    facts: Facts, ident: str, chamber: str | None, asking: Authority, usual: str | None = None
) -> Company:
    """The company called *ident* that a change is about: of several, one that the asker may see.

    One that they may not see is found all the same, so that the change is refused and not the name. Raises
    UnknownCompany, Ambiguous, and OutOfReach if there are several and the asker may see none of them.
    """
    if len(facts.companies.get(ident, ())) == 1:
        return resolve(facts, ident, chamber, usual)  # whom the asker may see makes no difference then
    try:
        return named_company(facts, ident, chamber, asking, usual)
    except UnknownCompany:
        pass
    try:
        return resolve(facts, ident, chamber, usual)
    except Ambiguous:
        raise OutOfReach(who=asking.asker.name, company=ident) from None


def may_ask(asking: Authority, email_key: str, company: Company, facts: Facts) -> None:
    """Refuse a question about somebody else's permissions unless the asker could grant there. Raises Forbidden."""
    if email_key == asking.asker.email_key:
        return
    if not asking.may(Permission.PERMS_GRANT, company, facts):
        raise OutOfReach(who=asking.asker.name, company=company.key)
