"""What goes into the post and what comes of it: plain values, so that the outbox can be tested without a server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.core.model import LinkPurpose, MailKind

Gettext = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One entry of the outbox.

    ``recipient`` is the stored spelling of the address, ``language`` the recipient's own. ``params`` holds what the
    text of this kind needs (see ``mail.texts``), never anything that opens a door: tokens are computed on writing.
    """

    id: int
    kind: MailKind
    recipient: str
    language: str
    params: Mapping[str, object] = field(repr=False)
    queued_at: str


@dataclass(frozen=True, slots=True)
class LinkRef:
    """The row of ``link`` a token is computed from. ``purpose`` follows from the kind of mail, not its parameters.

    ``address``: the new address of the account with its key, if the link is about one.
    """

    id: int
    purpose: LinkPurpose
    account: int
    expires_at: str
    address: tuple[str, str] | None = None


TokenOf = Callable[[LinkRef], str]


class Outcome(StrEnum):
    """What became of one attempt."""

    SENT = "sent"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The result of one attempt.

    ``reason`` is a word of ours, after the SMTP status code if there was one (``451 recipient_refused``): what a server
    says in words may hold addresses and is not kept. ``server`` tells that the trouble is with the way there, not with
    this message, so the next one will meet it too.
    """

    outcome: Outcome
    reason: str | None = None
    server: bool = False


SENT = Delivery(Outcome.SENT)


class Unwritable(AstaError):
    """This message can never be written: a parameter is missing, or the address is none. Others are not affected."""

    code = "mail_unwritable"
    status = Status.REFUSED
    message = N_("the mail {mail} cannot be written")
    hint = N_("repeat the command that queued it")


class BadMailUrl(AstaError):
    """The setting that says where mails go is malformed. It may hold a password, so it is never shown."""

    code = "mail_url"
    status = Status.CONFIG
    message = N_("the setting ASTA_MAIL_URL cannot be understood")
    hint = N_(
        "write dir:///path, smtp://host:port, smtp+starttls://user:password@host:port or smtps://...; "
        "percent-encode special characters in the user and the password"
    )


class ReadablePassword(AstaError):
    """A password would travel readable through the network."""

    code = "mail_url"
    status = Status.CONFIG
    message = N_("the setting ASTA_MAIL_URL would send a password unencrypted")
    hint = N_("use smtp+starttls:// or smtps:// instead of smtp://")


class BadSender(AstaError):
    """The sender of the mails is not an address."""

    code = "mail_sender"
    status = Status.CONFIG
    message = N_("the sender of the mails, {sender}, is not an e-mail address")
    hint = N_("write it as name@example.org or as Name <name@example.org>")


class BadConfirmUrl(AstaError):
    """The address of the page that takes a confirmation is not one that a mail can carry."""

    code = "confirm_url"
    status = Status.CONFIG
    message = N_("the setting portal.confirm_url is not an http or https address")
    hint = N_("write it as https://portal.example.org/confirm; asta adds the token")


class UnsafeDirectory(AstaError):
    """The directory for mails belongs to someone else, can be written by others, is a link or is no directory."""

    code = "mail_directory"
    status = Status.CONFIG
    message = N_("mails are not kept in {path}: it must be a directory of your own that only you can write to")
    hint = N_("name another directory in ASTA_MAIL_URL, or one that does not exist yet")
