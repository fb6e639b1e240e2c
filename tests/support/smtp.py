"""A real mail server on the loopback address that keeps what it is given and misbehaves on request."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from aiosmtpd.smtp import SMTP, Envelope, Session


class Behaviour(StrEnum):
    """What the server does with the next mail."""

    ACCEPT = "accept"
    REFUSE = "refuse"  # 550 to every recipient
    DEFER = "defer"  # 451 to every recipient
    STALL = "stall"  # takes the text and never answers
    DROP = "drop"  # keeps the mail, but hangs up instead of saying so


@dataclass(frozen=True, slots=True)
class Delivery:
    """A mail as it came in: the envelope and the message."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def text(self) -> str:
        """The plain text of the mail."""
        body = self.message.get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


@dataclass
class MailServer:
    """The server's handle: set ``behaviour`` or ``refused`` at any time, read ``mails``."""

    behaviour: Behaviour = Behaviour.ACCEPT
    refused: set[str] = field(default_factory=set)
    mails: list[Delivery] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        """The value for ``ASTA_MAIL_URL``."""
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[Delivery]:
        """Return the mails that *address* was given, oldest first."""
        return [mail for mail in self.mails if address in mail.recipients]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        if self.behaviour is Behaviour.REFUSE or address in self.refused:
            return "550 5.1.1 no such mailbox"
        if self.behaviour is Behaviour.DEFER:
            return "451 4.3.0 not now"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.behaviour is Behaviour.STALL:
            await asyncio.Event().wait()
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        self.mails.append(Delivery(envelope.mail_from or "", tuple(envelope.rcpt_tos), message))
        if self.behaviour is Behaviour.DROP:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return "250 OK"


class MailController(Controller):
    """Run a `MailServer` in a thread, on a port that the system chooses."""

    def __init__(self, server: MailServer) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        server.port = self._socket.getsockname()[1]
        super().__init__(server, hostname="127.0.0.1", port=server.port)

    def _create_server(self) -> Coroutine[Any, Any, asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._socket)
