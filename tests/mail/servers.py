"""Mail servers that misbehave in ways the common one does not, and one with TLS and passwords."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import BufferedIOBase
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.support.smtp import MailController, MailServer

CERTIFICATE = Path(__file__).with_name("localhost.pem")  # self-made, for the name localhost only, with its key

HANG_UP = b""
STALL = b"stall"
DRIP = b"drip"
_USUAL = {
    b"": b"220 script\r\n",
    b"EHLO": b"250 script\r\n",
    b"MAIL": b"250 ok\r\n",
    b"RCPT": b"250 ok\r\n",
    b"DATA": b"354 go on\r\n",
    b".": b"250 taken\r\n",
    b"RSET": b"250 ok\r\n",
    b"QUIT": b"221 bye\r\n",
}


@dataclass
class Script:
    """Answers of a server: per command a list that is used up, then the usual answer.

    ``b""`` is the greeting, ``b"."`` the answer to a text. ``texts`` are those that came in whole, ``log`` is what was
    asked.
    """

    answers: dict[bytes, list[bytes]] = field(default_factory=dict)
    texts: list[bytes] = field(default_factory=list)
    log: list[bytes] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def answer(self, command: bytes) -> bytes:
        waiting = self.answers.get(command)
        return waiting.pop(0) if waiting else _USUAL.get(command, b"500 what\r\n")


@contextmanager
def scripted(answers: dict[bytes, list[bytes]] | None = None) -> Iterator[Script]:
    """A server that follows a script."""
    script, over = Script(answers or {}), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        script.port = listener.getsockname()[1]
        thread = threading.Thread(target=_serve, args=(listener, script, over))
        thread.start()
        yield script
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def _serve(listener: socket.socket, script: Script, over: threading.Event) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            script.connections += 1
            threading.Thread(target=_talk, args=(connection, script, over), daemon=True).start()


def _talk(connection: socket.socket, script: Script, over: threading.Event) -> None:
    with connection, connection.makefile("rb") as lines, suppress(OSError):
        if _say(connection, script.answer(b""), over) and _follow(connection, lines, script, over):
            with _server_tls().wrap_socket(connection, server_side=True) as tls, tls.makefile("rb") as hidden:
                _follow(tls, hidden, script, over)


def _follow(connection: socket.socket, lines: BufferedIOBase, script: Script, over: threading.Event) -> bool:
    """Answer until the end, or until both sides have agreed on TLS, which is then true."""
    for line in lines:
        command = line.split(b" ")[0].strip().upper()
        script.log.append(line.strip())
        answer = script.answer(command)
        if not _say(connection, answer, over):
            return False
        if command == b"STARTTLS":
            return answer.startswith(b"220")
        if command == b"DATA" and answer.startswith(b"354"):
            text = list(iter(lines.readline, b".\r\n"))
            script.texts.append(b"".join(text))
            if not _say(connection, script.answer(b"."), over):
                return False
    return False


def _server_tls() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context


def _say(connection: socket.socket, answer: bytes, over: threading.Event) -> bool:
    if answer == STALL:
        over.wait(10)
    elif answer == DRIP:
        while not over.wait(0.05):
            connection.sendall(b"250-wait\r\n")
    else:
        connection.sendall(answer)
        return answer not in {HANG_UP} and not answer.startswith(b"421")
    return False


class Guarded(MailController):
    """The common server with a certificate."""

    def __init__(self, server: MailServer, *, smtps: bool = False, **options: Any) -> None:
        self._tls = _server_tls()
        self._smtps = smtps
        super().__init__(server)
        self.SMTP_kwargs.update(options | ({} if smtps else {"tls_context": self._tls}))

    def _create_server(self) -> Coroutine[Any, Any, asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._socket, ssl=self._tls if self._smtps else None)


def only_asta(server: object, session: object, envelope: object, mechanism: str, data: object) -> AuthResult:
    """Sign ``asta`` in, and nobody else."""
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"asta", b"s3cr/et#1")
    return AuthResult(success=good, handled=False)


@contextmanager
def guarded(*, smtps: bool = False, **options: Any) -> Iterator[MailServer]:
    """A server with TLS; *options* are those of ``aiosmtpd.smtp.SMTP``."""
    server = MailServer()
    controller = Guarded(server, smtps=smtps, **options)
    controller.start()
    yield server
    controller.stop()


def trusting() -> ssl.SSLContext:
    """A client's context that trusts our certificate, and nothing else."""
    return ssl.create_default_context(cafile=str(CERTIFICATE))
