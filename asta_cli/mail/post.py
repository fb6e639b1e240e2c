"""From the outbox to the way out: claim, write, deliver, settle."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from typing import TYPE_CHECKING

from asta_cli.core.model import MailKind, MailState
from asta_cli.core.tokens import PURPOSE, make_link
from asta_cli.mail.compose import check_confirm_url, check_sender, compose
from asta_cli.mail.deliver import transport
from asta_cli.mail.model import Delivery, Gettext, LinkRef, Outgoing
from asta_cli.mail.outbox import LEASE, Tally, send_due, settlement
from asta_cli.run import Desk
from asta_cli.run.queues import ClaimedMail, claim_mail, settle_mail, still_true

if TYPE_CHECKING:
    from asta_cli.settings import Settings

OUTDATED = "no_longer_true"


def send_once(desk: Desk, settings: Settings, gettext: Callable[[str], Gettext]) -> Tally:
    """Send every message that is due, until there is none or the way out is closed. *gettext* speaks a language.

    Raises BadMailUrl, ReadablePassword, BadSender, BadConfirmUrl, UnsafeDirectory (78), before any message is touched.
    """
    check_sender(settings.mail.sender)
    check_confirm_url(settings.portal.confirm_url)
    out = transport(settings.mail_url, timeout=settings.mail.timeout)
    post = _Post(desk, settings, gettext)
    return send_due(post.claim, post.settle, out, post.compose, now=desk.now)


class _Post:
    """The outbox as ``send_due`` wants it."""

    def __init__(self, desk: Desk, settings: Settings, gettext: Callable[[str], Gettext]) -> None:
        self._desk = desk
        self._settings = settings
        self._gettext = gettext
        self._key = desk.mac_key(PURPOSE)
        self._claimed: dict[int, ClaimedMail] = {}

    def claim(self) -> Outgoing | None:
        """The next message, with as much of it as is still true. One of which nothing is left is dropped."""
        while (found := claim_mail(self._desk, int(LEASE.total_seconds()))) is not None:
            params = still_true(self._desk, found)
            if params is not None:
                self._claimed[found.id] = found
                kind = MailKind(found.kind)
                return Outgoing(found.id, kind, found.recipient, found.language, params, found.queued_at)
            settle_mail(self._desk, found, MailState.DROPPED, due_at=None, error=OUTDATED)
        return None

    def compose(self, message: Outgoing) -> EmailMessage:
        """The text of *message*, the same bytes each time."""
        return compose(
            message,
            sender=self._settings.mail.sender,
            token=self._token,
            confirm_url=self._settings.portal.confirm_url,
            gettext=self._gettext(message.language),
        )

    def settle(self, message: Outgoing, delivery: Delivery) -> None:
        """Write down what became of *message*."""
        mail = self._claimed.pop(message.id)
        end = settlement(message, delivery, attempts=mail.attempt, now=self._desk.now())
        settle_mail(self._desk, mail, end.state, due_at=end.due_at, error=end.error)

    def _token(self, link: LinkRef) -> str:
        return make_link(self._key, link.purpose, link.id, link.account, link.expires_at, link.address)
