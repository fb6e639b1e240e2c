"""What a command loads of SQLAlchemy: nothing for the database it does not use."""

from __future__ import annotations

import subprocess
import sys

LOOK = "import sys; from asta_cli.store import {}; print('sqlalchemy.dialects.postgresql' in sys.modules)"


def dialect_loaded(module: str) -> bool:
    done = subprocess.run(
        [sys.executable, "-c", LOOK.format(module)], check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout == "True\n"


def test_commands_do_not_load_the_other_dialect() -> None:
    assert not dialect_loaded("db, load, apply, audit, keys, views")


def test_partial_indexes_would() -> None:
    assert dialect_loaded("schema")
