"""The store over a Redis or Valkey server, a set behind Sentinels, or a Cluster."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from retentive.errors import ConfigError
from retentive.protocols import (
    Batch,
    Changes,
    Commit,
    Lease,
    SearchEngine,
    VectorPut,
)
from retentive.records import MemoryRecord, Message, Namespace, Status
from retentive.stores.codec import STATUSES, to_micros
from retentive.stores.redis.address import options_of, parse_url
from retentive.stores.redis.commit import Commits
from retentive.stores.redis.diagnosis import Diagnosis, diagnose
from retentive.stores.redis.feed import Feed, unpack_changes
from retentive.stores.redis.leases import Leases
from retentive.stores.redis.news import News
from retentive.stores.redis.recency import Recency
from retentive.stores.redis.rewriting import rewrite
from retentive.stores.redis.rows import unpack_message, unpack_records
from retentive.stores.redis.search.engines import Engines
from retentive.stores.redis.server import Server
from retentive.stores.redis.spaces import Spaces
from retentive.stores.redis.upkeep import DAY_S, Upkeep, UpkeepSettings
from retentive.stores.redis.vectors import KeptVectors
from retentive.stores.transcripts import check_one_end

__all__ = ["RedisStore"]

_PAGE = 2_000  # rows that one script reads: the server does nothing else meanwhile
_MANY = 500  # ids that one script is given


class RedisStore:
    """Keeps memories on a server; see :class:`retentive.protocols.Store`.

    Redis 7.0 or newer, or Valkey; no module is needed. Safe for many threads and
    many processes on many machines. What survives the death of the server is what
    its persistence and its replicas keep.
    """

    def __init__(
        self,
        server: Server,
        *,
        prefix: str = "retentive",
        snapshots: str | Path | None = None,
        staleness_s: float = 0.0,
        upkeep: UpkeepSettings | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        """Wrap a server; use :meth:`open`."""
        if not 0.0 <= staleness_s < float("inf"):
            raise ConfigError(
                f"staleness_s must be seconds, 0 or more, got {staleness_s!r}"
            )
        self._recency = Recency(staleness_s)
        self._snapshots = None if snapshots is None else Path(snapshots)
        self._prefix = prefix
        self._server = server
        self._spaces = Spaces(server, prefix=prefix)
        self._leases = Leases(server, prefix=prefix, clock=clock)
        self._commits = Commits(server, self._spaces, self._leases)
        self.engines = Engines(
            server, spaces=self._spaces, feed=self, unpack=unpack_changes, prefix=prefix
        )
        self._feed = Feed(self._spaces)
        self._vectors = KeptVectors(self._spaces)
        self._upkeep = Upkeep(
            self, self._spaces, upkeep or UpkeepSettings(), now=self._leases.now
        )

    @classmethod
    def open(
        cls,
        url: str,
        *,
        prefix: str = "retentive",
        replicas: int = 0,
        timeout_s: float = 5.0,
        patience_s: float = 5.0,
        snapshots: str | Path | None = None,
        staleness_s: float = 0.0,
        upkeep_s: float = 3_600.0,
        tombstones_s: float = 30 * DAY_S,
        sweep: bool = False,
        eager: bool = True,
        ssl: Mapping[str, str] | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> Self:
        """Open a store.

        Args:
            url: ``redis://``, ``rediss://``, ``redis+sentinel://`` or
                ``redis+cluster://``. Behind its question mark may stand
                ``prefix``, ``replicas``, ``timeout_s``, ``patience_s``, ``snapshots``,
                ``staleness_s``, ``upkeep_s``, ``tombstones_s``, ``sweep`` and redis-py's
                options that begin with ``ssl_``.
            prefix: What the names of all keys begin with.
            replicas: How many replicas must confirm a write before it counts.
            timeout_s: Seconds to wait for an answer.
            patience_s: Seconds for which a lost connection, a failover or a
                starting server is waited for.
            snapshots: A folder on this machine for derived files, vectors included and
                without texts, from which a cold process starts faster; ``None``: none.
            staleness_s: Seconds for which a recall may go by the last answer of the
                server that nothing is new; what this store wrote, it always reads.
            upkeep_s: Seconds after which a namespace's next write tends to it; 0: none.
            tombstones_s: Seconds for which the feed tells of a delete. A replica that
                was away for longer reads everything anew.
            sweep: Whether upkeep deletes what has expired.
            eager: Whether to reach the server at once, or at the first use.
            ssl: redis-py's options that begin with ``ssl_``, such as
                ``ssl_ca_certs``; they need ``rediss://``.
            clock: Tells when leases end; by default the server does.

        Raises:
            ConfigError: The URL or an option is wrong.
            StoreConnectionError: The server cannot be reached.
            MissingExtraError: redis-py is not installed.
        """
        address = parse_url(url)
        given = options_of(address)
        server = Server(
            address,
            timeout_s=given.get("timeout_s", timeout_s),
            patience_s=given.get("patience_s", patience_s),
            replicas=given.get("replicas", replicas),
            tls={**(ssl or {}), **given["ssl"]},
        )
        if eager:
            server.check()
        return cls(
            server,
            prefix=given.get("prefix", prefix),
            snapshots=given.get("snapshots", snapshots),
            staleness_s=given.get("staleness_s", staleness_s),
            upkeep=UpkeepSettings(
                every_s=given.get("upkeep_s", upkeep_s),
                tombstones_s=given.get("tombstones_s", tombstones_s),
                sweep=given.get("sweep", sweep),
            ),
            clock=clock,
        )

    def apply(self, batch: Batch) -> Commit:
        """Apply a batch atomically; see :meth:`Store.apply`."""
        try:
            commit = self._commits.apply(batch)
        finally:
            self._recency.forget((batch.namespace,))
        if batch.deletes:
            self.engines.forget(batch.namespace, [item.id for item in batch.deletes])
        self._upkeep.after_write(batch.namespace)
        return commit

    def get(self, namespace: Namespace, ids: Sequence[str]) -> list[MemoryRecord]:
        """Return records by id; see :meth:`Store.get`."""
        found: dict[str, MemoryRecord] = {}
        for start in range(0, len(ids), _MANY):
            rows = self._run("get", namespace, ids[start : start + _MANY])
            found |= {record.id: record for record in unpack_records(namespace, rows)}
        return [found[id] for id in ids if id in found]

    def find(self, namespace: Namespace, key: str) -> MemoryRecord | None:
        """Return the record with a caller's key."""
        found = unpack_records(namespace, self._run("find", namespace, [key]))
        return found[0] if found else None

    def scan(
        self,
        namespace: Namespace,
        *,
        after: str | None = None,
        limit: int = 1_000,
        vectors: bool = False,
    ) -> list[MemoryRecord]:
        """Return a page of records; see :meth:`Store.scan`."""
        found: list[MemoryRecord] = []
        while len(found) < limit:
            size = min(_PAGE, limit - len(found))
            first = "-" if after is None else f"({after}"
            page = self._run("page", namespace, [first, size, int(vectors)])
            records = unpack_records(namespace, page[1], embedder=page[0])
            found += records
            if len(records) < size:
                break
            after = records[-1].id
        return found

    def changes(
        self, namespace: Namespace, since: int, *, limit: int = 10_000
    ) -> Changes:
        """Return what changed after a sequence; see :meth:`Store.changes`."""
        known = self._recency.unchanged(namespace, since)
        if known is not None:
            return known
        asked = self._recency.before_asking()
        page = self._feed.after(namespace, since, limit=limit)
        self._recency.note(namespace, page, asked=asked)
        return page

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
        """Return a transcript; see :meth:`Store.messages`."""
        check_one_end(first=first, last=last)
        keys = self._spaces.keys(namespace).transcript(session)
        most = first if last is None else last
        limit = -1 if most is None else max(0, most)
        arguments = [after or "", before or "", limit, int(last is not None)]
        flat = self._server.read("transcript", keys, arguments)
        return [
            unpack_message(session, id, body)
            for id, body in zip(flat[::2], flat[1::2], strict=True)
        ]

    def count_messages(self, namespace: Namespace, session: str) -> int:
        """Return how many messages a transcript has."""
        order, _ = self._spaces.keys(namespace).transcript(session)
        return int(self._server.command("ZCARD", order))

    def sessions(self, namespace: Namespace) -> list[str]:
        """Return the sessions with a transcript, oldest first."""
        key = self._spaces.keys(namespace).part("sessions")
        names = self._server.command("ZRANGE", key, 0, -1)
        return [name.decode() for name in names]

    def namespaces(self, prefix: Sequence[str] = ()) -> list[Namespace]:
        """Return the namespaces under a prefix, sorted."""
        return self._spaces.under(prefix)

    def count(self, namespace: Namespace) -> Mapping[Status, int]:
        """Return how many records there are of each status."""
        names = [status.value for status in STATUSES]
        numbers = self._run("count", namespace, names)
        pairs = zip(STATUSES, numbers, strict=True)
        return {status: int(n) for status, n in pairs if n and int(n)}

    def touch(self, namespace: Namespace, ids: Sequence[str], at: datetime) -> None:
        """Count a use of each record, outside the feed."""
        for start in range(0, len(ids), _MANY):
            arguments = [to_micros(at), *ids[start : start + _MANY]]
            self._run("touch", namespace, arguments, how="run")

    def lease(self, name: str, *, ttl_s: float) -> AbstractContextManager[Lease | None]:
        """Claim a name; see :meth:`Store.lease`."""
        return self._leases.hold(name, ttl_s)

    def embedder(self, namespace: Namespace) -> str | None:
        """Return the fingerprint of the namespace's vectors."""
        return self._vectors.embedder(namespace)

    def lacking(
        self, namespace: Namespace, fingerprint: str, *, limit: int
    ) -> list[MemoryRecord]:
        """Return records without a vector of an embedder, by ascending id."""
        return self._vectors.lacking(namespace, fingerprint, limit=limit)

    def add_vectors(
        self, namespace: Namespace, fingerprint: str, vectors: Sequence[VectorPut]
    ) -> None:
        """Keep another embedder's vectors aside."""
        self._vectors.add(namespace, fingerprint, vectors)

    def switch_embedder(self, namespace: Namespace, fingerprint: str | None) -> None:
        """Make other vectors the namespace's; see :class:`SupportsReembedding`."""
        try:
            self._vectors.switch(namespace, fingerprint)
        finally:
            self._recency.forget((namespace,))

    def vectors(
        self, namespace: Namespace, fingerprint: str
    ) -> Iterator[tuple[list[str], NDArray[np.float32]]]:
        """Yield pages of ids and vectors; see :class:`SupportsVectorScan`."""
        return self._vectors.pages(namespace, fingerprint)

    def vectors_are_far(self) -> bool:
        """Return true: snapshots hold them, too."""
        return True

    def search_engine(self) -> SearchEngine | None:
        """Return the server's own engine, the query engine before vector sets.

        It is tried at the first call; ``None`` where no engine answers.
        """
        return self.engines.best()

    def snapshot_path(self, namespace: Namespace) -> Path | None:
        """Return where this namespace's replica may be saved."""
        if self._snapshots is None:
            return None
        named = json.dumps([str(self._server.address), self._prefix, *namespace])
        digest = blake2b(named.encode(), digest_size=12).hexdigest()
        return self._snapshots / f"{digest}.snapshot"

    def sweep(self, namespace: Namespace, now: datetime, *, limit: int = 1_000) -> int:
        """Delete records whose time is over, with tombstones; return how many.

        What is pinned stays, and so does what somebody changes at this moment.

        Args:
            namespace: Whose.
            now: The present, UTC.
            limit: Most records to look at.
        """
        return self._upkeep.sweep(namespace, now, limit=limit)

    def prune(self, namespace: Namespace, before: int) -> None:
        """Forget the tombstones of deletes up to a version of the namespace.

        A replica that has not come so far reads everything anew.
        """
        self._upkeep.prune(namespace, before)

    def tend(self, namespace: Namespace) -> bool:
        """Do the upkeep of a namespace if it is time; return whether it was.

        The next write after that time does it, too, unless ``upkeep_s`` is 0.
        """
        return self._upkeep.tend(namespace)

    @contextmanager
    def listen(
        self, namespaces: Sequence[Namespace]
    ) -> Iterator[Callable[[float], bool]]:
        """Be told of commits; see :class:`retentive.protocols.SupportsNotify`."""
        news = News(self._server, [self._spaces.keys(name) for name in namespaces])

        def told(timeout_s: float) -> bool:
            heard = news.told(timeout_s)
            if heard:
                self._recency.forget(namespaces)
            return heard

        try:
            yield told
        finally:
            news.close()

    def compact(self) -> bool:
        """Have the servers write their files anew; see :class:`SupportsCompaction`.

        Returns:
            False where the user may not ask for it (``BGREWRITEAOF``, ``BGSAVE``,
            ``CONFIG GET``), or where it takes longer than a minute. Files of
            replicas are not waited for.
        """
        return rewrite(self._server)

    def client(self) -> Any:
        """Return the client of redis-py, for what this class does not do."""
        return self._server.client()

    def diagnose(self) -> Iterator[Diagnosis]:
        """Yield what could be wrong with the server, a finding per check."""
        return diagnose(self._server)

    def close(self) -> None:
        """Close all connections; closing twice is no error."""
        self._server.close()

    def _run(
        self,
        name: str,
        namespace: Namespace,
        arguments: Sequence[Any],
        *,
        how: Literal["read", "run", "write"] = "read",
    ) -> Any:
        return self._spaces.run(name, namespace, arguments, how=how)
