"""What an answer looks like: a number for "how many", a place for "where"."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from retentive.errors import InvalidInputError
from retentive.protocols import Frame, Query
from retentive.scorers.length import short_memory_gates
from retentive.text.cues import Cue

__all__ = ["ANSWER_CUES", "AnswerType", "TurnPrior"]

ANSWER_CUES: Mapping[str, Mapping[Cue, float]] = MappingProxyType(
    {
        "when": {Cue.TIME_WORD: 2.0},
        "how_long": {Cue.DURATION: 2.5},
        "how_many": {Cue.NUMBER: 0.75},
        "where": {Cue.LOCATION: 1.25, Cue.CAPITALISED: 1.75},
        "who": {Cue.KIN: 1.25, Cue.CAPITALISED: 1.25},
        "why": {Cue.REASON: 0.5},
        "title": {Cue.QUOTE: 1.5},
    }
)
"""What speaks for a row as the answer to each type of question."""


class AnswerType:
    """Score rows by the cues that an answer to this type of question would show.

    The weights of :data:`ANSWER_CUES` add up; they fade as memories grow longer than
    60 tokens in the mean.
    """

    normalise = False

    def __init__(self, *, name: str = "answer_type") -> None:
        """Name the signal."""
        self.name = name

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32``, at least 0."""
        score = np.zeros(frame.size, np.float32)
        for cue, weight in ANSWER_CUES.get(query.question_type, {}).items():
            score += np.float32(weight) * ((frame.cues & int(cue)) != 0)
        return score * short_memory_gates(frame) if score.any() else score


class TurnPrior:
    """Score rows by how a turn is made: questions tell little, openings much.

    score = -question + first · [opens its session] + first_person · [says "I"]
    + length · ln(1 + terms) - assistant · [said by an assistant]

    The first four fade as memories grow longer than 60 tokens in the mean.

    The assistant's discount is lifted when the question asks what it said.
    """

    normalise = False

    def __init__(
        self,
        *,
        question: float = 0.75,
        first: float = 0.5,
        first_person: float = 0.5,
        length: float = 0.25,
        assistant: float = 2.0,
        name: str = "turn",
    ) -> None:
        """Set what each feature is worth; all at least 0."""
        for value in (question, first, first_person, length, assistant):
            if not 0.0 <= value < float("inf"):
                raise InvalidInputError(
                    f"the weights of a turn's features must be at least 0, got {value!r}"
                )
        self.name = name
        self._question, self._first = question, first
        self._first_person, self._length = first_person, length
        self._assistant = assistant

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32``."""
        cues = frame.cues
        opens = (frame.position == 0) & (frame.session >= 0)
        score = (
            self._first * opens
            - self._question * ((cues & int(Cue.QUESTION)) != 0)
            + self._first_person * ((cues & int(Cue.FIRST_PERSON)) != 0)
            + self._length * np.log1p(frame.length)
        ) * short_memory_gates(frame)
        if not _asks_assistant(query):
            score = score - self._assistant * (frame.role == _assistant_code(frame))
        return np.asarray(score, np.float32)


def _asks_assistant(query: Query) -> bool:
    words = set(query.words)
    said = words & {"said", "say", "tell", "told", "suggest", "suggested", "recommend"}
    said |= words & {"recommended", "advise", "advised", "mention", "mentioned"}
    return ("you" in words and bool(said)) or any(
        phrase in query.text
        for phrase in ("你说", "你告诉", "你推荐", "你建议", "你提")
    )


def _assistant_code(frame: Frame) -> int:
    roles = list(frame.roles)
    return roles.index("assistant") if "assistant" in roles else -2
