"""Entry point of ``asta`` and ``python -m asta_cli``."""

import gc
import sys


def run() -> int:
    """Run the command of ``sys.argv`` and return its exit status, also when Ctrl-C comes while modules still load."""
    try:
        from asta_cli.main import main

        return main()
    except KeyboardInterrupt:
        return 130
    finally:
        gc.freeze()  # the process ends: looking through all that was loaded once more would only cost time


if __name__ == "__main__":
    sys.exit(run())
