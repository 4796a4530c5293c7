"""The read pipeline: question → analysis → ranking → records."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from retentive.errors import InvalidInputError, ModelError, PluginError
from retentive.index.cache import ReplicaCache
from retentive.index.frame import ColumnFrame
from retentive.index.replica import Replica
from retentive.protocols import (
    Embedder,
    Query,
    Store,
    SupportsTokenVectors,
    TokenCounter,
)
from retentive.recall.analyse import KnowsSpeakers, analyse
from retentive.recall.context import Context, Surroundings, assemble, not_shown
from retentive.recall.filters import Scope
from retentive.recall.packing import EXCERPT_TOKENS
from retentive.recall.passages import Key, key_of
from retentive.recall.ranking import Ranking, RecallSettings, rank
from retentive.recall.relevance import judge
from retentive.recall.searching import Searcher, Whole
from retentive.records import Hit, MemoryRecord, Namespace

__all__ = ["CONTEXT_HITS", "Recaller"]

CONTEXT_HITS = 64
"""Most hits of which a context is made: a block holds fewer."""

_log = logging.getLogger(__name__)
_ANSWERED = 10  # best hits whose replies come along, if they ask
_PER_MEMORY = 4  # tokens at least, beside its words
_ROOM = 0.25  # of a budget: so much left is worth a look further down


class Recaller:
    """Ranks the memories of some namespaces for a question; safe for many threads."""

    def __init__(
        self,
        store: Store,
        *,
        settings: RecallSettings,
        embedder: Embedder | None = None,
        cache_bytes: int = 1 << 29,
    ) -> None:
        """Compose the pipeline.

        Args:
            store: The truth that replicas follow.
            settings: How to rank.
            embedder: Makes the vectors of questions; ``None``: none.
            cache_bytes: Most memory for replicas, in bytes.
        """
        self._tokens = (
            embedder
            if settings.reads_tokens and isinstance(embedder, SupportsTokenVectors)
            else None
        )
        self.replicas = ReplicaCache(
            store,
            embedder=embedder.fingerprint if embedder else None,
            tokens=self._tokens,
            max_bytes=cache_bytes,
        )
        self.searcher = Searcher(
            store,
            embedder=embedder.fingerprint if embedder else None,
            tokens=self._tokens,
            max_bytes=cache_bytes,
        )
        self._store = store
        self._settings = settings
        self._embedder = embedder

    def replica(self, namespaces: Sequence[Namespace]) -> Replica:
        """Return the replica that spans these namespaces."""
        return self.replicas.replica(namespaces)

    def rank(
        self,
        text: str,
        *,
        namespaces: Sequence[Namespace],
        scope: Scope,
        limit: int,
        now: datetime,
        session: str | None = None,
        settings: RecallSettings | None = None,
    ) -> tuple[Ranking, ColumnFrame]:
        """Rank what the namespaces hold for a question.

        Args:
            text: The question.
            namespaces: Whose memories.
            scope: What may be returned.
            limit: How many rows diversity has to care for.
            now: The asker's present, UTC.
            session: The session that asks.
            settings: How to rank, if not as configured: the same scorers, weighed
                otherwise.

        Returns:
            The ranking of the candidates, and the whole frame they come from.
        """
        if not isinstance(text, str):
            raise InvalidInputError(f"a query must be text, got {text!r}")
        chosen = settings or self._settings
        whole = self._whole(namespaces, chosen)
        text = self._rewritten(text, now)
        among = None
        if whole is None:
            frame = self.replica(namespaces).frame()
            has_vectors = frame.holdings.vectors is not None
            query = self._analysed(text, frame, now, session, vectors=has_vectors)
        else:
            query, frame, among = self._searched(
                text, whole, scope=scope, limit=limit, now=now, session=session
            )
        ranking = rank(
            query, frame, settings=chosen, scope=scope, limit=limit, among=among
        )
        return self._reranked(ranking), frame

    def hits(self, ranking: Ranking, limit: int) -> list[Hit]:
        """Read the records of the best rows; one deleted meanwhile is left out."""
        best = ranking.order[:limit]
        found = self._records(ranking.frame, ranking.frame.rows[best])
        scores = ranking.scores[best].tolist()
        added = ranking.contributions_at(best.tolist())
        return [
            Hit(record, score, signals)
            for record, score, signals in zip(found, scores, added, strict=True)
            if record is not None
        ]

    def context(
        self,
        ranking: Ranking,
        *,
        budget: int,
        counter: TokenCounter,
        shown: Sequence[str] = (),
    ) -> Context:
        """Write the best of a ranking into a block; see :func:`assemble`.

        Nothing is read or written where anything relevant is too unlikely.

        Args:
            ranking: Of at least :data:`CONTEXT_HITS`.
            budget: Most tokens.
            counter: Counts them.
            shown: Texts that the prompt holds already.
        """
        relevance = judge(ranking)
        declined = relevance.below(self._settings.decline_below)
        depth = 0 if declined else _depth(ranking, budget=budget)
        context = self._written(
            ranking, depth, budget=budget, counter=counter, shown=shown
        )
        more = 0 < depth < min(CONTEXT_HITS, len(ranking.order))
        if more and context.tokens < (1 - _ROOM) * budget:
            # Copies, or what the prompt holds already, were among them.
            context = self._written(
                ranking, CONTEXT_HITS, budget=budget, counter=counter, shown=shown
            )
        return replace(context, relevance=relevance, declined=declined)

    def _written(
        self,
        ranking: Ranking,
        depth: int,
        *,
        budget: int,
        counter: TokenCounter,
        shown: Sequence[str],
    ) -> Context:
        """Write as many of the best rows as fit, of so many."""
        hits = self.hits(ranking, depth)
        return assemble(
            not_shown(hits, shown=shown),
            asked=ranking.query.terms,
            budget=budget,
            counter=counter,
            surroundings=self._surroundings(ranking, hits, shown=shown),
        )

    def hold(self, id: str, *, namespaces: Sequence[Namespace]) -> None:
        """Let the next frame of these namespaces hold a record, found or not."""
        whole = self._whole(namespaces, self._settings)
        if whole is not None:
            self.searcher.hold(whole, id)

    def forget(self) -> None:
        """Drop all that this process holds of memories, without saving it."""
        self.replicas.forget()
        self.searcher.forget()

    def count_use(
        self, ids: Sequence[str], *, namespaces: Sequence[Namespace], at: datetime
    ) -> None:
        """Count uses of records in what this process holds of them."""
        replica = self.replicas.held(namespaces)
        if replica is not None:  # one that is made later reads the counts
            replica.count_use(ids, at=at.timestamp())
        self.searcher.count_use(ids, at=at)

    def _whole(
        self, namespaces: Sequence[Namespace], settings: RecallSettings
    ) -> Whole | None:
        """Return what an engine knows, if one is to find candidates."""
        engine = self.searcher.engine(
            namespaces, mode=settings.engine, above=settings.engine_above
        )
        return None if engine is None else self.searcher.whole(engine, namespaces)

    def _searched(
        self,
        text: str,
        whole: Whole,
        *,
        scope: Scope,
        limit: int,
        now: datetime,
        session: str | None,
    ) -> tuple[Query, ColumnFrame, NDArray[np.bool_]]:
        """Return the question, and a frame with the candidates of an engine."""
        query = self._analysed(text, whole, now, session, vectors=whole.has_vectors)
        frame, among = self.searcher.gather(query, whole, scope=scope, limit=limit)
        names = tuple(name for name in query.names if name in frame.speakers)
        query = replace(query, names=names)
        if frame.holdings.vectors is None:
            query = replace(query, vector=None, last_vector=None, token_vectors=None)
        return query, frame, among

    def _analysed(
        self,
        text: str,
        speakers: KnowsSpeakers,
        now: datetime,
        session: str | None,
        *,
        vectors: bool,
    ) -> Query:
        # Without vectors to compare with, the question's own would tell nothing.
        embedder = self._embedder if vectors else None
        return analyse(
            text,
            frame=speakers,
            now=now,
            embedder=embedder,
            tokens=None if embedder is None else self._tokens,
            session=session,
        )

    def _rewritten(self, text: str, now: datetime) -> str:
        """Return the question to recall by; as it is, if the rewriter fails."""
        if self._settings.rewriter is None or not text.strip():
            return text
        try:
            return self._settings.rewriter(text, now=now)
        except ModelError as exc:
            _log.warning("recalling by the question as it is: %s", exc)
            return text

    def _reranked(self, ranking: Ranking) -> Ranking:
        """Let the reranker order the best rows; as they are, if it fails."""
        best = ranking.order[: self._settings.rerank_depth]
        if self._settings.reranker is None or len(best) < 2:
            return ranking
        records = self._records(ranking.frame, ranking.frame.rows[best])
        texts = ["" if record is None else record.content for record in records]
        try:
            scores = np.asarray(self._settings.reranker(ranking.query.text, texts))
        except ModelError as exc:
            _log.warning("keeping the order of the signals: %s", exc)
            return ranking
        if scores.shape != (len(texts),) or not np.isfinite(scores).all():
            raise PluginError(
                f"a reranker must return ({len(texts)},) finite numbers, got shape "
                f"{scores.shape}"
            )
        moved = best[np.argsort(-scores, kind="stable")]
        order = np.concatenate([moved, ranking.order[len(best) :]])
        return replace(ranking, order=order)

    def _surroundings(
        self, ranking: Ranking, hits: Sequence[Hit], *, shown: Sequence[str]
    ) -> Surroundings:
        """Look up what follows the hits, and the replies to the best that ask."""
        frame = ranking.frame
        rows = frame.rows[ranking.order[: len(hits)]]
        after = _following(frame, rows)
        asking = {key_of(hit.record) for hit in hits[:_ANSWERED] if _asks(hit.record)}
        asked = [
            row
            for row, reply in after.items()
            if _keys(frame, [row])[0] in asking and ranking.allowed[reply]
        ]
        replying = np.array([after[row] for row in asked], np.int32)
        records = self._records(frame, replying)
        replies = {
            key: record
            for key, record in zip(_keys(frame, asked), records, strict=True)
            if record is not None and not_shown([Hit(record, 0.0, {})], shown=shown)
        }
        after |= _following(frame, replying)
        following = zip(
            _keys(frame, list(after)), _keys(frame, list(after.values())), strict=True
        )
        return Surroundings(following=dict(following), replies=replies)

    def _records(
        self, frame: ColumnFrame, rows: NDArray[np.int32]
    ) -> list[MemoryRecord | None]:
        """Read the records of these rows; ``None`` for one deleted meanwhile."""
        wanted = _keys(frame, rows.tolist())
        asked: dict[Namespace, list[str]] = {}
        for namespace, id in wanted:
            asked.setdefault(namespace, []).append(id)
        found = {
            (namespace, record.id): record
            for namespace, ids in asked.items()
            for record in self._store.get(namespace, ids)
        }
        return [found.get(key) for key in wanted]


def _depth(ranking: Ranking, *, budget: int) -> int:
    """Return how many of the best rows may fill a block of so many tokens."""
    best = ranking.order[:CONTEXT_HITS]
    tokens = np.minimum(ranking.frame.tokens[best], EXCERPT_TOKENS) + _PER_MEMORY
    return 1 + int(np.searchsorted(np.cumsum(tokens), budget))


def _following(frame: ColumnFrame, rows: NDArray[np.int32]) -> dict[int, int]:
    """Return these rows and the next ones in their sessions, where there are any."""
    after = frame.take(rows).neighbour(1)
    pairs = zip(rows.tolist(), after.tolist(), strict=True)
    return {row: further for row, further in pairs if further >= 0}


def _keys(frame: ColumnFrame, rows: Sequence[int]) -> list[Key]:
    """Return the namespace and the id of rows of the whole frame."""
    holdings = frame.holdings
    codes = holdings.columns["namespace"][np.array(rows, np.int32)].tolist()
    return [
        (holdings.namespaces[code], holdings.ids[row])
        for code, row in zip(codes, rows, strict=True)
    ]


def _asks(record: MemoryRecord) -> bool:
    return record.content.rstrip().endswith(("?", "？"))
