"""An outbox entry as a message. The same entry always gives the same bytes, so a repeat can be known as one.

RFC 5322 for the form, RFC 3834 5 for ``Auto-Submitted``: holiday replies to our mails help nobody.
"""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from urllib.parse import quote, urlsplit

from asta_cli.core.ids import show_id
from asta_cli.mail.addresses import mailbox, read_mailbox
from asta_cli.mail.layout import plain
from asta_cli.mail.material import Material
from asta_cli.mail.model import BadConfirmUrl, BadSender, Gettext, LinkRef, Outgoing, TokenOf, Unwritable
from asta_cli.mail.texts import PURPOSES, write
from asta_cli.mail.wording import part


def compose(
    message: Outgoing, *, sender: str, token: TokenOf, confirm_url: str | None, gettext: Gettext
) -> EmailMessage:
    """The message for *message*, in plain text, encoded ``8bit``.

    *token* computes the token of a link from its row and the secret key; *gettext* speaks ``message.language``. With
    *confirm_url* a confirmation also carries that address with the parameter ``token``.

    Raises:
        BadSender: *sender* is not an address.
        BadConfirmUrl: *confirm_url* is not an http(s) address.
        Unwritable: the parameters are not those of this kind, or the recipient is not an address.
    """
    origin = check_sender(sender)
    page = check_confirm_url(confirm_url)
    try:
        recipient = mailbox(message.recipient)
        subject, body = write(_material(message, token, page, gettext))
        return _assemble(message, origin, recipient, subject, body)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise Unwritable(mail=show_id(message.id)) from error


def check_sender(sender: str) -> Address:
    """*sender* as an address.

    Raises:
        BadSender: it is none.
    """
    try:
        return read_mailbox(sender)
    except ValueError:
        raise BadSender(sender=sender) from None


def check_confirm_url(url: str | None) -> str | None:
    """*url* unless it cannot be a page.

    Raises:
        BadConfirmUrl: it is not an http(s) address, or holds blanks or control characters.
    """
    if url and not (url.isascii() and url.isprintable() and " " not in url and _is_page(url)):
        raise BadConfirmUrl
    return url or None


def _is_page(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _material(message: Outgoing, token: TokenOf, page: str | None, gettext: Gettext) -> Material:
    purpose = PURPOSES.get(message.kind)
    if purpose is None:
        return Material(message, "", None, gettext)
    link = part(message.params, "link")
    address = (str(link["email"]), str(link["email_key"])) if "email" in link else None
    reference = LinkRef(int(str(link["id"])), purpose, int(str(link["account"])), str(link["expires_at"]), address)
    secret = token(reference)
    return Material(message, secret, _with_token(page, secret) if page else None, gettext)


def _with_token(page: str, token: str) -> str:
    parts = urlsplit(page)
    query = f"{parts.query}&" if parts.query else ""
    return parts._replace(query=f"{query}token={quote(token, safe='')}").geturl()


def _assemble(message: Outgoing, origin: Address, recipient: Address, subject: str, body: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = origin
    mail["To"] = recipient
    mail["Subject"] = plain(subject)
    mail["Date"] = datetime.fromisoformat(message.queued_at)
    mail["Message-ID"] = f"<{show_id(message.id)}@asta.{origin.domain.lower()}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(body, charset="utf-8", cte="8bit")
    mail["Content-Language"] = message.language
    return mail
