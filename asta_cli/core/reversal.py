"""One change of a run, turned round: what ends, what reopens, what gets its former values back, and what forbids it.

Records of the register end and reopen. Whatever is given (permissions, services) and has ended is given anew, as it
was: that it was not given in between stays true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from asta_cli.core.errors import AstaError
from asta_cli.core.facts import Facts
from asta_cli.core.grants import ended, grant_key, identity_of
from asta_cli.core.history import REGISTER, Entry, Touched
from asta_cli.core.ids import show_id
from asta_cli.core.model import Action, Kind, Record, RecordStatus, ServiceState, Value
from asta_cli.core.office import NO_OFFICE, Office, office_key
from asta_cli.core.plan import Change
from asta_cli.core.run_refusals import (
    ChangedOtherwise,
    ChangedSince,
    DecidedSince,
    InUse,
    InUseOtherwise,
    RecordMissing,
)
from asta_cli.core.shown import HIDDEN, NAMES

GIVEN = (Kind.GRANT, Kind.SERVICE_PILOT, Kind.COMPANY_SERVICE)
"""The kinds of which a record belongs to a company, is open until it ends, and is never opened again."""
GIVEN_ANEW = (*GIVEN, Kind.OPERATOR)
"""All of which that is so."""
_STATED = {
    Kind.GRANT: (
        "email",
        "email_key",
        "company_id",
        "role",
        "sites",
        "trainer_id",
        "valid_from",
        "valid_until",
        "invited_until",
    ),
    Kind.SERVICE_PILOT: ("company_id", "service"),
    Kind.COMPANY_SERVICE: ("company_id", "service"),
    Kind.OPERATOR: ("email", "email_key", "chamber", "impersonate"),
}
NUMBERS = {Kind.COMPANY: "ident_number", Kind.TRAINER: "trainer_number", Kind.TRAINEE: "trainee_number"}
"""By what a record of the register is called within its chamber."""
_WORDS = {
    Kind.SERVICE_STATE: ("chamber", "service"),
    Kind.EXAM_PERIOD: ("chamber", "period"),
    Kind.CHAMBER: ("number",),
    Kind.ACCOUNT: ("email",),
}
_SINCE = {
    Kind.GRANT: "granted_at",
    Kind.SERVICE_PILOT: "added_at",
    Kind.COMPANY_SERVICE: "activated_at",
    Kind.OPERATOR: "added_at",
}
_BY = {Kind.GRANT: "granted_by", Kind.OPERATOR: "added_by"}
_REMINDED = "reminded_at"
_FEED = frozenset({"feed_status", "feed_changed_at"})


@dataclass(frozen=True, slots=True)
class By:
    """Who undoes, when, in which run, and why."""

    run: int
    name: str
    now: str
    reason: str | None
    office: Office = NO_OFFICE


def obstacles(entry: Entry, key: str, facts: Facts, touched: Touched) -> Iterator[AstaError]:
    """What would be lost, or cannot be, if *entry* were turned round."""
    place = entry.kind, entry.record
    record = facts.by_record.get(place)
    if record is None:
        yield RecordMissing(key=key)
        return
    changed = _changed(entry, record)
    since = facts.later.get(place, ())
    later = {name: seen.run for seen in since for name in seen.fields if _concerns(entry, name)}
    lost = changed | later.keys()
    if lost:
        # Whose value a field holds is written beside the fields; what wrote it says more.
        beside = {name: seen.run for seen in since for name in seen.fields} if lost <= HIDDEN else {}
        name = min(lost - HIDDEN or beside.keys() - HIDDEN or lost)
        run, field = (beside | later).get(name, 0), NAMES.get(name, name)
        if entry.kind is Kind.ACCOUNT:
            yield DecidedSince(key=key)
            return
        yield ChangedSince(key=key, field=field, run=show_id(run)) if run else ChangedOtherwise(key=key, field=field)
        return
    for blocker in facts.blockers.get(place, ()):
        # What reopened had things below it before; of what was created, everything there is new.
        if not touched.made(blocker.kind, blocker.id) and (entry.action is not Action.REOPEN or blocker.later):
            run = blocker.run
            other = blocker.key
            yield InUse(key=key, other=other, run=show_id(run)) if run else InUseOtherwise(key=key, other=other)
            return


def _changed(entry: Entry, record: Record) -> set[str]:
    """The columns that are not as the run left them."""
    if entry.action is not Action.CREATE:
        over = entry.kind is Kind.GRANT and entry.action is Action.UPDATE and record["ended_at"] is not None
        return ({"ended_at"} if over else set()) | {
            name for name, value in entry.after.items() if name != _REMINDED and record.get(name) != value
        }
    if entry.kind in REGISTER:
        return {"status"} if record["status"] != RecordStatus.OPEN else set()
    return {"ended_at"} if record.get("ended_at") is not None else set()


def _concerns(entry: Entry, name: str) -> bool:
    """Whether a later change of *name* would be lost: of a record that ends any, but that of its holder's address."""
    if entry.kind is Kind.GRANT and name in ("email", "email_key", _REMINDED):
        return False
    return entry.action in (Action.CREATE, Action.REOPEN) or name in entry.after


