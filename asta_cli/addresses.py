"""The full check of an e-mail address, by email-validator; the rules of sameness are in ``core.emails``."""

from __future__ import annotations

import unicodedata

from asta_cli.core.emails import key_of, plausible, simple
from asta_cli.core.fields import BadField


def normalise(text: str) -> tuple[str, str]:
    """(stored spelling, key) of the address *text*; an ``emails.EmailNormaliser``.

    Addresses with non-ASCII characters before the ``@`` (RFC 6531), quoted local parts, address literals and names that
    public mail cannot reach (``.local``, ``.test``) are refused. Nothing is asked of the DNS. Raises ``BadField``.
    """
    text = unicodedata.normalize("NFC", text.strip())
    return simple(text) or _by_library(text)


def _by_library(text: str) -> tuple[str, str]:
    if not plausible(text):
        raise BadField("bad_email")
    # Costs 60 ms to import, so only an unusual address pays for it.
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise BadField("bad_email") from None
    return text, key_of(found.ascii_local_part or found.local_part, found.ascii_domain or found.domain)
