"""Delivery to a mail server (RFC 5321), with STARTTLS (RFC 3207) or TLS from the start (RFC 8314).

The standard library speaks the protocol; here are the order of steps, one connection for many messages, and limits to
their time.
"""

from __future__ import annotations

import quopri
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from enum import StrEnum
from typing import Self

from asta_cli.mail.model import SENT, Delivery
from asta_cli.mail.verdict import CLOSING, Refused, of_error, of_refusal

_PARTING = 5.0  # seconds for QUIT, when all is done anyway
_PER_MESSAGE = 5  # timeouts that a whole message may take


class Security(StrEnum):
    """How the connection is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class Server:
    """Where and as whom to deliver. The password shows up in no representation."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)


class Smtp:
    """One connection, opened with the first message and used for all that follow.

    If the server accepts a message and its answer gets lost, that is *temporary*: the message goes out again with the
    same Message-ID and the same bytes, and the reader's side can tell that it is one.
    """

    def __init__(self, server: Server, *, timeout: float, tls: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._timeout = timeout
        self._tls = tls
        self._smtp: smtplib.SMTP | None = None
        self._overdue = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._smtp is not None and self._smtp.sock is not None:
            self._smtp.sock.settimeout(min(self._timeout, _PARTING))
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
        self._drop()

    def deliver(self, message: EmailMessage) -> Delivery:
        """Hand *message* to the server."""
        finished = False
        try:
            with self._deadline():
                self._hand_over(self._connection(), message)
            finished = True
        except Refused as refusal:
            finished = refusal.code != CLOSING
            return of_refusal(refusal)
        except (OSError, smtplib.SMTPException) as error:
            return of_error(TimeoutError() if self._overdue else error)
        finally:
            if not finished:
                self._drop()
        return SENT

    def probe(self) -> Delivery:
        """Whether a message could be handed over now: connect, encrypt and sign in, and send nothing."""
        try:
            with self._deadline():
                self._connection()
        except Refused as refusal:
            return of_refusal(refusal)
        except (OSError, smtplib.SMTPException) as error:
            return of_error(TimeoutError() if self._overdue else error)
        return SENT

    def _connection(self) -> smtplib.SMTP:
        """The open connection if it still works, else a new one.

        One that failed on the way is never kept: the next message would find it open, but readable and not signed in.
        """
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                if self._smtp.rset()[0] == 250:
                    return self._smtp
        self._drop()
        try:
            return self._connect()
        except BaseException:
            self._drop()
            raise

    def _connect(self) -> smtplib.SMTP:
        self._smtp = smtp = smtplib.SMTP(local_hostname=_own_name(), timeout=self._timeout)
        smtp.sock = line = socket.create_connection((self._server.host, self._server.port), self._timeout)
        if self._server.security is Security.TLS:
            smtp.sock = self._encrypted(line)
        _expect(smtp.getreply(), "greeting_refused")
        _expect(_greet(smtp), "hello_refused")
        if self._server.security is Security.STARTTLS:
            self._start_tls(smtp, line)
        if self._server.user:
            self._sign_in(smtp)
        return smtp

    def _start_tls(self, smtp: smtplib.SMTP, line: socket.socket) -> None:
        if not smtp.has_extn("starttls"):  # never go on readable: that is what an attacker in between would want
            raise Refused(0, "starttls_missing")
        _expect(smtp.docmd("STARTTLS"), "starttls_refused")
        smtp.sock = self._encrypted(line)
        # RFC 3207 4.2: what was said before counts for nothing, buffered bytes included.
        smtp.file = None
        smtp.ehlo_resp = smtp.helo_resp = None
        smtp.esmtp_features = {}
        _expect(_greet(smtp), "hello_refused")

    def _encrypted(self, line: socket.socket) -> ssl.SSLSocket:
        tls = self._tls or ssl.create_default_context()
        return tls.wrap_socket(line, server_hostname=self._server.host)

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        try:
            smtp.login(self._server.user, self._server.password)
        except smtplib.SMTPAuthenticationError as error:
            raise Refused(error.smtp_code, "login_refused") from None
        except (smtplib.SMTPServerDisconnected, smtplib.SMTPResponseException):
            raise
        except smtplib.SMTPException:
            raise Refused(0, "login_missing") from None

    def _hand_over(self, smtp: smtplib.SMTP, message: EmailMessage) -> None:
        content = wire(message)
        options = [f"size={len(content)}"] if smtp.has_extn("size") else []
        _expect(smtp.mail(_address(message, "From"), options), "sender_refused")
        _expect(smtp.rcpt(_address(message, "To")), "recipient_refused")
        try:
            answer = smtp.data(content)
        except smtplib.SMTPDataError as error:
            raise Refused(error.smtp_code, "message_refused") from None
        _expect(answer, "message_refused")

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None

    @contextmanager
    def _deadline(self) -> Iterator[None]:
        """Hang up when a message takes too long: a server that sends a byte now and then never meets a time-out."""
        self._overdue = False
        timer = threading.Timer(_PER_MESSAGE * self._timeout, self._hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _hang_up(self) -> None:
        self._overdue = True
        connection = self._smtp.sock if self._smtp is not None else None
        if connection is not None:
            with suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)  # below TLS, which the other thread is using


def wire(message: EmailMessage) -> bytes:
    """*message* as it goes over the wire: quoted-printable, which no server on the way has a reason to change."""
    copy = deepcopy(message)
    copy.set_payload(quopri.encodestring(message.get_content().encode()).decode("ascii"))
    copy.replace_header("Content-Transfer-Encoding", "quoted-printable")
    return copy.as_bytes(policy=policy.SMTP)


def _address(message: EmailMessage, header: str) -> str:
    return str(message[header].addresses[0].addr_spec)


def _own_name() -> str:
    """The name to greet with (RFC 5321 4.1.3), without asking the name service, which may take its time."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"


def _greet(smtp: smtplib.SMTP) -> tuple[int, bytes]:
    answer = smtp.ehlo()
    return answer if 200 <= answer[0] < 300 else smtp.helo()


def _expect(answer: tuple[int, bytes], word: str) -> None:
    code = answer[0]
    if not 200 <= code < 300:
        raise Refused(code, word)
