"""E-mail addresses: when two are the same, and which are plainly well formed.

The key that makes an address unique is its local part with ASCII capitals made small, and its domain as IDNA 2008
A-labels. Nothing is case-folded: ``straße.de`` and ``strasse.de`` are two domains. Mail always goes to the stored
spelling. The full check of the syntax needs a library and is handed in as an :data:`EmailNormaliser`
(``asta_cli.addresses``); what :func:`simple` takes needs none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

EmailNormaliser = Callable[[str], tuple[str, str]]
"""From an address as typed to (stored spelling, key). Raises ``fields.BadField('bad_email')``."""

_LONGEST = 254  # RFC 5321 4.5.3.1.3
_REMEMBERED = 1 << 14
_seen: set[str] = set()
"""Plain addresses."""
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_PLAUSIBLE = re.compile(r"[^@\s]+@[^@\s]+")
_LOCAL = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-.\n"
# A strict part of what the library takes: neither punycode nor the reserved labels with two hyphens, a domain of at
# least two labels that ends in letters, and none of the names that mail cannot reach (RFC 6761, 6762, 7686).
_SIMPLE = re.compile(
    r"(?=.{6,254}\Z)"
    r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*"
    r"@(?!.*--)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
    r"(?!(?i:arpa|invalid|local|localhost|onion|test)\Z)[A-Za-z]{2,63}"
)


def key_of(local: str, domain: str) -> str:
    """The key of an address whose *domain* is already in A-labels."""
    return f"{local}@{domain}".translate(_LOWER)


def plausible(text: str) -> bool:
    """Whether *text* could be an address at all: cheap, and true for everything the library takes."""
    return len(text) <= _LONGEST and _PLAUSIBLE.fullmatch(text) is not None


def simple(text: str) -> tuple[str, str] | None:
    """(stored spelling, key) of a plain ASCII address; None if only the library can tell."""
    if _SIMPLE.fullmatch(text) is None:
        return None
    return text, text.translate(_LOWER)


def all_simple(texts: Sequence[str]) -> bool:
    """Whether :func:`simple` takes all *texts*, asked of thousands at once; in many files they come again and again."""
    if _seen.issuperset(texts):
        return True
    found = _all_simple(texts)
    if found and len(_seen) + len(texts) <= _REMEMBERED:
        _seen.update(texts)
    return found


def _all_simple(texts: Sequence[str]) -> bool:
    joined = "\n".join(texts)
    parts = joined.replace("\n", "@\n@").split("@")  # the breaks as parts tell whether each text has just one @
    if len(parts) != 3 * len(texts) - 1 or set(parts[2::3]) - {"\n"}:
        return False
    if not joined.isascii() or len(max(texts, key=len)) > _LONGEST:
        return False
    local = "\n".join(["", *parts[::3], ""])
    dots = any(pair in local for pair in ("..", "\n.", ".\n", "\n\n"))
    return not dots and not local.encode().translate(None, _LOCAL) and all(map(_simple_domain, set(parts[1::3])))


@lru_cache(1 << 12)
def _simple_domain(domain: str) -> bool:
    """Whether :func:`simple` takes plain addresses at *domain*; many of a file have the same."""
    return simple(f"a@{domain}") is not None
