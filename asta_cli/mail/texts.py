"""What each kind of mail says, and which parameters it takes.

Every kind may have ``chamber`` ``{name, email?}``, who signs and can be asked. ``link`` is ``{id, account,
expires_at}``, ``companies`` a list of ``{chamber, ident_number, name, role?, valid_from?, valid_until?}`` (instants;
``valid_until`` is the first at which the grant is over), ``name`` the name of a *confirmed* account: until then whoever
registered an address chose it, and a mail to a stranger repeats nothing a stranger wrote.

========================  ==========================================================
confirm                   ``link``
already_registered        ``name?`` (the owner's, not the one just typed)
password_reset            ``link``, ``name?``
password_changed          ``at``, ``name?``
company_activated         ``company`` (as in ``companies``), ``by`` ``{name, email}``, ``at``
granted                   ``companies``, ``name?``
invited                   ``companies``, ``until?`` (the instant at which the invitation lapses)
expiring                  ``companies``, each with ``email``; ``days``, ``own?``, ``name?``
service_released          ``service``, ``companies``, ``name?``
account_locked            ``at``, ``name?``
account_unlocked          ``at``, ``name?``
account_disabled          ``at``, ``name?``
email_change              ``link`` (with ``email``, the new address, and its ``email_key``), ``old_email``
email_change_asked        ``at``, ``new_email``, ``name?``
email_changed             ``at``, ``old_email``, ``new_email``, ``name?``
email_taken               ``at``, ``name?``
operator_added            ``of`` (a chamber's number, "" for all), ``by``, ``impersonate``, ``name?``
operator_removed          ``of``, ``by``, ``name?``
token_created             ``token`` (what it is called), ``verbs`` (a list), ``until`` (instant), ``name?``
========================  ==========================================================
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping

from asta_cli.core.errors import N_
from asta_cli.core.model import LinkPurpose, MailKind, Service
from asta_cli.mail import account_texts
from asta_cli.mail.layout import Sheet, day, moment
from asta_cli.mail.material import Material
from asta_cli.mail.model import Gettext
from asta_cli.mail.wording import Params, companies, company_line, grant_line, part, person_line, service_name

PURPOSES = {
    MailKind.CONFIRM: LinkPurpose.CONFIRM,
    MailKind.PASSWORD_RESET: LinkPurpose.RESET,
    MailKind.EMAIL_CHANGE: LinkPurpose.EMAIL,
}


def write(material: Material) -> tuple[str, str]:
    """Subject and body of a message.

    Raises:
        KeyError, TypeError, ValueError: a parameter is missing or is not what its kind needs.
    """
    subject, body, named = _TEXTS[material.message.kind]
    sheet = Sheet(material.gettext)
    if named and material.params.get("name"):
        sheet.quote(N_("Good day {name},"), name=material.params["name"])
    else:
        sheet.say(N_("Good day,"))
    body(sheet, material)
    _sign(sheet, material.params)
    return material.gettext(subject), sheet.text()


def _sign(sheet: Sheet, params: Params) -> None:
    chamber = part(params, "chamber") if params.get("chamber") else {}
    if chamber.get("email"):
        sheet.quote(N_("If you have questions, please write to {email}."), email=chamber["email"])
    sheet.say(N_("Kind regards"))
    if chamber:
        sheet.quote(N_("Your {chamber}"), chamber=chamber["name"])
    else:
        sheet.say(N_("Your ASTA-Infocenter"))
    sheet.say(N_("This message was written automatically."))


def _confirm(sheet: Sheet, material: Material) -> None:
    until = moment(str(part(material.params, "link")["expires_at"]), material.gettext)
    sheet.say(N_("An account of the ASTA-Infocenter was registered for this e-mail address. Please confirm it with:"))
    sheet.line(f"asta confirm {material.token}")
    if material.link:
        sheet.say(N_("Or open this link:"))
        sheet.line(material.link)
    sheet.say(
        N_("You have 24 hours to confirm, until {until}. If that is too late, have a new message sent:"), until=until
    )
    sheet.command(f"asta confirm --resend {material.reader}")
    sheet.say(
        N_(
            "You did not register? Then you need do nothing and can delete this message. Without the confirmation "
            "nobody can use the account."
        )
    )


def _already_registered(sheet: Sheet, material: Material) -> None:
    sheet.say(
        N_(
            "Your e-mail address was registered once more. You already have a confirmed account; it stays as it is, "
            "and no second one was made. You can sign in with:"
        )
    )
    sheet.command(f"asta login {material.reader}")
    sheet.say(N_("If you have forgotten your password, choose a new one:"))
    sheet.command(f"asta password reset {material.reader}")
    sheet.say(N_("That was not you? Then you need do nothing: nothing about your account was changed."))


def _password_reset(sheet: Sheet, material: Material) -> None:
    until = moment(str(part(material.params, "link")["expires_at"]), material.gettext)
    sheet.say(N_("A new password was asked for your account. Save this line in a file, for example token.txt:"))
    sheet.line(material.token)
    sheet.say(N_("Then choose the new password with this command, and delete the file afterwards:"))
    sheet.command(f"asta password set {material.reader} --token-file token.txt")
    sheet.say(N_("The line can be used once, until {until}. Please pass it on to nobody."), until=until)
    sheet.say(N_("You did not ask for this? Then you need do nothing: your password stays as it is."))


def _password_changed(sheet: Sheet, material: Material) -> None:
    at = moment(str(material.params["at"]), material.gettext)
    sheet.say(N_("The password of your account was changed on {at}."), at=at)
    sheet.say(N_("That was not you? Then choose a new one at once, and tell your chamber:"))
    sheet.command(f"asta password reset {material.reader}")


def _company_activated(sheet: Sheet, material: Material) -> None:
    company, by = part(material.params, "company"), part(material.params, "by")
    sheet.say(N_("This company was activated for the ASTA-Infocenter:"))
    sheet.items([company_line(company, material.gettext)])
    sheet.say(N_("It was activated on {at} by:"), at=moment(str(material.params["at"]), material.gettext))
    sheet.items([f"{by['name']} <{by['email']}>"])
    sheet.say(
        N_(
            "This person used the activation code from the letter of your chamber and is now administrator of the "
            "company: they see its trainers and trainees and can give permissions to others."
        )
    )
    sheet.say(N_("You did not expect this? Then please tell your chamber at once."))


def _granted(sheet: Sheet, material: Material) -> None:
    sheet.say(N_("Your account of the ASTA-Infocenter has received these permissions:"))
    sheet.items([grant_line(company, material.gettext) for company in companies(material.params)])
    sheet.say(N_("You can see them any time with:"))
    sheet.command(f"asta perms list --account {material.reader}")
    sheet.say(N_("You did not expect this? Then please ask the company, or your chamber."))


def _invited(sheet: Sheet, material: Material) -> None:
    sheet.say(
        N_(
            "You are invited to work for these training companies in the ASTA-Infocenter, the portal of the chambers "
            "of industry and commerce:"
        )
    )
    sheet.items([grant_line(company, material.gettext) for company in companies(material.params)])
    sheet.say(N_("Register with this e-mail address, and put your own name in:"))
    name = material.gettext(N_("First Last"))
    sheet.command(f'asta register {material.reader} --name "{name}"')
    sheet.say(
        N_("We then send you a message to confirm the address. As soon as you have done so, the permissions are yours.")
    )
    if material.params.get("until"):
        until = moment(str(material.params["until"]), material.gettext)
        sheet.say(
            N_("The invitation holds until {until}. If that is too late, ask the company for a new one."), until=until
        )
    sheet.say(
        N_("You do not know these companies? Then you need do nothing: without your registration nothing happens.")
    )


def _expiring(sheet: Sheet, material: Material) -> None:
    params = material.params
    if params.get("own"):
        sheet.say(N_("Your permissions in the ASTA-Infocenter end soon:"))
    else:
        sheet.say(N_("These permissions at your companies end soon:"))
    sheet.items([person_line(grant, material.gettext) for grant in companies(params)])
    if params.get("own"):
        sheet.say(
            N_("No administrator is there who could renew them. If you still need them, please ask your chamber.")
        )
        return
    sheet.say(N_("Those that are still needed can be renewed together, until a day of your choice:"))
    until = material.gettext(N_("DAY"))
    sheet.command(f"asta perms renew --expiring {params['days']}d --until {until}")
    sheet.say(N_("Nobody needs them any more? Then you need do nothing: they end by themselves."))


def _service_released(sheet: Sheet, material: Material) -> None:
    service = Service(str(material.params["service"]))
    sheet.say(
        N_("Your chamber has opened a service of the ASTA-Infocenter for all companies: {service}."),
        service=service_name(service, material.gettext),
    )
    sheet.say(N_("You are administrator here and can activate it:"))
    sheet.items([company_line(company, material.gettext) for company in companies(material.params)])
    sheet.say(N_("Use this command, with the number of the company:"))
    number = material.gettext(N_("IDENT_NUMBER"))
    sheet.command(f"asta services activate {service} --company {number}")


def _operator_added(sheet: Sheet, material: Material) -> None:
    params = material.params
    sheet.quote(
        N_("You have been made operator in the ASTA-Infocenter, by {by}, for: {chamber}."),
        by=params["by"],
        chamber=_desk(params, material.gettext),
    )
    if params.get("impersonate"):
        sheet.say(N_("You may also act as accounts of it (--as); the log then names you both."))
    sheet.say(N_("If you have no account yet, register with this address; the office is yours once it is confirmed:"))
    sheet.command(f'asta register {material.reader} --name "{material.gettext(N_("First Last"))}"')
    sheet.say(N_("You did not expect this? Then please tell your chamber at once."))


def _operator_removed(sheet: Sheet, material: Material) -> None:
    sheet.quote(
        N_("You are no longer operator in the ASTA-Infocenter for: {chamber}. {by} ended it."),
        by=material.params["by"],
        chamber=_desk(material.params, material.gettext),
    )
    sheet.say(N_("Service tokens that you had made have ended, too. Permissions at companies are as they were."))


def _desk(params: Params, _: Gettext) -> str:
    of = str(params["of"])
    return _(N_("chamber {number}")).format(number=of) if of else _(N_("all chambers"))


def _token_created(sheet: Sheet, material: Material) -> None:
    params = material.params
    until = day(str(params["until"]), material.gettext, last=True)
    sheet.quote(
        N_("A service token was made for your account: {token}, good until {until}."),
        token=params["token"],
        until=until,
    )
    sheet.say(N_("A program that has it can do these things for you, as far as you may yourself:"))
    verbs = params["verbs"]
    if not isinstance(verbs, list):
        raise TypeError("verbs")
    sheet.items([f"asta {verb}" for verb in verbs])
    sheet.say(N_("That was not you? Then end it at once, and choose a new password:"))
    sheet.command(f"asta tokens revoke {shlex.quote(str(params['token']))}")


_TEXTS: Mapping[MailKind, tuple[str, Callable[[Sheet, Material], None], bool]] = {
    MailKind.OPERATOR_ADDED: (N_("You are an operator now"), _operator_added, True),
    MailKind.OPERATOR_REMOVED: (N_("You are no longer an operator"), _operator_removed, True),
    MailKind.TOKEN_CREATED: (N_("A service token was made for your account"), _token_created, True),
    MailKind.CONFIRM: (N_("Please confirm your e-mail address"), _confirm, False),
    MailKind.ALREADY_REGISTERED: (N_("You already have an account"), _already_registered, True),
    MailKind.PASSWORD_RESET: (N_("Choose a new password"), _password_reset, True),
    MailKind.PASSWORD_CHANGED: (N_("Your password was changed"), _password_changed, True),
    MailKind.COMPANY_ACTIVATED: (N_("Your company was activated"), _company_activated, False),
    MailKind.GRANTED: (N_("You have new permissions"), _granted, True),
    MailKind.INVITED: (N_("You are invited to the ASTA-Infocenter"), _invited, False),
    MailKind.EXPIRING: (N_("Permissions end soon"), _expiring, True),
    MailKind.SERVICE_RELEASED: (N_("A new service for your companies"), _service_released, True),
    MailKind.ACCOUNT_LOCKED: (N_("Your account was locked"), account_texts.locked, True),
    MailKind.ACCOUNT_UNLOCKED: (N_("Your account can be used again"), account_texts.unlocked, True),
    MailKind.ACCOUNT_DISABLED: (N_("Your account was closed"), account_texts.disabled, True),
    MailKind.EMAIL_CHANGE: (N_("Please confirm your new e-mail address"), account_texts.email_change, False),
    MailKind.EMAIL_CHANGE_ASKED: (
        N_("Your account is to have another e-mail address"),
        account_texts.email_change_asked,
        True,
    ),
    MailKind.EMAIL_CHANGED: (N_("Your account has another e-mail address"), account_texts.email_changed, True),
    MailKind.EMAIL_TAKEN: (N_("You already have an account"), account_texts.email_taken, True),
}
