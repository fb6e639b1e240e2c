"""Making a service token: what it is to be good for, and where it goes before anybody can use it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, NoReturn

from asta_cli.cli import render
from asta_cli.core import timeline
from asta_cli.core.errors import BadOption
from asta_cli.core.fields import BadField, read_date

if TYPE_CHECKING:
    from asta_cli import run
    from asta_cli.cli.context import App
    from asta_cli.cli.options import ChangeOptions

_COMMAND = "tokens create"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The token that is asked for."""

    name: str
    verbs: Sequence[str]
    companies: Sequence[str]
    chamber: str | None
    expires_at: str


def verbs(named: Sequence[str]) -> list[str]:
    """The commands *named*, as they are called. Raises BadOption for one that there is not or no token is good for."""
    from asta_cli.cli.app import ENTRIES, root
    from asta_cli.cli.command import Group
    from asta_cli.core.service_tokens import NEVER

    tree, found = root(), []
    for text in named:
        words = text.split()
        noun = tree.get_command(None, words[0]) if words and words[0] in ENTRIES else None
        known = [f"{words[0]} {verb}" for verb in noun.list_commands(None)] if isinstance(noun, Group) else []
        verb = " ".join(words)
        if verb in NEVER or not (verb in known or (noun is not None and not known and len(words) == 1)):
            likely = [k for k in known if k not in NEVER] or get_close_matches(verb, ENTRIES) or list(ENTRIES)
            raise BadOption(option="--verb", value=text, choices=", ".join(likely))
        found.append(verb)
    return sorted(set(found))


def end(asta: App, duration: str | None, until: str | None) -> str:
    """The first instant at which the token is over. Raises BadOption if that is past, or later than may be."""
    now, longest = asta.now(), asta.settings.tokens.longest_days
    option, value = ("--for", duration) if duration is not None else ("--until", until)
    try:
        if duration is not None:
            expires_at = timeline.plus(now, timeline.read_duration(duration))
        else:
            expires_at = timeline.day_after(read_date(until or ""))
    except BadField:
        raise BadOption(option=option, value=value, choices="90d, 24h" if duration else "2027-07-31") from None
    last = timeline.day_after(timeline.plus_days(asta.today(), longest))
    if not now < expires_at <= last:
        raise BadOption(option=option, value=value, choices=f"{asta.today()} ... {timeline.last_day(last)}")
    return expires_at


def mint(asta: App, wanted: Wanted, output: str | None, change: ChangeOptions) -> NoReturn:
    """Make the token. It lies in the file *output*, durably, before the database knows it; or it is printed after."""
    import secrets

    from asta_cli import run
    from asta_cli.core import tokens
    from asta_cli.core.plan import Outcome
    from asta_cli.files.output import PendingFile

    token = tokens.make_session(secrets.token_bytes)
    with ExitStack() as closing:
        file = closing.enter_context(PendingFile(output)) if output and not change.dry_run else None
        if file is not None:
            file.write(f"{token}\n")
        task = _task(asta, wanted, tokens.service_hash(token), file)
        report = run.execute(asta.desk, task, change.limits())
        applied = report.outcome is Outcome.APPLIED
        if file is not None and applied:
            file.publish()
    extra = {"token": token} if applied and output is None else {}
    if extra and change.format != "json":
        render.page(token)
        extra = {}
    render.finish(asta, report, change, extra)


def _task(asta: App, wanted: Wanted, token_hash: bytes, file: object) -> run.Task:
    from asta_cli import run
    from asta_cli.core.refusal import RefusalPlanner
    from asta_cli.core.service_tokens import Minting, MintPlanner, OfAccount
    from asta_cli.intake.arguments import arguments
    from asta_cli.run.asking import asking

    named = wanted.verbs, wanted.companies, wanted.chamber, asta.settings.chamber, wanted.expires_at
    minting = Minting(asta.asker.email_key or "", token_hash, *named)
    authority, row = asking(asta.desk), arguments(name=wanted.name)

    def batches(attempt: run.Attempt) -> list[run.Batch]:
        if asta.asker.account is None:
            return [run.Batch(RefusalPlanner(OfAccount(who=asta.asker.name)), [[row]])]
        planner = MintPlanner(minting, authority, attempt.run, attempt.now, attempt.ids)
        return [run.Batch(planner, [[row]], kind="tokens")]

    seal = getattr(file, "seal", None)
    return run.Task(_COMMAND, batches, target=wanted.name, kind="tokens", single=True, before_commit=seal)
