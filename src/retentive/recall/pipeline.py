"""The read pipeline: question → analysis → ranking → records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from retentive.errors import InvalidInputError
from retentive.index.cache import ReplicaCache
from retentive.index.frame import ColumnFrame
from retentive.index.replica import Replica
from retentive.protocols import Embedder, Store, TokenCounter
from retentive.recall.analyse import analyse
from retentive.recall.context import Context, assemble, not_shown
from retentive.recall.filters import Scope
from retentive.recall.ranking import Ranking, RecallSettings, rank
from retentive.recall.relevance import judge
from retentive.records import Hit, Namespace

__all__ = ["CONTEXT_HITS", "Recaller"]

CONTEXT_HITS = 64
"""Hits of which a context is made: a block holds fewer."""


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
        self.replicas = ReplicaCache(
            store,
            embedder=embedder.fingerprint if embedder else None,
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
        frame = self.replica(namespaces).frame()
        # Without vectors to compare with, the question's own would tell nothing.
        embedder = None if frame.holdings.vectors is None else self._embedder
        query = analyse(text, frame=frame, now=now, embedder=embedder, session=session)
        chosen = settings or self._settings
        ranking = rank(query, frame, settings=chosen, scope=scope, limit=limit)
        return ranking, frame

    def hits(self, ranking: Ranking, limit: int) -> list[Hit]:
        """Read the records of the best rows; one deleted meanwhile is left out."""
        names = ranking.frame.holdings.namespaces
        best = [
            (
                int(place),
                int(ranking.frame.namespace[place]),
                ranking.frame.id_at(place),
            )
            for place in ranking.order[:limit]
        ]
        asked: dict[int, list[str]] = {}
        for _, code, id in best:
            asked.setdefault(code, []).append(id)
        found = {
            (code, record.id): record
            for code, ids in asked.items()
            for record in self._store.get(names[code], ids)
        }
        return [
            Hit(
                found[code, id],
                float(ranking.scores[place]),
                ranking.contributions_at(place),
            )
            for place, code, id in best
            if (code, id) in found
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
        hits = [] if declined else self.hits(ranking, CONTEXT_HITS)
        context = assemble(
            not_shown(hits, shown=shown),
            asked=ranking.query.terms,
            budget=budget,
            counter=counter,
        )
        return replace(context, relevance=relevance, declined=declined)
