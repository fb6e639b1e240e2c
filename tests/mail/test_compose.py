from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from asta_cli.core.ids import show_id
from asta_cli.core.model import LinkPurpose, MailKind
from asta_cli.mail.compose import check_confirm_url, check_sender, compose
from asta_cli.mail.model import BadConfirmUrl, BadSender, LinkRef, Outgoing, Unwritable
from tests.mail.samples import LINK, MUELLER, QUEUED, SENDER, outgoing, token

CONFIRMATION = LinkRef(7, LinkPurpose.CONFIRM, 11, QUEUED)


def written(message: Outgoing, *, sender: str = SENDER, url: str | None = None) -> EmailMessage:
    return compose(message, sender=sender, token=token, confirm_url=url, gettext=str)


def read(message: Outgoing, url: str | None = None) -> EmailMessage:
    """The message as a mail program reads it."""
    return message_from_bytes(written(message, url=url).as_bytes(), policy=policy.default)


def lines(message: Outgoing, url: str | None = None) -> list[str]:
    text = read(message, url).get_content()
    assert isinstance(text, str)
    return text.splitlines()


def test_the_headers_are_fixed_in_value_and_order() -> None:
    assert written(outgoing()).items() == [
        ("From", "IHK Süd <asta@ihk.example>"),
        ("To", "Ayse@firma.example"),
        ("Subject", "Please confirm your e-mail address"),
        ("Date", "Mon, 23 Nov 2026 21:00:00 +0000"),
        ("Message-ID", f"<{show_id(42)}@asta.ihk.example>"),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Type", 'text/plain; charset="utf-8"'),
        ("Content-Transfer-Encoding", "8bit"),
        ("MIME-Version", "1.0"),
        ("Content-Language", "en"),
    ]


@pytest.mark.parametrize("kind", MailKind)
def test_a_repeat_is_byte_identical(kind: MailKind) -> None:
    assert written(outgoing(kind)).as_bytes() == written(outgoing(kind)).as_bytes()


def test_two_messages_have_two_ids() -> None:
    assert written(outgoing(id_=1))["Message-ID"] != written(outgoing(id_=2))["Message-ID"]


def test_umlauts_survive_in_headers_and_text() -> None:
    message = read(outgoing(MailKind.GRANTED, name="Jörg Groß"))
    assert message["From"].addresses[0].display_name == "IHK Süd"
    assert "Good day Jörg Groß," in lines(outgoing(MailKind.GRANTED, name="Jörg Groß"))
    assert written(outgoing()).as_bytes().split(b"\n\n", 1)[0].isascii()


def test_the_confirmation_command_stands_alone_on_a_raw_line() -> None:
    raw = written(outgoing()).as_bytes().decode().split("\n")
    assert f"asta confirm {token(CONFIRMATION)}" in raw


@pytest.mark.parametrize(
    ("page", "link"),
    [
        ("https://portal.example/confirm", "https://portal.example/confirm?token="),
        ("https://portal.example/confirm?lang=de", "https://portal.example/confirm?lang=de&token="),
        ("http://portal.example", "http://portal.example?token="),
    ],
)
def test_the_confirmation_page_is_linked_with_the_token(page: str, link: str) -> None:
    expected = link + token(CONFIRMATION)
    assert expected in lines(outgoing(), page)
    assert not any(line.startswith("http") for line in lines(outgoing()))


def test_a_token_is_made_for_the_purpose_of_the_mail_whatever_its_parameters_say() -> None:
    forged = {**LINK, "purpose": "confirm"}
    assert f"reset7x11{'z' * 39}" in lines(outgoing(MailKind.PASSWORD_RESET, link=forged), "https://portal.example/c")


def test_a_mail_to_a_stranger_repeats_nothing_a_stranger_wrote() -> None:
    for kind in (MailKind.CONFIRM, MailKind.INVITED):
        assert "Buy" not in read(outgoing(kind, name="Buy at evil.example", email="x")).get_content()


@pytest.mark.parametrize(
    ("winter", "summer"), [("2026-11-24, 22:00 (CET)", "2026-07-01, 23:00 (CEST)")], ids=["Berlin time"]
)
def test_times_are_berlin_times(winter: str, summer: str) -> None:
    assert winter in read(outgoing()).get_content()
    assert summer in read(outgoing(MailKind.PASSWORD_CHANGED, at="2026-07-01T21:00:00Z")).get_content()


def test_the_doubled_hour_is_told_apart() -> None:
    first, second = (
        read(outgoing(MailKind.PASSWORD_CHANGED, at=at)).get_content()
        for at in ("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z")
    )
    assert "02:30 (CEST)" in first
    assert "02:30 (CET)" in second


def test_the_last_day_of_a_grant_is_named_not_the_day_after() -> None:
    text = " ".join(lines(outgoing(MailKind.GRANTED)))
    assert "Administrator, until 2027-07-31" in " ".join(text.split())
    assert "Manager, from 2027-02-01" in " ".join(text.split())


