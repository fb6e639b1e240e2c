"""What one invocation works with: settings, database, the asker, the clock. Everything is made when first used."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from asta_cli.core import timeline
from asta_cli.core.errors import N_, MissingAnswer, NotFound, UsageError
from asta_cli.core.fields import read_option

if TYPE_CHECKING:
    from asta_cli.cli.app import GlobalOptions
    from asta_cli.cli.caller import Caller
    from asta_cli.cli.identity import Who
    from asta_cli.core.policy import Asker
    from asta_cli.core.progress import Progress
    from asta_cli.core.transfers import Register
    from asta_cli.run import Desk, Keys, Store
    from asta_cli.settings import Settings


class WhichChamber(UsageError):
    """A chamber is needed, none was named, and there is not exactly one."""

    code = "which_chamber"
    message = N_("which chamber is meant? There are {count}")
    hint = N_("give --chamber NO or set ASTA_CHAMBER")


class NoChamber(WhichChamber):
    """The installation is new."""

    message = N_("there is no chamber yet")
    hint = N_("make one first: asta chambers add NO --name NAME")


class UnknownChamber(NotFound):
    """No chamber has this number."""

    code = "unknown_chamber"
    message = N_("chamber {key} is not known")
    hint = N_("asta chambers list shows them; asta chambers add makes one")


class App:
    """One invocation. ``options`` are those before the command; *clock* is the time for tests, None the system's.

    ``cli.admission`` says of the command: ``nobody_in_particular`` if it is for people who are not signed in, too,
    ``for_the_machine`` if root runs it to set the machine up.
    """

    def __init__(self, options: GlobalOptions, clock: Callable[[], datetime] | None = None) -> None:
        self.options = options
        self._clock = clock or (lambda: datetime.now(UTC))
        self.closing = ExitStack()
        self.nobody_in_particular = False
        self.for_the_machine = False

    def now(self) -> str:
        """The time, RFC 3339 UTC in whole seconds."""
        return timeline.instant(self._clock())

    def today(self) -> str:
        """The day in Berlin."""
        return timeline.today(self.now())

    def moment(self, given: str | None) -> str:
        """The moment of ``--at``, else now. Raises BadForm."""
        if given is None:
            return self.now()
        return read_option("--at", given, timeline.read_moment, "2027-07-31, 2027-07-31T14:30")

    @property
    def lang(self) -> str:
        """``de`` or ``en``."""
        return self.options.lang

    @property
    def interactive(self) -> bool:
        """Whether somebody can be asked."""
        return sys.stdin is not None and sys.stdin.isatty()

    @cached_property
    def settings(self) -> Settings:
        """The settings, read once."""
        from asta_cli.settings import load

        return load(self.options)

    @cached_property
    def locked(self) -> bool:
        """Whether the file of the machine alone decides, and asks people to sign in. Raises ConfigError."""
        from asta_cli.settings import system

        return system.locked()

    @cached_property
    def caller(self) -> Caller:
        """The user of the machine who called. On a locked machine the process is its system user from here on.

        Raises OnlyHere, NotThroughSudo, ConfigError.
        """
        from asta_cli.cli import caller
        from asta_cli.settings import system

        if not self.locked:
            return caller.caller()
        system.only_here(self.options.config is not None, self.options.database, os.environ)
        return caller.enter(os.environ)

    @cached_property
    def must_sign_in(self) -> bool:
        """Whether nobody is an operator by sitting at the terminal."""
        return self.locked or self.settings.access.mode == "signed-in"

    @cached_property
    def token_given(self) -> str:
        """The file of a service token, "" if none was named."""
        return self.options.token_file or str(self.settings.token_file or "")

    @cached_property
    def store(self) -> Store:
        """The database; it is opened with the first transaction."""
        from asta_cli.run import open_store

        sqlite = self.settings.sqlite
        store = open_store(
            self.settings.database_url, journal=sqlite.journal, lock_timeout=sqlite.lock_timeout, clock=self.now
        )
        self.closing.callback(store.close)
        return store

    @cached_property
    def keys(self) -> Keys:
        """The secret key. Raises KeyMissing, WrongKey and the like (exit 78)."""
        from asta_cli.run import open_keys

        return open_keys(self.store, self.settings.secret_key_file)

    @cached_property
    def asker(self) -> Asker:
        """Who is asking; see `cli.identity`."""
        return self.who.asker

    @cached_property
    def who(self) -> Who:
        """The asker, and what makes them so. Raises what ``identify`` raises."""
        from asta_cli.cli.identity import identify

        return identify(self)

    @cached_property
    def desk(self) -> Desk:
        """What ``run`` works with, for the asker."""
        return self.desk_for(self.asker)

    def desk_for(self, asker: Asker) -> Desk:
        """The same for another asker: the person to whom a token, a code or a password belongs."""
        from asta_cli.core.matrix import Toggles
        from asta_cli.run import Desk

        toggles = Toggles(self.settings.perms.manager_may_grant_trainer, self.settings.exam.trainer_may_register)
        usual, signed_in = self.settings.chamber, self.must_sign_in
        return Desk(self.store, asker, self.now, lambda: self.keys, toggles, usual, self.progress, signed_in)

    @property
    def register(self) -> Register | None:
        """Where transfers read; None if the settings name no place."""
        from asta_cli.core.transfers import Register

        asked = self.settings
        if asked.register_source is None:
            return None
        return Register(asked.register_source, asked.register_mapping, asked.import_.store_birth_date)

    @cached_property
    def progress(self) -> Progress:
        """Where long work says how far it is; with ``-v`` it is told at once."""
        if not self.options.verbose:
            from asta_cli.core.progress import Progress

            return Progress()
        from asta_cli.cli.progress import Narrator

        return Narrator(self)

    def chamber(self, given: str | None) -> str:
        """The chamber that an operator means: *given*, else ``ASTA_CHAMBER``, else the only one there is.

        For others nothing is looked up, for they are refused. Raises WhichChamber, or UnknownChamber if there is no
        such one.
        """
        from asta_cli.run import chamber_numbers

        named = given or self.settings.chamber
        if not self.asker.operator:
            return named or ""
        numbers = chamber_numbers(self.desk)
        if named is not None and not self.asker.office.everywhere:
            return named  # whether there is such a chamber is no business of another one's operator
        if named is None:
            if not numbers:
                raise NoChamber()
            if len(numbers) > 1:
                raise WhichChamber(count=len(numbers))
            return numbers[0]
        if named not in numbers:
            raise UnknownChamber(key=named)
        return named

    def need(self, value: str | None, what: str, option: str) -> str:
        """*value*, or the answer to a question on the terminal. Raises MissingAnswer where nobody can be asked."""
        if value:
            return value
        if not self.interactive:
            raise MissingAnswer(what=what, option=option)
        from asta_cli.cli import ask

        return ask.line(what)
