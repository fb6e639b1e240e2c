"""Who may run a command at all, judged before it begins: the one place for all of them.

What a command then may do is judged on its changes (`core.rules`) and by the scope of its listings. Here it is about
sessions, the commands a token is good for, what is for those who run the machine, and files by name.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from asta_cli.core.errors import N_, Forbidden, OperatorsOnly

if TYPE_CHECKING:
    from asta_cli.cli.context import App

NEVER_ASKED = frozenset({"completion"})
"""They read no settings and open nothing."""
OPEN = frozenset({"register", "confirm", "login", "logout", "password reset", "config path"})
"""For people who have not signed in (yet): what they may do hangs on a password, or on what was mailed to them."""
MACHINE = frozenset({"db init", "db upgrade", "db check", "db info", "doctor", "config show"})
"""For root, so that a machine can be set up before there is anybody to sign in, and put right when nobody can; and for
operators of every chamber."""
WORK = frozenset({"mail send", "jobs work"})
"""What timers do, for root and for the user as which asta runs: nobody's doing, and nothing comes of doing it twice."""
ELSEWHERE = frozenset({"config init", "demo"})
"""They make an installation of one's own, which has no place inside one that is shared."""


class NotHere(Forbidden):
    """A command for an installation of one's own."""

    message = N_("{what} is not for an installation in which people sign in")
    hint = N_("run it on a machine of your own")


class FilesByName(Forbidden):
    """asta would open the file with its own rights, not with those of the person who names it."""

    code = "file_by_name"
    message = N_("{option}: only operators name files; everybody else uses standard input and output")
    hint = N_("let your shell open it: {option} - < FILE")


class WrittenByName(FilesByName):
    """The same of a file that is to be written."""

    hint = N_("leave out {option} and let your shell write it: > FILE at the end of the line")


def admit(app: App, verb: str, given: Mapping[str, Any], params: Sequence[Any]) -> None:
    """See that the caller may run *verb* with the values *given* for *params*.

    Raises SignInRequired, SessionEnded, OutsideToken, FilesByName, OperatorsOnly, NotHere, and what identifying raises.
    """
    if verb in NEVER_ASKED:
        return
    if app.locked:
        app.caller  # noqa: B018 - from here on the process is the system user's
    elif verb in MACHINE | ELSEWHERE | {"config path"}:
        return  # whoever may name another configuration need not be asked
    if not app.must_sign_in:
        _judge_token(app, verb)
        return
    if verb in ELSEWHERE:
        raise NotHere(what=verb)
    by_root = verb in MACHINE | WORK or (verb == "operators add" and bool(given.get("bootstrap")))
    app.for_the_machine = (by_root and app.caller.administrator) or (verb in WORK and app.caller.system)
    if not app.for_the_machine:
        _admit_person(app, verb, given, params)


def _admit_person(app: App, verb: str, given: Mapping[str, Any], params: Sequence[Any]) -> None:
    app.nobody_in_particular = verb in OPEN or (verb == "password set" and bool(given.get("token_file")))
    if not app.nobody_in_particular:
        _judge_token(app, verb)
        if verb in MACHINE and not app.asker.office.everywhere:
            raise OperatorsOnly(who=app.asker.name, what=verb)
    named = next(_named_files(given, params), None)
    if named is not None and not _operator_at_keyboard(app):
        raise (WrittenByName if named.lstrip("-") in _WRITTEN else FilesByName)(option=named)
    if not app.nobody_in_particular:
        app.who  # noqa: B018 - whoever is not signed in gets no further


def _judge_token(app: App, verb: str) -> None:
    if app.token_given and (token := app.who.token) is not None:
        token.check(verb)


def _operator_at_keyboard(app: App) -> bool:
    """Whether the person is an operator, also where they act as somebody else."""
    asker = app.asker
    return asker.operator or bool(asker.mandate and asker.mandate.stand_in)


def _named_files(given: Mapping[str, Any], params: Sequence[Any]) -> Iterator[str]:
    """The options and arguments by which files are named, in the order of the command."""
    for param in params:
        if not param.names_files:
            continue
        value = given.get(param.name)
        values = value if isinstance(value, (list, tuple)) else [] if value is None else [value]
        if any(os.fspath(one) != "-" or param.name in _WRITTEN for one in values):
            yield max(param.opts, key=len) if param.param_type_name == "option" else param.metavar


_WRITTEN = frozenset({"output", "report", "rejects", "csv"})
"""Options that name what is written, for which ``-`` is no other name of standard output."""
