"""A key for message authentication codes, and the comparison of them."""

from __future__ import annotations

from dataclasses import dataclass, field

KEY_ID_LENGTH = 4


@dataclass(frozen=True, slots=True)
class MacKey:
    """The key of one purpose, derived from the secret key; ``id``: four bytes by which every MAC names its key."""

    id: bytes
    key: bytes = field(repr=False)

    def mac(self, message: bytes, size: int) -> bytes:
        """The key id and *size* bytes of HMAC-SHA256 (RFC 2104) of *message*."""
        import hmac

        return self.id + hmac.digest(self.key, message, "sha256")[:size]


def same(one: bytes, other: bytes) -> bool:
    """Whether two MACs or hashes are equal, in a time that does not depend on where they differ."""
    import hmac

    return hmac.compare_digest(one, other)
