"""Finds out which engines a server has, and makes the best one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from retentive.records import Namespace
from retentive.stores.redis.search.engine import Engine, Unpack
from retentive.stores.redis.search.indexing import Feed
from retentive.stores.redis.search.probing import (
    QUERY_ENGINE,
    VECTOR_SETS,
    Ability,
    probe,
)
from retentive.stores.redis.search.query_engine import Documents, QueryEngine
from retentive.stores.redis.search.vector_sets import Near, VectorSets
from retentive.stores.redis.server import Server
from retentive.stores.redis.spaces import Spaces

__all__ = ["Engines"]

_MANY = 500  # ids that one script is given


class Engines:
    """The engines of a server, tried once."""

    def __init__(
        self,
        server: Server,
        *,
        spaces: Spaces,
        feed: Feed,
        unpack: Unpack,
        prefix: str,
    ) -> None:
        """Try nothing yet; see :class:`~retentive.stores.redis.search.engine.Engine`."""
        self._server, self._spaces, self._prefix = server, spaces, prefix
        self._feed, self._unpack = feed, unpack
        self._abilities: Sequence[Ability] | None = None
        self._made: dict[str, Engine] = {}

    def abilities(self) -> list[Ability]:
        """Return which engines answer, and why others do not."""
        if self._abilities is None:
            self._abilities = probe(self._server, key=f"{self._prefix}:probe")
        return list(self._abilities)

    def best(self) -> Engine | None:
        """Return the engine that can do most; ``None`` if none answers."""
        there = {ability.engine for ability in self.abilities() if ability.there}
        for engine in (QUERY_ENGINE, VECTOR_SETS):
            if engine in there:
                return self.named(engine)
        return None

    def forget(self, namespace: Namespace, ids: Sequence[str]) -> None:
        """Remove what engines hold of records that are gone, before the feed says so."""
        keys = self._spaces.keys(namespace)
        for start in range(0, len(ids), _MANY):
            some = ids[start : start + _MANY]
            documents = [keys.document(id) for id in some]
            self._server.run("unindex", (keys.index[-1], *documents), some)

    def named(self, engine: str) -> Engine:
        """Return an engine, whether the server has it or not."""
        if engine not in self._made:
            make: Any = QueryEngine if engine == QUERY_ENGINE else VectorSets
            server = self._server
            form = Documents(server) if engine == QUERY_ENGINE else Near()
            self._made[engine] = make(
                server, form, spaces=self._spaces, feed=self._feed, unpack=self._unpack
            )
        return self._made[engine]
