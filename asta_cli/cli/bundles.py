"""Options that belong together, written down once and spread over the commands that have them.

A bundle is a frozen dataclass whose fields are Typer options. A command names it as the type of one parameter; Typer
sees the single options instead, and the command is called with the bundle.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, get_type_hints


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Base of all bundles. Every field is ``Annotated[..., typer.Option(...)]`` and has a default."""


def spread(function: Callable[..., Any]) -> Callable[..., Any]:
    """*function* with its bundles spread into single options; itself if it has none.

    Raises TypeError if two options share a name: a mistake of the program, found when its module is imported.
    """
    signature = inspect.signature(function, eval_str=True)
    bundles = {n: p.annotation for n, p in signature.parameters.items() if _is_bundle(p.annotation)}
    if not bundles:
        return function
    flat: list[inspect.Parameter] = []
    for parameter in signature.parameters.values():
        if parameter.name in bundles:
            flat += _options(parameter.annotation)
        else:
            flat.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY))
    if len({p.name for p in flat}) < len(flat):
        raise TypeError(f"{function.__name__}: two options of one name")
    return _caller(function, bundles, inspect.Signature(flat))


def _caller(
    function: Callable[..., Any], bundles: Mapping[str, type[Bundle]], signature: inspect.Signature
) -> Callable[..., Any]:
    def call(**values: Any) -> Any:
        made = {name: kind(**{f.name: values.pop(f.name) for f in fields(kind)}) for name, kind in bundles.items()}
        return function(**values, **made)

    call.__name__, call.__doc__, call.__module__ = function.__name__, function.__doc__, function.__module__
    call.__annotations__ = {p.name: p.annotation for p in signature.parameters.values()}
    call.__signature__ = signature  # type: ignore[attr-defined]
    return call


def _is_bundle(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Bundle)


def _options(bundle: type[Bundle]) -> list[inspect.Parameter]:
    hints = get_type_hints(bundle, include_extras=True)
    options = []
    for field in fields(bundle):
        assert field.default is not MISSING, field.name
        options.append(
            inspect.Parameter(
                field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default, annotation=hints[field.name]
            )
        )
    return options
