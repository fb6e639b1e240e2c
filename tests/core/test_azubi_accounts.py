"""The feed of the trainee portal as the whole truth: whom it names no more has no account any more."""

from __future__ import annotations

import pytest

from asta_cli.core.azubi_accounts import AzubiAccountPlanner
from asta_cli.core.facts import Facts
from asta_cli.core.model import Kind, Record, Value
from asta_cli.core.pending import Pending
from asta_cli.core.register import Terms
from tests.core.walk import CHAMBER, row
from tests.core.world import NOW, ids, normalise, record

KEY = (Kind.TRAINEE, "T1")


def planner() -> AzubiAccountPlanner:
    return AzubiAccountPlanner(Terms(CHAMBER, NOW, NOW[:10], ids(), normalise, Pending()))


def trainee(status: str, feed: Value, said: Value = None) -> Record:
    told = {"account_status": status, "feed_status": feed, "feed_changed_at": NOW, "feed_hash": b"x", "said": said}
    return record(**told)


@pytest.mark.parametrize("feed", [None, "closed"])
def test_whom_it_never_named_or_closed_already_is_left_alone(feed: Value) -> None:
    assert planner().missing("T1", trainee("active", feed)) is None


def test_who_is_missing_is_closed_and_the_record_stays_open() -> None:
    change = planner().missing("T1", trainee("active", "active"))
    assert change is not None
    assert change.after == {"account_status": "closed", "feed_status": "closed", "said": '{"account_status":"active"}',
                            "feed_changed_at": None, "feed_hash": None}  # fmt: skip
    assert change.before == {"account_status": "active", "feed_status": "active", "said": None, "feed_changed_at": NOW}
    assert change.counted


def test_what_was_closed_by_hand_before_is_only_written_down() -> None:
    change = planner().missing("T1", trainee("closed", "active", '{"account_status":"none"}'))
    assert change is not None
    assert (change.counted, "account_status" in change.after, change.after["feed_status"]) == (False, False, "closed")


def test_the_very_line_of_before_counts_when_it_comes_back() -> None:
    closed = planner().missing("T1", trainee("active", "active"))
    assert closed is not None
    facts = Facts(NOW)
    facts.records[KEY] = {**trainee("active", "active"), **closed.after}
    line = row(2, trainee_number="T1", account_status="active", changed_at="2020-01-01")
    plan = planner().plan([line], facts)
    (change,) = plan.changes
    assert (change.after["account_status"], change.after["feed_hash"], plan.unchanged) == ("active", line.digest, 0)
