"""Keeps an engine's index up with the change feed, whoever searches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from retentive.protocols import Census, Change, Changes
from retentive.records import MemoryRecord, Namespace
from retentive.stores.redis.feed import Midway
from retentive.stores.redis.keys import Keys
from retentive.stores.redis.search.documents import Document, document
from retentive.stores.redis.server import Server

__all__ = ["Feed", "Form", "Index", "Shape"]

_FORMAT = 1
"""Raise it whenever what is indexed of a record changes; indexes are then made anew."""

_PAGE = 1_000  # changes that are read at a time
_PIECE = 50  # of which one script writes: a graph takes a millisecond or two for each
_KNOWN = 10_000  # namespaces whose census is kept
_FLOOR = " floor"
_TIMELINE = "."  # the feed names the server's history behind it: the index has its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What an index was made for; another one needs another index.

    Attributes:
        embedder: Fingerprint of the vectors; ``None``: none.
        dim: Their length; 0 for none.
    """

    embedder: str | None = None
    dim: int = 0


class Form(Protocol):
    """How an engine takes documents."""

    kind: str
    """``documents`` for hashes that the engine indexes, ``set`` for a vector set."""
    options: str
    """What else an index depends on."""

    def begin(self, keys: Keys, shape: Shape) -> None:
        """Make an empty index."""

    def end(self, keys: Keys) -> None:
        """Remove the index and all documents."""

    def fields(self, document: Document) -> Sequence[Any]:
        """Return what is stored of a document."""

    def vector(self, record: MemoryRecord) -> bytes:
        """Return a record's vector as it is stored; empty for none."""


class Feed(Protocol):
    """What an index asks of its store."""

    def changes(self, namespace: Namespace, since: int, *, limit: int) -> Changes:
        """See :meth:`Store.changes`."""

    def embedder(self, namespace: Namespace) -> str | None:
        """Return the fingerprint of the namespace's vectors."""

    def vectors(
        self, namespace: Namespace, fingerprint: str
    ) -> Iterator[tuple[list[str], NDArray[np.float32]]]:
        """See :class:`SupportsVectorScan`."""


