"""Where asta keeps what is the user's, by the XDG base directory specification."""

from __future__ import annotations

import os
from pathlib import Path

SYSTEM_FILE = Path("/etc/asta/config.toml")


def _home(variable: str, fallback: str) -> Path:
    """Asta's directory below a base directory; the specification says that a relative path in *variable* is ignored."""
    value = os.environ.get(variable, "")
    base = Path(value) if value.startswith("/") else Path.home() / fallback
    return base / "asta"


def data_home() -> Path:
    """Where the SQLite database lies unless set otherwise."""
    return _home("XDG_DATA_HOME", ".local/share")


def state_home() -> Path:
    """Where mails are written unless set otherwise, and sessions are kept."""
    return _home("XDG_STATE_HOME", ".local/state")


def user_file() -> Path:
    """The user's own settings."""
    return _home("XDG_CONFIG_HOME", ".config") / "config.toml"


def named_file(option: Path | None) -> Path | None:
    """The configuration file that ``--config`` (*option*) or ``ASTA_CONFIG`` names: it alone is read then."""
    if option is not None:
        return option
    value = os.environ.get("ASTA_CONFIG")
    return Path(value) if value else None


def own_file(option: Path | None) -> Path:
    """The configuration file that the user may edit, whether it exists or not."""
    return named_file(option) or user_file()
