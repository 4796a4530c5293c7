"""Finds the parts of a memory by what a caller names them."""

from __future__ import annotations

from pathlib import Path

from retentive.protocols import Embedder, Store
from retentive.registry import find

__all__ = ["open_embedder", "open_store"]


def open_store(target: str | Path | None) -> Store:
    """Open the store that a target names: a file, a URL, or nothing (in process).

    Raises:
        PluginError: No store has the URL's scheme.
        StoreError: It cannot be opened.
    """
    if target is None:
        store: Store = find("stores", "memory")()
        return store
    scheme, colon, rest = str(target).partition("://")
    if not colon or not scheme.isascii():
        scheme, rest = "sqlite", str(target)
    opened: Store = find("stores", scheme).open(
        rest if scheme == "sqlite" else str(target)
    )
    return opened


def open_embedder(embedder: str | Embedder) -> Embedder | None:
    """Return the embedder of a plugin's name, with a cache; ``"none"`` is ``None``.

    Raises:
        PluginError: No embedder has this name.
        MissingExtraError: It needs a package that is not installed.
    """
    if not isinstance(embedder, str):
        return embedder
    if embedder == "none":
        return None
    from retentive.embedders.cached import CachedEmbedder

    return CachedEmbedder(find("embedders", embedder)())
