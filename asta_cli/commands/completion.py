"""``asta completion``: the completion script of a shell, to be put where the shell looks for it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from asta_cli.cli.command import Single
from asta_cli.core.errors import N_

app = Single()


class Shell(StrEnum):
    """Shells that completions are made for."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


@app.verb(
    "completion",
    N_("Print the completion script of a shell.\n\nTab then starts no program: the script knows every command."),
    examples=(
        "asta completion bash > ~/.local/share/bash-completion/completions/asta",
        "asta completion zsh > ~/.zfunc/_asta",
        "asta completion fish > ~/.config/fish/completions/asta.fish",
        "asta completion powershell >> $PROFILE",
    ),
)
def completion(
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help=N_("bash, zsh, fish or powershell"))],
) -> None:
    """Print the script for *shell*."""
    from asta_cli.cli import render
    from asta_cli.cli.completion import script

    render.page(script(shell.value))
