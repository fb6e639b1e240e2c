from __future__ import annotations

import secrets
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asta_cli.core import base32, tokens
from asta_cli.core.errors import Status
from asta_cli.core.keys import MacKey
from asta_cli.core.model import LinkPurpose
from asta_cli.core.tokens import ExpiredLink, MalformedToken, UsedLink, WrongToken
from tests.core.support import error_of

KEY = MacKey(b"0001", bytes(range(32)))
CONFIRM, RESET = LinkPurpose.CONFIRM, LinkPurpose.RESET
EXPIRY = "2026-11-24T21:00:00Z"
LINK, ACCOUNT = 0x0123456789ABCDEF, 42
TOKEN = tokens.make_link(KEY, CONFIRM, LINK, ACCOUNT, EXPIRY)

ids = st.integers(0, (1 << 63) - 1)


def genuine(
    text: str, key: MacKey = KEY, purpose: LinkPurpose = CONFIRM, account: int = ACCOUNT, at: str = EXPIRY
) -> bool:
    return error_of(WrongToken, tokens.check_link, tokens.read_link(text), key, purpose, account, at) is None


def test_a_token_is_fixed() -> None:
    # Mails already sent must keep working: a change of the message or the layout shows here.
    assert TOKEN == "04hmasw9nf6yyc1g60rx34f22vcqhejey4ypsrny9yq4r3xg"


@given(ids, ids, st.sampled_from(LinkPurpose))
def test_a_token_reads_back_and_is_genuine_for_what_it_was_made_for(
    link: int, account: int, purpose: LinkPurpose
) -> None:
    text = tokens.make_link(KEY, purpose, link, account, EXPIRY)
    assert text == tokens.make_link(KEY, purpose, link, account, EXPIRY)
    assert len(text) == tokens.LENGTH == 48
    assert set(text) <= set(base32.ALPHABET)
    assert tokens.read_link(text).id == link
    assert genuine(text, purpose=purpose, account=account)


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": RESET},
        {"account": ACCOUNT + 1},
        {"at": "2026-11-24T21:00:01Z"},
        {"key": MacKey(KEY.id, bytes(32))},
        {"key": MacKey(b"0002", KEY.key)},
    ],
)
def test_a_token_is_worthless_for_anything_else(change: dict[str, object]) -> None:
    assert genuine(TOKEN)
    assert not genuine(TOKEN, **change)  # type: ignore[arg-type]


@given(st.integers(0, 47), st.sampled_from(base32.ALPHABET))
def test_a_changed_symbol_is_found(place: int, symbol: str) -> None:
    text = TOKEN[:place] + symbol + TOKEN[place + 1 :]
    try:
        assert genuine(text) == (text == TOKEN)
    except MalformedToken:
        assert text != TOKEN


def test_the_error_of_a_foreign_token() -> None:
    with pytest.raises(WrongToken) as caught:
        tokens.check_link(tokens.read_link(TOKEN), KEY, RESET, ACCOUNT, EXPIRY)
    assert (caught.value.code, caught.value.status) == ("foreign_token", Status.REFUSED)


@given(st.lists(st.sampled_from(["", " ", "\n", "\r\n", "\u00a0", "\t", "-"]), min_size=49, max_size=49), st.booleans())
def test_forgives_line_breaks_blanks_and_case(between: list[str], upper: bool) -> None:
    text = between[0] + "".join(c + gap for c, gap in zip(TOKEN, between[1:], strict=True))
    assert tokens.read_link(text.upper() if upper else text) == tokens.read_link(TOKEN)


@pytest.mark.parametrize("quoted", ["<{}>", '"{}"', "'{}'", " <{}>\n", "\n{}\n"])
def test_forgives_what_mail_programs_put_around_it(quoted: str) -> None:
    assert genuine(quoted.format(TOKEN))


def test_forgives_look_alikes() -> None:
    assert tokens.read_link(TOKEN.replace("0", "O").replace("1", "l")) == tokens.read_link(TOKEN)


TOO_HIGH = base32.encode(1 << 239, 48)  # the sign bit of a 64-bit id


