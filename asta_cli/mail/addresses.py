"""Addresses as a mail server takes them: ASCII only, one address, nothing that could end a header or a command."""

from __future__ import annotations

import re
from email.headerregistry import Address

# RFC 5321 4.1.2: a dot-string before the @, a domain of letters, digits and hyphens after it. Quoted local parts are
# legal there, but no address of ours has one, and refusing them leaves nothing to quote.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_LONGEST = 254
_NAMED = re.compile(r"([^<>]*)<([^<>]*)>")


def ascii_address(address: str) -> str:
    """*address* with its domain as A-labels (IDNA 2008), the local part as it is.

    Raises:
        ValueError: it is not one plain address, or its local part is not ASCII.
    """
    if not address.isascii():
        from email_validator import EmailNotValidError, validate_email

        try:
            found = validate_email(address, check_deliverability=False, allow_smtputf8=False)
        except EmailNotValidError:
            raise ValueError("address") from None
        address = found.ascii_email or ""
    if len(address) > _LONGEST or _ADDRESS.fullmatch(address) is None:
        raise ValueError("address")
    return address


def mailbox(address: str) -> Address:
    """*address* as the value of a header.

    Raises:
        ValueError: as :func:`ascii_address`.
    """
    return named_mailbox("", address)


def named_mailbox(name: str, address: str) -> Address:
    """*address* with the *name* of whoever it belongs to.

    Raises:
        ValueError: as :func:`ascii_address`.
    """
    user, _, domain = ascii_address(address).rpartition("@")
    return Address(name, user, domain)


def read_mailbox(text: str) -> Address:
    """*text*, ``name@host`` or ``Name <name@host>``.

    Raises:
        ValueError: it is not one address, or holds control characters.
    """
    found = _NAMED.fullmatch(text)
    if not text.isprintable():
        raise ValueError("address")
    return named_mailbox(found[1].strip(' "'), found[2]) if found else mailbox(text)
