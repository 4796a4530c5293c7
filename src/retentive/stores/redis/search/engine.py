"""What both engines have in common: plain structures beside the engine's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from retentive.protocols import Census, Change, Narrowing
from retentive.records import Interval, Namespace
from retentive.stores.redis.search.documents import tag
from retentive.stores.redis.search.indexing import Feed, Form, Index
from retentive.stores.redis.server import Server
from retentive.stores.redis.spaces import Spaces

__all__ = ["Engine", "Unpack"]

Unpack = Callable[[Namespace, Sequence[Any], "bytes | None"], list[Change]]
"""Makes changes of the rows that a script returns."""

_MANY = 500  # ids that one script is given


class Engine:
    """Sessions, times and records by id, on any server; see :class:`SearchEngine`.

    What finds by words and by meaning is a subclass's. Where an index has gone
    meanwhile (it was dropped, or the server lost its data), it is made anew.
    """

    name = ""

    def __init__(
        self,
        server: Server,
        form: Form,
        *,
        spaces: Spaces,
        feed: Feed,
        unpack: Unpack,
    ) -> None:
        """Compose an engine.

        Args:
            server: Where it is.
            form: How it takes documents.
            spaces: Gives keys, and reads what is stored.
            feed: What its indexes follow.
            unpack: Makes changes of rows.
        """
        self._server, self._spaces, self._unpack = server, spaces, unpack
        self._keys = spaces.keys
        self._index = Index(server, form, keys=spaces.keys, feed=feed)

    def catch_up(
        self,
        namespace: Namespace,
        *,
        progress: Callable[[int], None] = lambda _done: None,
    ) -> Census:
        """Bring the index up with the feed; see :meth:`SearchEngine.catch_up`."""
        return self._index.catch_up(namespace, progress)

    def drop(self, namespace: Namespace) -> None:
        """Remove all that the engine keeps of a namespace."""
        self._index.drop(namespace)

    def during(
        self,
        namespace: Namespace,
        intervals: Sequence[Interval],
        *,
        limit: int,
        within: Narrowing,
    ) -> list[str]:
        """Return ids of what happened in these times, newest first."""
        del within  # the caller filters
        times = self._keys(namespace).index[3]
        found: list[bytes] = []
        for span in intervals:
            newest_first = (f"({span.end.timestamp()!r}", repr(span.start.timestamp()))
            found += self._server.command(
                *("ZRANGE", times, *newest_first, "BYSCORE", "REV", "LIMIT", 0, limit)
            )
        return [id.decode() for id in found]

    def newest(
        self, namespace: Namespace, *, limit: int, within: Narrowing
    ) -> list[str]:
        """Return ids of what happened last."""
        del within  # the caller filters
        times = self._keys(namespace).index[3]
        found = self._server.command("ZRANGE", times, 0, limit - 1, "REV")
        return [id.decode() for id in found]

    def around(self, namespace: Namespace, ids: Sequence[str]) -> list[str]:
        """Return ids of what stands near these; see :meth:`SearchEngine.around`."""
        _, places, order, _, heirs, *_ = self._keys(namespace).index
        arguments = [part for id in ids for part in (id, tag(id))]
        found = self._server.read("around", (places, order, heirs), arguments)
        return [id.decode() for id in found]

    def take(self, namespace: Namespace, held: Mapping[str, int]) -> list[Change]:
        """Return what differs from what the caller holds, with vectors."""
        wanted = list(held.items())
        changes: list[Change] = []
        for start in range(0, len(wanted), _MANY):
            pairs = [part for pair in wanted[start : start + _MANY] for part in pair]
            embedder, rows = self._spaces.run("take", namespace, pairs)
            changes += self._unpack(namespace, rows, embedder)
        return changes
