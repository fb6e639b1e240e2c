"""A key for message authentication codes, and the comparison of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

KEY_ID_LENGTH = 4
# What RFC 2104 makes of a key: a block of the hash function, XORed with either constant.
_BLOCK = 64
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))


@dataclass(frozen=True, slots=True)
class MacKey:
    """The key of one purpose, derived from the secret key; ``id``: four bytes by which every MAC names its key."""

    id: bytes
    key: bytes = field(repr=False)

    def mac(self, message: bytes, size: int) -> bytes:
        """The key id and *size* bytes of HMAC-SHA256 (RFC 2104) of *message*."""
        import hmac

        return self.id + hmac.digest(self.key, message, "sha256")[:size]

    def macs(self, messages: Iterable[bytes], size: int) -> list[bytes]:
        """The same of each of *messages*: for thousands, the two blocks made of the key are hashed once for all."""
        from hashlib import sha256

        key = (self.key if len(self.key) <= _BLOCK else sha256(self.key).digest()).ljust(_BLOCK, b"\0")
        id_, inner, outer = self.id, sha256(key.translate(_INNER)), sha256(key.translate(_OUTER))
        made = []
        for message in messages:
            once, twice = inner.copy(), outer.copy()
            once.update(message)
            twice.update(once.digest())
            made.append(id_ + twice.digest()[:size])
        return made


def same(one: bytes, other: bytes) -> bool:
    """Whether two MACs or hashes are equal, in a time that does not depend on where they differ."""
    import hmac

    return hmac.compare_digest(one, other)
