"""What a question asks for in general words, and a memory tells in particular ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retentive.protocols import Frame, Query
from retentive.scorers.length import short_memory_gates
from retentive.text.topics import topics_asked

__all__ = ["Topics"]


class Topics:
    """Score rows by the share of the asked kinds of things that they tell of.

    "Which pets does she have?" asks for one kind, and "the puppy is asleep" tells
    of it. The kinds are those of :data:`retentive.text.topics.TOPICS`. The share fades
    as memories grow longer than 60 tokens in the mean.
    """

    normalise = False

    def __init__(self, *, name: str = "topics") -> None:
        """Name the signal."""
        self.name = name

    def gate(self, query: Query, frame: Frame) -> float:
        """Return 1 if a kind of thing is asked for, else 0."""
        del frame
        return 1.0 if topics_asked(query.terms) else 0.0

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32`` in [0, 1]."""
        asked = topics_asked(query.terms)
        if not asked:
            return np.zeros(frame.size, np.float32)
        told = np.bitwise_count(frame.topics & np.uint64(asked))
        share = np.asarray(told / asked.bit_count(), np.float32)
        return share * short_memory_gates(frame)
