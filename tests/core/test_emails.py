from __future__ import annotations

import subprocess
import sys

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from asta_cli.addresses import normalise
from asta_cli.core import emails
from asta_cli.core.fields import BadField
from tests.core.support import error_of
from tests.support.depth import examples

labels = st.one_of(
    st.from_regex(r"[A-Za-z0-9-]{1,8}", fullmatch=True),
    st.sampled_from(
        ["xn--strae-oqa", "xn--", "a" * 63, "a" * 64, "ab--cd", "test", "local", "ARPA", "example", "de", "DE", "1"]
    ),
    st.text(min_size=1, max_size=5),
)
locals_ = st.one_of(
    st.from_regex(r"[A-Za-z0-9._+-]{1,12}", fullmatch=True),
    st.sampled_from(["a" * 64, "a" * 200, "a" * 240, ".a", "a.", "a..b", "O'Brien", '"a b"', "müller", "x&y"]),
    st.text(max_size=5),
)
addresses = st.builds(
    lambda local, domain: f"{local}@{'.'.join(domain)}", locals_, st.lists(labels, min_size=1, max_size=5)
)


def by_library(text: str) -> tuple[str, str] | None:
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    assert found.ascii_domain is not None
    local = text.rpartition("@")[0]
    small = "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in local)
    return text, f"{small}@{found.ascii_domain}"


@settings(max_examples=examples(200))
@given(addresses)
def test_what_is_plainly_well_formed_is_so_to_the_library(text: str) -> None:
    found = emails.simple(text)
    assert found is None or found == by_library(text)


@settings(max_examples=examples(200))
@given(addresses | st.text())
def test_the_library_takes_only_what_is_plausible(text: str) -> None:
    if by_library(text):
        assert emails.plausible(text)


@given(addresses)
def test_a_key_is_its_own_key(text: str) -> None:
    try:
        stored, key = normalise(text)
    except BadField:
        return
    assert normalise(key) == (key, key)
    assert normalise(stored) == (stored, key)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("max@firma.example", "max@firma.example"),
        ("Max.Muster+Azubi@Firma.Example", "max.muster+azubi@firma.example"),
        ("O'Brien@firma.example", "o'brien@firma.example"),
        ("ausbildung@betrieb-1.example", "ausbildung@betrieb-1.example"),
        ("a@example.com", "a@example.com"),
        ("max@straße.de", "max@xn--strae-oqa.de"),
        ("max@strasse.de", "max@strasse.de"),
        ("max@Müller.de", "max@xn--mller-kva.de"),
        ("max@mu\u0308ller.de", "max@xn--mller-kva.de"),
        ("MAX@XN--MLLER-KVA.DE", "max@xn--mller-kva.de"),
        ("  max@firma.example \n", "max@firma.example"),
    ],
)
def test_keys(text: str, key: str) -> None:
    assert normalise(text)[1] == key


def test_the_spelling_is_kept() -> None:
    assert normalise("Max.Muster@Müller.De")[0] == "Max.Muster@Müller.De"
    assert normalise("max@mu\u0308ller.de")[0] == "max@müller.de"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kein-at-zeichen.example",
        "@firma.example",
        "max@",
        "max@firma",
        "max@@firma.example",
        "a b@firma.example",
        "max@firma..example",
        ".max@firma.example",
        "max.@firma.example",
        "max@-firma.example",
        "max@firma.example.",
        "müller@firma.example",
        '"max muster"@firma.example',
        "Max <max@firma.example>",
        "max@[127.0.0.1]",
        "max@localhost",
        "max@firma.test",
        "max@firma.local",
        "max@firma.1",
        "max＠firma.example",
        "max@firma.example\x00",
        "a" * 250 + "@b.example",
        "max@firma.example\nbcc:eve@x.example",
        "max,eva@firma.example",
        "max@fir\u202ema.example",
        "mıx@firma.example",
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(BadField, match=r"^bad_email$") as caught:
        normalise(text)
    assert caught.value.fields == {}


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    error = error_of(BadField, normalise, text)
    assert error is None or error.code == "bad_email"


def test_the_key_folds_ascii_capitals_only() -> None:
    assert emails.key_of("ÄB", "C.DE") == "Äb@c.de"


def run(check: str) -> int:
    return subprocess.run(
        [sys.executable, "-c", f"import sys\nfrom asta_cli.addresses import normalise\n{check}"], check=False
    ).returncode


def test_an_ordinary_address_loads_no_library() -> None:
    assert run("normalise('max@firma.example'); sys.exit('email_validator' in sys.modules)") == 0


def test_an_unusual_one_loads_the_library_without_dns() -> None:
    assert (
        run("normalise('max@müller.de'); sys.exit('email_validator' not in sys.modules or 'dns' in sys.modules)") == 0
    )
