"""Options that many commands share reach them as one object."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
import typer

from asta_cli.cli.app import GlobalOptions
from asta_cli.cli.bundles import Bundle, spread
from asta_cli.cli.command import Launch, Noun, built
from asta_cli.cli.options import ChangeOptions, CompanyFilter, ListOptions, SetOptions, ShowOptions
from asta_cli.core.errors import BadOption
from asta_cli.core.plan import Limits
from asta_cli.files.base import ReadOptions

GOT: dict[str, Any] = {}
app = Noun("things")


@app.verb("list", "List things.", examples=("asta things list",))
def list_(
    ctx: typer.Context,
    listing: ListOptions,
    what: Annotated[str, typer.Argument(metavar="WHAT")] = "all",
    company: CompanyFilter = None,
) -> None:
    GOT.update(listing=listing, what=what, company=company)


@app.verb("set", "Set things.", examples=("asta things set",))
def set_(ctx: typer.Context, show: ShowOptions, key: str) -> None:
    GOT.update(show=show, key=key)


@app.verb("grant", "Grant things.", examples=("asta things grant",))
def grant(ctx: typer.Context, many: SetOptions) -> None:
    GOT.update(many=many)


def call(*argv: str) -> dict[str, Any]:
    GOT.clear()
    command = built(app, "things")
    with command.make_context("things", list(argv), obj=Launch(GlobalOptions(), None)) as ctx:
        command.invoke(ctx)
    return GOT


def test_a_bundle_is_filled_from_single_options() -> None:
    assert call("list") == {"listing": ListOptions(), "what": "all", "company": None}
    assert call("list", "x", "--format", "csv", "--limit", "0", "--company", "1", "--company", "2", "--all") == {
        "listing": ListOptions(format="csv", limit=0, all=True),
        "what": "x",
        "company": ["1", "2"],
    }
    assert call("set", "--format", "json", "k") == {"show": ShowOptions(format="json"), "key": "k"}


def test_the_marked_function_can_still_be_called_as_it_is_written() -> None:
    GOT.clear()
    set_(typer.Context(built(app, "things")), ShowOptions(), "k")
    assert GOT["key"] == "k"


def test_everything_a_set_can_be_asked_for() -> None:
    words = "--dry-run --format json --keep-going --max-errors 5 --rejects r.csv --input-format jsonl --delimiter ; "
    words += "--encoding cp1252 --allow-empty --from -"
    many: SetOptions = call("grant", *words.split())["many"]
    assert many == SetOptions(
        dry_run=True,
        format="json",
        keep_going=True,
        max_errors="5",
        rejects="r.csv",
        input_format="jsonl",
        delimiter=";",
        encoding="cp1252",
        allow_empty=True,
        from_file="-",
    )
    assert many.limits() == Limits(dry_run=True, keep_going=True, max_errors=5, percent=False)
    assert ReadOptions(**many.reading) == ReadOptions("jsonl", "cp1252", ";", allow_empty=True)
    assert ReadOptions(**SetOptions().reading) == ReadOptions()


@pytest.mark.parametrize("argv", [("list", "--format", "xml"), ("list", "--limit", "-1"), ("grant", "--format", "csv")])
def test_values_that_cannot_be(argv: tuple[str, ...]) -> None:
    with pytest.raises(BadOption):
        call(*argv)


@pytest.mark.parametrize(
    ("text", "bound", "percent"),
    [
        ("0", 0, False),
        ("12", 12, False),
        ("2%", 2, True),
        ("2,5 %", 2.5, True),
        ("0.1%", 0.1, True),
        ("100%", 100, True),
    ],
)
def test_bounds_of_errors(text: str, bound: float, percent: bool) -> None:
    assert SetOptions(max_errors=text, keep_going=True).limits() == Limits(False, True, bound, percent)


@pytest.mark.parametrize("text", ["", "%", "-1", "2.5", "101%", "many", "1e3", "5%%", "٥"])
def test_bounds_that_cannot_be(text: str) -> None:
    with pytest.raises(BadOption) as caught:
        SetOptions(max_errors=text).limits()
    assert caught.value.fields["option"] == "--max-errors"


def test_limits_without_files() -> None:
    assert ChangeOptions(dry_run=True).limits() == Limits(dry_run=True)


def test_two_options_of_one_name_are_found_at_once() -> None:
    def clashing(first: ShowOptions, format: str) -> None: ...

    with pytest.raises(TypeError, match="clashing"):
        spread(clashing)


def test_a_function_without_bundles_stays_as_it_is() -> None:
    def plain(ctx: typer.Context, name: str) -> None: ...

    assert spread(plain) is plain


def test_help_shows_the_single_options(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit):
        call("list", "--help")
    said = capsys.readouterr().out
    assert "--fields" in said
    assert "--company IDENT" in said
    assert "listing" not in said


def test_all_bundles_are_frozen() -> None:
    for kind in (ListOptions, ShowOptions, ChangeOptions, SetOptions):
        assert issubclass(kind, Bundle)
        with pytest.raises(AttributeError):
            kind().format = "json"  # type: ignore[misc]
