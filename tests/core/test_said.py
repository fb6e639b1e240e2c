"""The register, the feed of the accounts and people who edit by hand write one record, against a model of the rule."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from asta_cli.core.model import Kind, Value
from asta_cli.core.said import as_registered, by_hand, file_value, from_feed, from_register, hands, said_of
from tests.core.walk import Walk, row

FIELDS = ("email", "exam_period", "account_status")
WORDS = st.sampled_from(["a", "b", "c"])


class TwoSources(RuleBasedStateMachine):
    """The model keeps in plain sight what each source said last; the record keeps only what differs."""

    def __init__(self) -> None:
        super().__init__()
        self.value: dict[str, Value] = dict.fromkeys(FIELDS, "a")
        self.register: dict[str, Value] = dict.fromkeys(FIELDS, "a")
        self.feed: Value = None
        self.record: dict[str, Value] = {**self.value, "said": None, "feed_status": None}

    @rule(stated=st.dictionaries(st.sampled_from(FIELDS), WORDS))
    def night(self, stated: dict[str, Value]) -> None:
        news = {name: value for name, value in stated.items() if value != self.register[name]}
        left = [name for name in stated.keys() - news.keys() if self.value[name] != stated[name]]
        update = from_register(stated, self.record)
        assert update.kept == bool(left)
        self.record |= update.after
        self.value |= news
        self.register |= news

    @rule(status=WORDS)
    def portal(self, status: str) -> None:
        news = status != self.feed
        update = from_feed(status, self.record)
        assert update.kept == (not news and status != self.value["account_status"])
        self.record |= update.after
        if news:
            self.value["account_status"] = self.feed = status

    @rule(stated=st.dictionaries(st.sampled_from(FIELDS), WORDS, min_size=1))
    def hand(self, stated: dict[str, Value]) -> None:
        self.record |= by_hand(stated, self.record).after
        self.value |= stated

    @rule(name=st.sampled_from(FIELDS))
    def give_back(self, name: str) -> None:
        if name not in hands(self.record):
            return
        self.record |= by_hand({name: file_value(name, self.record)}, self.record).after
        spoke = name == "account_status" and self.feed is not None
        self.value[name] = self.feed if spoke else self.register[name]
        assert name not in hands(self.record)

    @invariant()
    def the_record_is_what_the_rule_makes_of_it(self) -> None:
        assert {name: self.record[name] for name in FIELDS} == self.value
        registered = as_registered(self.record)
        assert {name: registered[name] for name in FIELDS} == self.register
        assert self.record["feed_status"] == self.feed

    @invariant()
    def what_no_file_said_was_set_by_hand(self) -> None:
        edited = set(hands(self.record))
        for name, value in self.value.items():
            files = {self.register[name], self.feed} if name == "account_status" else {self.register[name]}
            assert name in edited or value in files
            assert name not in edited or name == "account_status" or value not in files

    @invariant()
    def nothing_is_kept_twice(self) -> None:
        assert all(self.record[name] != said for name, said in said_of(self.record).items() if name in FIELDS[:2])


TestTwoSources = TwoSources.TestCase
TestTwoSources.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)


BASE = {"trainee_number": "T1", "company_ident_number": "A", "last_name": "Groß", "occupation": "Koch",
        "contract_start": "2025-09-01", "contract_end": "2028-08-31", "trainer_number": "A1"}  # fmt: skip


@pytest.fixture
def walk() -> Walk:
    """Three companies, a trainer at each, and a trainee at A."""
    made = Walk()
    made.load(Kind.COMPANY, [row(n, ident_number=k, name=k) for n, k in enumerate("ABC", 2)])
    trainers = [row(n, trainer_number="A1", company_ident_number=k, last_name="Groß") for n, k in enumerate("ABC", 2)]
    made.load(Kind.TRAINER, trainers)
    made.load(Kind.TRAINEE, [row(2, **BASE)])
    return made


def trainee(walk: Walk) -> dict[str, Any]:
    (record,) = walk.records[Kind.TRAINEE].values()
    return record


def edit(walk: Walk, **stated: Value) -> None:
    record = trainee(walk)
    record |= by_hand(stated, {"said": None, **record}).after | {"line_hash": None}


def ids(walk: Walk, kind: Kind) -> dict[str, int]:
    """The companies, or the trainers, by the Identnummer."""
    companies = {id_: str(c["ident_number"]) for id_, c in walk.records[Kind.COMPANY].items()}
    if kind is Kind.COMPANY:
        return {ident: id_ for id_, ident in companies.items()}
    return {companies[int(str(t["company_id"]))]: id_ for id_, t in walk.records[kind].items()}


def night(walk: Walk, **more: str) -> int:
    """Load the trainee's row once more, and say how many rows were kept."""
    plans = walk.load(Kind.TRAINEE, [row(2, **BASE | more)])
    assert not [p for plan in plans for p in plan.problems]
    return sum(plan.kept for plan in plans)


def test_who_is_moved_by_hand_stays_there_and_never_has_a_trainer_of_elsewhere(walk: Walk) -> None:
    companies, trainers = ids(walk, Kind.COMPANY), ids(walk, Kind.TRAINER)
    edit(walk, company_id=companies["B"])
    assert trainee(walk)["trainer_id"] is None
    assert night(walk) == 1
    assert night(walk, trainer_number="") == 1
    assert (trainee(walk)["company_id"], trainee(walk)["trainer_id"]) == (companies["B"], None)
    assert night(walk, company_ident_number="C") == 0
    assert (trainee(walk)["company_id"], trainee(walk)["trainer_id"]) == (companies["C"], trainers["C"])
    assert trainee(walk)["said"] is None


def test_the_trainer_of_before_goes_when_the_register_moves_the_trainee(walk: Walk) -> None:
    night(walk, trainer_number="")
    edit(walk, trainer_id=ids(walk, Kind.TRAINER)["A"])
    assert night(walk, trainer_number="") == 1
    night(walk, trainer_number="", company_ident_number="B")
    assert trainee(walk)["trainer_id"] is None
    assert trainee(walk)["said"] is None


def test_the_register_takes_over_what_a_hand_had_set_already(walk: Walk) -> None:
    edit(walk, company_id=ids(walk, Kind.COMPANY)["B"])
    plans = walk.load(Kind.TRAINEE, [row(2, **BASE | {"company_ident_number": "B"})])
    assert trainee(walk)["trainer_id"] == ids(walk, Kind.TRAINER)["B"]
    assert trainee(walk)["said"] is None
    assert [plan.kept for plan in plans if plan.rows] == [0]


def test_two_sources_never_make_a_contract_that_ends_before_it_starts(walk: Walk) -> None:
    edit(walk, contract_end="2026-08-31")
    assert night(walk) == 1
    assert trainee(walk)["contract_end"] == "2026-08-31"
    night(walk, contract_start="2027-09-01")
    assert (trainee(walk)["contract_start"], trainee(walk)["contract_end"]) == ("2027-09-01", "2028-08-31")


def test_a_change_only_of_who_said_it_counts_as_unchanged(walk: Walk) -> None:
    edit(walk, last_name="Klein")
    plans = walk.load(Kind.TRAINEE, [row(2, **BASE | {"last_name": "Klein"})])
    (plan,) = [plan for plan in plans if plan.rows]
    assert (plan.unchanged, plan.kept, [c.counted for c in plan.changes]) == (1, 0, [False])
    assert night(walk, last_name="Klein") == 0
    assert night(walk) == 0
    assert trainee(walk)["last_name"] == "Groß"
