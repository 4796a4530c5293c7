"""Presets: configurations in the package that a file can build on."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from retentive.config.problems import Problems, meant
from retentive.config.reader import read
from retentive.config.shorthand import merged, written_out
from retentive.errors import ConfigError

__all__ = ["DEFAULT_PRESET", "NO_PRESET", "on_preset", "preset_names", "preset_text"]

DEFAULT_PRESET = "chat"
NO_PRESET = "none"
"""Builds on nothing: only what the file itself says holds."""


def preset_names() -> list[str]:
    """Return the names of the presets, sorted."""
    folder = files("retentive.config") / "presets"
    names = (entry.name for entry in folder.iterdir())
    return sorted(name[:-5] for name in names if name.endswith(".yaml"))


def preset_text(name: str) -> str:
    """Return the YAML of a preset, comments included.

    Raises:
        ConfigError: No preset has this name.
    """
    if name not in preset_names():
        raise ConfigError(f"no preset is named {name!r}{meant(name, preset_names())}")
    source = files("retentive.config") / "presets" / f"{name}.yaml"
    return source.read_text(encoding="utf-8")


def on_preset(document: Mapping[str, Any], *, problems: Problems) -> dict[str, Any]:
    """Return a written-out document with what its preset adds to it."""
    name = document.get("preset") or DEFAULT_PRESET
    if name == NO_PRESET:
        return dict(document)
    if not isinstance(name, str) or name not in preset_names():
        hint = meant(name, [*preset_names(), NO_PRESET])
        problems.add(("preset",), f"no preset has this name, got {name!r}{hint}")
        name = DEFAULT_PRESET
    reading = Problems(f"preset {name}")
    base = read(preset_text(name), problems=reading, variables={})
    reading.raise_if_any()
    joined: dict[str, Any] = merged(written_out(base.value), document)
    return joined
