"""The texts of explanations. German has them in the catalogue."""

from __future__ import annotations

from asta_cli.core.errors import N_, Phrase
from asta_cli.core.explained import AccountKnown, By, Caveat, Cure, Obstacle, Relation
from asta_cli.core.model import Permission as P
from asta_cli.core.model import Role

YES = N_("Yes: {email} may {what} ({permission}) at company {company}.")
NO = N_("No: {email} may not {what} ({permission}) at company {company}.")
OVERVIEW = N_("{email} at company {company}:")
ASKED_ABOUT = N_("Asked about {moment}; account and companies as they are today.")
SHORT_YES, SHORT_NO = N_("yes"), N_("no")
MORE = N_("More about one of them: {command}")
WHAT = {
    P.COMPANY_VIEW: Phrase(N_("see the company")),
    P.TRAINERS_VIEW: Phrase(N_("see the trainers")),
    P.TRAINEES_VIEW: Phrase(N_("see all trainees")),
    P.TRAINEES_VIEW_ASSIGNED: Phrase(N_("see the trainees assigned to them")),
    P.PERMS_GRANT: Phrase(N_("grant and revoke permissions")),
    P.PERMS_GRANT_TRAINER: Phrase(N_("grant and revoke the role of trainer")),
    P.SERVICES_MANAGE: Phrase(N_("activate and deactivate services")),
    P.EXAM_REGISTER: Phrase(N_("register trainees for exams")),
    P.CONTRACTS_FILE: Phrase(N_("file contract applications")),
}
ROLE = {
    Role.ADMINISTRATOR: Phrase(N_("administrator")),
    Role.MANAGER: Phrase(N_("manager")),
    Role.TRAINER: Phrase(N_("trainer")),
    Role.CONTRACT_APPLICANT: Phrase(N_("contract applicant")),
}
EITHER = N_("{rest} or {last}")
ROLE_AT = N_("{role} at {company}")
BRIEF_UNTIL = N_(", until {day}")
BRIEF_NEEDS = N_("needs {roles}")

AT_DESK = N_("As an operator of chamber {chamber}.")
BRIEF_DESK = N_("operator of the chamber")
OWN = N_("Through the role {role} at this company itself.")
INHERITED = N_("Through the role {role} at {company}, which holds for the sites below it: {path}.")
ALSO = N_("Also through: {others}.")
GRANTED = N_("Granted by {by} on {day}, reason: {reason} (run {run}).")
ACTIVATED = N_("Obtained on {day} by activating the company with the code of its letter (run {run}).")
GRANTED_WITHOUT_REASON = N_("Granted by {by} on {day}, without a reason (run {run}).")
VALID = {
    (False, False): N_("Valid without end."),
    (False, True): N_("Valid until {last}."),
    (True, False): N_("Valid from {first}, without end."),
    (True, True): N_("Valid from {first} until {last}."),
}
CONFIRMED_SINCE = N_("The account is confirmed since {day}.")
CLOSED = {AccountKnown.LOCKED: Phrase(N_("locked")), AccountKnown.DISABLED: Phrase(N_("disabled"))}
CLOSED_SINCE = {
    (False, False): N_("The account is {state}."),
    (False, True): N_("The account is {state}, reason: {reason}."),
    (True, False): N_("The account is {state} since {day}."),
    (True, True): N_("The account is {state} since {day}, reason: {reason}."),
}
NOT_CONFIRMED = {
    AccountKnown.UNKNOWN: N_("There is no account with this address."),
    AccountKnown.UNCONFIRMED: N_("The address is not confirmed yet."),
}

