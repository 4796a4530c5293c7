"""Finds plugins by name: entry points for everyone, built-ins by the same door.

A name is an entry point of one of our groups, or ``module:attribute``.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from retentive.errors import PluginError

__all__ = ["GROUPS", "find", "installed"]

GROUPS = (
    "stores",
    "openers",
    "scorers",
    "policies",
    "processors",
    "embedders",
    "counters",
    "fusions",
    "models",
    "rerankers",
    "rewriters",
    "structures",
    "commands",
)
"""Kinds of plugins; the entry-point group of each is ``retentive.<kind>``."""


def find(group: str, name: str) -> Any:
    """Return the plugin of this name: a class or a factory.

    Args:
        group: One of :data:`GROUPS`.
        name: An installed plugin's name, or ``module:attribute``.

    Raises:
        PluginError: No such plugin, two of one name, or its import failed.
    """
    if ":" in name:
        return _load(EntryPoint(name=name, value=name, group=group))
    candidates = _entry_points(group).get(name, [])
    if not candidates:
        known = ", ".join(installed(group)) or "none"
        raise PluginError(
            f"no {group} plugin is named {name!r}; installed: {known}. "
            "Write module:Class for your own"
        )
    if len({point.value for point in candidates}) > 1:
        places = " and ".join(sorted(point.value for point in candidates))
        raise PluginError(
            f"two {group} plugins are named {name!r}: {places}; "
            "uninstall one, or name yours as module:Class"
        )
    return _load(candidates[0])


def installed(group: str) -> list[str]:
    """Return the names of the installed plugins of a group, sorted."""
    return sorted(_entry_points(group))


@cache
def _entry_points(group: str) -> dict[str, list[EntryPoint]]:
    found: dict[str, list[EntryPoint]] = defaultdict(list)
    for point in entry_points(group=f"retentive.{group}"):
        found[point.name].append(point)
    return dict(found)


def _load(point: EntryPoint) -> Any:
    module, _, attribute = point.value.partition(":")
    try:
        return getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as exc:
        if getattr(exc, "extra", None):
            raise
        raise PluginError(
            f"the {point.group} plugin {point.name!r} cannot be loaded from "
            f"{point.value!r}: {exc}"
        ) from exc
