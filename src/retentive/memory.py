"""The facade: remember what was said, recall what matters, write it for a prompt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from retentive.errors import (
    EmbeddingError,
    InvalidInputError,
    RecordNotFoundError,
)
from retentive.index.cache import ReplicaCache
from retentive.index.frame import ColumnFrame
from retentive.index.replica import Replica
from retentive.processors.defaults import default_processors
from retentive.processors.inputs import Input, read_input
from retentive.processors.split import drafts_from, unanswered
from retentive.protocols import (
    Batch,
    Commit,
    Delete,
    Draft,
    Embedder,
    Outcome,
    Processor,
    Put,
    Store,
    SupportsMessages,
    TokenCounter,
)
from retentive.recall.analyse import analyse
from retentive.recall.context import Context, assemble
from retentive.recall.defaults import default_settings
from retentive.recall.explain import Explanation, WhyNot, explained, why_not
from retentive.recall.filters import Scope
from retentive.recall.ranking import Ranking, RecallSettings, rank
from retentive.records import (
    Embedding,
    Hit,
    MemoryRecord,
    Message,
    Namespace,
    Status,
    check_namespace,
    to_utc,
    trusted_copy,
)
from retentive.registry import find
from retentive.text.counters import estimate_tokens

__all__ = ["Memory"]

_BATCH = 1_000  # records per commit: large enough to be fast, small enough to wait for
_CALLS_WITHIN = 64  # messages between a call of a tool and its result
_CONTEXT_HITS = 64  # a block holds fewer; the rest is what does not fit


class Memory:
    """Long-term memory of one namespace, over a store that may hold many.

    Safe for many threads. Not one of its methods reads another namespace than
    its own and those that it was told to read as well.
    """

    def __init__(
        self,
        store: Store,
        *,
        namespace: Sequence[str] = ("default",),
        also_read: Sequence[Sequence[str]] = (),
        embedder: Embedder | None = None,
        processors: Sequence[Processor] | None = None,
        recall: RecallSettings | None = None,
        counter: TokenCounter = estimate_tokens,
        budget: int = 1_000,
        cache_bytes: int = 1 << 29,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Compose a memory of its parts; :meth:`open` does it from a path.

        Args:
            store: Where memories live; closed by :meth:`close`.
            namespace: Whose memory this is.
            also_read: Further namespaces that recalls look into.
            embedder: Gives vectors; ``None`` recalls by words alone.
            processors: Steps between what is said and what is stored; ``None``
                for the default ones, ``()`` for none.
            recall: How recalls rank; ``None`` for the default.
            counter: Counts tokens for budgets.
            budget: Tokens of a context where the caller gives none.
            cache_bytes: Most memory for replicas, in bytes.
            clock: Tells the present, UTC.
        """
        self.store = store
        self.namespace: Namespace = check_namespace(namespace)
        self.also_read = tuple(check_namespace(labels) for labels in also_read)
        self.embedder = embedder
        self.counter = counter
        self.budget = budget
        self._processors = default_processors() if processors is None else processors
        self._settings = default_settings() if recall is None else recall
        self._clock = clock
        self._replicas = ReplicaCache(
            store,
            embedder=embedder.fingerprint if embedder else None,
            max_bytes=cache_bytes,
        )

    @classmethod
    def open(
        cls,
        target: str | Path | None = None,
        *,
        namespace: Sequence[str] | None = None,
        embedder: str | Embedder | None = None,
        **options: Any,
    ) -> Self:
        """Open a memory.

        Args:
            target: A SQLite file (made if absent), a ``.yaml`` configuration, a
                URL such as ``redis://…``, or nothing: in process, gone at exit.
            namespace: Whose memory; ``("default",)`` if omitted.
            embedder: A plugin's name (``"minilm"``), an embedder, or ``None``.
            options: Further arguments of :class:`Memory`.

        Raises:
            ConfigError: The configuration is wrong.
            StoreError: The store cannot be opened.
            PluginError: The name or the URL's scheme is unknown.
        """
        given = dict(options)
        if namespace is not None:
            given["namespace"] = check_namespace(namespace)
        if embedder is not None:
            given["embedder"] = _embedder(embedder)
        if target is not None and str(target).endswith((".yaml", ".yml")):
            memory: Self = find("openers", "yaml")(Path(target), **given)
            return memory
        return cls(_open_store(target), **given)

    def within(self, *labels: str) -> Memory:
        """Return the memory of another namespace over the same store and cache."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other.namespace = check_namespace(labels)
        return other

    # --- writing ---------------------------------------------------------------

    def remember(
        self,
        items: Input | Iterable[Input],
        *,
        session: str | None = None,
        at: datetime | None = None,
    ) -> list[str]:
        """Store what was said.

        Messages also go into their session's transcript, word for word. The same
        fact again is no new record: its support grows.

        Args:
            items: Text, messages, OpenAI-style mappings, records, or many of them.
            session: Session of what brings none of its own.
            at: When it happened, for what brings no time of its own.

        Returns:
            Ids of the records that now hold the content, in order. What a
            processor left out has none.

        Raises:
            InvalidInputError: An item cannot be stored; nothing after the last
                full batch of 1,000 was.
            StoreError: The store refused.
        """
        now = self._now()
        when = now if at is None else to_utc(at, name="at")
        ids: list[str] = []
        for chunk in _chunks(_as_items(items)):
            read = [
                read_input(item, namespace=self.namespace, session=session, at=when)
                for item in chunk
            ]
            ids.extend(
                outcome.id
                for outcome in self._keep(read, now)
                if outcome.action != "barred"
            )
        return ids

    def forget(self, ids: Sequence[str]) -> list[str]:
        """Delete records for good, leaving tombstones.

        Returns:
            The ids that were there.
        """
        if isinstance(ids, str):
            raise InvalidInputError(f"ids must be a list, got the string {ids!r}")
        commit = self.store.apply(
            Batch(
                namespace=self.namespace,
                deletes=[Delete(id=id, bar=True) for id in ids],
            )
        )
        return [item.id for item in commit.deletes if item.action == "deleted"]

    def used(self, ids: Sequence[str]) -> None:
        """Say which memories an answer relied on; feeds the signal of use.

        Say it of what the answer cited, not of all that was shown to the model.
        """
        now = self._now()
        self.store.touch(self.namespace, ids, now)
        self._replica().count_use(ids, at=now.timestamp())

    # --- reading ---------------------------------------------------------------

    def recall(
        self,
        query: str,
        *,
        limit: int = 10,
        now: datetime | None = None,
        session: str | None = None,
        scope: Scope | None = None,
        **conditions: Any,
    ) -> list[Hit]:
        """Find the memories that matter for a question, best first.

        Args:
            query: A question or any text, in any language.
            limit: Most hits.
            now: The asker's present; the clock's if omitted.
            session: The session that asks.
            scope: What may be returned.
            conditions: The scope's fields, instead of it: ``where``, ``kinds``,
                ``origins``, ``sessions``, ``since``, ``until``, ``as_of``.
        """
        _check_limit(limit)
        ranking, _ = self._rank(query, limit, now, session, scope, conditions)
        return self._hydrate(ranking, limit)

    def context(
        self,
        query: str,
        *,
        budget: int | None = None,
        now: datetime | None = None,
        session: str | None = None,
        scope: Scope | None = None,
        **conditions: Any,
    ) -> Context:
        """Write what matters for a question into a quoted block within a budget.

        Args:
            query: A question or any text.
            budget: Most tokens, by the memory's counter.
            now: The asker's present; the clock's if omitted.
            session: The session that asks.
            scope: What may be returned.
            conditions: As for :meth:`recall`.
        """
        budget = self.budget if budget is None else budget
        ranking, _ = self._rank(query, _CONTEXT_HITS, now, session, scope, conditions)
        return assemble(
            self._hydrate(ranking, _CONTEXT_HITS),
            asked=ranking.query.terms,
            budget=budget,
            counter=self.counter,
        )

    def explain(
        self,
        query: str,
        *,
        limit: int = 10,
        now: datetime | None = None,
        session: str | None = None,
        scope: Scope | None = None,
        **conditions: Any,
    ) -> Explanation:
        """Recall, and say how the question was read and each hit scored."""
        _check_limit(limit)
        ranking, _ = self._rank(query, limit, now, session, scope, conditions)
        return explained(ranking, self._hydrate(ranking, limit))

    def why_not(
        self,
        id: str,
        query: str,
        *,
        limit: int = 10,
        now: datetime | None = None,
        session: str | None = None,
        scope: Scope | None = None,
        **conditions: Any,
    ) -> WhyNot:
        """Say why a recall of this question does not return this memory."""
        _check_limit(limit)
        ranking, whole = self._rank(query, limit, now, session, scope, conditions)
        row = self._replica().row(id)
        return why_not(id, row, ranking, whole=whole, limit=limit)

    def get(self, id: str) -> MemoryRecord:
        """Return one record.

        Raises:
            RecordNotFoundError: No record of this id is in the namespace.
        """
        found = self.store.get(self.namespace, [id])
        if not found:
            raise RecordNotFoundError(
                f"no record {id!r} in namespace {self.namespace!r}; ids come from "
                "remember() and recall()"
            )
        return found[0]

    def records(self) -> Iterator[MemoryRecord]:
        """Yield every record of the namespace by id, whatever its status."""
        after: str | None = None
        while page := self.store.scan(self.namespace, after=after):
            yield from page
            after = page[-1].id

    def messages(self, session: str, *, last: int | None = None) -> list[Message]:
        """Return a session's transcript in order, or only its last messages."""
        return self.store.messages(self.namespace, session, last=last)

    def count(self) -> Mapping[Status, int]:
        """Return how many records there are of each status."""
        return self.store.count(self.namespace)

    def frame(self) -> ColumnFrame:
        """Return the memories as columns, caught up with the store."""
        return self._replica().frame()

    # --- life ------------------------------------------------------------------

    def close(self) -> None:
        """Save snapshots and close the store."""
        self._replicas.save()
        self._replicas.forget()
        self.store.close()
        close = getattr(self.embedder, "close", None)
        if close is not None:
            close()

    def __enter__(self) -> Self:
        """Return itself; leaving the block closes it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close; an error while closing does not hide the block's own."""
        if error is None:
            self.close()
            return
        with suppress(Exception):
            self.close()

    # --- steps -----------------------------------------------------------------

    def _now(self) -> datetime:
        return to_utc(self._clock(), name="the clock's time")

    def _replica(self) -> Replica:
        return self._replicas.replica((self.namespace, *self.also_read))

    def _keep(
        self, read: Sequence[Message | MemoryRecord], now: datetime
    ) -> Sequence[Outcome]:
        """Take one batch from what was said to a commit."""
        messages = [item for item in read if isinstance(item, Message)]
        records = [item for item in read if isinstance(item, MemoryRecord)]
        for processor in self._processors:
            if isinstance(processor, SupportsMessages):
                messages = [processor.message(message) for message in messages]
        drafts = drafts_from(
            messages,
            namespace=self.namespace,
            recorded_at=now,
            earlier=self._before(messages),
        )
        drafts += [Draft(record=record) for record in records]
        for processor in self._processors:
            drafts = processor(drafts)
        return self._apply(self._embedded(drafts), messages).puts

    def _before(self, messages: Sequence[Message]) -> list[Message]:
        """Return the ends of transcripts in which a result's call may stand."""
        return [
            message
            for session in unanswered(messages)
            for message in self.messages(session, last=_CALLS_WITHIN)
        ]

    def _embedded(self, drafts: Sequence[Draft]) -> list[MemoryRecord]:
        records = [draft.record for draft in drafts]
        if self.embedder is None:
            return records
        bare = [i for i, record in enumerate(records) if record.embedding is None]
        vectors = self.embedder.embed([records[i].content for i in bare])
        fingerprint = self.embedder.fingerprint
        if vectors.shape != (len(bare), self.embedder.dim):
            raise EmbeddingError(
                f"embedder {fingerprint!r} gave vectors of shape {vectors.shape} for "
                f"{len(bare)} texts, not {(len(bare), self.embedder.dim)}; nothing was "
                "stored"
            )
        for i, vector in zip(bare, vectors, strict=True):
            embedding = Embedding(vector=vector, fingerprint=fingerprint)
            records[i] = trusted_copy(records[i], embedding=embedding)
        return records

    def _apply(
        self, records: Sequence[MemoryRecord], messages: Sequence[Message]
    ) -> Commit:
        return self.store.apply(
            Batch(
                namespace=self.namespace,
                puts=[Put(record=record) for record in records],
                messages=messages,
            )
        )

    def _rank(
        self,
        text: str,
        limit: int,
        now: datetime | None,
        session: str | None,
        scope: Scope | None,
        conditions: Mapping[str, Any],
    ) -> tuple[Ranking, ColumnFrame]:
        if not isinstance(text, str):
            raise InvalidInputError(f"a query must be text, got {text!r}")
        present = self._now() if now is None else to_utc(now, name="now")
        frame = self._replica().frame()
        query = analyse(
            text, frame=frame, now=present, embedder=self.embedder, session=session
        )
        ranking = rank(
            query,
            frame,
            settings=self._settings,
            scope=_scope(scope, conditions),
            limit=limit,
        )
        return ranking, frame

    def _hydrate(self, ranking: Ranking, limit: int) -> list[Hit]:
        """Read the records of the best rows; one deleted meanwhile is left out."""
        best = ranking.order[:limit]
        by_namespace: dict[int, list[str]] = {}
        for place in best:
            code = int(ranking.frame.namespace[place])
            by_namespace.setdefault(code, []).append(ranking.frame.id_at(place))
        found = {
            (code, record.id): record
            for code, ids in by_namespace.items()
            for record in self.store.get(ranking.frame.holdings.namespaces[code], ids)
        }
        hits = []
        for place in best:
            key = (int(ranking.frame.namespace[place]), ranking.frame.id_at(place))
            if key in found:
                contributions = ranking.contributions_at(int(place))
                score = float(ranking.scores[place])
                hits.append(Hit(found[key], score, contributions))
        return hits


