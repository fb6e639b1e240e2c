"""Chambers: added once, changed on purpose."""

from __future__ import annotations

import pytest

from tests.support.office import Office, codes, counts

NEW = ("chambers", "add", "178", "--name", "IHK Neustadt", "--email", "info@neustadt.example")


def test_a_chamber_is_added_once(office: Office) -> None:
    assert counts(office.report(*NEW, code=0)) == {"rows": 1, "created": 1}
    assert counts(office.report(*NEW, code=0)) == {"rows": 1, "unchanged": 1}
    found = office("chambers", "list", "--format", "json").json()
    expected = {"chamber": "178", "name": "IHK Neustadt", "email": "info@neustadt.example", "imported_at": ""}
    assert found[1] == {**expected, "companies": 0}
    assert office.log() == [("chambers add", "ok"), ("chambers add", "ok")]


def test_what_is_not_stated_is_no_difference(office: Office) -> None:
    office(*NEW, code=0)
    report = office.report("chambers", "add", "178", "--name", " IHK Neustadt ", code=0)
    assert counts(report) == {"rows": 1, "unchanged": 1}


def test_other_values_need_another_command(office: Office) -> None:
    office(*NEW, code=0)
    before = office.dump("run", "audit_entry", "audit_detail", "audit_head")
    refused = office.report("chambers", "add", "178", "--name", "IHK Altstadt", code=5)
    assert codes(refused) == [("arguments", "conflict", "error")]
    assert "asta chambers set 178" in refused["problems"][0]["hint"]
    assert office.dump("run", "audit_entry", "audit_detail", "audit_head") == before
    assert counts(office.report("chambers", "set", "178", "--name", "IHK Altstadt", code=0)) == {
        "rows": 1,
        "updated": 1,
    }
    assert counts(office.report("chambers", "set", "178", "--email", "", code=0)) == {"rows": 1, "updated": 1}
    assert [(c["name"], c["email"]) for c in office.rows("chamber")][1] == ("IHK Altstadt", None)


@pytest.mark.parametrize(
    ("arguments", "code", "status"),
    [
        (("add", "17x", "--name", "X"), "bad_value", 2),
        (("add", "123456789", "--name", "X"), "bad_value", 2),
        (("add", "178", "--name", " "), "missing_value", 2),
        (("add", "178", "--name", "a\x1bb"), "bad_character", 2),
        (("add", "178", "--name", "X", "--email", "not one"), "bad_email", 2),
        (("set", "999", "--name", "X"), "unknown_chamber", 5),
    ],
)
def test_what_cannot_be(office: Office, arguments: tuple[str, ...], code: str, status: int) -> None:
    assert codes(office.report("chambers", *arguments, code=status)) == [("arguments", code, "error")]
    assert len(office.rows("chamber")) == 1


def test_nothing_to_set_is_wrong_usage(office: Office) -> None:
    assert "give --name or --email" in office("chambers", "set", "177", code=2).err


def test_only_operators_change_chambers_and_everybody_sees_them(office: Office) -> None:
    office.person("erika@example.com")
    office(*NEW, as_="erika@example.com", code=77)
    office("chambers", "set", "177", "--name", "X", as_="erika@example.com", code=77)
    assert office("chambers", "list", "--format", "ids", as_="erika@example.com", code=0).lines == ["177"]
    assert office.log() == [("chambers add", "refused:forbidden"), ("chambers set", "refused:forbidden")]


def test_a_trial_writes_nothing(office: Office) -> None:
    before = office.dump()
    report = office.report(*NEW, "--dry-run", code=0)
    assert (report["created"], report["applied"], report["run"]) == (1, False, "")
    assert office.dump() == before
