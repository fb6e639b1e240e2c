from __future__ import annotations

import traceback

import pytest

from asta_cli.core.errors import AstaError, Status
from asta_cli.mail.deliver import transport
from asta_cli.mail.directory import Directory
from asta_cli.mail.model import BadMailUrl, ReadablePassword
from asta_cli.mail.smtp import Security, Server, Smtp

CANARY = "c4nary"


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", Server("mail.example", 25, Security.NONE)),
        ("smtp://[::1]:2525/", Server("::1", 2525, Security.NONE)),
        ("smtp+starttls://mail.example", Server("mail.example", 587, Security.STARTTLS)),
        ("smtps://u:p%2F%40@mail.example:4650", Server("mail.example", 4650, Security.TLS, "u", "p/@")),
        ("smtp://u:p@localhost", Server("localhost", 25, Security.NONE, "u", "p")),
    ],
)
def test_addresses_of_servers(url: str, server: Server) -> None:
    found = transport(url)
    assert isinstance(found, Smtp)
    assert found._server == server


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example",
        "http://mail.example",
        "smtp:mail.example",
        "smtp://",
        "smtp://:25",
        f"smtps://u:{CANARY}@host:port",
        f"smtps://u:{CANARY}#x@host",
        f"smtps://u:{CANARY}/x@host",
        f"smtps://u:{CANARY}ö@host",
        f"smtps://u:{CANARY}%0a@host",
        f"smtps://u:{CANARY}@host/inbox",
        f"smtps://u:{CANARY}@host?x=1",
        f"smtps://u:{CANARY}@[host",
        f"smtps://u:{CANARY}@ho\u2100st",
        f"smtps://:{CANARY}@host",
        "smtps://user@host",
        "smtp://host:99999",
        "dir:/tmp/mail",
        "dir://mail",
        "dir://",
        "dir:///tmp/a%0Ab",
    ],
)
def test_wrong_urls_are_refused_and_never_shown(url: str) -> None:
    with pytest.raises(BadMailUrl) as caught:
        transport(url)
    assert caught.value.status is Status.CONFIG
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_a_password_does_not_travel_readable() -> None:
    with pytest.raises(ReadablePassword) as caught:
        transport(f"smtp://u:{CANARY}@mail.example")
    assert isinstance(caught.value, AstaError)
    assert CANARY not in str(caught.value)


def test_a_password_is_in_no_representation() -> None:
    found = transport(f"smtps://u:{CANARY}@mail.example")
    assert isinstance(found, Smtp)
    assert CANARY not in repr(found) + repr(found._server)


def test_a_directory_may_be_percent_encoded() -> None:
    found = transport("dir:///tmp/Meine%20Mails/ä")
    assert isinstance(found, Directory)
    assert str(found._path) == "/tmp/Meine Mails/ä"
