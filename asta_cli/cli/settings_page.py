"""Settings as text: as they are, and as a file to fill in."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from asta_cli.cli.i18n import _
from asta_cli.core.errors import N_
from asta_cli.settings import Options, paths, read, system
from asta_cli.settings.errors import FileExists, NotWritable
from asta_cli.settings.model import Section, Settings
from asta_cli.settings.reading import keys

DEFAULT = N_("default")
HIDDEN = "***"


class Shown(NamedTuple):
    """A setting as it is shown. Unset ones have no value."""

    name: str
    value: Any
    origin: str


def shown(options: Options) -> list[Shown]:
    """All settings with their values, passwords in addresses hidden, and their origins ("" for a default).

    Raises ConfigError.
    """
    reading = read(options)
    settings = reading.settings()
    return [Shown(".".join(key), _shown(_value(settings, key)), reading.origin(key)) for key in keys()]


def as_toml(settings: list[Shown], *, origins: bool) -> str:
    """One line for each of *settings*, which a configuration file could hold too."""
    lines = [f"{'# ' if s.value is None else ''}{s.name} = {_toml(s.value)}" for s in settings]
    if not origins:
        return "\n".join(lines)
    width = max(map(len, lines))
    return "\n".join(f"{line:<{width}}  # {s.origin or _(DEFAULT)}" for line, s in zip(lines, settings, strict=True))


def as_json(settings: list[Shown], *, origins: bool) -> str:
    """*settings* as a JSON array of objects. An unset one has an empty value: JSON from asta has no null."""
    rows = [{"name": s.name, "value": "" if s.value is None else s.value} for s in settings]
    if origins:
        rows = [row | {"origin": s.origin or "default"} for row, s in zip(rows, settings, strict=True)]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def template() -> str:
    """A configuration file that explains every setting and sets none."""
    lines = [_("# Settings of asta. Remove the # before a line to set it; what is shown is the default."), ""]
    section = ""
    for key, description in _explained():
        if len(key) > 1 and key[0] != section:
            section = key[0]
            lines += [f"[{section}]"]
        lines += [f"# {_(description)}", f"# {key[-1]} = {_toml(_default(key))}", ""]
    return "\n".join(lines)


def own_file(options: Options) -> Path:
    """The configuration file that the user may edit, whether it exists or not; where one file holds for all, that."""
    if system.locked():
        return paths.SYSTEM_FILE
    return paths.own_file(options.config)


def write_template(options: Options) -> Path:
    """Write the template to the user's file (0600, its directory 0700), which must not exist, and return its path.

    Raises FileExists, NotWritable.
    """
    file = own_file(options)
    if os.path.lexists(file):
        raise FileExists(file=file)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise NotWritable(file=file, reason=error.strerror) from None
    with open(handle, "w", encoding="utf-8") as out:
        out.write(template())
    return file


def without_password(address: str) -> str:
    """*address* with the password of its authority or query hidden. Rather too much is hidden than too little."""
    if address.startswith(("sqlite:", "dir:")) or "://" not in address:
        return address
    address = re.sub(r"(://[^:@/?]*):.*@", rf"\1:{HIDDEN}@", address)
    return re.sub(r"([?&][^=&]*pass[^=&]*=)[^&]*", rf"\1{HIDDEN}", address, flags=re.IGNORECASE)


def _shown(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    return without_password(value) if isinstance(value, str) else value


def _value(settings: Settings, key: tuple[str, ...]) -> Any:
    values: Any = settings.model_dump(by_alias=True)
    for part in key:
        values = values[part]
    return values


def _default(key: tuple[str, ...]) -> Any:
    field = dict(_fields())[key]
    return _shown(field.get_default(call_default_factory=True, validated_data={}))


def _explained() -> Iterator[tuple[tuple[str, ...], str]]:
    for key, field in _fields():
        yield key, field.description


def _fields() -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, field in Settings.model_fields.items():
        kind, alias = field.annotation, field.alias or name
        if isinstance(kind, type) and issubclass(kind, Section):
            yield from (((alias, inner), deep) for inner, deep in kind.model_fields.items())
        else:
            yield (alias,), field


def _toml(value: Any) -> str:
    """A value in TOML; JSON writes texts, numbers and booleans the same way."""
    return '""' if value is None else json.dumps(value, ensure_ascii=False)
