"""Postpone standard modules that libraries import without using them in a command-line process.

SQLAlchemy and pydantic-settings import asyncio, and with it ssl and concurrent.futures, for features asta does not use;
Typer imports subprocess, platform and uuid the same way. A postponed module is a real entry in ``sys.modules`` that
reads its own code the first time anything is taken from it, so whoever does use it notices nothing but the moment.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Collection, Mapping
from types import ModuleType
from typing import Any


class _Postponed(ModuleType):
    """A module not yet read. Only names it does not have yet come here, so the import system may look at it freely."""

    def __getattr__(self, name: str) -> Any:
        spec = self.__spec__
        if spec is None or spec.loader is None:
            raise AttributeError(name)
        object.__setattr__(
            self, "__class__", ModuleType
        )  # from here on an ordinary module, also while its own imports look back at it
        if spec.submodule_search_locations is not None:
            self.__path__ = spec.submodule_search_locations
        try:
            spec.loader.exec_module(self)
        except BaseException:
            sys.modules.pop(self.__name__, None)
            raise
        return getattr(self, name)


def postpone(names: Mapping[str, Collection[str]]) -> None:
    """Let the modules *names* be read on first use. Those imported already or unknown to this Python stay as they are.

    The value of each names functions of the module that libraries fetch while they are imported themselves, but call
    later if at all. These can be had without reading the module, which happens when they are called.
    """
    for name, functions in names.items():
        if name in sys.modules:
            continue
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            continue
        module = importlib.util.module_from_spec(spec)
        if spec.submodule_search_locations is not None:
            del module.__path__  # the import system asks for it before a submodule: then the package must be read first
        for function in functions:
            setattr(module, function, _forward(module, function))
        module.__class__ = _Postponed
        sys.modules[name] = module
        parent, _dot, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, module)


def _forward(module: ModuleType, name: str) -> Any:
    def call(*args: Any, **kwargs: Any) -> Any:
        if getattr(module, name) is call:
            delattr(module, name)
        return getattr(module, name)(*args, **kwargs)

    call.__name__ = call.__qualname__ = name
    return call
