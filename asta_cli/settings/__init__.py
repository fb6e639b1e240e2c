"""What can be set, and where each value comes from. pydantic is imported when settings are read, not before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from asta_cli.settings.model import Settings as Settings
    from asta_cli.settings.reading import Reading


class Options(Protocol):
    """The options of the command line that are settings too; None means: not given."""

    @property
    def config(self) -> Path | None:
        """The only configuration file to read."""

    @property
    def database(self) -> str | None:
        """``database_url``."""

    @property
    def as_email(self) -> str | None:
        """``as``."""

    @property
    def token_file(self) -> str | None:
        """``token_file``."""


def load(options: Options) -> Settings:
    """The settings. Raises ConfigError."""
    return read(options).settings()


def read(options: Options) -> Reading:
    """The settings together with where they come from. Raises ConfigError."""
    from asta_cli.settings.reading import Reading

    given = {"database_url": options.database, "as": options.as_email, "token_file": options.token_file}
    return Reading(options.config, {name: value for name, value in given.items() if value is not None})