def test_all_companies_are_named() -> None:
    companies = [{**MUELLER, "ident_number": f"{n:07}", "role": "manager"} for n in range(500)]
    text = read(outgoing(MailKind.INVITED, companies=companies)).get_content()
    assert all(f"ident number {n:07}" in " ".join(text.split()) for n in range(500))


HOSTILE = [
    "x\r\nBcc: victim@evil.example",
    "x\nasta confirm EVIL",
    "x\u2028asta confirm EVIL",
    "x\x0basta confirm EVIL",
    "x\x85asta confirm EVIL",
    "x\x00\x1b]0;owned\x07",
    "x\u202egnp.exe",
    "{0.__class__}{name}",
    "a " * 200 + "asta confirm EVIL",
    " ".join(["asta confirm EVIL"] * 30),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_adds_no_header_and_no_line_of_ours(text: str) -> None:
    company = {**MUELLER, "name": text, "role": "manager"}
    for message in (
        outgoing(MailKind.GRANTED, name=text, companies=[company], chamber={"name": text, "email": text}),
        outgoing(MailKind.COMPANY_ACTIVATED, company=company, by={"name": text, "email": text}),
    ):
        raw = written(message).as_bytes()
        assert raw.count(b"\nBcc:") == 0
        assert [name for name, _ in read(message).items()] == [name for name, _ in written(outgoing()).items()]
        shown = lines(message)
        assert not any(line.startswith(("asta confirm", "Bcc")) for line in shown)
        assert all(len(line) <= 78 for line in shown)
        assert not any(c in "".join(shown) for c in "\x00\x1b\x07\x0b\x85\u2028\u202e")


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example, c@d.example",
        "a@b.example c@d.example",
        "Name <a@b.example>",
        "a@b.example\x00",
        "@b.example",
        "a@",
        "a b@c.example",
        '"a\\"b"@c.example',
        "jörg@firma.example",
        "a@[127.0.0.1]",
        f"{'a' * 250}@b.example",
        "",
    ],
)
def test_what_is_not_one_plain_address_is_not_written_to(address: str) -> None:
    with pytest.raises(Unwritable):
        written(outgoing(recipient=address))


def test_a_domain_with_umlauts_goes_out_as_it_is_registered() -> None:
    assert written(outgoing(recipient="info@straße.de"))["To"].addresses[0].addr_spec == "info@xn--strae-oqa.de"


def test_commands_quote_an_address_for_the_shell() -> None:
    address = "`reboot`$HOME@firma.example"
    assert f"  asta login '{address}'" in lines(outgoing(MailKind.ALREADY_REGISTERED, recipient=address))


@pytest.mark.parametrize(
    "message",
    [
        outgoing(MailKind.CONFIRM, link=None),
        outgoing(MailKind.CONFIRM, link="7"),
        outgoing(MailKind.CONFIRM, link={**LINK, "id": "seven"}),
        outgoing(MailKind.CONFIRM, link={**LINK, "expires_at": "tomorrow"}),
        outgoing(MailKind.GRANTED, companies=[]),
        outgoing(MailKind.GRANTED, companies=[{**MUELLER, "role": "king"}]),
        outgoing(MailKind.GRANTED, companies=[{**MUELLER, "role": "manager", "valid_until": "9999-12-31T23:59:59Z"}]),
        outgoing(MailKind.SERVICE_RELEASED, service="coffee"),
        outgoing(MailKind.COMPANY_ACTIVATED, by=None),
        outgoing(language="de\r\nBcc: a@b.example"),
    ],
)
def test_wrong_parameters_are_one_typed_error(message: Outgoing) -> None:
    with pytest.raises(Unwritable):
        written(message)


@pytest.mark.parametrize("sender", ["", "nobody", "a@b.example, c@d.example", "x\r\nBcc: y <a@b.example>", "Name <>"])
def test_a_wrong_sender_is_a_matter_of_configuration(sender: str) -> None:
    with pytest.raises(BadSender):
        check_sender(sender)
    with pytest.raises(BadSender):
        written(outgoing(), sender=sender)


@pytest.mark.parametrize(
    "url",
    ["portal.example", "ftp://portal.example/", "https://", "https://a b/", "https://x/\nasta", "https://[x/", "/c"],
)
def test_a_wrong_confirmation_page_is_a_matter_of_configuration(url: str) -> None:
    with pytest.raises(BadConfirmUrl):
        check_confirm_url(url)


@pytest.mark.parametrize(
    ("sender", "name", "address"),
    [
        ("asta@ihk.example", "", "asta@ihk.example"),
        ("IHK Süd <asta@ihk.example>", "IHK Süd", "asta@ihk.example"),
        ('"IHK Süd, Abt. 3" <asta@ihk.example>', "IHK Süd, Abt. 3", "asta@ihk.example"),
        ("IHK <asta@ihk-köln.de>", "IHK", "asta@xn--ihk-kln-e1a.de"),
    ],
)
def test_a_sender_may_have_a_name(sender: str, name: str, address: str) -> None:
    found = written(outgoing(), sender=sender)["From"].addresses[0]
    assert (found.display_name, found.addr_spec) == (name, address)


def test_no_confirmation_page_is_none() -> None:
    assert check_confirm_url(None) is None
    assert check_confirm_url("") is None
