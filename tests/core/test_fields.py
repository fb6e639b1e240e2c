from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asta_cli.core import fields
from asta_cli.core.fields import BadField
from asta_cli.core.model import AccountStatus, Aptitude, Role, TraineeKind
from tests.core.support import error_of

READERS: list[Callable[[str], object]] = [
    fields.ident_number,
    fields.chamber_number,
    fields.postal_code,
    fields.establishment_number,
    fields.read_date,
    fields.exam_period,
    fields.aptitude,
    fields.trainee_kind,
    fields.account_status,
    fields.role,
    fields.yes_no,
    fields.occupations,
]


def bad(code: str) -> pytest.RaisesExc[BadField]:
    return pytest.RaisesExc(BadField, match=f"^{code}$")


@given(st.text(), st.sampled_from(READERS))
def test_no_text_breaks_a_reader_or_gets_into_its_error(text: str, reader: Callable[[str], object]) -> None:
    error, of_another = error_of(BadField, reader, text), error_of(BadField, reader, "|")
    assert of_another is not None
    assert error is None or (str(error), error.fields) == (of_another.code, of_another.fields)


# --- numbers ----------------------------------------------------------------------------------------------------------


@given(st.from_regex(r"[0-9A-Za-z/-]{1,20}", fullmatch=True))
def test_ident_numbers_stay_as_they_are(text: str) -> None:
    assert fields.ident_number(text) == text


@pytest.mark.parametrize("text", ["", "0" * 21, "12 34", "12:34", "12_3", "Ä1", "１２", "12\n", "1;2", "0001234\u00a0"])
def test_what_is_no_ident_number(text: str) -> None:
    with bad("bad_value"):
        fields.ident_number(text)


@pytest.mark.parametrize("text", ["1", "177", "00177", "12345678"])
def test_chamber_numbers(text: str) -> None:
    assert fields.chamber_number(text) == text


@pytest.mark.parametrize("text", ["", "123456789", "17a", "-1", "²", "٣", " 1"])
def test_what_is_no_chamber_number(text: str) -> None:
    with bad("bad_value"):
        fields.chamber_number(text)


@pytest.mark.parametrize("text", ["01067", "75172", "99998"])
def test_postal_codes(text: str) -> None:
    assert fields.postal_code(text) == text


@pytest.mark.parametrize("text", ["", "1234", "123456", "D-75172", "7517O", "75 72", "７５１７２", "²²²²²"])
def test_what_is_no_postal_code(text: str) -> None:
    with bad("bad_postal_code"):
        fields.postal_code(text)


def check_digits(seven: str) -> set[str]:
    """Written apart from the code: the sum of the digits of each product, weights 1 and 2 in turn."""
    products = "".join(str(int(digit) * weight) for digit, weight in zip(seven, (1, 2, 1, 2, 1, 2, 1), strict=True))
    total = sum(map(int, products))
    return {str(total % 10), str((total + 5) % 10)}


@given(st.from_regex(r"[0-9]{7}", fullmatch=True))
def test_a_betriebsnummer_has_one_of_its_two_check_digits(seven: str) -> None:
    for last in "0123456789":
        try:
            taken = fields.establishment_number(seven + last) == seven + last
        except BadField as error:
            taken = error.code != "bad_establishment_number"
        assert taken == (last in check_digits(seven))


@pytest.mark.parametrize("text", ["12345671", "12345676", "00000000", "00000005", "99999993", "99999998"])
def test_known_betriebsnummern(text: str) -> None:
    assert fields.establishment_number(text) == text


@pytest.mark.parametrize("text", ["12345678", "1234567", "123456711", "1234567a", "", "١٢٣٤٥٦٧١", "1234 671"])
def test_what_is_no_betriebsnummer(text: str) -> None:
    with bad("bad_establishment_number"):
        fields.establishment_number(text)


# --- days and periods -------------------------------------------------------------------------------------------------


@given(st.dates(date(1000, 1, 1)))
def test_every_day_reads_in_each_spelling(day: date) -> None:
    german = f"{day.day:02}.{day.month:02}.{day.year}"
    short = f"{day.day}.{day.month}.{day.year}"
    assert {fields.read_date(text) for text in (german, short, day.isoformat())} == {day.isoformat()}


@pytest.mark.parametrize(
    "text",
    [
        "31.02.2026",
        "29.02.2027",
        "2027-02-29",
        "32.01.2027",
        "01.13.2027",
        "00.01.2027",
        "31.07.27",
        "27-07-31",
        "31.07.0027",
        "0027-07-31",
        "2027-7-31",
        "31/07/2027",
        "07/31/2027",
        "31. 07. 2027",
        "20270731",
        "2027-07-31T00:00:00",
        "46234",
        "",
        "31.07.20270",
        "٣١.٠٧.٢٠٢٧",
        "31.07.2027\n",
    ],
)
def test_what_is_no_day(text: str) -> None:
    for _ in range(2):  # a cache must not learn it
        with bad("bad_date"):
            fields.read_date(text)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("Sommer 2027", "2027-S"),
        ("summer 2027", "2027-S"),
        ("SOMMER  2027", "2027-S"),
        ("sommer2027", "2027-S"),
        ("2027-S", "2027-S"),
        ("2027-s", "2027-S"),
        ("2027S", "2027-S"),
        ("Winter 2026/27", "2026-W"),
        ("Winter 2026 / 27", "2026-W"),
        ("Winter 2026/2027", "2026-W"),
        ("winter 2026", "2026-W"),
        ("2026-W", "2026-W"),
        ("Winter 2099/00", "2099-W"),
        ("Winter\u00a02026/27", "2026-W"),
    ],
)
def test_exam_periods(text: str, period: str) -> None:
    assert fields.exam_period(text) == period
    assert fields.exam_period(period) == period


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Sommer",
        "Sommer 27",
        "Sommer 2027/28",
        "Winter 2026/28",
        "Winter 2026/26",
        "Winter 2026/2028",
        "Winter 26/27",
        "2027-X",
        "Herbst 2027",
        "2027",
        "2026-W-1",
        "Winter 0026",
    ],
)
def test_what_is_no_exam_period(text: str) -> None:
    with bad("bad_choice") as caught:
        fields.exam_period(text)
    assert caught.value.fields["expected"] == "Sommer 2027, Winter 2026/27"


