"""A store that one agent uses: where it may write, and its name on what it writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import wraps
from typing import Any

from retentive.errors import StoreReadOnlyError
from retentive.protocols import Batch, Commit, Put, Store
from retentive.records import MemoryRecord, Namespace, check_namespace, is_side
from retentive.stores.before import Before

__all__ = ["AUTHOR", "GuardedStore"]

AUTHOR = "author"
"""The key of the metadata that names the agent."""

_WRITES = frozenset({"add_vectors", "prune", "sweep", "switch_embedder", "tend"})
"""Methods of stores, besides ``apply``, that change what others see."""


class GuardedStore(Before):
    """Refuses writes elsewhere, and says who wrote; hands on all else.

    It guards against mistakes of an agent's own code. Against an agent that is not
    trusted, the server's ACL does; see the guide to Redis.
    """

    def __init__(
        self, inner: Store, *, agent: str, may_write: Sequence[Sequence[str]]
    ) -> None:
        """Guard a store.

        Args:
            inner: The store; closed with this one.
            agent: The agent's name, kept as ``author`` in the metadata of the
                records that it makes.
            may_write: Namespaces that it may change, with all below them.
        """
        self.agent = agent
        self.may_write = tuple(check_namespace(labels) for labels in may_write)
        super().__init__(inner)

    def apply(self, batch: Batch) -> Commit:
        """Apply a batch; see :meth:`Store.apply`.

        Raises:
            StoreReadOnlyError: The agent may not write there.
        """
        self._check(batch.namespace)
        puts = [Put(record=self._signed(p.record), expected_version=p.expected_version) for p in batch.puts]  # fmt: skip
        return self.inner.apply(replace(batch, puts=puts))

    def _handed_on(self, name: str, ability: Any) -> Any:
        """Guard what writes besides :meth:`apply`."""
        if name not in _WRITES:
            return ability

        @wraps(ability)
        def guarded(namespace: Namespace, *call: Any, **options: Any) -> Any:
            self._check(namespace)
            return ability(namespace, *call, **options)

        return guarded

    def _check(self, namespace: Namespace) -> None:
        if not self._allowed(namespace):
            raise StoreReadOnlyError(
                f"agent {self.agent!r} may not write to {namespace!r}, only to "
                f"{list(self.may_write)!r}; name it in may_write, or write elsewhere"
            )

    def _allowed(self, namespace: Namespace) -> bool:
        if not is_side(namespace):
            return any(namespace[: len(some)] == some for some in self.may_write)
        # What is kept beside memories belongs to them; what is learnt from all to all.
        return len(namespace) == 1 or self._allowed(namespace[1:])

    def _signed(self, record: MemoryRecord) -> MemoryRecord:
        if AUTHOR in record.metadata:
            return record
        return record.but(metadata={**record.metadata, AUTHOR: self.agent})
