from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asta_cli.core import passwords
from asta_cli.core.errors import Status
from asta_cli.core.passwords import WeakPassword
from tests.core.support import error_of

CONTEXT = (
    "Max Müller-Lüdenscheidt",
    "max.mueller@goldschmiede-weiss.example",
    "Schäfer Druck GmbH & Co. KG",
    "IHK Köln",
)


def never(_: str) -> bool:
    return False


def reasons(
    password: str, context: tuple[str, ...] = CONTEXT, common: Callable[[str], bool] = never
) -> tuple[str, ...]:
    error = error_of(WeakPassword, passwords.judge, password, context, common)
    if error is None:
        return ()
    found = error.fields["reasons"]
    assert isinstance(found, tuple)
    assert found[0] == error.reason
    assert (error.code, error.status) == ("weak_password", Status.REFUSED)
    return found


@pytest.mark.parametrize(
    "password",
    [
        "drei Enten am Teich",
        "korrekt pferd batterie heftklammer",
        "kgh4%82ngz!l0yx",
        "Müller isst gern Quark mit Kirschen",  # a name is not forbidden, it only does not count
        "abcd und dann kommen Gänse",
        "    viele    blanke    zeichen   ",
        "🦆🐎🔋📎🦢🐄🐖🐑🐓🐇🐀🐁🦔🦊🐻",
        "Đặng mag Rüben & Öl",
    ],
)
def test_good_ones(password: str) -> None:
    assert reasons(password) == ()
    assert passwords.judge(password, CONTEXT, never) == unicodedata.normalize("NFKC", password)


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("", ("too_short",)),
        ("x7 Gänseblümche", ()),  # 15
        ("x7 Gänseblümch", ("too_short",)),  # 14
        ("x7 Ga\u0308nseblu\u0308mch", ("too_short",)),  # 16 code points as typed, 14 when composed
        ("kurz\0", ("too_short", "bad_character")),
        ("drei Enten am Teich\n", ("bad_character",)),
        ("drei Enten\tam Teich", ("bad_character",)),
        ("drei Enten am Teich \ud800", ("bad_character",)),
        ("aaaaaaaaaaaaaaaa", ("repeated",)),
        ("hallohallohallo", ("repeated",)),
        ("hallohallohalloha", ("repeated",)),
        ("HalloHALLOhallo", ("repeated",)),
        ("Sommer27!Sommer27!", ("repeated",)),
        ("drei Enten im drei Enten im ", ("repeated",)),  # the piece has 14 characters
        ("drei Enten im Tdrei Enten im T", ()),  # 15, good enough alone
        ("abcdefghijklmnopq", ("sequence",)),
        ("zyxwvutsrqponmlkj", ("sequence",)),
        ("1234567890123456", ("sequence",)),
        ("qwertzuiopasdfghjkl", ("sequence",)),
        ("qwertyuiopzxcvbnm", ("sequence",)),
        ("987654321hut!!!!!!!", ("sequence",)),
        ("IHK Köln Infocenter", ("own_words",)),
        ("ihk-koeln-infocenter", ("own_words",)),
        ("MAX.MUELLER@GOLDSCHMIEDE", ("own_words",)),
        ("Schäfer Druck 2027", ("own_words",)),
        ("SchaeferDruck2027", ("own_words",)),
        ("PasswortPasswort1", ("own_words",)),
        ("Infocenter1234567", ("own_words", "sequence")),
        ("asta portal aaaa 7", ("own_words", "sequence")),
    ],
)
def test_weak_ones(password: str, expected: tuple[str, ...]) -> None:
    assert reasons(password) == expected


def test_the_longest() -> None:
    good = "drei Enten am Teich, "
    longest = "".join(chr(0x4E00 + i * 7 % 997) for i in range(128))
    assert reasons(longest) == ()
    assert reasons(longest + good) == ("too_long",)
    assert reasons(longest + "x") == ("too_long",)


def test_names_count_against_a_password_only_in_their_context() -> None:
    assert reasons("Lüdenscheidt 2027") == ("own_words",)
    assert reasons("Lüdenscheidt 2027", ()) == ()


def test_the_list_is_asked_last_and_with_the_normal_form() -> None:
    asked: list[str] = []

    def common(password: str) -> bool:
        asked.append(password)
        return True

    assert reasons("kurz", (), common) == ("too_short",)
    assert asked == []
    assert reasons("drei Ga\u0308nse am Teich", (), common) == ("common",)
    assert asked == ["drei Gänse am Teich"]


def test_the_numbers_of_the_message() -> None:
    with pytest.raises(passwords.TooShort) as caught:
        passwords.judge("kurz", (), never)
    fields = {"length": 4, "shortest": 15, "longest": 128, "reasons": ("too_short",)}
    assert caught.value.fields == fields


@given(st.text(max_size=200), st.lists(st.text(max_size=40), max_size=3))
def test_no_text_breaks_it_or_gets_into_its_error(password: str, context: list[str]) -> None:
    error = error_of(WeakPassword, passwords.judge, password, context, never)
    if error is not None:
        assert str(error) == "weak_password"
        assert set(error.fields) == {"length", "shortest", "longest", "reasons"}
    else:
        kept = passwords.judge(password, context, never)
        assert 15 <= len(kept) <= 128
        assert passwords.judge(kept, context, never) == kept == passwords.normal(kept)


def test_every_reason_has_a_text_and_a_code_of_its_own() -> None:
    kinds = WeakPassword.__subclasses__()
    assert len({kind.reason for kind in kinds}) == len(kinds) == 7
    assert all(kind.message and kind.hint and kind.reason for kind in kinds)
