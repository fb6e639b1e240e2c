from __future__ import annotations

import secrets
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asta_cli.credentials.common import is_common
from asta_cli.credentials.hashing import LEAST_MEMORY, Hasher
from tests.support.depth import examples

PASSWORD = "drei Gänse am Teich"
HASHER = Hasher()
STORED = HASHER.hash(PASSWORD)


def test_a_hash_is_argon2id_with_a_salt_of_its_own() -> None:
    assert STORED.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert HASHER.hash(PASSWORD) != STORED
    assert PASSWORD not in STORED


@pytest.mark.parametrize(
    ("password", "fits"),
    [
        (PASSWORD, True),
        ("drei Ga\u0308nse am Teich", True),  # another keyboard, the same text
        (PASSWORD + " ", False),
        (PASSWORD.upper(), False),
        ("", False),
        (PASSWORD + "\ud800", False),
        ("x" * 1_000_000, False),
    ],
)
def test_verifying(password: str, fits: bool) -> None:
    assert HASHER.verify(STORED, password) is fits


def test_an_overlong_password_never_fits_though_it_was_hashed() -> None:
    assert not HASHER.verify(HASHER.hash("x" * 129), "x" * 129)
    assert HASHER.verify(HASHER.hash("x" * 128), "x" * 128)


@pytest.mark.parametrize("password", [PASSWORD, ""])
def test_no_account_and_no_password_set_are_no(password: str) -> None:
    assert HASHER.verify(None, password) is False
    assert Hasher(memory=20_000, passes=3).verify(None, password) is False


def test_an_unknown_account_takes_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    from argon2.low_level import Type, verify_secret

    work: list[bytes] = []

    def watched(stored: bytes, secret: bytes, kind: Type) -> bool:
        work.append(stored)
        return verify_secret(stored, secret, kind)

    monkeypatch.setattr("argon2._password_hasher.verify_secret", watched)
    hasher = Hasher()
    hasher.verify(STORED, "wrong")
    hasher.verify(None, "wrong")
    assert [each.split(b"$")[:4] for each in work] == [STORED.encode().split(b"$")[:4]] * 2
    assert [len(each) for each in work] == [len(STORED)] * 2


def test_a_damaged_hash_is_not_taken_for_a_wrong_password() -> None:
    from argon2.exceptions import InvalidHashError

    with pytest.raises(InvalidHashError):
        HASHER.verify("not a hash", PASSWORD)


def test_hashes_with_other_parameters_are_outdated_and_still_verify() -> None:
    stronger = Hasher(memory=2 * LEAST_MEMORY)
    assert stronger.outdated(STORED)
    assert not HASHER.outdated(STORED)
    assert stronger.verify(STORED, PASSWORD)


@pytest.mark.parametrize("weaker", [{"memory": LEAST_MEMORY - 1}, {"passes": 1}, {"lanes": 0}])
def test_nothing_below_the_minimum(weaker: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="argon2id needs at least"):
        Hasher(**weaker)


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "1qaz2wsx3edc4rfv",
        "Passw0rd12345678",
        "iloveyou iloveyou",
        "123456789987654321",
        "qwertyqwerty123456",
        "P@ssw0rdP@ssw0rd",
        "trustno1trustno1trustno1trustno1trustno1trustno1",
        "masterbatingpassword",
    ],
)
def test_common_ones(password: str) -> None:
    assert is_common(password)


@pytest.mark.parametrize(
    "password",
    [PASSWORD, "korrekt pferd batterie", "kgh4%82ngz!l0yx", "a" * 36 + "kgh4%82ngz!l0yx und noch mehr davon"],
)
def test_uncommon_ones(password: str) -> None:
    assert not is_common(password)


def test_what_is_drawn_at_random_is_never_common() -> None:
    assert not any(is_common(secrets.token_urlsafe(12)) for _ in range(50))


@settings(max_examples=examples(50), deadline=None)
@given(st.text(min_size=15, max_size=128))
def test_no_text_breaks_the_estimate(password: str) -> None:
    assert is_common(password) in (True, False)


def test_loading_the_package_loads_no_library() -> None:
    check = (
        "import sys, asta_cli.credentials.hashing, asta_cli.credentials.common\n"
        "sys.exit(bool({'argon2', 'zxcvbn', '_cffi_backend'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
