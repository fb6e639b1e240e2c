"""pydantic, kept from searching the installation for plugins, which nobody asked for: a quarter of loading it.

It does so with the first model that is made, and its own modules make some: so its names are imported from here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_plugins() -> Iterator[None]:
    """Make pydantic's models inside without plugins."""
    name = "PYDANTIC_DISABLE_PLUGINS"
    before = os.environ.get(name)
    os.environ[name] = "__all__"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


with no_plugins():
    from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
    from pydantic.fields import FieldInfo
    from pydantic_core import PydanticCustomError
    from pydantic_settings import (
        BaseSettings,
        PydanticBaseSettingsSource,
        SettingsConfigDict,
        SettingsError,
        TomlConfigSettingsSource,
    )

__all__ = [
    "BaseModel",
    "BaseSettings",
    "BeforeValidator",
    "ConfigDict",
    "Field",
    "FieldInfo",
    "PydanticBaseSettingsSource",
    "PydanticCustomError",
    "SettingsConfigDict",
    "SettingsError",
    "TomlConfigSettingsSource",
    "ValidationError",
    "no_plugins",
]
