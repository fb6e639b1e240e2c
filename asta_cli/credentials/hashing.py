"""Passwords at rest: argon2id (RFC 9106), at least with what OWASP names as the minimum."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from asta_cli.core.passwords import LONGEST, normal

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LEAST_MEMORY = 19_456
LEAST_PASSES = 2
LEAST_LANES = 1
_SALT_BYTES = 16
_HASH_BYTES = 32


@dataclass(frozen=True)
class Hasher:
    """Hashes and verifies. ``memory`` is in KiB, ``passes`` over it, ``lanes`` in parallel.

    Raises ValueError for parameters below the minimum.
    """

    memory: int = LEAST_MEMORY
    passes: int = LEAST_PASSES
    lanes: int = LEAST_LANES

    def __post_init__(self) -> None:
        if self.memory < LEAST_MEMORY or self.passes < LEAST_PASSES or self.lanes < LEAST_LANES:
            raise ValueError(f"argon2id needs at least {LEAST_MEMORY} KiB, {LEAST_PASSES} passes, {LEAST_LANES} lane")

    def hash(self, password: str) -> str:
        """The encoded hash of *password* with a fresh salt. Whether it may be used ``passwords.judge`` says."""
        return self._argon2.hash(normal(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether *password* belongs to the *stored* hash. None, for an unknown account, takes the same work: False."""
        from argon2.exceptions import VerificationError

        candidate = normal(password)
        sane = len(candidate) <= LONGEST
        # backslashreplace, as a lone surrogate from a file or terminal must be a wrong password and not a crash.
        octets = candidate[: LONGEST + 1].encode("utf-8", "backslashreplace")
        try:
            self._argon2.verify(stored or self._dummy, octets)
        except VerificationError:
            return False
        return sane and stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether *stored* was made with other parameters and should be made anew at the next sign-in."""
        return self._argon2.check_needs_rehash(stored)

    @cached_property
    def _argon2(self) -> PasswordHasher:
        from argon2 import PasswordHasher

        return PasswordHasher(
            time_cost=self.passes,
            memory_cost=self.memory,
            parallelism=self.lanes,
            hash_len=_HASH_BYTES,
            salt_len=_SALT_BYTES,
        )

    @cached_property
    def _dummy(self) -> str:
        """A hash that nothing fits: drawn, not computed, so the first unknown account takes no longer than others."""
        salt, digest = (
            base64.b64encode(secrets.token_bytes(n)).decode("ascii").rstrip("=") for n in (_SALT_BYTES, _HASH_BYTES)
        )
        return f"$argon2id$v=19$m={self.memory},t={self.passes},p={self.lanes}${salt}${digest}"
