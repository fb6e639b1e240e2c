"""How deep the tests look that try many examples. ``ASTA_TEST_DEPTH=20`` looks twenty times as deep: for the night."""

from __future__ import annotations

import os

DEPTH = int(os.environ.get("ASTA_TEST_DEPTH", "1"))


def examples(usual: int) -> int:
    """How many examples to try where *usual* ones are enough for every day."""
    return usual * DEPTH
