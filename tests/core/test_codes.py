from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asta_cli.core import base32, codes
from asta_cli.core.codes import CodeLength, CodeSymbol, MalformedCode
from asta_cli.core.errors import Status
from asta_cli.core.keys import MacKey, same
from tests.core.support import error_of

KEY = MacKey(b"0001", bytes(range(32)))
EXAMPLE = "0123-4567-89AB-CDEF-K"

numbers = st.integers(0, (1 << 80) - 1).filter(lambda number: number % 37 < 32)


@st.composite
def made(draw: st.DrawFn) -> str:
    return written(draw(numbers))


def written(*numbers: int) -> str:
    """The code made where these numbers are drawn; all of them are, and no more."""
    left = [bytes(number >> shift & 31 for shift in range(75, -1, -5)) for number in numbers]
    (code,) = codes.make(1, lambda count: left.pop(0) if count == 16 else b"")
    assert not left
    return code


def bare(code: str) -> str:
    return code.replace("-", "")


def refused(text: str) -> bool:
    return error_of(MalformedCode, codes.read, text) is not None


def test_a_known_code() -> None:
    number = base32.decode("0123456789abcdef")
    assert number is not None
    assert base32.ALPHABET[number % 37].upper() == EXAMPLE[-1]
    assert written(number) == EXAMPLE


@given(made())
def test_a_code_is_groups_of_four_and_a_check_symbol_and_reads_as_itself(code: str) -> None:
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4, 1]
    assert set(bare(code).lower()) <= set(base32.ALPHABET)
    assert codes.read(code) == code


def test_numbers_without_a_printable_check_symbol_are_drawn_again() -> None:
    assert written(32, 36, 37 + 33, 5) == "0000-0000-0000-0005-5"


def test_the_system_source_gives_different_codes() -> None:
    made = codes.make(1_000, secrets.token_bytes)
    assert len(made) == len(set(made)) == 1_000
    assert all(codes.read(code) == code for code in made)


def test_every_byte_stands_for_a_symbol_and_every_symbol_for_as_many_bytes() -> None:
    every = b"".join(bytes([*[0] * 15, byte]) for byte in range(256))
    last = [code[18] for code in codes.make(256, lambda count: every[:count])]
    assert len(last) == 256
    assert {last.count(symbol) for symbol in base32.ALPHABET.upper()} == {8}


@given(made(), st.integers(0, 16), st.sampled_from(base32.ALPHABET))
def test_every_single_wrong_symbol_is_found(code: str, place: int, symbol: str) -> None:
    symbols = bare(code)
    wrong = symbols[:place] + symbol.upper() + symbols[place + 1 :]
    assert refused(wrong) == (wrong != symbols)


@given(made())
def test_every_swap_of_neighbours_is_found(code: str) -> None:
    symbols = bare(code)
    for place in range(16):
        swapped = symbols[:place] + symbols[place + 1] + symbols[place] + symbols[place + 2 :]
        assert refused(swapped) == (swapped != symbols)


def test_exhaustively_for_one_code() -> None:
    symbols = bare(EXAMPLE)
    wrong = {symbols[:i] + c + symbols[i + 1 :] for i in range(17) for c in base32.ALPHABET.upper()} - {symbols}
    assert len(wrong) == 17 * 31
    assert all(refused(each) for each in wrong)


BLANKS = ["", " ", "\t", "\n", "\r\n", "\u00a0", "\u202f", "\u2009", "\u200b", "\ufeff", "\u00ad"]
DASHES = ["-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212", "\ufe63", "\uff0d"]


@given(made(), st.lists(st.sampled_from(BLANKS + DASHES), min_size=18, max_size=18))
def test_forgives_case_blanks_dashes_and_look_alikes(code: str, between: list[str]) -> None:
    alike = {"0": "0oO", "1": "1iIlL"}
    symbols = [secrets.choice(alike.get(c, c + c.lower())) for c in bare(code)]
    typed = between[0] + "".join(c + gap for c, gap in zip(symbols, between[1:], strict=True))
    assert codes.read(typed) == code


@pytest.mark.parametrize(
    ("text", "error", "fields"),
    [
        ("", CodeLength, {"found": 0, "expected": 17}),
        (EXAMPLE[:-1], CodeLength, {"found": 16, "expected": 17}),
        (EXAMPLE + "0", CodeLength, {"found": 18, "expected": 17}),
        (" " * 100_000 + EXAMPLE, CodeLength, {"found": 100_021, "expected": 17}),
        ("U" + EXAMPLE[1:], CodeSymbol, {"position": 1}),
        (EXAMPLE[:-1] + "*", CodeSymbol, {"position": 17}),
        (EXAMPLE[:-1] + "ß", CodeSymbol, {"position": 17}),
        (EXAMPLE[:-1] + "٣", CodeSymbol, {"position": 17}),
        (EXAMPLE[:-1] + "J", MalformedCode, {}),
    ],
)
def test_what_cannot_be_a_code(text: str, error: type[MalformedCode], fields: dict[str, object]) -> None:
    with pytest.raises(MalformedCode) as caught:
        codes.read(text)
    assert type(caught.value) is error
    assert caught.value.fields == fields
    assert (caught.value.code, caught.value.status) == ("malformed_code", Status.REFUSED)


@given(st.text())
def test_no_text_breaks_the_reader_or_appears_in_its_error(text: str) -> None:
    error = error_of(MalformedCode, codes.read, text)
    assert error is not None
    assert str(error) == "malformed_code"
    assert set(error.fields) <= {"found", "expected", "position"}
    assert all(isinstance(value, int) for value in error.fields.values())


def test_the_mac_of_a_code_is_fixed_and_names_its_key() -> None:
    mac = codes.code_mac(KEY, 7, EXAMPLE)
    assert len(mac) == 32
    assert mac.startswith(KEY.id)
    # HMAC-SHA256 computed apart: a change of the message would void every posted letter.
    assert mac[4:].hex() == "ee43ec6aba5701937805275c326f927821698d93ba4fed6794243465"


@given(made(), made(), st.integers(0, (1 << 63) - 1), st.integers(0, (1 << 63) - 1))
def test_the_mac_binds_company_and_code(one: str, other: str, company: int, second: int) -> None:
    mac = codes.code_mac(KEY, company, one)
    assert same(mac, codes.code_mac(KEY, company, codes.read(one.lower())))
    assert same(mac, codes.code_mac(KEY, second, other)) == ((one, company) == (other, second))
    assert not same(mac, codes.code_mac(MacKey(KEY.id, bytes(32)), company, one))


@given(st.lists(made()), st.integers(0, (1 << 63) - 101))
def test_the_macs_of_many_are_those_of_each(many: list[str], first: int) -> None:
    companies = range(first, first + len(many))
    assert codes.code_macs(KEY, companies, many) == [
        codes.code_mac(KEY, *one) for one in zip(companies, many, strict=True)
    ]


def test_a_key_does_not_show_itself() -> None:
    assert repr(KEY) == "MacKey(id=b'0001')"
