"""``asta password``: choose a password, or have a mail sent that allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from asta_cli.cli.command import Noun
from asta_cli.cli.options import ShowOptions
from asta_cli.commands._passwords import PasswordFile, hasher, new_password
from asta_cli.commands._single import done
from asta_cli.core.errors import N_

if TYPE_CHECKING:
    from asta_cli.cli.context import App

app = Noun(N_("Set or reset a password."))
Email = Annotated[str, typer.Argument(metavar="EMAIL", help=N_("Address of the account."))]


@app.verb(
    "set",
    N_(
        "Choose a password: as the account itself, or with the token of a reset mail.\n\n"
        "At least 15 characters, any of them. Other sessions of the account end."
    ),
    examples=(
        "asta password set erika.muster@example.com",
        "asta password set erika.muster@example.com --token-file token.txt",
        "asta --as erika.muster@example.com password set erika.muster@example.com --password-file password.txt",
    ),
)
def set_(
    ctx: typer.Context,
    email: Email,
    show: ShowOptions,
    token_file: Annotated[
        str | None,
        typer.Option("--token-file", metavar="FILE", help=N_("The token of the mail; - is standard input.")),
    ] = None,
    password_file: PasswordFile = None,
) -> None:
    """Set the password of one's own account."""
    from asta_cli.cli import ask
    from asta_cli.core.policy import Asker
    from asta_cli.joining.choosing import set_password

    asta = cast("App", ctx.obj)
    token = ask.secret_from(token_file) if token_file else None
    # Whoever has a token needs no session, and an ended one must not stand in their way.
    desk = asta.desk_for(Asker(asta.caller.name)) if token else asta.desk
    session = None if token else asta.who.session
    report = set_password(
        desk,
        asta.desk_for,
        email,
        token,
        lambda: new_password(password_file),
        hasher(asta),
        session.id if session else None,
    )
    done(
        asta,
        report,
        show.format,
        N_("The password of {email} is set; other sessions have ended, and a message says so."),
        {"email": email},
        email=email,
    )


@app.verb(
    "reset",
    N_("Send a mail whose token allows a new password. It is valid for one hour.\n\nThe answer is always the same."),
    examples=("asta password reset erika.muster@example.com",),
)
def reset(ctx: typer.Context, email: Email, show: ShowOptions) -> None:
    """Send the mail."""
    from asta_cli.core.links import ResetPlanner
    from asta_cli.core.plan import Limits
    from asta_cli.core.policy import Asker
    from asta_cli.joining.registering import mail_link

    asta = cast("App", ctx.obj)
    desk = asta.desk_for(Asker(asta.caller.name))
    answer = mail_link(desk, "password reset", email, ResetPlanner, tell=False, limits=Limits())
    done(
        asta,
        answer.report,
        show.format,
        N_("If {email} has an account, a message is on its way there. It is valid for one hour."),
        {"email": email},
        email=email,
    )
