"""The replicas of a process: the most recently used, within a bound of memory."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Sequence
from threading import Lock

from retentive.index.replica import Replica
from retentive.index.snapshot import load_snapshot, save_snapshot
from retentive.index.tokens import TokenTable
from retentive.index.tokens_file import load_tokens, save_tokens
from retentive.protocols import Store, SupportsTokenVectors
from retentive.records import Namespace

__all__ = ["ReplicaCache"]

_CHECKED_EVERY = 16  # uses


class ReplicaCache:
    """Hands out replicas of one store; safe for many threads."""

    def __init__(
        self,
        store: Store,
        *,
        embedder: str | None,
        tokens: SupportsTokenVectors | None = None,
        max_bytes: int = 1 << 29,
    ) -> None:
        """Hold nothing yet.

        Args:
            store: The truth.
            embedder: Fingerprint of the vectors to hold; ``None``: none.
            tokens: Makes vectors of tokens; ``None`` unless a scorer reads them.
            max_bytes: Most memory for all replicas together; the one in use
                stays, even if it alone is larger.
        """
        self._store = store
        self._embedder = embedder
        self._tokens = tokens
        self._max_bytes = max_bytes
        self._lock = Lock()
        self._held: OrderedDict[tuple[Namespace, ...], Replica] = OrderedDict()
        self._sizes: dict[tuple[Namespace, ...], int] = {}
        self._total = 0  # of the sizes
        self._uses = 0
        # A replica grows after it was handed out, so each is measured again later.
        self._recent: deque[tuple[Namespace, ...]] = deque(maxlen=4 * _CHECKED_EVERY)

    def replica(self, namespaces: Sequence[Namespace]) -> Replica:
        """Return the replica that spans these namespaces, from a snapshot or empty."""
        wanted = tuple(namespaces)
        with self._lock:
            replica = self._held.get(wanted)
            if replica is None:
                replica = Replica(
                    self._store,
                    wanted,
                    embedder=self._embedder,
                    tokens=self._table(),
                )
                load_snapshot(replica, self._store)
                load_tokens(replica, self._store)
                self._held[wanted] = replica
            self._held.move_to_end(wanted)
            self._recent.append(wanted)
            self._uses += 1
            let_go = self._over_bound() if self._uses % _CHECKED_EVERY == 0 else []
        for old in let_go:
            save_snapshot(old, self._store)
            save_tokens(old, self._store)
        return replica

    def held(self, namespaces: Sequence[Namespace]) -> Replica | None:
        """Return the replica that spans these namespaces, if there is one."""
        with self._lock:
            return self._held.get(tuple(namespaces))

    def nbytes(self) -> int:
        """Return the memory that all replicas take, in bytes."""
        with self._lock:
            return sum(replica.nbytes() for replica in self._held.values())

    def forget(self) -> None:
        """Drop all replicas without saving them."""
        with self._lock:
            self._held.clear()
            self._sizes.clear()
            self._total = 0

    def save(self) -> None:
        """Save the snapshot of every replica that has grown since its last one."""
        with self._lock:
            held = list(self._held.values())
        for replica in held:
            save_snapshot(replica, self._store)
            save_tokens(replica, self._store)

    def _table(self) -> TokenTable | None:
        if self._tokens is None:
            return None
        # Half at most: the vectors of memories and their columns need the rest.
        return TokenTable(self._store, self._tokens, max_bytes=self._max_bytes // 2)

    def _measure(self) -> None:
        """Count what the replicas that were used of late take now."""
        for namespaces in set(self._recent).intersection(self._held):
            size = self._held[namespaces].nbytes()
            self._total += size - self._sizes.get(namespaces, 0)
            self._sizes[namespaces] = size

    def _over_bound(self) -> list[Replica]:
        self._measure()
        let_go: list[Replica] = []
        while self._total > self._max_bytes and len(self._held) > 1:
            namespaces, replica = self._held.popitem(last=False)
            self._total -= self._sizes.pop(namespaces, 0)
            let_go.append(replica)
        return let_go
