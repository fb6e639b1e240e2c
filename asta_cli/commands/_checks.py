"""The checks of ``asta doctor``. Each stands for itself: what fails is told, and the next one is made."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asta_cli.cli import render
from asta_cli.cli.i18n import LOCALES, _
from asta_cli.commands._access_checks import access
from asta_cli.core import timeline
from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.core.fields import BadField

if TYPE_CHECKING:
    from asta_cli.cli.context import App

OK, NOTE, WARNING, ERROR = "ok", "note", "warning", "error"
WORDS = {OK: N_("ok"), NOTE: N_("note"), WARNING: N_("warning"), ERROR: N_("ERROR")}
_LATE = 3600  # seconds that something may be due before somebody should look
_SKEW = 5  # seconds by which two clocks may differ


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: texts as message ids with what fills them. ``status`` is what it means for the exit."""

    check: str
    state: str
    text: str
    hint: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    status: Status = Status.OK

    def as_json(self) -> dict[str, str]:
        """All of it for programs, in English."""
        message, hint = (render.unlocalised(text, self.fields) for text in (self.text, self.hint))
        return {"check": self.check, "state": self.state, "message": message, "hint": hint}

    def line(self) -> str:
        """All of it on one line, in the user's language."""
        hint = f"; {render.filled(self.hint, self.fields)}" if self.hint else ""
        return f"{_(WORDS[self.state]):<8} {self.check:<9} {render.filled(self.text, self.fields)}{hint}"


def all_checks(asta: App) -> Iterator[Finding]:
    """Every finding, in the order in which one thing depends on the other."""
    settings = list(_guarded("settings", lambda: _settings(asta)))
    yield from settings
    if settings[-1].status is not Status.OK:
        return
    yield from _guarded("access", lambda: access(asta))
    yield from _guarded("time", _time)
    yield from _guarded("language", _language)
    database = list(_guarded("database", lambda: _database(asta)))
    yield from database
    if all(f.status is Status.OK for f in database):
        yield from _guarded("key", lambda: _key(asta))
        yield from _guarded("clock", lambda: _clock(asta))
        yield from _guarded("waiting", lambda: _waiting(asta))
        yield from _guarded("letters", lambda: _letters(asta))
    yield from _guarded("mail", lambda: _mail(asta))


