"""Write the completion scripts of all shells to ``completions/``: python -m scripts.completions."""

from __future__ import annotations

import sys
from pathlib import Path

from asta_cli.cli.completion import script

DIRECTORY = Path(__file__).parent.parent / "completions"
FILES = {"bash": "asta.bash", "zsh": "_asta", "fish": "asta.fish", "powershell": "asta.ps1"}


def main() -> int:
    """Write them."""
    DIRECTORY.mkdir(exist_ok=True)
    for shell, name in FILES.items():
        (DIRECTORY / name).write_text(script(shell), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