@given(st.integers(1000, 9998))
def test_every_winter_ends_in_the_year_after(year: int) -> None:
    assert fields.exam_period(f"Winter {year}/{(year + 1) % 100:02}") == f"{year}-W"
    with bad("bad_choice"):
        fields.exam_period(f"Winter {year}/{(year + 2) % 100:02}")


# --- words ------------------------------------------------------------------------------------------------------------

WORDS: list[tuple[Callable[[str], object], object, list[str]]] = [
    (fields.aptitude, Aptitude.AEVO, ["aevo", "AEVO", "AEVO-Prüfung", "AEVO Pruefung"]),
    (fields.aptitude, Aptitude.EXEMPT, ["exempt", "befreit"]),
    (fields.aptitude, Aptitude.EQUIVALENT, ["equivalent", "gleichgestellt"]),
    (fields.aptitude, Aptitude.PROVISIONAL, ["provisional", "vorläufig", "vorlaeufig", "VORLÄUFIG"]),
    (fields.aptitude, Aptitude.NONE, ["none", "keine"]),
    (
        fields.trainee_kind,
        TraineeKind.TRAINEE,
        ["trainee", "Auszubildende/r", "Auszubildende", "Auszubildender", "Azubi"],
    ),
    (fields.trainee_kind, TraineeKind.TRAINEE, ["Auszubildende(r)", "Auszubildende:r"]),
    (
        fields.trainee_kind,
        TraineeKind.RETRAINEE,
        ["retrainee", "Umschüler/in", "Umschüler", "Umschülerin", "Umschüler*in"],
    ),
    (fields.account_status, AccountStatus.NONE, ["none", "kein Konto", "Kein  Konto"]),
    (fields.account_status, AccountStatus.CODE_ISSUED, ["code_issued", "Code versandt", "code issued"]),
    (fields.account_status, AccountStatus.REGISTERED, ["registered", "registriert"]),
    (fields.account_status, AccountStatus.ACTIVE, ["active", "aktiv", " Aktiv "]),
    (fields.account_status, AccountStatus.LOCKED, ["locked", "gesperrt"]),
    (fields.account_status, AccountStatus.CLOSED, ["closed", "geschlossen"]),
    (fields.role, Role.ADMINISTRATOR, ["administrator", "Administrator", "Administratorin"]),
    (fields.role, Role.MANAGER, ["manager", "Verwalter", "Verwalter/in"]),
    (fields.role, Role.TRAINER, ["trainer", "Ausbilder", "Ausbilder/in"]),
    (fields.role, Role.CONTRACT_APPLICANT, ["contract_applicant", "Antragsteller", "contract applicant"]),
    (fields.yes_no, True, ["yes", "ja", "JA", "true"]),
    (fields.yes_no, False, ["no", "nein", "Nein", "false"]),
]


@pytest.mark.parametrize(("reader", "value", "spellings"), WORDS)
def test_words(reader: Callable[[str], object], value: object, spellings: list[str]) -> None:
    for text in spellings:
        assert reader(text) is value


def test_every_word_is_tested() -> None:
    values = {value for _, value, _ in WORDS}
    assert values == {*Aptitude, *TraineeKind, *AccountStatus, *Role, True, False}


@pytest.mark.parametrize(
    "reader", [fields.aptitude, fields.trainee_kind, fields.account_status, fields.role, fields.yes_no]
)
@pytest.mark.parametrize("text", ["", "vielleicht", "aktiv?", "ac tive!", "ß"])
def test_other_words_are_refused_with_the_possible_ones(reader: Callable[[str], object], text: str) -> None:
    with bad("bad_choice") as caught:
        reader(text)
    assert "(" in str(caught.value.fields["expected"])


def test_roles_of_the_portal_are_not_mixed_up() -> None:
    with bad("bad_choice") as caught:
        fields.role("owner")
    assert caught.value.fields["expected"] == (
        "administrator (Administrator), manager (Verwalter), trainer (Ausbilder), contract_applicant (Antragsteller)"
    )


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Koch/Köchin", "Koch/Köchin"),
        ("Koch/Köchin|Bankkaufmann/-frau", "Koch/Köchin | Bankkaufmann/-frau"),
        (" A  B |  C | A B ||", "A B | C"),
    ],
)
def test_occupations(text: str, kept: str) -> None:
    assert fields.occupations(text) == kept


@given(st.text())
def test_occupations_are_a_fixed_point(text: str) -> None:
    try:
        kept = fields.occupations(text)
    except BadField:
        assert not text.replace("|", "").strip()
    else:
        assert fields.occupations(kept) == kept
