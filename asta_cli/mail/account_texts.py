"""What people are told about their own account: that it is locked, closed, or has another address."""

from __future__ import annotations

from asta_cli.core.errors import N_
from asta_cli.mail.layout import Sheet, moment
from asta_cli.mail.material import Material
from asta_cli.mail.wording import part


def locked(sheet: Sheet, material: Material) -> None:
    """``accounts lock``."""
    sheet.say(N_("Your chamber locked your account of the ASTA-Infocenter on {at}."), at=_at(material))
    sheet.say(
        N_(
            "Nobody can sign in with it for the time being, and whoever was signed in is so no longer. Your "
            "permissions are kept; they hold again as soon as the account is unlocked."
        )
    )
    sheet.say(N_("You would like to know why, or need the account? Then please ask your chamber."))


def unlocked(sheet: Sheet, material: Material) -> None:
    """``accounts unlock``."""
    sheet.say(N_("Your chamber unlocked your account of the ASTA-Infocenter on {at}."), at=_at(material))
    sheet.say(N_("You can sign in again with:"))
    sheet.command(f"asta login {material.reader}")


def disabled(sheet: Sheet, material: Material) -> None:
    """``accounts disable`` and ``offboard``."""
    sheet.say(N_("Your chamber closed your account of the ASTA-Infocenter on {at}."), at=_at(material))
    sheet.say(N_("It can no longer be used, and nothing more can be done in your name for the companies."))
    sheet.say(N_("You did not expect this? Then please ask your chamber."))


def email_change(sheet: Sheet, material: Material) -> None:
    """``accounts change-email``, to the new address. Its reader may be a stranger: no name, nothing chosen freely."""
    until = moment(str(part(material.params, "link")["expires_at"]), material.gettext)
    sheet.quote(
        N_("The account {email} of the ASTA-Infocenter is to have this e-mail address from now on. Please confirm it:"),
        email=material.params["old_email"],
    )
    sheet.line(f"asta confirm {material.token}")
    if material.link:
        sheet.say(N_("Or open this link:"))
        sheet.line(material.link)
    sheet.say(
        N_(
            "You have 24 hours, until {until}. As soon as you have confirmed, the address counts, and you sign in with "
            "it and a password that you choose anew. Before that nothing changes."
        ),
        until=until,
    )
    sheet.say(N_("This is not your account? Then you need do nothing and can delete this message."))


def email_change_asked(sheet: Sheet, material: Material) -> None:
    """``accounts change-email``, to the old address."""
    sheet.say(N_("On {at} another e-mail address was asked for your account of the ASTA-Infocenter:"), at=_at(material))
    sheet.items([str(material.params["new_email"])])
    sheet.say(N_("It counts as soon as it is confirmed from there. Until then everything stays as it is."))
    sheet.say(N_("That was not you? Then choose a new password at once, and tell your chamber:"))
    sheet.command(f"asta password reset {material.reader}")


def email_changed(sheet: Sheet, material: Material) -> None:
    """The new address was confirmed; to the old one and the new one."""
    sheet.say(N_("Your account of the ASTA-Infocenter has had another e-mail address since {at}:"), at=_at(material))
    sheet.items([str(material.params["new_email"])])
    sheet.quote(
        N_(
            "You sign in with it from now on, and with a password that you choose anew; {email} is no longer known. "
            "Your permissions have moved with you."
        ),
        email=material.params["old_email"],
    )
    sheet.say(N_("That was not you? Then please tell your chamber at once."))


def email_taken(sheet: Sheet, material: Material) -> None:
    """``accounts change-email`` to the address of somebody who has an account."""
    sheet.say(
        N_(
            "Somebody asked on {at} that another account of the ASTA-Infocenter shall have your e-mail address. You "
            "already have an account; it stays as it is, and the other one does not get your address."
        ),
        at=_at(material),
    )
    sheet.say(N_("That was you, and you have two accounts? Then please ask your chamber to make one of them."))


def _at(material: Material) -> str:
    return moment(str(material.params["at"]), material.gettext)
