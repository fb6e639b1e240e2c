"""The mapping file itself: TOML, and whatever can be wrong in it. ``mapping`` says what it looks like."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from asta_cli.core import fields, layouts
from asta_cli.core.errors import N_, BadOption, Phrase
from asta_cli.core.fields import BadField
from asta_cli.core.layouts import Layout
from asta_cli.files.day_formats import BadFormat, compiled
from asta_cli.files.errors import InputError
from asta_cli.files.header import fold, table
from asta_cli.files.raw import open_raw
from asta_cli.files.text import BadValue, clean, shorten

TABLES = ("columns", "values", "constants", "dates", "digits")
_CHOICES: Mapping[str, Callable[[str], object]] = {
    "aptitude": fields.aptitude,
    "kind": fields.trainee_kind,
    "account_status": fields.account_status,
    "role": fields.role,
    "sites": fields.yes_no,
}
_LIMIT = 1 << 20
_MOST_DIGITS = 20
_A_TABLE = Phrase(N_("a table, in square brackets on a line of its own"))
_A_TEXT = Phrase(N_("a text in quotation marks, without control characters"))
_A_LENGTH = Phrase(N_("a number from 1 to 20"))
_A_NOTATION = Phrase(N_("%d, %m and %Y, each once, perhaps also %H, %M and %S; for example %Y%m%d"))
_BARE = re.compile("[A-Za-z0-9_-]+")


class BadMapping(InputError):
    """The mapping file is not TOML."""

    code = "bad_mapping"
    message = N_("{file} is not a mapping file: {reason}")
    hint = N_('it is written in TOML: [columns], and below it "Betriebs-Nr" = "ident_number"')


class UnknownKey(BadMapping):
    """A key that means nothing there."""

    message = N_("{file}: {key} is not known there")
    hint = N_("possible: {possible}")


class BadSetting(BadMapping):
    """A value that its key cannot have."""

    message = N_("{file}: {key} cannot be {value}")
    hint = N_("possible: {possible}")


class DoubledKey(BadMapping):
    """Two keys that mean the same."""

    message = N_("{file}: {key} is there twice")
    hint = N_("case, blanks, - _ . and the spelling of umlauts make no difference; keep one of them")


class DoubledConstant(BadMapping):
    """A constant for a column that the file to be read has."""

    message = N_("{file}: {key} is a constant, but {read} has that column")
    hint = N_('leave out the constant, or have the column ignored: its heading = "" under [columns]')


def content_of(name: str) -> dict[str, Any]:
    """What the file *name* says. Raises ``BadMapping`` or what else an ``InputError`` can be."""
    import tomllib

    if name == "-":  # it is read once for each file to be imported
        raise BadOption(option="--mapping", value=name, choices="FILE.toml")
    raw = open_raw(name)
    with raw.file, raw.reading() as file:
        data = file.read(_LIMIT + 1)
    if len(data) > _LIMIT:
        raise BadMapping(file=raw.shown, reason=Phrase(N_("it is larger than 1 MiB")))
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadMapping(file=raw.shown, reason=str(error)[:200]) from None


def kinds() -> tuple[str, ...]:
    """The names of all kinds of files, each of which may have tables of its own."""
    return tuple(found.kind for found in _layouts())


def refuse_unknown(file: str, place: str, content: Mapping[str, Any], possible: Sequence[str]) -> None:
    """Raise ``UnknownKey`` if *content*, which stands at *place*, has a key that is not *possible*."""
    for key in content:
        if key not in possible:
            raise UnknownKey(file=file, key=_path(place, key), possible=", ".join(possible))


def table_of(file: str, key: str, value: object) -> Mapping[str, Any]:
    """*value* if it is a table. Raises ``BadSetting``."""
    if not isinstance(value, dict):
        raise BadSetting(file=file, key=key, value=_shown(value), possible=_A_TABLE)
    return value


def _path(place: str, key: str) -> str:
    """*key* below *place* as TOML writes it."""
    name = key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False)
    return f"{place}.{name}" if place else name


def _shown(value: object) -> str:
    return shorten(json.dumps(value, ensure_ascii=False, default=str))


def same(text: str) -> str:
    """*text* as own values are compared: without regard to case."""
    return text.casefold()


@dataclass(frozen=True, slots=True)
class Part:
    """The tables of a mapping at one place of it; *lenient* about columns of other kinds of files."""

    file: str
    place: str
    content: Mapping[str, Any]
    layout: Layout
    lenient: bool = False

    def headings(self) -> dict[str, str]:
        """Own heading, folded -> column, or an empty text."""
        found: dict[str, str] = {}
        for heading, column in self._entries("columns"):
            key = _path(f"{self.place}columns", heading)
            if not isinstance(column, str):
                raise BadSetting(file=self.file, key=key, value=_shown(column), possible=self._possible)
            if fold(heading) in found:
                raise DoubledKey(file=self.file, key=key)
            name = self._column(column)
            if name is None and column:
                raise BadSetting(file=self.file, key=key, value=_shown(column), possible=self._possible)
            if name or not column:
                found[fold(heading)] = name or ""
        return found

    def values(self) -> dict[str, dict[str, str]]:
        """Column -> own value, folded -> asta's value."""
        return {
            column: self._values(_path(f"{self.place}values", key), column, known)
            for key, column, known in self._by_column("values")
        }

    def _values(self, place: str, column: str, known: object) -> dict[str, str]:
        found: dict[str, str] = {}
        for own, value in table_of(self.file, place, known).items():
            key = _path(place, own)
            folded = same(self._text(key, own))
            if folded in found:
                raise DoubledKey(file=self.file, key=key)
            found[folded] = self._value(key, column, value)
        return found

    def constants(self) -> dict[str, str]:
        """Column -> its value in every row."""
        found = {}
        for key, column, value in self._by_column("constants"):
            path = _path(f"{self.place}constants", key)
            found[column] = self._value(path, column, value)
            if not found[column]:
                raise BadSetting(file=self.file, key=path, value='""', possible=_A_TEXT)
        return found

    def digits(self) -> dict[str, int]:
        """Column -> how many digits its numbers have at least."""
        found = {}
        for key, column, value in self._by_column("digits"):
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _MOST_DIGITS:
                path = _path(f"{self.place}digits", key)
                raise BadSetting(file=self.file, key=path, value=_shown(value), possible=_A_LENGTH)
            found[column] = value
        return found

    def formats(self) -> tuple[str, ...]:
        """The notations of days."""
        place = f"{self.place}dates"
        content = table_of(self.file, place, self.content.get("dates", {}))
        refuse_unknown(self.file, place, content, ("formats",))
        formats = content.get("formats", [])
        for notation in formats if isinstance(formats, list) else [formats]:
            try:
                compiled(notation)
            except (BadFormat, TypeError):
                key = f"{place}.formats"
                raise BadSetting(file=self.file, key=key, value=_shown(notation), possible=_A_NOTATION) from None
        return tuple(formats) if isinstance(formats, list) else (formats,)

    def _entries(self, name: str) -> Iterable[tuple[str, Any]]:
        return table_of(self.file, self.place + name, self.content.get(name, {})).items()

    def _by_column(self, name: str) -> Iterator[tuple[str, str, Any]]:
        """The entries of a table whose keys are columns: key, column, value."""
        seen = set()
        for key, value in self._entries(name):
            column = self._column(key)
            if not column:
                if column is None:
                    path = _path(self.place + name, key)
                    raise UnknownKey(file=self.file, key=path, possible=self._possible)
                continue
            if column in seen:
                raise DoubledKey(file=self.file, key=_path(self.place + name, key))
            seen.add(column)
            yield key, column, value

    def _column(self, name: str) -> str | None:
        """The column *name*; None if there is no such column, an empty text if only other kinds of files have it."""
        column = table(self.layout).get(fold(name))
        if column is None and self.lenient and any(fold(name) in table(other) for other in _layouts()):
            return ""
        return column

    @property
    def _possible(self) -> str:
        return ", ".join(self.layout.names)

    def _value(self, key: str, column: str, value: object) -> str:
        """*value* as asta's own, looked at where only few are possible."""
        text = self._text(key, value)
        if text and column in _CHOICES:
            try:
                _CHOICES[column](text)
            except BadField as bad:
                possible = bad.fields.get("expected", "")
                raise BadSetting(file=self.file, key=key, value=_shown(value), possible=possible) from None
        return text

    def _text(self, key: str, value: object) -> str:
        if isinstance(value, (bool, float, list, dict)):
            raise BadSetting(file=self.file, key=key, value=_shown(value), possible=_A_TEXT)
        try:
            return clean(str(value))
        except BadValue:
            raise BadSetting(file=self.file, key=key, value=_shown(value), possible=_A_TEXT) from None


def _layouts() -> Iterator[Layout]:
    return (found for found in vars(layouts).values() if isinstance(found, Layout))
