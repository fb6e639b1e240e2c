"""Tokens: those mailed as links, and those that hold a session.

A link token is computed, never stored: an id, a key id and an HMAC over purpose, id, account and expiry. So nothing
usable is at rest, a mail sent again is identical, and a token of one purpose, account or expiry is worthless for
another; so is one for a new address of the account, which the HMAC binds, too. A session token is 256 random bits, of
which the database keeps a hash (it needs no salt or stretching). Both are written in lower-case Crockford base 32: no
sign in them means anything to a shell, a mail program or a URL.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from asta_cli.core import base32
from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.core.keys import KEY_ID_LENGTH, MacKey, same
from asta_cli.core.model import LinkPurpose

PURPOSE = "link token"
_ID_BYTES = 8
_ID_BITS = 63  # what a database takes as an id
_MAC_BYTES = 18  # 144 bits; with the id and the key id 240, which is 48 symbols without a remainder
_BYTES = _ID_BYTES + KEY_ID_LENGTH + _MAC_BYTES
LENGTH = _BYTES * 8 // base32.BITS
SESSION_BYTES = 32
SESSION_LENGTH = -(-SESSION_BYTES * 8 // base32.BITS)
_LINK_DOMAIN = b"asta link token 1\0"
_SESSION_DOMAIN = b"asta session token 1\0"
_SERVICE_DOMAIN = b"asta service token 1\0"
_QUOTES = "<>\"'"
_RENEWAL = {
    LinkPurpose.CONFIRM: "asta confirm --resend {email}",
    LinkPurpose.RESET: "asta password reset {email}",
    LinkPurpose.EMAIL: "asta accounts change-email {email} {new}",
}


class MalformedToken(AstaError):
    """What was given cannot be a token at all."""

    code = "bad_token"
    status = Status.REFUSED
    message = N_("this is not a complete token")
    hint = N_("copy the whole line from the mail, it may be broken in two")


class WrongToken(AstaError):
    """Well formed, but not made by this installation for this purpose; or its link is not known any more."""

    code = "foreign_token"
    status = Status.REFUSED
    message = N_("this token does not belong here")
    hint = N_("use the newest mail, and the command that stands in it")


class ExpiredLink(AstaError):
    """The link was genuine, but its time is over."""

    code = "expired"
    status = Status.REFUSED
    message = N_("this link was valid until {until}")
    hint = N_("a new one is sent by: {command}")


class UsedLink(AstaError):
    """The link was genuine, but it works only once."""

    code = "used"
    status = Status.REFUSED
    message = N_("this link has been used already, on {at}")
    hint = N_("a new one is sent by: {command}")


@dataclass(frozen=True, slots=True)
class LinkToken:
    """A token as read, not yet checked: ``id`` tells which link it claims to be."""

    id: int
    mac: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bound:
    """What a token is good for: the stored link, as its HMAC binds it. ``address``: the new one, with its key."""

    purpose: LinkPurpose
    account: int
    expires_at: str
    address: tuple[str, str] | None = None


def make_link(
    key: MacKey,
    purpose: LinkPurpose,
    link: int,
    account: int,
    expires_at: str,
    address: tuple[str, str] | None = None,
) -> str:
    """The token of a link: 48 symbols. *key* is the one for :data:`PURPOSE`; it is void from *expires_at* on."""
    token = link.to_bytes(_ID_BYTES, "big") + _mac(key, link, Bound(purpose, account, expires_at, address))
    return base32.encode(int.from_bytes(token, "big"), LENGTH)


def read_link(text: str) -> LinkToken:
    """The token that *text* spells; blanks, line breaks, surrounding quotes and case are forgiven.

    Raises :class:`MalformedToken`, which never contains what was given.
    """
    token = _read(text, LENGTH, _BYTES)
    link = int.from_bytes(token[:_ID_BYTES], "big")
    if link >> _ID_BITS:
        raise MalformedToken
    return LinkToken(id=link, mac=token[_ID_BYTES:])


def check_link(
    token: LinkToken,
    key: MacKey,
    purpose: LinkPurpose,
    account: int,
    expires_at: str,
    address: tuple[str, str] | None = None,
) -> None:
    """Raise :class:`WrongToken` unless *token* was made for this; all but *purpose* are the stored values."""
    if not same(token.mac, _mac(key, token.id, Bound(purpose, account, expires_at, address))):
        raise WrongToken


def check_time(purpose: LinkPurpose, expires_at: str, now: str, email: str, new: str = "") -> None:
    """Raise :class:`ExpiredLink` from *expires_at* on. Call it only for a genuine token: the hint names the address."""
    if now >= expires_at:
        raise ExpiredLink(until=expires_at, command=renewal(purpose, email, new))


def renewal(purpose: LinkPurpose, email: str, new: str = "") -> str:
    """The command, fit for a shell, that sends a new link of this kind; *new*: the address an account is to get."""
    from shlex import quote

    return _RENEWAL[purpose].format(email=quote(email), new=quote(new))


def _mac(key: MacKey, link: int, bound: Bound) -> bytes:
    # Every part has a fixed length or stands beside a NUL, so no two different sets of parts give the same message.
    message = b"".join(
        (
            _LINK_DOMAIN,
            bound.purpose.encode("ascii") + b"\0",
            link.to_bytes(_ID_BYTES, "big"),
            bound.account.to_bytes(_ID_BYTES, "big"),
            bound.expires_at.encode("ascii"),
            *(b"\0" + part.encode() for part in bound.address or ()),
        )
    )
    return key.mac(message, _MAC_BYTES)


def _read(text: str, length: int, size: int) -> bytes:
    symbols = base32.squeeze(text).strip(_QUOTES)
    number = base32.decode(symbols) if len(symbols) == length else None
    if number is None or number >> size * 8:
        raise MalformedToken
    return number.to_bytes(size, "big")


def make_session(randbytes: Callable[[int], bytes]) -> str:
    """A new session token: 256 bits from *randbytes* (``secrets.token_bytes``) in 52 symbols."""
    return base32.encode(int.from_bytes(randbytes(SESSION_BYTES), "big"), SESSION_LENGTH)


def token_hash(text: str) -> bytes:
    """What the database keeps of a session token: 32 bytes of SHA-256. Raises :class:`MalformedToken`."""
    return _hash(_SESSION_DOMAIN, text)


def service_hash(text: str) -> bytes:
    """The same of a service token, which looks alike and is worthless as the token of a session."""
    return _hash(_SERVICE_DOMAIN, text)


def _hash(domain: bytes, text: str) -> bytes:
    import hashlib

    return hashlib.sha256(domain + _read(text, SESSION_LENGTH, SESSION_BYTES)).digest()
