"""Completion scripts."""


def script(shell: str) -> str:
    """Make the script."""
    return shell
