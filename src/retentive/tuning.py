"""Joins recall and learning: recalls get ids, feedback on them tunes the weights."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

import numpy as np

from retentive.errors import InvalidInputError
from retentive.learning.citing import cited
from retentive.learning.examples import Example
from retentive.learning.learner import Learner
from retentive.protocols import LearnedWeights, Query, Store
from retentive.recall.features import features
from retentive.recall.filters import Scope
from retentive.recall.pipeline import Recaller
from retentive.recall.ranking import RecallSettings, WeightedScorer
from retentive.records import Hit, Namespace, new_id

__all__ = ["Asked", "Tuner"]

_REMEMBERED = 4_096  # recalls and namespaces, in this process
_ROWS = 100  # best rows of a recall that a judgement speaks of
_READ_AGAIN = 100  # recalls until what another process has learnt is seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A recall, as far as it takes to make it again.

    Attributes:
        text: The question.
        namespaces: Whose memories were asked, the asker's own first.
        scope: What was allowed.
        now: The asker's present.
        session: The session that asked.
        shown: Ids of the hits.
    """

    text: str
    namespaces: tuple[Namespace, ...]
    scope: Scope
    now: datetime
    session: str | None
    shown: tuple[str, ...]


class Tuner:
    """Remembers recalls, learns from feedback on them, and says how to rank.

    A recall costs it one entry in a table; the numbers behind a judgement are made
    when the judgement comes. Safe for many threads.
    """

    def __init__(
        self,
        store: Store,
        recaller: Recaller,
        *,
        settings: RecallSettings,
        shared: bool = True,
    ) -> None:
        """Compose the loop.

        Args:
            store: Where examples and weights lie.
            recaller: Ranks again what is judged.
            settings: The configured ranking, around which weights are learnt.
            shared: Whether namespaces learn from each other.
        """
        self._store = store
        self._recaller = recaller
        self._configured = settings
        self._weights = {
            weighted.scorer.name: float(weighted.weight)
            for weighted in settings.scorers
        }
        self._learner = Learner(store, shared=shared)
        self._asked: OrderedDict[str, Asked] = OrderedDict()
        self._tuned: dict[Namespace, tuple[int, RecallSettings]] = {}
        self._lock = Lock()

    def settings(self, namespace: Namespace) -> RecallSettings:
        """Return how to rank for a namespace: as learnt, else as configured."""
        with self._lock:
            left, settings = self._tuned.get(namespace, (0, self._configured))
            if left > 0:
                self._tuned[namespace] = (left - 1, settings)
                return settings
        return self._tune(namespace, self.learnt(namespace))

    def refresh(self, namespace: Namespace) -> LearnedWeights | None:
        """Rank from now on by what the store holds, whoever learnt it."""
        learnt = self.learnt(namespace)
        self._tune(namespace, learnt)
        return learnt

    def learnt(self, namespace: Namespace) -> LearnedWeights | None:
        """Return what was learnt for a namespace, if anything."""
        return self._learner.learnt(namespace, configured=self._weights)

    def note(
        self,
        query: Query,
        hits: Sequence[Hit],
        *,
        namespaces: tuple[Namespace, ...],
        scope: Scope,
    ) -> str:
        """Remember a recall; return the id by which feedback names it.

        Args:
            query: What was asked.
            hits: What was shown.
            namespaces: Whose memories were asked, the asker's own first.
            scope: What was allowed.
        """
        recall_id = new_id()
        asked = Asked(
            text=query.text,
            namespaces=namespaces,
            scope=scope,
            now=query.now,
            session=query.session,
            shown=tuple(hit.record.id for hit in hits),
        )
        with self._lock:
            self._asked[recall_id] = asked
            if len(self._asked) > _REMEMBERED:
                self._asked.popitem(last=False)
        return recall_id

    def cited(self, recall_id: str, answer: str) -> list[str]:
        """Return the ids of the asker's own memories whose words an answer has.

        Raises:
            InvalidInputError: The recall is unknown, or too long ago.
        """
        asked = self.asked(recall_id)
        shown = self._store.get(asked.namespaces[0], asked.shown)
        places = cited(
            answer, asked=asked.text, memories=[record.content for record in shown]
        )
        return [shown[place].id for place in places]

    def asked(self, recall_id: str) -> Asked:
        """Return a recall.

        Raises:
            InvalidInputError: It is unknown, or too long ago.
        """
        with self._lock:
            found = self._asked.get(recall_id)
        if found is None:
            raise InvalidInputError(
                f"no recall {recall_id!r} is remembered here; take the id of one of "
                f"the last {_REMEMBERED:,} recalls or contexts of this process"
            )
        return found

    def feedback(
        self,
        recall_id: str,
        *,
        helpful: Sequence[str],
        unhelpful: Sequence[str] = (),
        now: datetime,
    ) -> LearnedWeights | None:
        """Learn from a judged recall.

        Args:
            recall_id: Which recall.
            helpful: Ids of memories that helped, shown or not.
            unhelpful: Ids of memories that did not.
            now: The present, UTC.

        Returns:
            What holds now; ``None`` if nothing was ever learnt.

        Raises:
            InvalidInputError: The recall is unknown, or a memory is both.
        """
        both = sorted(set(helpful) & set(unhelpful))
        if both:
            raise InvalidInputError(
                f"the memory {both[0]!r} cannot be helpful and unhelpful at once"
            )
        asked = self.asked(recall_id)
        namespace = asked.namespaces[0]
        example = self._example(recall_id, asked, set(helpful), set(unhelpful))
        if example is None:
            return self.learnt(namespace)
        learnt = self._learner.learn(
            namespace, example, configured=self._weights, now=now
        )
        self._tune(namespace, learnt)
        return learnt

    def _example(
        self, recall_id: str, asked: Asked, helpful: set[str], unhelpful: set[str]
    ) -> Example | None:
        """Return the judged rows; ``None`` if they tell nothing apart."""
        ranking, _ = self._recaller.rank(
            asked.text,
            namespaces=asked.namespaces,
            scope=asked.scope,
            limit=_ROWS,
            now=asked.now,
            session=asked.session,
            settings=self._configured,
        )
        rows = features(
            ranking,
            configured=list(self._weights.values()),
            named={*helpful, *unhelpful, *asked.shown},
            limit=_ROWS,
        )
        helped = np.array([id in helpful for id in rows.ids], np.bool_)
        if not helped.any() or helped.all():
            return None
        return Example(
            recall_id=recall_id, names=rows.names, values=rows.values, helpful=helped
        )

    def _tune(
        self, namespace: Namespace, learnt: LearnedWeights | None
    ) -> RecallSettings:
        settings = self._configured
        if learnt is not None and learnt.used:
            settings = _reweighted(settings, learnt.weights)
        with self._lock:
            if len(self._tuned) >= _REMEMBERED:
                self._tuned.clear()  # read again as they are asked
            self._tuned[namespace] = (_READ_AGAIN, settings)
        return settings


def _reweighted(
    settings: RecallSettings, weights: Mapping[str, float]
) -> RecallSettings:
    scorers = [
        WeightedScorer(one.scorer, weights.get(one.scorer.name, one.weight))
        for one in settings.scorers
    ]
    return replace(settings, scorers=scorers)
