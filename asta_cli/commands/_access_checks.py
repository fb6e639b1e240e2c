"""What ``asta doctor`` says about who may use this installation, and whether the files hold what the mode promises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from asta_cli.cli import promises
from asta_cli.core.errors import N_, Status

if TYPE_CHECKING:
    from asta_cli.cli.context import App
    from asta_cli.commands._checks import Finding


def access(asta: App) -> Iterator[Finding]:
    """Which mode is on, and every file that does not hold what it promises."""
    from asta_cli.commands._checks import ERROR, NOTE, OK, WARNING, Finding

    file: dict[str, object] = {"file": promises.system_file()}
    if not asta.must_sign_in:
        yield Finding(
            "access",
            NOTE,
            N_("access.mode is trusted: whoever can open the database and its key could do anything with it"),
            N_("who may act as operator is decided by who may read those files or knows the password of the database"),
        )
        return
    if not asta.locked:
        loose = N_("access.mode is signed-in, but not in {file}: whoever calls asta could give other settings")
        yield Finding("access", WARNING, loose, N_("on a shared machine it belongs into that file"), file)
        return
    found = list(promises.broken(asta))
    text = N_("{path} (mode {mode}, user {uid}) is not closed to others")
    for one in found:
        yield Finding("access", ERROR, text, one.hint, one._asdict(), Status.CONFIG)
    if not found:
        yield Finding("access", OK, N_("people sign in; all settings come from {file}"), fields=file)
