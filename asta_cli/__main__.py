"""Entry point of ``asta`` and ``python -m asta_cli``."""

import sys


def run() -> int:
    """Run the command of ``sys.argv`` and return its exit status, also when Ctrl-C comes while modules still load."""
    try:
        from asta_cli.main import main

        return main()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(run())
