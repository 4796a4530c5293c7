"""Finds the plugins that a document names, and makes them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from retentive.config.options import (
    checked_options,
    needed_parts,
    parameters,
    parts_for,
)
from retentive.config.problems import Path, Problems, meant
from retentive.errors import (
    MissingExtraError,
    ModelError,
    PluginError,
    RetentiveError,
)
from retentive.protocols import LanguageModel
from retentive.registry import find, installed

__all__ = ["check_plugins", "factory", "make"]

# Made at once when a file is checked, for the plugin to refuse bad values: they
# only keep their options. Stores, embedders and counters may open or load things.
_MADE_TO_CHECK = frozenset(
    {"scorers", "processors", "fusions", "policies", "structures"}
)
_SINGLE = (
    ("store", "stores"),
    ("embedder", "embedders"),
    ("model", "models"),
    ("working", "structures"),
)
_NOT_OPTIONS = frozenset({"type", "weight"})


def factory(group: str, name: str) -> Callable[..., Any]:
    """Return what makes a plugin: its class, or a store's ``open``.

    Raises:
        PluginError: It is unknown, or cannot be imported.
    """
    plugin = find(group, name)
    made: Callable[..., Any] = getattr(plugin, "open", plugin)
    return made if group == "stores" else plugin


def make(
    group: str,
    choice: Mapping[str, Any],
    *,
    path: Path,
    problems: Problems,
    parts: Mapping[Any, Any] = MappingProxyType({}),
) -> Any:
    """Return the plugin of a choice, ``None`` after noting why there is none.

    Args:
        group: Kind of plugin.
        choice: Its name and options.
        path: Where the choice stands.
        problems: Takes what is wrong.
        parts: Parts of the memory that it may take, by their protocols.

    Raises:
        RetentiveError: The plugin raised it for another reason than its options.
    """
    maker = factory(group, choice["type"])
    if group == "counters" and not inspect.isclass(maker):
        return maker  # a function that counts needs no making
    options = checked_options(
        maker,
        _options(group, choice, maker, path),
        path=path,
        problems=problems,
    )
    taken = parts_for(maker, parts)
    for name in needed_parts(maker):
        if name not in taken:
            problems.add(path, f"needs a {name}; add the key {name!r} to the file")
    if problems:
        return None
    try:
        return maker(**options, **taken)
    except (ValueError, TypeError) as exc:
        problems.add(path, str(exc))
        return None


def check_plugins(document: Mapping[str, Any], *, problems: Problems) -> None:
    """Note every unknown plugin and every option that its plugin does not take."""
    parts = {LanguageModel: _NoModelYet()} if document.get("model") else {}
    for group, path, choice in _choices(document):
        if isinstance(choice, Mapping) and isinstance(choice.get("type"), str):
            _check(group, choice, path, problems, parts)


class _NoModelYet:
    """Stands where the model will, while a file is only checked."""

    def complete(
        self,
        messages: Sequence[Mapping[str, Any]],
        *,
        schema: Mapping[str, Any] | None = None,
    ) -> str:
        raise ModelError("a configuration that is checked asks no model")


def _check(
    group: str,
    choice: Mapping[str, Any],
    path: Path,
    problems: Problems,
    parts: Mapping[Any, Any],
) -> None:
    name = choice["type"]
    if ":" not in name and name not in installed(group):
        hint = meant(name, installed(group)) or "; none is installed"
        problems.add(
            (*path, "type"),
            f"no plugin of {group} has this name, got {name!r}{hint} "
            "(module:Class names your own)",
        )
        return
    own = Problems(problems.file, problems.lines)
    try:
        maker = factory(group, name)
        if group in _MADE_TO_CHECK:
            made = make(group, choice, path=path, problems=own, parts=parts)
            if group == "scorers" and made is not None:
                _check_scorer(made, name, path, own)
        elif inspect.isclass(maker) or group != "counters":
            options = _options(group, choice, maker, path)
            checked_options(maker, options, path=path, problems=own)
    except MissingExtraError as exc:
        own.add(path, str(exc))
    except PluginError as exc:
        own.add((*path, "type"), str(exc))
    except RetentiveError as exc:
        own.add(path, str(exc))
    problems.join(own)


def _check_scorer(scorer: object, name: str, path: Path, problems: Problems) -> None:
    lacking = [part for part in ("name", "normalise") if not hasattr(scorer, part)]
    if not callable(scorer):
        lacking.append("__call__")
    if lacking:
        problems.add(
            (*path, "type"), f"{name!r} is no scorer: it lacks {', '.join(lacking)}"
        )


def _options(
    group: str, choice: Mapping[str, Any], maker: Callable[..., Any], path: Path
) -> dict[str, Any]:
    """Return a choice's options, and those that follow from its place.

    A scorer's key is its signal's name; a store that lives nowhere, as the one in
    memory does, still opens by a URL.
    """
    options = {key: value for key, value in choice.items() if key not in _NOT_OPTIONS}
    if group == "stores" and "location" in parameters(maker):
        options.setdefault("location", f"{choice['type']}://")
    if group == "scorers" and "name" in parameters(maker):
        options.setdefault("name", path[-1])
    return options


def _choices(document: Mapping[str, Any]) -> Iterator[tuple[str, Path, Any]]:
    """Yield every place that names a plugin."""
    for key, group in _SINGLE:
        yield group, (key,), document.get(key)
    away = document.get("away")
    if isinstance(away, Mapping) and away.get("spool") is not None:
        yield "stores", ("away", "spool"), away["spool"]
    yield from _listed(document, "processors", ())
    consolidation = document.get("consolidation")
    if isinstance(consolidation, Mapping):
        yield from _listed(consolidation, "policies", ("consolidation",))
    recall = document.get("recall")
    if not isinstance(recall, Mapping):
        return
    for key, group in (
        ("fusion", "fusions"),
        ("counter", "counters"),
        ("reranker", "rerankers"),
        ("rewriter", "rewriters"),
    ):
        yield group, ("recall", key), recall.get(key)
    scorers = recall.get("scorers")
    if isinstance(scorers, Mapping):
        for name, choice in scorers.items():
            yield "scorers", ("recall", "scorers", name), choice


def _listed(
    section: Mapping[str, Any], group: str, path: Path
) -> Iterator[tuple[str, Path, Any]]:
    items = section.get(group)
    for place, item in enumerate(items if isinstance(items, list) else ()):
        yield group, (*path, group, place), item
