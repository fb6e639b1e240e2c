"""The way in: ``--version`` is answered at once, everything else goes through the error boundary."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # "typing" itself costs time that --version need not pay
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime


def main(argv: Sequence[str] | None = None, *, clock: Callable[[], datetime] | None = None) -> int:
    """Run asta with *argv* (default: that of the process) and return the exit status.

    *clock* gives the current time as an aware datetime; None means the system's.
    """
    from asta_cli.cli.early import scan

    own_process = argv is None
    argv = sys.argv[1:] if argv is None else list(argv)
    early = scan(argv)
    if early.version:
        from asta_cli import __version__

        sys.stdout.write(f"asta {__version__}\n")
        return 0
    if own_process:
        from asta_cli.cli.lean import lighten

        lighten()
    from asta_cli.cli.boundary import guarded

    return guarded(argv, early, clock)
