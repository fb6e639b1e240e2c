"""Entry point of ``asta`` and ``python -m asta_cli``."""

import gc
import os
import sys


def run() -> int:
    """Run the command of ``sys.argv`` and return its exit status, also when Ctrl-C comes while modules still load."""
    try:
        if None in (sys.stdin, sys.stdout, sys.stderr):
            _open_standard_streams()
        from asta_cli.main import main

        return main()
    except KeyboardInterrupt:
        return 130
    finally:
        gc.freeze()  # the process ends: looking through all that was loaded once more would only cost time


def _open_standard_streams() -> None:
    """Give a stream that the caller has closed (``>&-``) a place to go, so that no file of ours takes its number."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for the life of the process
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


if __name__ == "__main__":
    sys.exit(run())
