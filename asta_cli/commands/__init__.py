"""One module per noun: parse, call, render; nothing else."""

from __future__ import annotations

from contextlib import AbstractContextManager

from asta_cli.cli import outlet


def _whole_file(path: str) -> AbstractContextManager[outlet.Sink]:
    from asta_cli.files.output import atomic

    return atomic(path)


outlet.use(_whole_file)
