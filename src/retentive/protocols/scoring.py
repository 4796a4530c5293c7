"""What ranks memories: scorers, rerankers, and weights learnt from feedback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from retentive.protocols.frame import Frame, Query

if TYPE_CHECKING:
    from retentive.protocols.arrays import FloatArray

__all__ = [
    "LearnedWeights",
    "ReadsTokens",
    "Reranker",
    "Rewriter",
    "Scorer",
    "SupportsGate",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedWeights:
    """What feedback taught about the weights of signals.

    Attributes:
        configured: Weights by signal before any feedback.
        weights: Weights by signal that rank now.
        candidate: What was learnt last, used or not.
        used: Whether ``weights`` differ from the configured ones.
        questions: Judged recalls that it rests on.
        reason: What held-out questions said, in a sentence.
    """

    configured: Mapping[str, float]
    weights: Mapping[str, float]
    candidate: Mapping[str, float]
    used: bool
    questions: int
    reason: str


class Scorer(Protocol):
    """One signal about how well each row answers a query.

    Pure: no I/O, no clock, no state between calls. Options go to ``__init__``.
    """

    name: str
    """The signal's name in configuration and explanations."""
    normalise: bool
    """Whether the pipeline turns it into z-scores; false for cues in fixed units."""

    def __call__(self, query: Query, frame: Frame) -> FloatArray:
        """Return ``(n,) float32``, finite, larger is better; 0 where it is silent."""


@runtime_checkable
class ReadsTokens(Protocol):
    """A scorer that reads the vectors of tokens, which are made for it alone."""

    reads_tokens: bool
    """Always true."""


@runtime_checkable
class SupportsGate(Protocol):
    """A scorer that knows when it should count for less."""

    def gate(self, query: Query, frame: Frame) -> float:
        """Return the share of its weight that holds for this query, in [0, 1]."""


class Reranker(Protocol):
    """Orders the best hits anew, by reading their words beside the question."""

    def __call__(self, query: str, texts: Sequence[str]) -> FloatArray:
        """Return ``(len(texts),)``, larger is better; ties keep their order.

        Raises:
            ModelError: It cannot say; the order then stays as it was.
        """


class Rewriter(Protocol):
    """Puts what was said into words to recall by."""

    def __call__(self, text: str, *, now: datetime) -> str:
        """Return the question to recall by.

        Raises:
            ModelError: It cannot say; what was said is then asked as it is.
        """
