"""Read the settings. Precedence: options, environment, the user's file, the system's file, defaults.

Addresses that may hold a password can also be read from a file that ``ASTA_..._FILE`` names. With ``--config`` or
``ASTA_CONFIG`` that one file stands for both others. Nested settings are written ``valid_days = 30`` below
``[letters]`` in a file and ``ASTA_LETTERS__VALID_DAYS=30`` in the environment.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from difflib import get_close_matches
from errno import EISDIR, ENOENT
from pathlib import Path
from typing import Any

from asta_cli.core.errors import AstaError
from asta_cli.settings import errors, paths, system
from asta_cli.settings.model import NESTING, PREFIX, Section, Settings, lower_sources
from asta_cli.settings.paths import named_file, user_file
from asta_cli.settings.quiet import (
    FieldInfo,
    PydanticBaseSettingsSource,
    SettingsError,
    TomlConfigSettingsSource,
    ValidationError,
)

SECRET_ADDRESSES = ("database_url", "mail_url")
OPTIONS = {"database_url": "--database", "as": "--as", "token_file": "--token-file"}
PERSONAL = ("as", "token_file")
Key = tuple[str, ...]

_WRONG: dict[str, type[errors.ConfigError]] = {
    "literal_error": errors.NotAmongChoices,
    "greater_than_equal": errors.TooSmall,
    "less_than_equal": errors.TooLarge,
    "int_parsing": errors.NoNumber,
    "int_type": errors.NoNumber,
    "int_from_float": errors.NoNumber,
    "float_parsing": errors.NoNumber,
    "float_type": errors.NoNumber,
    "bool_parsing": errors.NoSwitch,
    "bool_type": errors.NoSwitch,
    "string_type": errors.NoText,
    "path_type": errors.NoText,
    "model_type": errors.NoTable,
    "model_attributes_type": errors.NoTable,
}


class FileSource(TomlConfigSettingsSource):
    """One configuration file."""

    def __init__(self, file: Path) -> None:
        self.where = str(file)
        try:
            super().__init__(Settings, toml_file=file)
        except OSError as error:
            raise errors.UnreadableFile(file=file, reason=error.strerror) from None
        except ValueError as error:  # not TOML, or not even UTF-8
            place = re.search(r"\(at line \d+, column \d+\)", str(error))
            raise errors.BadToml(file=file, place=f" {place[0]}" if place else "") from None


class SecretFileSource(PydanticBaseSettingsSource):
    """The files that ``ASTA_DATABASE_URL_FILE`` and ``ASTA_MAIL_URL_FILE`` name."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The content of the file for *field_name*, without its final newline; None if there is none."""
        name = PREFIX + field_name.upper()
        file = os.environ.get(f"{name}_FILE")
        if not file:
            return None, field_name, False
        if os.environ.get(name):
            raise errors.SetTwice(name=name)
        try:
            return Path(file).read_text(encoding="utf-8").rstrip("\r\n"), field_name, False
        except OSError as error:
            raise errors.UnreadableFile(file=file, reason=error.strerror) from None
        except UnicodeDecodeError:
            raise errors.UnreadableFile(file=file, reason="UTF-8") from None

    def __call__(self) -> dict[str, Any]:
        """All of them."""
        values = {name: self.get_field_value(Settings.model_fields[name], name)[0] for name in SECRET_ADDRESSES}
        return {name: value for name, value in values.items() if value is not None}