def reverse(entry: Entry, key: str, facts: Facts, by: By, fresh: Iterator[int]) -> Change | None:
    """The change that turns *entry* round; None if nothing of it is left."""
    record = facts.by_record[entry.kind, entry.record]
    if entry.action is Action.CREATE:
        return _change(entry, key, record, facts, *_end(entry, record, by))
    if entry.action is Action.END and entry.kind in GIVEN_ANEW:
        if _over(record, facts, by.now):
            return None  # by itself, whatever was done to it
        given = {name: record[name] for name in _STATED[entry.kind]} | _given(entry.kind, record, by)
        return _change(entry, key, record, facts, Action.CREATE, given, {}, next(fresh))
    names = [name for name in entry.after if name in entry.before]
    if not names:
        return None
    before = {name: entry.after[name] for name in names}
    if entry.kind is Kind.GRANT:
        before = identity_of(record) | before
    after = {name: entry.before[name] for name in names} | _forgotten(entry) | _decided(entry, by)
    return _change(entry, key, record, facts, _OTHER_WAY[entry.action], after, before)


def _over(record: Record, facts: Facts, now: str) -> bool:
    """Whether a grant's last day has passed, or it was an invitation that nobody accepted in time."""
    until, invited_until = (record.get(name) for name in ("valid_until", "invited_until"))
    if until is not None and str(until) <= now:
        return True
    if invited_until is None or str(invited_until) > now:
        return False
    account = facts.accounts.get(str(record["email_key"]))
    return account is None or account.confirmed_at is None or account.confirmed_at >= str(invited_until)


_OTHER_WAY = {Action.UPDATE: Action.UPDATE, Action.END: Action.REOPEN, Action.REOPEN: Action.END}


def _end(entry: Entry, record: Record, by: By) -> tuple[Action, dict[str, Value], dict[str, Value]]:
    """The end of a record that the run created."""
    if entry.kind in REGISTER:
        end: dict[str, Value] = {"status": RecordStatus.ENDED.value, "ended_at": by.now, "line_hash": None}
        return Action.END, end, {"status": RecordStatus.OPEN.value, "ended_at": None}
    if entry.kind is Kind.SERVICE_STATE:  # never set means unavailable, and there is no way to unset it
        before = {"state": record["state"], "since": record["since"]}
        return Action.UPDATE, {"state": ServiceState.UNAVAILABLE.value, "since": by.now}, before
    if entry.kind is Kind.GRANT:
        return Action.END, ended(by.now, by.name, by.reason, by.run), identity_of(record)
    return Action.END, {"ended_at": by.now}, {"ended_at": None}


def _given(kind: Kind, record: Record, by: By) -> dict[str, Value]:
    since: dict[str, Value] = {_SINCE[kind]: by.now}
    if kind in _BY:
        since |= {_BY[kind]: by.name, "reason": by.reason or record["reason"], "run_id": by.run}
    return since


def _decided(entry: Entry, by: By) -> dict[str, Value]:
    """Since when an account is in the state that it is given back, and why."""
    return {"state_at": by.now, "state_reason": by.reason} if entry.kind is Kind.ACCOUNT else {}


def _forgotten(entry: Entry) -> dict[str, Value]:
    """The hashes of lines that no longer stand for what is stored, so that the same file is read again."""
    if entry.kind not in REGISTER:
        return {}
    hashes: dict[str, Value] = {"line_hash": None}
    return hashes | {"feed_hash": None} if _FEED & entry.after.keys() else hashes


def _change(
    entry: Entry,
    key: str,
    record: Record,
    facts: Facts,
    action: Action,
    after: Record,
    before: Record,
    id_: int | None = None,
) -> Change:
    company = record.get("company_id") if entry.kind in GIVEN else None
    assert company is None or isinstance(company, int)
    chamber = facts.by_id[company].chamber if company is not None else record.get("chamber")
    place = (company, None if chamber is None else str(chamber), entry.where, entry.line)
    counted = not bookkeeping(entry)
    return Change(entry.kind, action, id_ or entry.record, key, after, before, *place, counted=counted)


def bookkeeping(entry: Entry) -> bool:
    """Whether *entry* says nothing of its record that anybody would see."""
    unseen = entry.after.keys() <= _FEED | HIDDEN
    return entry.kind is Kind.RUN or (entry.action is Action.UPDATE and unseen)


def key_of(entry: Entry, facts: Facts) -> str:
    """What people call the record of *entry*."""
    record = facts.by_record.get((entry.kind, entry.record))
    if entry.key or record is None:
        return entry.key or show_id(entry.record)
    return named(entry.kind, record, facts)


def named(kind: Kind, record: Mapping[str, Value], facts: Facts) -> str:
    """The key of *record* as commands show it."""
    said = {name: str(value) for name, value in record.items()}
    if kind in GIVEN:
        company = facts.by_id[int(said["company_id"])].key
        return grant_key(said["email"], company, said["role"]) if kind is Kind.GRANT else f"{company} {said['service']}"
    if kind is Kind.OPERATOR:
        return office_key(said["email"], None if record["chamber"] is None else said["chamber"])
    if kind in _WORDS:
        return " ".join(said[name] for name in _WORDS[kind])
    return f"{said['chamber']}:{said[NUMBERS[kind]]}" if kind in NUMBERS else show_id(int(said["id"]))
