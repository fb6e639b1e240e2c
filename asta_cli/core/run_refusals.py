"""Why a run cannot be undone or approved."""

from __future__ import annotations

from collections.abc import Iterable

from asta_cli.core.errors import N_, AstaError, NotFound, Status
from asta_cli.core.history import OFFBOARD, UNDO, RunRecord
from asta_cli.core.ids import show_id
from asta_cli.core.model import Action, Kind


class UnknownRun(NotFound):
    """No run has this id."""

    code = "unknown_run"
    message = N_("there is no run {key}")
    hint = N_("asta runs list shows them")


class RunRefused(AstaError):
    """Base of what is wrong with the run that was named."""

    status = Status.REFUSED


class AlreadyUndone(RunRefused):
    """It can be undone once."""

    code = "already_undone"
    message = N_("run {run} has been undone already, by run {by}")
    hint = N_("to bring back what it did, undo that one: asta runs undo {by}")


class AlreadyApproved(RunRefused):
    """Its plan was written by another run."""

    code = "already_approved"
    message = N_("run {run} has been approved already; run {by} wrote its plan")
    hint = N_("asta runs show {by} says what it did; asta runs undo {by} takes it back")


class StillHeld(RunRefused):
    """It has written nothing yet."""

    code = "run_held"
    message = N_("run {run} is held: it has written nothing that could be undone")
    hint = N_("asta runs approve {run} applies it; left alone, its plan is forgotten")


class Superseded(RunRefused):
    """A later run of the same files was held in its place."""

    code = "run_superseded"
    message = N_("run {run} was held, and a later run has taken its place; it has written nothing")
    hint = N_("asta runs list --chamber {chamber} shows the later one")


class Expired(RunRefused):
    """A plan is kept for 30 days."""

    code = "run_expired"
    message = N_("the plan of run {run} was kept until {until} and is gone; it has written nothing")
    hint = N_("run the import again")


class NotHeld(RunRefused):
    """It was applied when it ran."""

    code = "run_not_held"
    message = N_("run {run} needs no approval: it has been applied")
    hint = N_("asta runs show {run} says what it did")


class DataErased(RunRefused):
    """Personal data in its history have been erased (DSGVO Art. 17)."""

    code = "data_erased"
    message = N_("run {run} cannot be undone: personal data in its history have been erased")
    hint = N_("change the records themselves, or import the register again")


class NotReversible(RunRefused):
    """What it did has left the house, or is no state that could be put back."""

    code = "not_reversible"
    message = N_("run {run} cannot be undone: {command} is not a change that can be taken back")


class LettersPosted(NotReversible):
    """Codes on paper cannot be called back."""

    message = N_("run {run} cannot be undone: its letters are posted, or their codes used")
    hint = N_("a new letter voids the old code: asta letters issue --company IDENT; asta perms revoke takes a grant")


class AccountsStay(NotReversible):
    """An account belongs to its person."""

    message = N_("run {run} cannot be undone: accounts belong to the people who registered them")
    hint = N_("asta perms revoke takes what somebody may do")


class AccountDecided(NotReversible):
    """What a person was told about their own account is not taken back behind their back."""

    message = N_("run {run} cannot be undone: it is a decision about an account")
    hint = N_("asta accounts unlock brings an account back, asta perms grant gives its permissions anew")


class AccountGivenBack(NotReversible):
    """To end everything once more takes all that ends with it, also what has come since."""

    message = N_("run {run} cannot be undone: it gave an account back")
    hint = N_("to end everything once more: asta accounts offboard EMAIL --reason TEXT")


class AddressAsked(NotReversible):
    """The mail has gone out; its link can be made void."""

    message = N_("run {run} cannot be undone: it asked another address, and the mail has gone out")
    hint = N_(
        "until it answers, the same address twice takes the question back: asta accounts change-email EMAIL EMAIL"
    )


class SignedIn(NotReversible):
    """A sign-in ends; it is not undone."""

    message = N_("run {run} cannot be undone: it is a sign-in")
    hint = N_("asta logout ends it")


class JobsDone(NotReversible):
    """A transfer repeats what the register says."""

    message = N_("run {run} cannot be undone: it is the work of a job")
    hint = N_("what the register says is put right by the next import")


class ChamberStays(NotReversible):
    """Everything else hangs on a chamber."""

    message = N_("run {run} cannot be undone: a chamber stays once it is there")
    hint = N_("asta chambers set changes its name and address")


class PeriodStays(NotReversible):
    """A new exam period has no earlier deadline to go back to."""

    message = N_("run {run} cannot be undone: the exam period had no deadline before")
    hint = N_("asta exam-periods set gives it another one")


class ChangedSince(AstaError):
    """Undoing would lose what a later run wrote."""

    code = "changed_since"
    status = Status.REFUSED
    message = N_("{key}: {field} was changed since, by run {run}")
    hint = N_("undo that one first: asta runs undo {run}")


class ChangedOtherwise(ChangedSince):
    """No run is known that did it."""

    message = N_("{key}: {field} is no longer as the run left it")
    hint = N_("put it right by hand, or import the register with --full")


