"""Who said it, and whom it is about: those whom a question names, or who ask it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from retentive.errors import InvalidInputError
from retentive.protocols import Frame, Query
from retentive.text.tokenise import terms

__all__ = ["Company", "Speaker", "Subject"]

_MAX_SURPRISE = 3.0  # one session in twenty; beyond, other signals would be drowned


class Speaker:
    """Score rows by whether the question names their speaker.

    1 for the only speaker named; of several, ``first`` for the one named first
    and 0 for the others, who are more often spoken of than quoted.
    """

    normalise = False

    def __init__(self, *, first: float = 0.75, name: str = "speaker") -> None:
        """Set the share of the first of several.

        Args:
            first: In [0, 1].
            name: The signal's name.
        """
        if not 0.0 <= first <= 1.0:
            raise InvalidInputError(f"first must be in [0, 1], got {first!r}")
        self.name = name
        self._first = first

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32`` in [0, 1]; 0 if no speaker is named."""
        if not query.names:
            return np.zeros(frame.size, np.float32)
        code = list(frame.speakers).index(query.names[0])
        share = 1.0 if len(query.names) == 1 else self._first
        said = np.asarray(frame.speaker == code, np.float32)
        return said * np.float32(share)


class Company:
    """Score rows by whether those named took part in their session.

    ln(1 / share) for the rows of such sessions, at most 3: where everyone takes
    part in everything it says nothing, in a memory shared by many it says whose
    conversations to look at.
    """

    normalise = False

    def __init__(self, *, name: str = "company") -> None:
        """Name the signal."""
        self.name = name

    def gate(self, query: Query, frame: Frame) -> float:
        """Return 1 where speakers are named, else 0."""
        del frame
        return 1.0 if query.names else 0.0

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32`` in [0, 3]; 0 if no speaker is named."""
        rows, share = frame.company(query.names)
        surprise = min(_MAX_SURPRISE, -math.log(share)) if share > 0.0 else 0.0
        return rows * np.float32(surprise)


class Subject:
    """Score rows by whether they name somebody who speaks in the dialogue asked with.

    Memories in the third person ("Ann won the race") have no speaker, and a dialogue
    asks for nobody by name: what is told of those who speak in it comes first.
    """

    normalise = False

    def __init__(self, *, name: str = "subject") -> None:
        """Name the signal."""
        self.name = name

    def gate(self, query: Query, frame: Frame) -> float:
        """Return 1 for a dialogue, else 0."""
        del frame
        return 1.0 if query.voices else 0.0

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32``, 0 or 1: whether all terms of a name are there."""
        told = np.zeros(frame.size, np.bool_)
        for name in filter(None, map(terms, query.voices)):
            [counts] = frame.term_counts(name).at((0,))
            told |= (counts > 0).all(axis=1)
        return told.astype(np.float32)