def _guarded(check: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from look()
    except AstaError as error:
        status = Status.RETRY if error.status is Status.RETRY else Status.CONFIG
        yield Finding(check, ERROR, error.message, error.hint, error.fields, status)


def _settings(asta: App) -> Iterator[Finding]:
    asta.settings  # noqa: B018 - raises if they cannot be read
    yield Finding("settings", OK, N_("the settings can be read"))


def _time() -> Iterator[Finding]:
    try:
        fits = timeline.day_start("2027-07-31") == "2027-07-30T22:00:00Z"
    except (BadField, OSError, LookupError):
        fits = False
    if fits:
        yield Finding("time", OK, N_("the days of Berlin can be told"))
    else:
        missing = N_("the time zone Europe/Berlin is missing or wrong")
        yield Finding("time", ERROR, missing, N_("install tzdata"), status=Status.CONFIG)


def _language() -> Iterator[Finding]:
    if (LOCALES / "de" / "LC_MESSAGES" / "asta.mo").exists():
        yield Finding("language", OK, N_("German is there"))
    else:
        yield Finding("language", WARNING, N_("the German texts are missing; everything is in English"))


def _database(asta: App) -> Iterator[Finding]:
    from asta_cli.run.diagnosis import info

    asta.store  # noqa: B018 - the address is looked at here
    facts = info(asta.store)
    if asta.store.path is None and facts["state"] != "current":
        yield Finding(
            "database",
            ERROR,
            N_("{place} has schema {schema} ({state}), {needed} is needed"),
            N_("run: asta db upgrade"),
            facts,
            Status.CONFIG,
        )
        return
    if "journal" in facts:
        yield Finding("database", OK, N_("SQLite {version}, journal {journal}, {bytes} bytes: {place}"), fields=facts)
    else:
        yield Finding("database", OK, N_("PostgreSQL {version}, {bytes} bytes: {place}"), fields=facts)


def _key(asta: App) -> Iterator[Finding]:
    asta.keys  # noqa: B018 - raises if the key is missing, readable for others, or of another database
    yield Finding("key", OK, N_("the secret key is the one of this database, and closed to others"))


def _clock(asta: App) -> Iterator[Finding]:
    from asta_cli.run.diagnosis import server_time

    there, here = server_time(asta.store), asta.now()
    if there is None:
        return
    if timeline.plus(there, -_SKEW) <= here <= timeline.plus(there, _SKEW):
        yield Finding("clock", OK, N_("this machine and the database server agree on the time"))
    else:
        differ = N_("here it is {here}, on the database server {there}")
        hint = N_("put both clocks right (NTP): codes, links and permissions end by this machine's clock")
        yield Finding("clock", WARNING, differ, hint, {"here": here, "there": there})


def _waiting(asta: App) -> Iterator[Finding]:
    from asta_cli.run.diagnosis import backlog

    found = backlog(asta.desk, timeline.plus(asta.now(), -_LATE))
    trouble = [
        (found.late_mails, N_("mails due for over an hour: {count}"), N_("asta mail send must run regularly")),
        (found.failed_mails, N_("mails that could not be delivered: {count}"), N_("asta mail list --state failed")),
        (found.late_jobs, N_("jobs due for over an hour: {count}"), N_("asta jobs work must run regularly")),
        (found.stubborn_jobs, N_("jobs that fail again and again: {count}"), N_("asta jobs list tells why")),
        (
            found.failed_jobs,
            N_("jobs given up: {count}"),
            N_("asta jobs list --state failed; then: asta jobs work --failed"),
        ),
    ]
    for count, text, hint in trouble:
        if count:
            yield Finding("waiting", WARNING, text, hint, {"count": count})
    if not any(count for count, _text, _hint in trouble):
        counts = {"mails": found.mails, "jobs": found.jobs}
        yield Finding("waiting", OK, N_("{mails} mails and {jobs} jobs wait, none for long"), fields=counts)


def _letters(asta: App) -> Iterator[Finding]:
    """Files of codes that a crash kept from their place. Where they would lie, the runs tell."""
    from asta_cli.letters.drafts import leftovers
    from asta_cli.letters.issue import COMMAND
    from asta_cli.run import was_written
    from asta_cli.run.diagnosis import files_of

    directories = sorted({os.path.dirname(file) for file in files_of(asta.desk, COMMAND)})
    left = [x for d in directories for x in leftovers(d, lambda run: was_written(asta.desk, run))]
    for one in left:
        if one.valid:
            text = N_("{file} holds the valid codes of letters whose issue was interrupted")
            hint = N_("give it a name that does not begin with a dot, and print the letters")
        else:
            text, hint = N_("{file} was left by an interrupted issue of letters; its codes are void"), N_("remove it")
        yield Finding("letters", WARNING, text, hint, {"file": one.path})
    if not left:
        yield Finding("letters", OK, N_("no file of codes was left behind"))


def _mail(asta: App) -> Iterator[Finding]:
    from asta_cli.mail.compose import check_confirm_url, check_sender
    from asta_cli.mail.deliver import transport

    settings = asta.settings
    check_sender(settings.mail.sender)
    check_confirm_url(settings.portal.confirm_url)
    with transport(settings.mail_url, timeout=min(settings.mail.timeout, 10)) as out:
        found = out.probe()
    if found.reason is None:
        yield Finding("mail", OK, N_("mails can be delivered"))
    else:
        closed = N_("mails cannot be delivered now ({reason})")
        yield Finding("mail", ERROR, closed, N_("check ASTA_MAIL_URL"), {"reason": found.reason}, Status.RETRY)
