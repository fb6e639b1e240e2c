"""What is told to those who may not do something. None of it names more than they named themselves."""

from __future__ import annotations

from asta_cli.core.errors import N_, Forbidden


class OnlyChamber(Forbidden):
    """Operators may do it and nobody else."""

    message = N_("{who} may not do that: only the chamber may")
    hint = N_("ask the chamber")


class OtherDesk(Forbidden):
    """An operator of some chambers asks for what belongs, with others or alone, to the operators of more."""

    message = N_("{who} may not do that: it is not for the operators of one chamber alone")
    hint = N_("ask an operator of the other chambers, or of all")


class OtherAccount(OtherDesk):
    """An account holds something elsewhere, too, or works at another desk."""

    message = N_("{who} may not do that: the account does not belong to the operators of one chamber alone")
    hint = N_(
        "ask an operator of all its chambers; what it has in your own ends with: asta perms revoke EMAIL --reason TEXT"
    )


class NotByToken(Forbidden):
    """The owner may do it in person, a program that has their service token may not."""

    message = N_("{who} may not do that with a service token: none makes administrators, operators or tokens")
    hint = N_("sign in and do it yourself, without the token")


class NotInPlace(Forbidden):
    """The account may do it, but not an operator who acts as it."""

    message = N_("{operator} may not do that in the place of {who}")
    hint = N_(
        "whoever acts as somebody else gains nothing by it, and leaves passwords, addresses and tokens to the owner"
    )


class OutOfReach(Forbidden):
    """The asker has no authority over that company."""

    message = N_("{who} may not do that at company {company}")


class SitesOutOfReach(OutOfReach):
    """The asker's authority over that company leaves out its sites."""

    message = N_("{who} may not do that at company {company} and its sites")
    hint = N_("give it without the sites (--no-sites), or ask the chamber")


class OwnPermission(Forbidden):
    """Nobody raises themselves."""

    message = N_("{who} may not extend their own permissions at company {company}")
    hint = N_("ask another administrator of the company, or the chamber")
