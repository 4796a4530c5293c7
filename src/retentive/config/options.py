"""Checks a plugin's options against what it can be made with."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, get_args, get_type_hints

from pydantic import PydanticSchemaGenerationError, TypeAdapter, ValidationError

from retentive.config.problems import Path, Problems, meant
from retentive.config.units import parse_duration
from retentive.config.wording import in_words, shown
from retentive.protocols import LanguageModel, TokenCounter

__all__ = [
    "Parameter",
    "checked_options",
    "needed_parts",
    "parameters",
    "parts_for",
]

Parameter = tuple[Any, bool]
"""The type of an option, :data:`Any` where it is unknown, and whether it is a must."""

_PARTS = (TokenCounter, LanguageModel)  # of the memory, not of a plugin's options


def parameters(factory: Callable[..., Any]) -> dict[str, Parameter]:
    """Return the options that a file can give.

    Left out are those that take code, and those that take another part of the
    memory: see :func:`parts_for`.
    """
    found: dict[str, Parameter] = {}
    hints = _hints(factory)
    for name, parameter in inspect.signature(factory).parameters.items():
        named = parameter.kind in (
            parameter.POSITIONAL_OR_KEYWORD,
            parameter.KEYWORD_ONLY,
        )
        hint = hints.get(name, Any)
        if named and "Callable" not in str(hint) and not _part_types(hint):
            found[name] = (hint, parameter.default is parameter.empty)
    return found


def parts_for(factory: Callable[..., Any], parts: Mapping[Any, Any]) -> dict[str, Any]:
    """Return those parts of the memory that a plugin takes, by parameter.

    Args:
        factory: The plugin.
        parts: What there is, by the protocol that it follows.
    """
    return {
        name: parts[kind]
        for name, hint in _hints(factory).items()
        for kind in _part_types(hint)
        if kind in parts and name != "return"
    }


def needed_parts(factory: Callable[..., Any]) -> list[str]:
    """Return the parameters without a default that take a part of the memory."""
    hints = _hints(factory)
    return [
        name
        for name, parameter in inspect.signature(factory).parameters.items()
        if parameter.default is parameter.empty and _part_types(hints.get(name))
    ]


def checked_options(
    factory: Callable[..., Any],
    given: Mapping[str, Any],
    *,
    path: Path,
    problems: Problems,
) -> dict[str, Any]:
    """Return the options as the plugin takes them: seconds for durations.

    Unknown, missing and wrong ones are noted and left out.
    """
    known = parameters(factory)
    open_ended = any(
        parameter.kind is parameter.VAR_KEYWORD
        for parameter in inspect.signature(factory).parameters.values()
    )
    checked: dict[str, Any] = {}
    for name, value in given.items():
        if name in known:
            try:
                checked[name] = _fitting(name, value, known[name][0])
            except ValueError as exc:
                said = f"{exc}, got {shown(name, value)}"
                problems.add((*path, name), said)
        elif open_ended:
            checked[name] = value
        else:
            hint = meant(name, known) or "; it has none"
            problems.add(
                (*path, name), f"unknown option, got {shown(name, value)}{hint}"
            )
    for name, (_, required) in known.items():
        if required and name not in given:
            problems.add(path, f"lacks the option {name!r}")
    return checked


def _part_types(hint: Any) -> list[type]:
    return [kind for kind in _PARTS if kind in (hint, *get_args(hint))]


def _fitting(name: str, value: Any, hint: Any) -> Any:
    """Return a value of the option's type.

    Raises:
        ValueError: It cannot be one.
    """
    if name.endswith("_s") and value is not None:
        return parse_duration(value)
    if hint is Any:
        return value
    if isinstance(value, bool) and "bool" not in str(hint):
        raise ValueError("must be no truth value; put yes and no in quotes")
    try:
        return TypeAdapter(hint).validate_python(value)
    except ValidationError as exc:
        raise ValueError(in_words(exc.errors()[0])) from exc
    except PydanticSchemaGenerationError:
        return value  # a type of the plugin's own, which it checks itself


def _hints(factory: Callable[..., Any]) -> dict[str, Any]:
    function = factory.__init__ if inspect.isclass(factory) else factory
    try:
        return get_type_hints(function)
    except (NameError, TypeError):
        return {}  # names that are imported for type checkers only
