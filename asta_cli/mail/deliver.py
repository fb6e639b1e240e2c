"""The ways out of the house: what ``ASTA_MAIL_URL`` names, as something that takes messages."""

from __future__ import annotations

import ssl
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol, Self
from urllib.parse import SplitResult, unquote, urlsplit

from asta_cli.mail.directory import Directory
from asta_cli.mail.model import BadMailUrl, Delivery, ReadablePassword
from asta_cli.mail.smtp import Security, Server, Smtp

TIMEOUT = 60.0
_SCHEMES = {"smtp": Security.NONE, "smtp+starttls": Security.STARTTLS, "smtps": Security.TLS}
_PORTS = {Security.NONE: 25, Security.STARTTLS: 587, Security.TLS: 465}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Transport(Protocol):
    """Takes messages, one at a time, within a ``with`` block; connections last for the block.

    ``deliver`` never raises over a server, a network or a full disk: that is a :class:`Delivery`.
    """

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...

    def deliver(self, message: EmailMessage) -> Delivery:
        """Try to hand *message* over, and say what became of it."""
        ...

    def probe(self) -> Delivery:
        """Whether one could be handed over now."""
        ...


def transport(url: str, *, timeout: float = TIMEOUT, tls: ssl.SSLContext | None = None) -> Transport:
    """The way out that *url* names.

    *timeout* is in seconds for each answer of a server; a whole message gets five times that. *tls* replaces the
    system's trust store (which also heeds ``SSL_CERT_FILE``).

    Raises:
        BadMailUrl: *url* is none of ``dir:///path``, ``smtp://``, ``smtp+starttls://``, ``smtps://``.
        ReadablePassword: a password for a server elsewhere, without TLS.
    """
    if url.startswith("dir://"):
        return Directory(_path(url.removeprefix("dir://")))
    return Smtp(_server(url), timeout=timeout, tls=tls)


def _path(text: str) -> Path:
    path = Path(unquote(text))
    if not path.is_absolute() or not str(path).isprintable():
        raise BadMailUrl
    return path


def _server(url: str) -> Server:
    try:
        parts = urlsplit(url)
        security = _SCHEMES[parts.scheme]
        port = parts.port or _PORTS[security]
    except (KeyError, ValueError):  # their texts quote the URL, and so a password
        raise BadMailUrl from None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not parts.hostname or not _bare(parts) or bool(user) != bool(password) or not _typeable(user + password):
        raise BadMailUrl
    if password and security is Security.NONE and parts.hostname not in _LOOPBACK:
        raise ReadablePassword
    return Server(parts.hostname, port, security, user, password)


def _bare(parts: SplitResult) -> bool:
    return parts.path in {"", "/"} and not parts.query and not parts.fragment and _typeable(parts.hostname or "")


def _typeable(text: str) -> bool:
    """Whether SMTP can carry *text*: the standard library sends names and passwords in ASCII only."""
    return text.isascii() and text.isprintable()
