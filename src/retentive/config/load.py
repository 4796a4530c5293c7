"""Loads a configuration: read, built on its preset, checked as a whole."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from pydantic import BaseModel, ValidationError

from retentive.config.model import Agent, Away, Config, Consolidation, Lives, Recall
from retentive.config.plugins import check_plugins
from retentive.config.presets import on_preset
from retentive.config.problems import Path, Problems, meant
from retentive.config.reader import read
from retentive.config.serving import Server
from retentive.config.shorthand import written_out
from retentive.config.wording import in_words, shown
from retentive.errors import ConfigError

__all__ = ["load", "load_file"]

_SECTIONS: Mapping[Path, type[BaseModel]] = {
    (): Config,
    ("away",): Away,
    ("agent",): Agent,
    ("recall",): Recall,
    ("consolidation",): Consolidation,
    ("consolidation", "ttl"): Lives,
    ("server",): Server,
}


def load(path: str | FilePath, *, variables: Mapping[str, str] | None = None) -> Config:
    """Load a YAML file.

    Args:
        path: The file. Relative paths in it start from its folder.
        variables: What ``${NAME}`` stands for; the environment if omitted.

    Raises:
        ConfigError: It cannot be read, or something in it is wrong; the message
            lists all of it, each with file, line and path.
    """
    return load_file(path, variables=variables)[0]


def load_file(
    path: str | FilePath, *, variables: Mapping[str, str] | None = None
) -> tuple[Config, Problems]:
    """Load a file; also return what knows its lines, for problems found later."""
    file = FilePath(path).expanduser()
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as exc:
        raise ConfigError(
            f"cannot read the configuration {str(path)!r}: {exc.strerror}; to start "
            f"one: retentive config show chat > {file.name}"
        ) from exc
    except UnicodeDecodeError as exc:
        raise ConfigError(f"{path}: not UTF-8: {exc}; save it as UTF-8") from exc
    return _checked(text, file=str(path), folder=file.parent, variables=variables)


def _checked(
    text: str,
    *,
    file: str,
    folder: FilePath,
    variables: Mapping[str, str] | None = None,
) -> tuple[Config, Problems]:
    """Load YAML; also return what knows its lines, for problems found later."""
    problems = Problems(file)
    document = read(
        text,
        problems=problems,
        variables=os.environ if variables is None else variables,
    )
    problems.lines = document.lines
    value = {} if document.value is None else document.value
    if not isinstance(value, Mapping):
        problems.add((), f"must be a mapping, got {shown('', value)}")
        value = {}
    full = on_preset(written_out(value), problems=problems)
    check_plugins(full, problems=problems)
    config = _shaped(_located(full, folder.absolute()), problems)
    problems.raise_if_any()
    return config, problems


def _shaped(document: Mapping[str, Any], problems: Problems) -> Config:
    """Return the document as a model; if it has another shape, the default one."""
    try:
        return Config.model_validate(document)
    except ValidationError as exc:
        for error in exc.errors(include_url=False):
            _note(error, problems)
        return Config()


def _note(error: Mapping[str, Any], problems: Problems) -> None:
    path: Path = error["loc"]
    name = str(path[-1]) if path else ""
    got = f", got {shown(name, error['input'])}"
    if error["type"] == "missing":
        problems.add(path[:-1], f"lacks the key {name!r}")
    elif error["type"] == "extra_forbidden":
        known = _SECTIONS[path[:-1]].model_fields
        problems.add(path, f"unknown key{got}{meant(name, known)}")
    else:
        problems.add(path, in_words(error) + got)


def _located(value: Any, folder: FilePath) -> Any:
    """Let relative paths of plugins start from the file's folder."""
    if isinstance(value, list):
        return [_located(item, folder) for item in value]
    if not isinstance(value, Mapping):
        return value
    located = {key: _located(item, folder) for key, item in value.items()}
    path = located.get("path")
    if "type" in located and isinstance(path, str) and _is_relative(path):
        located["path"] = str(folder / path)
    return located


def _is_relative(path: str) -> bool:
    apart = path.startswith(("~", ":")) or "://" in path or not path
    return not apart and not FilePath(path).is_absolute()