def _open_store(target: str | Path | None) -> Store:
    """Open the store that a target names."""
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


def _embedder(embedder: str | Embedder) -> Embedder | None:
    if not isinstance(embedder, str):
        return embedder
    if embedder == "none":
        return None
    from retentive.embedders.cached import CachedEmbedder

    return CachedEmbedder(find("embedders", embedder)())


def _scope(scope: Scope | None, conditions: Mapping[str, Any]) -> Scope:
    if not conditions:
        return scope or Scope()
    if scope is not None:
        raise InvalidInputError(
            f"give either a scope or {sorted(conditions)}, not both"
        )
    try:
        return Scope(**conditions)
    except TypeError as exc:
        known = ", ".join(Scope.__dataclass_fields__)
        raise InvalidInputError(
            f"a recall knows the conditions {known}; got {sorted(conditions)}"
        ) from exc


def _check_limit(limit: int) -> None:
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise InvalidInputError(f"limit must be a whole number above 0, got {limit!r}")


def _as_items(items: Input | Iterable[Input]) -> Iterable[Input]:
    if isinstance(items, Iterable) and not isinstance(items, str | Mapping):
        return items
    return [items]


def _chunks(items: Iterable[Input]) -> Iterator[list[Input]]:
    remaining = iter(items)
    while chunk := list(islice(remaining, _BATCH)):
        yield chunk
