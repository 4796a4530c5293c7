"""Reads a configuration file and says everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib.resources import files
from inspect import Parameter, signature
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from retentive import registry
from retentive.config.document import Document, Problem, parse, raise_problems
from retentive.config.document import Path as Place
from retentive.config.model import Config, Part
from retentive.errors import ConfigError, MissingExtraError, PluginError

__all__ = ["load", "preset_names", "preset_text"]

_NO_PLUGIN = frozenset({("embedders", "none")})
_SCORER_KEYS = frozenset({"weight", "type"})


def load(path: Path, *, environment: Mapping[str, str] | None = None) -> Config:
    """Read and check a configuration.

    Args:
        path: The YAML file.
        environment: Values for ``${VAR}``; the process's own if omitted.

    Raises:
        ConfigError: It cannot be read, or is wrong; the message has a line for
            every problem: file, line, path, what, and the nearest known name.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(
            f"cannot read the configuration {str(path)!r}: {exc}"
        ) from exc
    document = parse(text, file=str(path), environment=environment)
    problems = list(document.problems)
    value = {} if document.value is None else document.value
    if not isinstance(value, dict):
        raise ConfigError(f"{path}:1: expected keys such as 'store:', got {value!r}")
    merged = _with_preset(value, document, problems)
    config: Config | None = None
    try:
        config = Config.model_validate(merged)
    except ValidationError as exc:
        problems += _of_validation(exc, document)
    if config is not None:
        problems += _of_plugins(config, document)
    raise_problems(problems, file=str(path))
    return config or Config()


def preset_names() -> list[str]:
    """Return the names of the presets, sorted."""
    folder = files("retentive.config") / "presets"
    return sorted(
        item.name.removesuffix(".yaml")
        for item in folder.iterdir()
        if item.name.endswith(".yaml")
    )


def preset_text(name: str) -> str:
    """Return a preset's YAML.

    Raises:
        ConfigError: No preset has this name.
    """
    if name not in preset_names():
        raise ConfigError(f"unknown preset {name!r}{_nearest(name, preset_names())}")
    source = files("retentive.config") / "presets" / f"{name}.yaml"
    return source.read_text(encoding="utf-8")


def _with_preset(
    value: dict[str, Any], document: Document, problems: list[Problem]
) -> dict[str, Any]:
    name = value.get("preset")
    if name is None:
        return value
    try:
        base = parse(preset_text(str(name)), file=f"preset {name}").value
    except ConfigError as exc:
        place: Place = ("preset",)
        problems.append(Problem(document.line(place), place, str(exc)))
        return value
    merged: dict[str, Any] = _merged(base, value)
    return merged


def _merged(base: Any, own: Any) -> Any:
    """Return the base with what stands in our own file over it."""
    if not isinstance(base, dict) or not isinstance(own, dict) or "type" in own:
        return own
    return {
        key: _merged(base.get(key), own[key]) if key in own else base[key]
        for key in (*base, *(key for key in own if key not in base))
    }


def _of_validation(exc: ValidationError, document: Document) -> list[Problem]:
    problems = []
    for error in exc.errors(include_url=False):
        place = tuple(error["loc"])
        what = f"{error['msg']}, got {error['input']!r}"
        if error["type"] == "extra_forbidden":
            known = _fields_at(place[:-1])
            what = f"unknown key{_nearest(str(place[-1]), known)}"
        problems.append(Problem(document.line(place), place, what))
    return problems


def _fields_at(place: Place) -> list[str]:
    model: Any = Config
    for step in place:
        field = model.model_fields.get(step) if hasattr(model, "model_fields") else None
        model = field.annotation if field is not None else None
    return list(getattr(model, "model_fields", {}))


def _of_plugins(config: Config, document: Document) -> list[Problem]:
    """Check every plugin's name, and its options against its constructor."""
    recall = config.recall
    parts: list[tuple[str, Place, str, Mapping[str, Any]]] = [
        ("stores", ("store",), config.store.type, config.store.options()),
        ("embedders", ("embedder",), config.embedder.type, config.embedder.options()),
        ("fusions", ("recall", "fusion"), recall.fusion.type, recall.fusion.options()),
        (
            "counters",
            ("recall", "counter"),
            recall.counter.type,
            recall.counter.options(),
        ),
    ]
    parts += _listed("processors", ("processors",), config.processors)
    parts += _listed(
        "policies", ("consolidation", "policies"), config.consolidation.policies
    )
    for name, scorer in (recall.scorers or {}).items():
        place: Place = ("recall", "scorers", name)
        parts.append(("scorers", place, scorer.type or name, scorer.options()))
    return [problem for part in parts for problem in _of_plugin(part, document)]


def _listed(
    group: str, place: Place, parts: Sequence[Part]
) -> list[tuple[str, Place, str, Mapping[str, Any]]]:
    return [
        (group, (*place, i), part.type, part.options()) for i, part in enumerate(parts)
    ]


def _of_plugin(
    part: tuple[str, Place, str, Mapping[str, Any]], document: Document
) -> list[Problem]:
    group, place, name, options = part
    if (group, name) in _NO_PLUGIN:
        return []
    line = document.line(place)
    try:
        plugin = registry.find(group, name)
    except MissingExtraError as exc:
        return [Problem(line, place, str(exc))]
    except PluginError as exc:
        nearest = _nearest(name, registry.installed(group))
        return [Problem(line, place, f"{exc}{nearest}")]
    known = _option_names(plugin)
    if known is None:
        return []
    return [
        Problem(
            document.line((*place, option)),
            (*place, option),
            f"{name} has no option {option!r}{_nearest(option, known)}",
        )
        for option in options
        if option not in known
    ]


def _option_names(plugin: Any) -> list[str] | None:
    """Return the options that a plugin takes; ``None`` if it takes any."""
    make = getattr(plugin, "open", plugin)
    try:
        parameters = signature(make).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(parameter.kind is Parameter.VAR_KEYWORD for parameter in parameters):
        return None
    return [p.name for p in parameters if p.name not in ("self", "clock", "name")]


def _nearest(name: str, known: Sequence[str]) -> str:
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; known: {', '.join(known)}" if known else ""
