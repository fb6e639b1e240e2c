from __future__ import annotations

import hmac

from hypothesis import given
from hypothesis import strategies as st

from asta_cli.core.keys import MacKey, same


@given(st.binary(min_size=32, max_size=64), st.binary(), st.integers(1, 32))
def test_a_mac_is_the_key_id_and_hmac_sha256(key: bytes, message: bytes, size: int) -> None:
    assert MacKey(b"abcd", key).mac(message, size) == b"abcd" + hmac.new(key, message, "sha256").digest()[:size]


@given(st.binary(max_size=200), st.lists(st.binary()), st.integers(1, 32))
def test_the_macs_of_many_are_those_of_each(key: bytes, messages: list[bytes], size: int) -> None:
    one = MacKey(b"abcd", key)
    assert one.macs(messages, size) == [one.mac(message, size) for message in messages]


@given(st.binary(), st.binary())
def test_same_is_equality(one: bytes, other: bytes) -> None:
    assert same(one, one)
    assert same(one, other) == (one == other)