class Index:
    """The index of each namespace: a replica on the server's side.

    Several processes may catch it up at once: a page goes in only where the index
    still stands where the page begins.
    """

    def __init__(
        self,
        server: Server,
        form: Form,
        *,
        keys: Callable[[Namespace], Keys],
        feed: Feed,
    ) -> None:
        """Know nothing yet.

        Args:
            server: Where it is.
            form: How the engine takes documents.
            keys: Gives the keys of a namespace.
            feed: What the index follows.
        """
        self._server, self._form = server, form
        self._keys, self._feed = keys, feed
        self._known: dict[Namespace, tuple[int, Census]] = {}

    def catch_up(self, namespace: Namespace, progress: Callable[[int], None]) -> Census:
        """Bring the index up with the feed; one round trip where nothing is new.

        Args:
            namespace: Whose.
            progress: Told how many changes are in it so far.
        """
        known = self._known.get(namespace)
        if known is not None:
            sequence, census = known
            page = self._feed.changes(namespace, sequence, limit=_PAGE)
            if not page.items and page.epoch == census.epoch:
                return census
        return self._followed(namespace, progress)

    def drop(self, namespace: Namespace) -> None:
        """Remove the index; the next search makes it anew."""
        self._known.pop(namespace, None)
        keys = self._keys(namespace)
        self._form.end(keys)
        self._server.at_key(keys.stem, "UNLINK", *keys.index)

    def _followed(
        self, namespace: Namespace, progress: Callable[[int], None]
    ) -> Census:
        keys, done = self._keys(namespace), 0
        while True:
            state = self._state(keys)
            sequence = _reached(state)
            page = self._feed.changes(namespace, sequence, limit=_PAGE)
            shape = self._shape(namespace, state)
            if state and not self._fits(state, page, shape):
                self.drop(namespace)
                continue
            if not state:
                self._form.begin(keys, shape)
            if page.sequence > sequence or not state:
                self._write(keys, page, since=sequence, shape=shape)
                done += len(page.items)
                progress(done)
                continue
            return self._noted(namespace, state, page, shape)

    def _state(self, keys: Keys) -> dict[str, str]:
        found = self._server.command("HGETALL", keys.index[0])
        return {name.decode(): value.decode() for name, value in found.items()}

    def _shape(self, namespace: Namespace, state: Mapping[str, str]) -> Shape:
        fingerprint = self._feed.embedder(namespace)
        if fingerprint is None:
            return Shape()
        said = state.get("shape", "")
        known = Shape(embedder=fingerprint, dim=int(said.rpartition(" ")[2] or 0))
        if known.dim and said == self._said(known):
            return known
        for _, page in self._feed.vectors(namespace, fingerprint):
            return Shape(embedder=fingerprint, dim=page.shape[1])
        return Shape()

    def _fits(self, state: Mapping[str, str], page: Changes, shape: Shape) -> bool:
        if page.epoch.endswith(_FLOOR):
            return False  # tombstones that the index has not seen are gone
        same_feed = state["epoch"] == _own_epoch(page.epoch)
        return same_feed and state["shape"] == self._said(shape)

    def _said(self, shape: Shape) -> str:
        return f"{_FORMAT} {self._form.options} {shape.embedder or '-'} {shape.dim}"

    def _write(self, keys: Keys, page: Changes, *, since: int, shape: Shape) -> None:
        """Send a page; whether it or another process's goes in does not matter."""
        starts = range(0, max(1, len(page.items)), _PIECE)
        for start in starts:
            some = page.items[start : start + _PIECE]
            # The index moves on with the last piece: a page may be one commit.
            ends = page.sequence if start == starts[-1] else since
            head = [int(since), int(ends), getattr(ends, "floor", 0)]
            head += [_own_epoch(page.epoch), self._said(shape), self._form.kind]
            arguments = [*head, *_speakers(some)]
            for change in some:
                arguments += self._item(change, shape)
            documents = [keys.document(change.id) for change in some]
            told = (*keys.index, *documents)
            if not self._server.run("index_page", told, arguments):
                return  # another process was faster

    def _item(self, change: Change, shape: Shape) -> list[Any]:
        record = change.record
        if record is None:
            return [change.id, ""]
        told = document(record)
        made_by = record.embedding.fingerprint if record.embedding else None
        vector = self._form.vector(record) if made_by == shape.embedder else b""
        fields = self._form.fields(told)
        place = (
            f"{len(told.terms)} {told.tokens} {told.session or '-'} {told.place} "
            f"{told.heir or '-'}"
        )
        when = told.numbers["occurred"]
        return [
            change.id,
            place,
            when,
            vector if shape.dim else b"",
            len(fields),
            *fields,
        ]

    def _noted(
        self,
        namespace: Namespace,
        state: Mapping[str, str],
        page: Changes,
        shape: Shape,
    ) -> Census:
        names = self._server.command("SMEMBERS", self._keys(namespace).index[5])
        census = Census(
            memories=int(state["memories"]),
            terms=int(state["terms"]),
            tokens=int(state["tokens"]),
            speakers=tuple(sorted(name.decode() for name in names)),
            embedder=shape.embedder,
            epoch=page.epoch,
        )
        if len(self._known) >= _KNOWN:
            self._known.clear()
        self._known[namespace] = (int(state["sequence"]), census)
        return census


def _speakers(changes: Sequence[Change]) -> list[Any]:
    records = [change.record for change in changes]
    names = sorted({r.speaker for r in records if r is not None and r.speaker})
    return [len(names), *names]


def _reached(state: Mapping[str, str]) -> int:
    """Return how far an index has come, as whoever made it knew it."""
    sequence, floor = int(state.get("sequence", 0)), int(state.get("floor", 0))
    return Midway.at(sequence, floor=floor) if sequence < floor else sequence


def _own_epoch(epoch: str) -> str:
    """Return the feed's own name: the index goes where its server's history goes."""
    return epoch.partition(_TIMELINE)[0]
