"""The contract of a store, and what some stores can do besides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from retentive.protocols.batches import Batch, Changes, Commit, VectorPut
from retentive.protocols.leases import Lease
from retentive.records import MemoryRecord, Message, Namespace, Status

if TYPE_CHECKING:
    from retentive.protocols.arrays import FloatArray

__all__ = [
    "KeepsVectorsFar",
    "Store",
    "SupportsCompaction",
    "SupportsNotify",
    "SupportsReembedding",
    "SupportsSnapshots",
    "SupportsVectorScan",
]


class Store(Protocol):
    """Where memories live: the truth, with one order of commits per namespace.

    Implementations are safe for many threads. Methods with a namespace see that
    namespace only, whatever its labels contain. All driver errors arrive as
    :class:`~retentive.errors.StoreError`.
    """

    def apply(self, batch: Batch) -> Commit:
        """Apply a batch atomically and durably.

        Raises:
            ConflictError: A version was not as expected; nothing was applied.
            RecordNotFoundError: A status change names an unknown record.
            EmbedderMismatchError: A put carries a vector of another embedder
                than the namespace holds.
            FencedError: The batch's lease is no longer held.
            InvalidInputError: A record belongs to another namespace.
            StoreFullError: Disk or memory is full.
            StoreReadOnlyError: The store cannot be written.
        """

    def get(self, namespace: Namespace, ids: Sequence[str]) -> list[MemoryRecord]:
        """Return the records of these ids, in the order asked; unknown ones lack."""

    def find(self, namespace: Namespace, key: str) -> MemoryRecord | None:
        """Return the record with this caller's key, if there is one."""

    def scan(
        self,
        namespace: Namespace,
        *,
        after: str | None = None,
        limit: int = 1_000,
        vectors: bool = False,
    ) -> list[MemoryRecord]:
        """Return records of every status by ascending id, a page at a time.

        Args:
            namespace: Whose.
            after: The last id of the page before.
            limit: Most records to return.
            vectors: Whether records carry their embedding.
        """

    def changes(
        self, namespace: Namespace, since: int, *, limit: int = 10_000
    ) -> Changes:
        """Return what changed after ``since``, in commit order, with vectors.

        A page never splits a commit unless one commit exceeds ``limit``. Cheap
        when nothing changed.
        """

    def messages(
        self,
        namespace: Namespace,
        session: str,
        *,
        after: str | None = None,
        before: str | None = None,
        first: int | None = None,
        last: int | None = None,
    ) -> list[Message]:
        """Return a transcript, or a part of it, in order of appending.

        Args:
            namespace: Whose.
            session: Which conversation.
            after: Only messages after the one of this id; none if it is unknown.
            before: Only messages before the one of this id; none if it is unknown.
            first: Of these, only so many from the start; costs no more than those.
            last: Of these, only so many from the end; costs no more than those.

        Raises:
            InvalidInputError: Both ``first`` and ``last`` are given.
        """

    def count_messages(self, namespace: Namespace, session: str) -> int:
        """Return how many messages a session's transcript has."""

    def sessions(self, namespace: Namespace) -> list[str]:
        """Return the names of the sessions with a transcript, oldest first."""

    def namespaces(self, prefix: Sequence[str] = ()) -> list[Namespace]:
        """Return the namespaces that start with these labels, sorted."""

    def count(self, namespace: Namespace) -> Mapping[Status, int]:
        """Return how many records there are of each status that occurs."""

    def touch(self, namespace: Namespace, ids: Sequence[str], at: datetime) -> None:
        """Count a use of each record; outside the change feed, lost uses are fine."""

    def lease(self, name: str, *, ttl_s: float) -> AbstractContextManager[Lease | None]:
        """Claim a name for a time; ``None`` inside the block if another holds it."""

    def close(self) -> None:
        """Release files and connections; closing twice is no error."""


@runtime_checkable
class SupportsReembedding(Protocol):
    """A store that can hold a second embedder's vectors until they are complete."""

    def embedder(self, namespace: Namespace) -> str | None:
        """Return the fingerprint of the namespace's vectors, ``None`` if it has none."""

    def lacking(
        self, namespace: Namespace, fingerprint: str, *, limit: int
    ) -> list[MemoryRecord]:
        """Return records without a vector of this embedder, by ascending id."""

    def add_vectors(
        self, namespace: Namespace, fingerprint: str, vectors: Sequence[VectorPut]
    ) -> None:
        """Keep vectors of this embedder beside the present ones, unseen by recall."""

    def switch_embedder(self, namespace: Namespace, fingerprint: str | None) -> None:
        """Make this embedder's vectors the namespace's, and drop all others.

        Every record gets a new version, so that replicas follow. ``None``: no
        vectors any more.

        Raises:
            StoreError: A record still lacks a vector of this embedder.
        """


@runtime_checkable
class SupportsSnapshots(Protocol):
    """A store beside which derived files may lie."""

    def snapshot_path(self, namespace: Namespace) -> Path | None:
        """Return where this namespace's replica may be saved, if anywhere."""


@runtime_checkable
class KeepsVectorsFar(Protocol):
    """A store on another machine: snapshots hold vectors, too, to spare the way."""

    def vectors_are_far(self) -> bool:
        """Return true."""


@runtime_checkable
class SupportsCompaction(Protocol):
    """A store in whose files the bytes of what was deleted may linger."""

    def compact(self) -> bool:
        """Give freed space back and overwrite what it held.

        Returns:
            Whether that was done; false while others hold the files open.
        """


@runtime_checkable
class SupportsNotify(Protocol):
    """A store that tells of commits as they happen."""

    def listen(
        self, namespaces: Sequence[Namespace]
    ) -> AbstractContextManager[Callable[[float], bool]]:
        """Listen, for a block.

        Returns:
            What waits for up to some seconds, and says whether it is time to look:
            because something was committed there, because word of it may have been
            lost, or because some time has passed.
        """


@runtime_checkable
class SupportsVectorScan(Protocol):
    """A store that reads all vectors of a namespace without their records."""

    def vectors(
        self, namespace: Namespace, fingerprint: str
    ) -> Iterator[tuple[list[str], FloatArray]]:
        """Yield pages of ids and their ``(k, dim)`` vectors of this embedder."""
