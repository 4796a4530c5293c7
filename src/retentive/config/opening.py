"""Makes a memory of a configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from retentive.config.load import load_file
from retentive.config.model import Away, Config, PluginChoice
from retentive.config.options import parameters
from retentive.config.plugins import factory, make
from retentive.config.problems import Path, Problems
from retentive.errors import InvalidInputError
from retentive.memory import Memory
from retentive.processors.times_to_live import TimesToLive
from retentive.protocols import LanguageModel, TokenCounter
from retentive.records import Kind

if TYPE_CHECKING:
    from retentive.consolidate.settings import ConsolidationSettings
    from retentive.recall.ranking import RecallSettings

__all__ = ["open_memory"]

_SHARED = (("counter", TokenCounter), ("model", LanguageModel))


def open_memory(path: str | FilePath, **overrides: Any) -> Memory:
    """Open the memory that a YAML file describes.

    Args:
        path: The file.
        overrides: Arguments of :class:`~retentive.memory.Memory` that win over
            what the file says; what they replace is not even made.

    Raises:
        ConfigError: The file is wrong; see :func:`~retentive.config.load`.
        StoreError: The store cannot be opened.
        MissingExtraError: A plugin needs a package that is not installed.
    """
    config, problems = load_file(path)
    parts: dict[str, Any] = dict(overrides)
    for name, made in _parts(config, problems).items():
        if name not in parts:
            parts[name] = made(parts)
    problems.raise_if_any()
    store = _store(config, problems, parts["namespace"])
    problems.raise_if_any()
    return Memory(
        store, **{name: part for name, part in parts.items() if name != "model"}
    )


def _store(config: Config, problems: Problems, namespace: Any) -> Any:
    """Return the store, behind what guards it and what goes on without its server."""
    if config.away is None:
        store = _made("stores", config.store, ("store",), problems)
    else:
        store = _spooled(config.store, config.away, problems)
    agent = config.agent
    if agent is None or problems:
        return store
    from retentive.stores.guarded import GuardedStore

    allowed = (namespace,) if agent.may_write is None else agent.may_write
    return GuardedStore(store, agent=agent.name, may_write=allowed)


def _spooled(choice: PluginChoice, away: Away, problems: Problems) -> Any:
    from retentive.stores.away import AwayStore

    # A server that is away already must not keep us from beginning.
    if "eager" in parameters(factory("stores", choice.type)):
        choice = choice.model_copy(update={"eager": False})
    store = _made("stores", choice, ("store",), problems)
    spool = _optional("stores", away.spool, ("away", "spool"), problems, {})
    if problems:
        return None
    return AwayStore(
        store,
        spool=spool,
        max_spooled=away.max_spooled,
        stale_reads=away.stale_reads,
    )


def _parts(
    config: Config, problems: Problems
) -> Mapping[str, Callable[[Mapping[str, Any]], Any]]:
    """Return how each part is made of those before it."""
    recall = config.recall
    return {
        "namespace": lambda _: config.namespace,
        "also_read": lambda _: config.also_read,
        "budget": lambda _: recall.budget,
        "cache_bytes": lambda _: config.cache_bytes,
        "learn_shared": lambda _: recall.learn_shared,
        "counter": lambda _: _made(
            "counters", recall.counter, ("recall", "counter"), problems
        ),
        "model": lambda _: _model(config, problems),
        "processors": lambda parts: _processors(config, problems, parts),
        "structure": lambda parts: (
            lambda: _made("structures", config.working, ("working",), problems, parts)
        ),
        "consolidation": lambda parts: _consolidation(config, problems, parts),
        "recall": lambda parts: _settings(config, problems, parts),
        "embedder": lambda _: _embedder(config, problems),
    }


def _processors(
    config: Config, problems: Problems, parts: Mapping[str, Any]
) -> list[Any]:
    """Return the steps of the file, and behind them the times to live, if any."""
    steps = [
        _made("processors", choice, ("processors", place), problems, parts)
        for place, choice in enumerate(config.processors)
    ]
    ttl = config.consolidation.ttl
    lives = {kind: getattr(ttl, kind.value) for kind in Kind}
    given = {kind: seconds for kind, seconds in lives.items() if seconds is not None}
    return [*steps, TimesToLive(given)] if given else steps


def _model(config: Config, problems: Problems) -> Any:
    if config.model is None:
        return None
    return _made("models", config.model, ("model",), problems)


def _settings(
    config: Config, problems: Problems, parts: Mapping[str, Any]
) -> RecallSettings | None:
    from retentive.recall.ranking import RecallSettings, WeightedScorer

    chosen = config.recall
    scorers = [
        WeightedScorer(
            _made("scorers", choice, ("recall", "scorers", name), problems),
            choice.weight,
        )
        for name, choice in chosen.scorers.items()
    ]
    fusion = _made("fusions", chosen.fusion, ("recall", "fusion"), problems)
    try:
        return RecallSettings(
            scorers=scorers,
            fusion=fusion,
            diversity=chosen.diversity,
            decline_below=chosen.decline_below,
            reranker=_optional(
                "rerankers", chosen.reranker, ("recall", "reranker"), problems, parts
            ),
            rerank_depth=chosen.rerank_depth,
            rewriter=_optional(
                "rewriters", chosen.rewriter, ("recall", "rewriter"), problems, parts
            ),
            engine=chosen.engine,
            engine_above=chosen.engine_above,
        )
    except InvalidInputError as exc:
        problems.add(("recall",), str(exc))
        return None


def _consolidation(
    config: Config, problems: Problems, parts: Mapping[str, Any]
) -> ConsolidationSettings:
    from retentive.consolidate.settings import ConsolidationSettings

    chosen = config.consolidation
    return ConsolidationSettings(
        policies=[
            _made(
                "policies",
                choice,
                ("consolidation", "policies", place),
                problems,
                parts,
            )
            for place, choice in enumerate(chosen.policies)
        ],
        max_share=chosen.max_share,
        every_writes=chosen.every_writes,
        every_s=chosen.every_s,
        undo_for_s=chosen.undo_for_s,
    )


def _optional(
    group: str,
    choice: PluginChoice | None,
    path: Path,
    problems: Problems,
    parts: Mapping[str, Any],
) -> Any:
    return None if choice is None else _made(group, choice, path, problems, parts)


def _embedder(config: Config, problems: Problems) -> Any:
    if config.embedder is None:
        return None
    from retentive.embedders.cached import CachedEmbedder

    inner = _made("embedders", config.embedder, ("embedder",), problems)
    return None if inner is None else CachedEmbedder(inner)


def _made(
    group: str,
    choice: PluginChoice,
    path: Path,
    problems: Problems,
    parts: Mapping[str, Any] = MappingProxyType({}),
) -> Any:
    """Return a plugin; it may take the counter and the model among the parts."""
    document = {"type": choice.type, **choice.options}
    own = Problems(problems.file, problems.lines)
    taken = {kind: parts[name] for name, kind in _SHARED if parts.get(name) is not None}
    made = make(group, document, path=path, problems=own, parts=taken)
    problems.join(own)
    return made
