"""An App whose listings read a real, empty database, for tests of what is printed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from asta_cli.cli import i18n
from asta_cli.cli.app import GlobalOptions
from asta_cli.cli.context import App


@contextmanager
def an_app(home: Path, **options: Any) -> Iterator[App]:
    """One invocation on a database below *home*, with the global *options*, in their language."""
    chosen = GlobalOptions(config=home / "asta.toml", database=f"sqlite:///{home / 'asta.db'}", **options)
    (home / "asta.toml").touch()
    app = App(chosen)
    with app.closing, i18n.speaking(chosen.lang):
        yield app
