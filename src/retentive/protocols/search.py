"""What finds candidates on a store's side, where a namespace outgrows a process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from retentive.protocols.batches import Change
from retentive.records import Interval, Kind, Namespace, Origin, Status

if TYPE_CHECKING:
    from retentive.protocols.arrays import FloatArray

__all__ = [
    "Census",
    "Narrowing",
    "SearchEngine",
    "SupportsSearch",
    "SupportsTextSearch",
    "SupportsVectorSearch",
    "TextMatches",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """What an engine knows of a whole namespace.

    Attributes:
        memories: How many there are, whatever their status.
        terms: Index terms in all of them.
        tokens: Estimated tokens in all of them.
        speakers: Who ever said one, sorted.
        embedder: Fingerprint of the vectors that can be searched, if any.
        epoch: Identity of the feed that was followed; another one means that the
            data was replaced.
    """

    memories: int
    terms: int
    tokens: int
    speakers: tuple[str, ...]
    embedder: str | None
    epoch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """What a search may return, as far as an engine can tell.

    An engine may return more than this, since the caller filters exactly; never
    less. Empty sequences and ``None`` mean: all. Values are never interpreted.

    Attributes:
        statuses: Of these.
        kinds: Of these.
        origins: Of these.
        sessions: Of these.
        speakers: Said by one of these.
        since: Happened at or after this time, POSIX seconds.
        until: Happened before this time.
        known_at: Learnt at or before this time.
        alive_at: Neither ended nor expired by this time.
        equal: Metadata by dotted key: the value is one of these.
    """

    statuses: Sequence[Status] = ()
    kinds: Sequence[Kind] = ()
    origins: Sequence[Origin] = ()
    sessions: Sequence[str] = ()
    speakers: Sequence[str] = ()
    since: float | None = None
    until: float | None = None
    known_at: float | None = None
    alive_at: float | None = None
    equal: Mapping[str, Sequence[str | float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMatches:
    """What a search by words found.

    Attributes:
        ids: Best first.
        frequencies: By term, how many memories of the whole namespace hold it.
    """

    ids: Sequence[str]
    frequencies: Mapping[str, int]


class SearchEngine(Protocol):
    """Finds candidates on the store's side; safe for many threads.

    Its index is a replica, too: it follows the change feed, and whoever searches
    catches it up first. It also has :class:`SupportsTextSearch`,
    :class:`SupportsVectorSearch`, or both.
    """

    @property
    def name(self) -> str:
        """What it is called in messages."""

    def catch_up(
        self,
        namespace: Namespace,
        *,
        progress: Callable[[int], None] = ...,
    ) -> Census:
        """Bring the index up with the store, making it at its first use.

        Args:
            namespace: Whose.
            progress: Told how many changes are in it so far.
        """

    def during(
        self,
        namespace: Namespace,
        intervals: Sequence[Interval],
        *,
        limit: int,
        within: Narrowing,
    ) -> list[str]:
        """Return ids of what happened in, or speaks of, these times, newest first."""

    def newest(
        self, namespace: Namespace, *, limit: int, within: Narrowing
    ) -> list[str]:
        """Return ids of what happened last."""

    def around(self, namespace: Namespace, ids: Sequence[str]) -> list[str]:
        """Return ids of what stands near these.

        Two neighbours on each side in the session, the sessions that hold most of
        these ids, and what was replaced by one of them. These ids are among them.
        """

    def take(self, namespace: Namespace, held: Mapping[str, int]) -> list[Change]:
        """Return what differs from what the caller holds, with vectors.

        Args:
            namespace: Whose.
            held: By id, the version that the caller has; 0 for none.
        """

    def drop(self, namespace: Namespace) -> None:
        """Remove all that the engine keeps of a namespace."""


@runtime_checkable
class SupportsTextSearch(Protocol):
    """An engine that finds by words."""

    def matching(
        self,
        namespace: Namespace,
        terms: Sequence[str],
        *,
        limit: int,
        within: Narrowing,
    ) -> TextMatches:
        """Return what holds any of these index terms, by BM25."""


@runtime_checkable
class SupportsVectorSearch(Protocol):
    """An engine that finds by meaning."""

    def nearest(
        self,
        namespace: Namespace,
        vector: FloatArray,
        *,
        limit: int,
        within: Narrowing,
    ) -> list[str]:
        """Return ids of the nearest by cosine, nearest first; may be approximate."""


@runtime_checkable
class SupportsSearch(Protocol):
    """A store whose server may have an engine of its own."""

    def search_engine(self) -> SearchEngine | None:
        """Return the engine that answered when it was tried; ``None`` for none."""
