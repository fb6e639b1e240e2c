"""What an attempt to deliver means: sent, later or never.

What decides between *later* and *never* is whose fault it is: only the answer to this recipient or to this text can
end a message. Whatever is wrong before that (the greeting, TLS, the password, the sender) would be wrong for every
message, is for an operator to mend, and must not cost a single one.
"""

from __future__ import annotations

import smtplib
import socket
import ssl

from asta_cli.mail.model import Delivery, Outcome

CLOSING = 421
_AUTH_NEEDED = 530  # RFC 4954 6: an answer to any command, and about us
_TOO_BIG = 552
_ABOUT_THE_MESSAGE = {"recipient_refused", "message_refused"}
_ABOUT_THE_SERVER = {CLOSING, _AUTH_NEEDED}


class Refused(Exception):
    """The server answered a step with *code*, which is not what was hoped for."""

    def __init__(self, code: int, word: str) -> None:
        super().__init__(word)
        self.code = code
        self.word = word


_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (TimeoutError, "timed_out"),
    (ssl.SSLCertVerificationError, "tls_certificate"),
    (ssl.SSLError, "tls_failed"),
    (socket.gaierror, "host_unknown"),
    (ConnectionRefusedError, "connection_refused"),
    (smtplib.SMTPServerDisconnected, "connection_lost"),
    (ConnectionError, "connection_lost"),
    (smtplib.SMTPException, "protocol_broken"),
)


def of_refusal(refusal: Refused) -> Delivery:
    """What an answer other than *yes* means."""
    code, word = refusal.code, refusal.word
    if code == 0:  # nobody said it: something we insist on is missing
        return Delivery(Outcome.TEMPORARY, word, server=True)
    if not 400 <= code < 600:
        return Delivery(Outcome.TEMPORARY, "protocol_broken", server=True)
    reason = f"{code} {word}"
    if code in _ABOUT_THE_SERVER or not (word in _ABOUT_THE_MESSAGE or code == _TOO_BIG):
        return Delivery(Outcome.TEMPORARY, reason, server=True)
    return Delivery(Outcome.PERMANENT if code >= 500 else Outcome.TEMPORARY, reason)


def of_error(error: OSError | smtplib.SMTPException) -> Delivery:
    """What a broken connection means: try again, even if the server may have taken the message."""
    # smtplib turns a time-out while reading into a disconnection and keeps the time-out as its context.
    cause = error.__context__ if isinstance(error, smtplib.SMTPServerDisconnected) else None
    seen = cause if isinstance(cause, TimeoutError) else error
    word = next((word for kind, word in _WORDS if isinstance(seen, kind)), "connection_failed")
    return Delivery(Outcome.TEMPORARY, word, server=True)
