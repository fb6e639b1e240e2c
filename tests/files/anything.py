"""Files of every kind and none, and what must hold whatever stands in them: for the suite and for the long proof."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from asta_cli.core.layouts import COMPANIES, Layout
from asta_cli.core.rows import Row
from asta_cli.files.errors import InputError
from asta_cli.files.output import atomic
from asta_cli.files.rejects import RejectWriter
from asta_cli.files.source import ReadOptions, open_source
from tests.files.support import PEOPLE, SECRET
from tests.support.workbooks import Cell, Error, Raw, sheet_xml, workbook

TEXT = [b"Nummer", b"Name", b"E-Mail", b"1", b"x", b" ", b"_", b"x" * 5000, b"y" * 70000]
MARKS = [b";", b";", b",", b"|", b"\t", b"\n", b"\n", b"\r\n", b"\r", b'"', b'""', b"\\"]
BYTES = [b"\0", b"\xfc", b"\x81", b"\xc3\xbc", b"\xc3", b"\xe2\x80\xae", b"\xef\xbb\xbf"]
JSON = [b"{", b"}", b'"Nummer":', b'"Name":', b"[", b"]", b":", b"null", b"1.5", b'"\\ud800"']
FRAGMENTS = [*TEXT, *MARKS, *BYTES, *JSON]
NOISE = st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(FRAGMENTS), max_size=40).map(b"".join))
HEADS = st.sampled_from(
    [b"", b"Nummer;Name\n", b'"Nummer","Name"\r\n', b'{"Nummer": 1, "Name": "A"}\n', b"\xef\xbb\xbfNummer|Name\n"]
)
TEXTS = st.builds(bytes.__add__, HEADS, NOISE)

CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.none(),
    st.text(max_size=20).filter(str.isprintable),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.timedeltas(),
    st.sampled_from(["#N/A", "#REF!", "#GETTING_DATA", "#BUSY!", ""]).map(Error),
    st.sampled_from(
        [
            "<c/>",
            '<c r="XFD1048576"><v>1</v></c>',
            '<c r="A0"><v>1</v></c>',
            '<c t="s"><v>7</v></c>',
            '<c t="nosuch"><v>7</v></c>',
            '<c t="inlineStr"><is><t>_x0000__xD800_\x01</t></is></c>',
            '<c t="str"><f>A1</f></c>',
            '<c s="99"><v>1e999</v></c>',
            "<c><v>",
        ]
    ).map(Raw),
)
HEADINGS: st.SearchStrategy[Cell] = st.sampled_from(["Nummer", "Name", "Straße", "Gültig ab", "", "_x", "?", None])
ROWS = st.lists(st.lists(CELLS, max_size=6), max_size=8)


@st.composite
def workbooks(draw: st.DrawFn) -> bytes:
    """A workbook with cells of all kinds, whole or with some of its bytes changed, cut off or put in twice."""
    head = draw(st.lists(HEADINGS, max_size=6) | st.just(["Nummer", "Name", "Gültig ab"]))
    rows = [*draw(st.sampled_from([[], [[]]])), head, *draw(ROWS)]
    data = bytearray(workbook(rows))
    if draw(st.booleans()):
        return bytes(data)
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(data) - 1))
        match draw(st.sampled_from(["change", "cut", "repeat"])):
            case "change":
                data[at] ^= draw(st.integers(1, 255))
            case "cut":
                del data[at : at + draw(st.integers(1, 40))]
            case _:
                data[at:at] = data[at : at + 40]
    return bytes(data)


@st.composite
def sheets(draw: st.DrawFn) -> bytes:
    """A workbook whose sheet is XML with changes in it: what no change of packed bytes reaches."""
    xml = sheet_xml([["Nummer", "Name", "Gültig ab"], *draw(ROWS)])
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(xml)))
        piece = draw(st.sampled_from(["<", ">", '"', "&", "&b;", "<row>", "</row>", "<c>", "<!--", "\0", 't="e"', "0"]))
        xml = xml[:at] + piece + xml[at + draw(st.integers(0, 12)) :]
    return workbook([], more={"xl/worksheets/sheet1.xml": xml})


def _inline(table: dict[str, str]) -> str:
    return "{" + ", ".join(f"{key} = {value}" for key, value in table.items()) + "}"


KEYS = st.sampled_from(
    ["columns", "values", "constants", "dates", "digits", "formats", "people", "Nummer", "name", "x"]
)
SETTINGS = st.recursive(
    st.sampled_from(
        ['"number"', '"Name"', '""', "5", "0", "true", "1.5", "2027-07-31", '"%Y%m%d"', '"%d"', "[]", "inf"]
    ),
    lambda inner: (
        st.lists(inner, max_size=2).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(KEYS, inner, max_size=3).map(_inline)
    ),
    max_leaves=6,
)


MAPPINGS = st.one_of(
    st.dictionaries(KEYS, SETTINGS, max_size=4).map(lambda t: "\n".join(f"{k} = {v}" for k, v in t.items()).encode()),
    st.binary(max_size=100),
)


def _told(row: Row) -> tuple[object, ...]:
    return row.where, row.values, row.digest, row.raw, [(p.code, p.column, p.value) for p in row.problems]


def read_whole(directory: Path, name: str, data: bytes, mapping: bytes | None = None) -> list[Row] | None:
    """The rows of *data*, or None if it was refused as it should be: with one of our errors, whose texts are whole.

    Every row is read twice, the second time to be written as rejected; it must stay the same.
    """
    (directory / name).write_bytes(data)
    asked = ReadOptions()
    if mapping is not None:
        (directory / "m.toml").write_bytes(mapping)
        asked = ReadOptions(mapping=str(directory / "m.toml"))
    layout: Layout = PEOPLE if b"ident_number" not in data else COMPANIES
    try:
        with (
            open_source(str(directory / name), layout, options=asked, secret=SECRET) as source,
            atomic(str(directory / "rejects")) as pending,
        ):
            rows = list(source.all_rows())
            RejectWriter(pending, source).write_lines({row.line: [("bad_value", "x")] for row in rows})
            assert list(map(_told, source.all_rows())) == list(map(_told, rows))
    except InputError as error:  # and nothing else
        error.message.format(**error.fields)
        error.hint.format(**error.fields)
        return None
    for row in rows:
        assert set(row.values) <= row.columns
        assert all(v and len(v.encode()) <= 4096 for v in row.values.values())
        assert row.values.keys().isdisjoint(p.column for p in row.problems if p.column)
    return rows
