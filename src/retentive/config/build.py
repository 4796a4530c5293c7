"""Makes the memory that a configuration describes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from retentive import registry
from retentive.config.load import load
from retentive.config.model import Config, Part
from retentive.embedders.cached import CachedEmbedder
from retentive.errors import ConfigError, RetentiveError
from retentive.memory import Memory
from retentive.protocols import Embedder, Processor, Scorer, Store
from retentive.recall.defaults import default_settings
from retentive.recall.ranking import RecallSettings, WeightedScorer

__all__ = ["build", "open_memory"]


def open_memory(path: Path, **overrides: Any) -> Memory:
    """Open the memory that a YAML file describes.

    Args:
        path: The file; relative paths in it count from the working directory.
        overrides: Arguments of :class:`Memory` that win over the file's.

    Raises:
        ConfigError: The file is wrong.
        StoreError: The store cannot be opened.
    """
    config = load(path)
    try:
        return build(config, **overrides)
    except TypeError as exc:
        raise ConfigError(f"{path}: a plugin refused its options: {exc}") from exc


def build(config: Config, **overrides: Any) -> Memory:
    """Make the memory of a checked configuration."""
    arguments: dict[str, Any] = {
        "namespace": tuple(config.namespace),
        "also_read": [tuple(labels) for labels in config.also_read],
        "processors": _processors(config.processors),
        "recall": _settings(config),
        "counter": _made("counters", config.recall.counter),
        "budget": config.recall.budget,
        "cache_bytes": config.cache_mb << 20,
    }
    if "embedder" not in overrides:
        arguments["embedder"] = _embedder(config.embedder)
    arguments |= overrides
    return Memory(_store(config.store), **arguments)


def _made(group: str, part: Part) -> Any:
    plugin = registry.find(group, part.type)
    # A counter may be a plain function: it is the plugin itself.
    return plugin(**part.options()) if isinstance(plugin, type) else plugin


def _store(part: Part) -> Store:
    plugin = registry.find("stores", part.type)
    options = part.options()
    if part.type == "memory":
        store: Store = plugin()
        return store
    target = options.pop("path", None) or options.pop("url", None)
    if target is None:
        raise ConfigError(f"store {part.type!r} needs a path or a url")
    opened: Store = plugin.open(target, **options)
    return opened


def _embedder(part: Part) -> Embedder | None:
    if part.type == "none":
        return None
    return CachedEmbedder(_made("embedders", part))


def _processors(parts: Sequence[Part]) -> list[Processor]:
    return [_made("processors", part) for part in parts]


def _settings(config: Config) -> RecallSettings:
    weighted = {item.scorer.name: item for item in default_settings().scorers}
    for name, scorer in (config.recall.scorers or {}).items():
        plugin = registry.find("scorers", scorer.type or name)
        options = scorer.options()
        default = weighted.get(name)
        if default is not None and scorer.type is None and not options:
            made: Scorer = default.scorer
        else:
            made = plugin(**options)
            if made.name != name:
                made.name = name
        weighted[name] = WeightedScorer(made, scorer.weight)
    try:
        return RecallSettings(
            scorers=tuple(item for item in weighted.values() if item.weight > 0),
            fusion=_made("fusions", config.recall.fusion),
            diversity=config.recall.diversity,
        )
    except RetentiveError as exc:
        raise ConfigError(f"recall: {exc}") from exc
