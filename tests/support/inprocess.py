"""asta called inside the test's own process: no start-up to wait for, and the time can be set."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from asta_cli.main import main
from tests.support.cli import Asta, Result, judged
from tests.support.clock import Clock


@dataclass(frozen=True)
class AstaInProcess:
    """Calls ``main`` with the environment of *asta* and the time of *clock*."""

    asta: Asta
    clock: Clock

    def __call__(
        self,
        *argv: object,
        stdin: str | bytes = "",
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        lang: str = "en",
        as_: str | None = None,
        code: int | None = None,
    ) -> Result:
        """As `Asta.__call__`."""
        text = stdin.encode() if isinstance(stdin, str) else stdin
        out, err = _stream(), _stream()
        with (
            patch.dict(os.environ, self.asta.environment(env, lang), clear=True),
            contextlib.chdir(cwd or self.asta.home),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            patch.object(sys, "stdin", _stream(text)),
        ):
            status = main(self.asta.arguments(argv, as_)[1:], clock=self.clock)
        return judged(argv, Result(int(status), _text(out), _text(err)), code)


def _stream(content: bytes = b"") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="", write_through=True)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()