NOTHING = N_("There is no role for that here or at a head office above; it takes {roles}.")
COMPANY_ENDED = N_("Company {company} is ended in the register.")
WOULD_DO = N_("Otherwise the role {role} at {company} would do.")
OF_ACCOUNT = frozenset({Obstacle.LOCKED, Obstacle.DISABLED})
ENDED = {
    (False, False): N_("The role {role} at {company} ended on {ended}."),
    (False, True): N_("The role {role} at {company} ended on {ended}, reason: {reason}."),
    (True, False): N_("The role {role} at {company} was ended by {by} on {ended}."),
    (True, True): N_("The role {role} at {company} was ended by {by} on {ended}, reason: {reason}."),
}
INVITED = {
    (False, False): N_("Invited as {role} at {company} on {given_day}, but the address is not confirmed yet."),
    (False, True): N_(
        "Invited as {role} at {company} on {given_day}, but the address is not confirmed yet; there is time until "
        "{invited_last}."
    ),
    (True, False): N_("Invited as {role} at {company} on {given_day}, but there is no account with this address yet."),
    (True, True): N_(
        "Invited as {role} at {company} on {given_day}, but there is no account with this address yet; there is time "
        "until {invited_last}."
    ),
}
OBSTACLE = {
    Obstacle.INVITED: "",
    Obstacle.ENDED: "",
    Obstacle.LAPSED: N_(
        "The invitation as {role} at {company} lapsed with {invited_last}: the address was not confirmed in time."
    ),
    Obstacle.NOT_GIVEN: N_("The role {role} at {company} was granted only later, on {given}."),
    Obstacle.EXPIRED: N_("The role {role} at {company} expired with {last}."),
    Obstacle.PENDING: N_("The role {role} at {company} is valid from {first} only."),
    Obstacle.COMPANY_ENDED: N_("Company {company} is ended in the register, so the role {role} there gives nothing."),
    Obstacle.NO_SITES: N_("The role {role} at {company} leaves out the sites below it."),
    Obstacle.OWN_ONLY: N_("The role {role} at {company} holds there alone; that of a trainer never reaches a site."),
    Obstacle.SETTING: N_("The role {role} at {company} would do if {setting} were switched on here; it is off."),
    Obstacle.ROLE: N_("The role {role} at {company} is not enough; it takes {roles}."),
    Obstacle.ELSEWHERE: N_("The role {role} would do, but it is held at {company}: {relation}."),
}
EXPIRES = N_("The role {role} at {company} is valid until {last} only.")
RELATION = {
    Relation.ITSELF: Phrase(N_("this company itself")),
    Relation.ABOVE: Phrase(N_("a head office of this company")),
    Relation.BELOW: Phrase(N_("a site below this company, and roles do not reach upwards")),
    Relation.SIBLING: Phrase(N_("another site of the same head office")),
    Relation.CHAMBER: Phrase(N_("another company")),
    Relation.FOREIGN: Phrase(N_("a company of another chamber")),
}
BRIEFLY = {
    Obstacle.LOCKED: N_("account locked"),
    Obstacle.DISABLED: N_("account disabled"),
    Obstacle.INVITED: N_("address not confirmed"),
    Obstacle.LAPSED: N_("invitation lapsed"),
    Obstacle.NOT_GIVEN: N_("granted later"),
    Obstacle.ENDED: N_("ended"),
    Obstacle.EXPIRED: N_("expired"),
    Obstacle.PENDING: N_("not begun"),
    Obstacle.COMPANY_ENDED: N_("company ended in the register"),
    Obstacle.NO_SITES: N_("without the sites"),
    Obstacle.OWN_ONLY: N_("not for sites"),
    Obstacle.SETTING: N_("setting switched off"),
    Obstacle.ROLE: N_("another role is needed"),
    Obstacle.ELSEWHERE: N_("only there"),
}

PAST = N_("What was so then cannot be changed any more; without --at the answer is about now.")
OR = N_("Or: {todo} {who}")
CURE = {
    Cure.REOPEN: N_("Import a register that names the company again, which brings it back."),
    Cure.UNLOCK: N_("Unlock the account."),
    Cure.RESEND: N_("Send the invitation again."),
    Cure.CONFIRM: N_("Send the confirmation mail again; whoever reads the mailbox of {email} confirms with it."),
    Cure.GRANT: N_("Grant the role {role}."),
    Cure.START: N_("Let it begin earlier."),
    Cure.EXTEND: N_("Let it hold longer."),
    Cure.WITH_SITES: N_("Let it hold for all sites."),
    Cure.SETTING: N_("Switch on {setting} for everyone with this role, in the configuration file."),
    Cure.LINK_TRAINER: N_("Name the trainer record."),
    Cure.ACTIVATE: N_("Activate the company with the code of its letter."),
    Cure.OPEN_SERVICE: N_("Open the service."),
    Cure.JOIN_PILOT: N_("Take the company into the pilot."),
    Cure.ACTIVATE_SERVICE: N_("Activate the service for the company."),
}
INVITE = N_("Grant the role {role}; where there is no account yet, that is an invitation.")
YOU_MAY = N_("You may run this:")
WHO_MAY = {
    By.ADMINISTRATOR: N_("You may not run this; an administrator of company {company} or the chamber may:"),
    By.CHAMBER: N_("You may not run this; only the chamber may:"),
    By.CHAMBERS: N_("You may not run this; only an operator of all chambers of that account may:"),
    By.PERSON: N_("Somebody with an account and that code has to run this:"),
    By.INSTALLATION: N_("That is for whoever runs this installation; this names the file:"),
}
CONTACT = N_("The chamber: {contact}")
CAVEAT = N_("But note: {what}.")
CAVEATS = {
    Caveat.NO_TRAINER_RECORD: N_("But note: no trainer record is named with the role, so it shows no trainees."),
    Caveat.SERVICE_NOT_ACTIVE: N_("But note: company {company} has not activated the service yet."),
}
_OPERATOR = Phrase(N_("an operator of the chamber"))


def giver(name: str) -> str:
    """Who gave or took it, as people say it."""
    return _OPERATOR if name == "operator" else name
