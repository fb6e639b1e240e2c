"""Start quickly: postpone standard modules that libraries import without using them in a command-line process.

SQLAlchemy and pydantic-settings import asyncio, and with it ssl and concurrent.futures, for features asta does not use;
Typer imports subprocess, platform and uuid the same way. A postponed module is a real entry in ``sys.modules`` that
reads its own code the first time anything is taken from it, so whoever does use it notices nothing but the moment.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

POSTPONED: Mapping[str, Collection[str]] = {
    "asyncio": ("iscoroutine",),  # SQLAlchemy and pydantic-settings, 18 ms
    "importlib.metadata": ("entry_points", "version"),  # SQLAlchemy and pydantic, 11 ms
    "subprocess": (),  # Typer, 3 ms
    "bz2": (),  # shutil, for archives
    "lzma": (),
    "zlib": (),
    "ipaddress": (),  # urllib.parse, for addresses in brackets
}
# Loading allocates a hundred thousand objects and frees hardly any. Looking through them even once takes a tenth of the
# start, and the default of 700 does it all the time. What asta itself leaves behind is freed without that search.
YOUNG = 200_000


def lighten() -> None:
    """Make this process, which is asta's own, start quickly."""
    gc.set_threshold(YOUNG, 20, 20)
    postpone(POSTPONED)


class _Postponed(ModuleType):
    """A module not yet read. Only names it does not have yet come here, so the import system may look at it freely."""

    def __getattr__(self, name: str) -> Any:
        _read(self)
        return getattr(self, name)


class _Search(list[str]):
    """Where the submodules of a postponed package are: who looks there gets the package read first."""

    def __init__(self, package: ModuleType, places: Iterable[str]) -> None:
        super().__init__(places)
        self.package = package

    def __iter__(self) -> Iterator[str]:
        _read(self.package)
        return super().__iter__()


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
            module.__path__ = _Search(module, spec.submodule_search_locations)
        for function in functions:
            setattr(module, function, _forward(module, function))
        module.__class__ = _Postponed
        sys.modules[name] = module
        parent, _dot, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, module)


@contextmanager
def unversioned() -> Iterator[None]:
    """Let packages imported inside not find out their own version, which takes longer than the rest of a small one.

    tabulate asks for its version when it is imported and makes no use of it: the package that answers is read, and a
    parser of mail headers with it.
    """
    real = importlib.import_module("importlib.metadata")
    stand_in = ModuleType(real.__name__)
    stand_in.__dict__.update(
        version=lambda name: "", PackageNotFoundError=LookupError, __getattr__=lambda name: getattr(real, name)
    )
    sys.modules[real.__name__] = stand_in
    try:
        yield
    finally:
        sys.modules[real.__name__] = real


def _read(module: ModuleType) -> None:
    """Run the code of *module* if it has not run yet. Raises what that raises."""
    spec = module.__spec__
    if type(module) is not _Postponed or spec is None or spec.loader is None:
        return
    # From here on it is an ordinary module, also while what it imports itself looks back at it.
    object.__setattr__(module, "__class__", ModuleType)
    if spec.submodule_search_locations is not None:
        module.__path__ = spec.submodule_search_locations
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(module.__name__, None)
        raise


def _forward(module: ModuleType, name: str) -> Any:
    """A stand-in for the function *name* of *module*, which reads the module when it is called."""

    def call(*args: Any, **kwargs: Any) -> Any:
        _read(module)
        real = getattr(module, name)
        if real is call:
            raise AttributeError(name)
        return real(*args, **kwargs)

    call.__name__ = call.__qualname__ = name
    return call
