"""``asta db``: set up, upgrade and check the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import typer

from asta_cli.cli.command import Noun
from asta_cli.cli.listing import INT, Col
from asta_cli.cli.options import ShowOptions
from asta_cli.core.errors import N_, AstaError, Status

if TYPE_CHECKING:
    from asta_cli.cli.context import App

app = Noun(N_("Set up, upgrade and check the database."))

STATES = {
    "empty": N_("empty"),
    "current": N_("current"),
    "old": N_("old"),
    "newer": N_("newer"),
    "foreign": N_("of another program"),
}
INFO = {
    "kind": Col("kind", N_("Kind")),
    "version": Col("version", N_("Version")),
    "place": Col("place", N_("Place")),
    "user": Col("user", N_("User")),
    "journal": Col("journal", N_("Journal")),
    "bytes": Col("bytes", N_("Bytes"), INT),
    "schema": Col("schema", N_("Schema")),
    "needed": Col("needed", N_("Schema needed")),
    "state": Col("state", N_("State"), words=STATES),
}


class DatabaseFaulty(AstaError):
    """The database is not as it should be."""

    code = "database_faulty"
    status = Status.CONFIG
    message = N_("the database has {count} faults; the first: {first}")
    hint = N_("restore a backup; asta db check lists them all")


@app.verb("init", N_("Fill an empty database with the tables asta needs"), examples=("asta db init",))
def init(ctx: typer.Context) -> None:
    """Set up an empty database; refuse a filled one."""
    from asta_cli.cli import render
    from asta_cli.run import database

    asta = cast("App", ctx.obj)
    database.ready(asta.store, asta.settings.secret_key_file)
    database.init(asta.store)
    asta.keys  # noqa: B018 - the first key that a database meets is its key for ever
    render.say(asta, N_("the database is ready"))


@app.verb(
    "upgrade",
    N_("Bring the tables to what this version of asta needs; fill an empty database"),
    examples=("asta db upgrade",),
)
def upgrade(ctx: typer.Context) -> None:
    """Upgrade the schema in one transaction; nothing to do is success."""
    from asta_cli.cli import render
    from asta_cli.run import database

    asta = cast("App", ctx.obj)
    database.ready(asta.store, asta.settings.secret_key_file)
    before = database.upgrade(asta.store)
    asta.keys  # noqa: B018 - as above
    if before.current == before.head:
        render.say(asta, N_("the database is up to date"))
    else:
        render.say(asta, N_("the database was brought to {head}"), head=before.head)


@app.verb(
    "check",
    N_("Look whether the database is sound: its file, its references, its tables"),
    examples=("asta db check", "asta db check --format json"),
)
def check(ctx: typer.Context, show: ShowOptions) -> None:
    """Exit 0 if all is well, 78 if not."""
    from asta_cli.cli import render
    from asta_cli.run import database

    asta = cast("App", ctx.obj)
    faults = database.check(asta.store)
    asta.keys  # noqa: B018 - raises if the key does not fit the database
    if show.format == "json":
        render.record(asta, (Col("faults", N_("Faults"), INT),), (len(faults),), show)
    for fault in faults:
        render.warn(asta, N_("fault: {fault}"), fault=fault)
    if faults:
        raise DatabaseFaulty(count=len(faults), first=faults[0])
    render.say(asta, N_("the database is sound"))


@app.verb(
    "info",
    N_("Tell where the database is, how large, and which schema it has"),
    examples=("asta db info", "asta db info --format json"),
)
def info(ctx: typer.Context, show: ShowOptions) -> None:
    """Say what there is, also of a database that needs an upgrade. Passwords are not shown."""
    from asta_cli.cli import render
    from asta_cli.run import database

    asta = cast("App", ctx.obj)
    facts = database.info(asta.store)
    columns = tuple(INFO[name] for name in facts)
    render.record(asta, columns, tuple(facts.values()), show)
