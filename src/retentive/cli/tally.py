"""Counts what a store says of what it was given."""

from __future__ import annotations

from collections import Counter
from typing import Any

from retentive.protocols import Batch, Commit, Store

__all__ = ["TallyingStore"]


class TallyingStore:
    """Passes everything on to a store, and counts the outcomes of its puts."""

    def __init__(self, store: Store) -> None:
        """Wrap a store."""
        self._store = store
        self.outcomes: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        """Be the store in all but :meth:`apply`."""
        return getattr(self._store, name)

    def apply(self, batch: Batch) -> Commit:
        """Apply a batch and count."""
        commit = self._store.apply(batch)
        self.outcomes.update(outcome.action for outcome in commit.puts)
        return commit
