"""Making a service token: what it is to be good for, and where it goes before anybody can use it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, NoReturn

from asta_cli.cli import render
from asta_cli.core import timeline
from asta_cli.core.errors import N_, BadForm, BadOption
from asta_cli.core.fields import BadField, read_date

if TYPE_CHECKING:
    from asta_cli import run
    from asta_cli.cli.context import App
    from asta_cli.cli.options import ChangeOptions

_COMMAND = "tokens create"
_NEAR = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """The token that is asked for."""

    name: str
    verbs: Sequence[str]
    companies: Sequence[str]
    chamber: str | None
    expires_at: str


class NoSuchVerb(BadOption):
    """A token is for commands that there are, named as one types them."""

    message = N_("{option}: there is no command {value}")
    hint = N_("a command is a noun and mostly a verb, such as 'perms grant'; asta --help lists the nouns")


class NearlyVerb(NoSuchVerb):
    """Some are called nearly so."""

    hint = N_("there are: {choices}")


class NeverByToken(BadOption):
    """Some commands no token is good for."""

    message = N_("{option}: no token is good for {value}")
    hint = N_("what hands out power or signs people in is done in person; for the rest see: asta --help")


def verbs(named: Sequence[str]) -> list[str]:
    """The commands *named*, as they are called. Raises NoSuchVerb, NeverByToken."""
    from asta_cli.core.service_tokens import NEVER

    found = set()
    for text in named:
        verb = " ".join(text.split())
        if verb in NEVER:
            raise NeverByToken(option="--verb", value=text)
        if verb not in _commands(verb.partition(" ")[0]):
            likely = _likely(verb)
            raise (NearlyVerb if likely else NoSuchVerb)(option="--verb", value=text, choices=", ".join(likely))
        found.add(verb)
    return sorted(found)


def _commands(noun: str) -> list[str]:
    """The commands that begin with *noun*: its verbs, or itself where it has none."""
    from asta_cli.cli.app import ENTRIES, root
    from asta_cli.cli.command import Group

    command = root().get_command(None, noun) if noun in ENTRIES else None
    if isinstance(command, Group):
        return [f"{noun} {verb}" for verb in command.list_commands(None)]
    return [noun] if command is not None else []


def _likely(text: str) -> list[str]:
    """The commands that may be meant: those of the noun, those with that verb, or those called nearly so."""
    from asta_cli.cli.app import ENTRIES
    from asta_cli.core.service_tokens import NEVER

    noun, _, verb = text.partition(" ")
    known = [command for command in _commands(noun) if command not in NEVER]
    if known:
        verbs_there = [command.partition(" ")[2] for command in known]
        return [f"{noun} {near}" for near in get_close_matches(verb, verbs_there)] or known
    known = [command for entry in ENTRIES for command in _commands(entry) if command not in NEVER]
    same = [command for command in known if command.partition(" ")[2] == (verb or noun) != ""]
    return same or get_close_matches(text, known, _NEAR)


def end(asta: App, duration: str | None, until: str | None) -> str:
    """The first instant at which the token is over. Raises BadForm, or BadOption for one past or later than may be."""
    now, longest = asta.now(), asta.settings.tokens.longest_days
    option, value = ("--for", duration) if duration is not None else ("--until", until)
    try:
        if duration is not None:
            expires_at = timeline.plus(now, timeline.read_duration(duration))
        else:
            expires_at = timeline.day_after(read_date(until or ""))
    except BadField:
        raise BadForm(option=option, value=value, choices="90d, 24h" if duration else "2027-07-31") from None
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