class DecidedSince(ChangedSince):
    """Whoever decided about the account later is not overruled."""

    message = N_("{key}: it was decided about the account since")
    hint = N_("asta accounts show {key} says when and why; what is to be given back, give it: asta perms grant")


class InUse(AstaError):
    """Something has come to a record that would end."""

    code = "in_use"
    status = Status.REFUSED
    message = N_("{key} cannot be undone: {other} came later, by run {run}")
    hint = N_("undo that one first: asta runs undo {run}")


class InUseOtherwise(InUse):
    """No run is known that did it."""

    message = N_("{key} cannot be undone: {other} came later")
    hint = N_("end that one first")


class Circle(AstaError):
    """Companies have moved meanwhile."""

    code = "parent_cycle"
    status = Status.REFUSED
    message = N_("{key}: its former head office lies below it now")
    hint = N_("undo the later move first")


class RecordMissing(AstaError):
    """It was deleted when its time was over."""

    code = "record_missing"
    status = Status.REFUSED
    message = N_("{key} is not there any more")
    hint = N_("what was deleted for good cannot be put back")


class DataMoved(AstaError):
    """A record of the plan has another value by now."""

    code = "data_moved"
    status = Status.REFUSED
    message = N_("the data moved since: {key}: {field} is not what it was when this was planned")
    hint = N_("run the command with the same files again; it makes a plan from what is there now")


class ExistsAlready(DataMoved):
    """A record that would be created is there."""

    message = N_("the data moved since: {key} exists by now")


class CompanyGone(DataMoved):
    """A record would come to a company that has ended."""

    message = N_("the data moved since: company {company} of {key} has ended")


class OfficeByHand(NotReversible):
    """Who is an operator is decided anew each time, with a reason, and the person is told."""

    message = N_("run {run} ({command}) is about operators, which cannot be undone as a run")
    hint = N_("decide anew: asta operators add EMAIL, or asta operators remove EMAIL")


class TokensByHand(NotReversible):
    """A token that has ended does not come back; one that was made ends by its name."""

    message = N_("run {run} ({command}) is about service tokens, which cannot be undone as a run")
    hint = N_("end it with asta tokens revoke NAME, or make another: asta tokens create NAME")


_CAUSES: tuple[tuple[Kind, frozenset[Action], type[NotReversible]], ...] = (
    (Kind.LETTER, frozenset(Action), LettersPosted),
    (Kind.SESSION, frozenset(Action), SignedIn),
    (Kind.OPERATOR, frozenset(Action), OfficeByHand),
    (Kind.TOKEN, frozenset(Action), TokensByHand),
    (Kind.ACCOUNT, frozenset(Action), AccountsStay),
    (Kind.LINK, frozenset(Action), AccountsStay),
    (Kind.JOB, frozenset(Action), JobsDone),
    (Kind.CHAMBER, frozenset({Action.CREATE}), ChamberStays),
    (Kind.EXAM_PERIOD, frozenset({Action.CREATE}), PeriodStays),
)


def not_reversible(run: RunRecord, done: Iterable[tuple[Kind, Action]]) -> NotReversible | None:
    """Why nothing of what *run* has *done* can be taken back; None if it can."""
    if run.command == "accounts change-email":
        return AddressAsked(run=show_id(run.id), command=run.command)
    if run.command == OFFBOARD:
        return None
    if run.command.startswith("accounts "):
        return AccountDecided(run=show_id(run.id), command=run.command)
    done = set(done)
    if run.command == UNDO and (Kind.ACCOUNT, Action.UPDATE) in done:
        return AccountGivenBack(run=show_id(run.id), command=run.command)
    for kind, actions, cause in _CAUSES:
        if any((kind, action) in done for action in actions):
            return cause(run=show_id(run.id), command=run.command)
    return None


def not_applied(run: RunRecord, now: str) -> RunRefused | None:
    """Why there is nothing of *run* to undo; None if it was applied."""
    shown = show_id(run.id)
    if run.state == "undone":
        return AlreadyUndone(run=shown, by=show_id(run.answer))
    if run.state == "held" and run.expires_at is not None and run.expires_at > now:
        return StillHeld(run=shown)
    return None if run.state == "applied" else _written_by_none(run)


def not_held(run: RunRecord, now: str) -> RunRefused | None:
    """Why *run* cannot be approved; None if its plan is there."""
    shown = show_id(run.id)
    if run.state in ("applied", "undone"):
        return NotHeld(run=shown)
    if run.state == "held" and run.expires_at is not None and run.expires_at > now:
        return None
    return _written_by_none(run)


def _written_by_none(run: RunRecord) -> RunRefused:
    shown = show_id(run.id)
    if run.state == "approved":
        return AlreadyApproved(run=shown, by=show_id(run.answer))
    if run.state == "superseded":
        return Superseded(run=shown, chamber=run.chamber or "")
    return Expired(run=shown, until=run.expires_at or "")


def data_erased(run: RunRecord) -> DataErased:
    """That the history of *run* has gaps."""
    return DataErased(run=show_id(run.id))
