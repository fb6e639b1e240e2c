"""What the listings of companies, trainers and trainees have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from asta_cli.cli import render
from asta_cli.cli.listing import Col
from asta_cli.cli.options import ListOptions
from asta_cli.core.errors import N_
from asta_cli.core.fields import read_option

if TYPE_CHECKING:
    from asta_cli.cli.context import App
    from asta_cli.run import Tx
    from asta_cli.run.views import Asked, Scope

T = TypeVar("T")
_NAMED = 5


class Completeness:
    """Notices, while rows go by, which companies' data are still on their way."""

    def __init__(self, columns: Sequence[Col]) -> None:
        names = [column.name for column in columns]
        company = "company" if "company" in names else "ident_number"
        self._chamber, self._company, self._complete = (names.index(n) for n in ("chamber", company, "complete"))
        self._open: dict[str, None] = {}

    def watch(self, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        """*rows*, unchanged."""
        for row in rows:
            if not row[self._complete]:
                self._open.setdefault(f"{row[self._chamber]}:{row[self._company]}")
            yield row

    def tell(self, app: App) -> None:
        """Say on stderr what is incomplete."""
        if self._open:
            named = ", ".join(list(self._open)[:_NAMED]) + (", …" if len(self._open) > _NAMED else "")
            render.say(app, N_("the transfer is still running, the data are incomplete: {companies}"), companies=named)


def show_listing(
    app: App,
    columns: Sequence[Col],
    view: Callable[[Tx, Scope], Asked],
    listing: ListOptions,
    *,
    ids: str = "",
    before: Callable[[int], None] | None = None,
) -> None:
    """Print *view* in the asker's scope, and say which companies' data are incomplete."""
    from asta_cli.run import views

    completeness, rows = Completeness(columns), views.rows(app.desk, view)
    render.listing(
        app,
        columns,
        lambda tx: completeness.watch(rows(tx)),
        listing,
        ids=ids,
        count=views.count(app.desk, view),
        before=before,
    )
    completeness.tell(app)


def option(name: str, text: str | None, reader: Callable[[str], T], example: str) -> T | None:
    """*text* as *reader* understands it; None if it was not given. Raises BadForm."""
    return None if text is None else read_option(name, text, reader, example)
