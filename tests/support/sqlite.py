"""A migrated SQLite database to start from."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class MigratedFile:
    """The file of a migrated database that nobody has open."""

    path: Path

    def put(self, url: str) -> None:
        """Lay a copy where *url* says, if it is SQLite's and there is none yet."""
        scheme, _, path = url.partition(":///")
        target = Path(path)
        if scheme == "sqlite" and not target.exists():
            shutil.copyfile(self.path, target)
            target.chmod(0o600)