@pytest.mark.parametrize(
    "text", ["", "x", TOKEN[:-1], TOKEN + "0", TOKEN[:-1] + "u", TOKEN[:-1] + "ä", TOO_HIGH, " " * 10**6]
)
def test_what_cannot_be_a_token(text: str) -> None:
    with pytest.raises(MalformedToken) as caught:
        tokens.read_link(text)
    assert (caught.value.code, caught.value.status, caught.value.fields) == ("bad_token", Status.REFUSED, {})


@given(st.text())
def test_no_text_breaks_the_readers(text: str) -> None:
    for reader in (tokens.read_link, tokens.token_hash):
        with pytest.raises(MalformedToken):
            reader(text)


def test_a_token_does_not_show_its_mac() -> None:
    assert repr(tokens.read_link(TOKEN)) == f"LinkToken(id={LINK})"


def test_a_link_expires_on_the_second() -> None:
    tokens.check_time(CONFIRM, EXPIRY, "2026-11-24T20:59:59Z", "max@company.example")
    for moment in (EXPIRY, "2026-11-24T21:00:01Z", "2036-01-01T00:00:00Z"):
        with pytest.raises(ExpiredLink) as caught:
            tokens.check_time(CONFIRM, EXPIRY, moment, "max@company.example")
        assert (caught.value.code, caught.value.status) == ("expired", Status.REFUSED)
        assert caught.value.fields == {"until": EXPIRY, "command": "asta confirm --resend max@company.example"}


def test_every_kind_of_link_says_how_to_get_a_new_one() -> None:
    for purpose in LinkPurpose:
        said = tokens.renewal(purpose, "a@b.example", "c@d.example").removesuffix(" c@d.example")
        assert said.endswith(" a@b.example")
    assert tokens.renewal(RESET, "a@b.example") == "asta password reset a@b.example"
    assert UsedLink.code == "used"


def test_sessions_are_random_and_hashed() -> None:
    one, other = tokens.make_session(secrets.token_bytes), tokens.make_session(secrets.token_bytes)
    assert len(one) == 52
    assert one != other
    assert tokens.token_hash(one) == tokens.token_hash(f" {one.upper()}\n")
    assert tokens.token_hash(one) != tokens.token_hash(other)


def test_a_session_hash_is_fixed() -> None:
    text = tokens.make_session(lambda count: bytes(range(count)))
    assert tokens.token_hash(text).hex() == "d116a2a107e56492e103e14ee24b5d187d0ef674fb6e94a350e9c1eb7dbf68a4"


def test_a_service_token_is_worthless_as_a_session_and_its_hash_is_fixed() -> None:
    text = tokens.make_session(lambda count: bytes(range(count)))
    assert tokens.service_hash(text) == sha256(b"asta service token 1\0" + bytes(range(32))).digest()
    assert tokens.service_hash(text) != tokens.token_hash(text)
    with pytest.raises(MalformedToken):
        tokens.service_hash(text[1:])


@given(st.binary(min_size=32, max_size=32))
def test_session_tokens_keep_every_bit(octets: bytes) -> None:
    text = tokens.make_session(lambda count: octets[:count])
    assert base32.decode(text) == int.from_bytes(octets, "big")


@pytest.mark.parametrize("text", ["", TOKEN, "z" * 52, "0" * 51])
def test_what_cannot_be_a_session(text: str) -> None:
    with pytest.raises(MalformedToken):
        tokens.token_hash(text)


NEW = ("New@b.example", "new@b.example")


@pytest.mark.parametrize(
    "address", [None, ("new@b.example", "new@b.example"), ("New@b.example", "new@b.exampl"), ("New@b.examplen", "ew")]
)
def test_a_token_for_a_new_address_is_good_for_that_address_only(address: tuple[str, str] | None) -> None:
    read = tokens.read_link(tokens.make_link(KEY, LinkPurpose.EMAIL, LINK, ACCOUNT, EXPIRY, NEW))
    tokens.check_link(read, KEY, LinkPurpose.EMAIL, ACCOUNT, EXPIRY, NEW)
    with pytest.raises(WrongToken):
        tokens.check_link(read, KEY, LinkPurpose.EMAIL, ACCOUNT, EXPIRY, address)