class Reading:
    """One reading of all sources. *config* is the only file to read, *options* are settings of the command line.

    Raises ConfigError.
    """

    def __init__(self, config: Path | None, options: Mapping[str, str]) -> None:
        self.options = options
        self.locked = system.locked()
        self.files = [FileSource(file) for file in ([paths.SYSTEM_FILE] if self.locked else config_files(config))]
        self.secrets = SecretFileSource(Settings)
        if self.locked:
            system.only_here(config is not None, options.get("database_url"), os.environ)
            self._impersonal()

    def settings(self) -> Settings:
        """The settings. Raises ConfigError."""
        token = lower_sources.set((self.secrets, *self.files))
        options: dict[str, Any] = dict(self.options)
        try:
            read = Settings(**options)
        except ValidationError as error:
            raise self._explain(error) from None
        except SettingsError:
            raise self._unreadable_section() from None
        finally:
            lower_sources.reset(token)
        return read

    def _impersonal(self) -> None:
        """What makes one person of everybody has no place in the file that holds for all. Raises NotForAll."""
        for name in PERSONAL:
            if name in self.files[0].toml_data:
                raise errors.NotForAll(where=self.files[0].where, name=name)

    def origin(self, key: Key) -> str:
        """Where the value of *key* comes from: an option, a variable, a file; empty for a default."""
        if key[0] in self.options:
            return OPTIONS[key[0]]
        if name := self._set_variable(key):
            return name
        if _has(self.secrets(), key):
            return variable(key) + "_FILE"
        return next((file.where for file in self.files if _has(file.toml_data, key)), "")

    def _set_variable(self, key: Key) -> str:
        """The variable that sets *key*, or its whole section; unknown names at the top are none of ours to read."""
        if key[0] not in {known[0] for known in keys()}:
            return ""
        names = (variable(key[:length]) for length in range(len(key), 0, -1))
        return next((name for name in names if os.environ.get(name)), "")

    def _explain(self, error: ValidationError) -> AstaError:
        first = error.errors(include_url=False, include_input=False)[0]
        key = tuple(str(part) for part in first["loc"])
        name, where = ".".join(key), self.origin(key)
        if first["type"] == "extra_forbidden":
            similar = get_close_matches(name, {".".join(k) for k in keys()} | {k[0] for k in keys()})
            kind = errors.MisspeltSetting if similar else errors.UnknownSetting
            return kind(where=where, name=name, similar=", ".join(similar))
        context = first.get("ctx", {})
        return _WRONG.get(first["type"], errors.ConfigError)(
            where=where,
            name=name,
            choices=context.get("expected", "").replace("'", "").replace(" or ", ", "),
            limit=context.get("ge", context.get("le", "")),
        )

    def _unreadable_section(self) -> AstaError:
        """The error for a section in the environment that is no JSON object."""
        for key in keys():
            if len(key) > 1 and os.environ.get(variable(key[:1])):
                return errors.NoTable(where=variable(key[:1]), name=key[0])
        return errors.ConfigError(where=PREFIX, name="?")


def config_files(config: Path | None = None) -> list[Path]:
    """The configuration files that are read, the strongest first. One that is named must exist.

    Raises UnreadableFile.
    """
    if file := named_file(config):
        try:
            directory = stat.S_ISDIR(file.stat().st_mode)
        except (OSError, ValueError) as error:
            raise errors.UnreadableFile(file=file, reason=os.strerror(getattr(error, "errno", ENOENT))) from None
        if directory:
            raise errors.UnreadableFile(file=file, reason=os.strerror(EISDIR))
        return [file]
    return [file for file in (user_file(), paths.SYSTEM_FILE) if os.path.lexists(file)]


def keys() -> list[Key]:
    """The names of all settings, in the order of the model."""
    found: list[Key] = []
    for name, field in Settings.model_fields.items():
        kind, alias = field.annotation, field.alias or name
        if isinstance(kind, type) and issubclass(kind, Section):
            found.extend((alias, inner) for inner in kind.model_fields)
        else:
            found.append((alias,))
    return found


def variable(key: Key) -> str:
    """The environment variable for *key*."""
    return PREFIX + NESTING.join(key).upper()


def _has(values: Mapping[str, Any], key: Key) -> bool:
    inner: Any = values
    for part in key:
        if not isinstance(inner, Mapping):
            return True  # a plain value where a section should be: it is what is wrong
        if part not in inner:
            return False
        inner = inner[part]
    return True
