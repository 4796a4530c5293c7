"""What a memory inherits from those it replaced: the words they answered to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retentive.protocols import Frame, Query

__all__ = ["Inherited"]


class Inherited:
    """Score rows by the question's words that stand in what they replaced.

    "I've moved to Bergen" has no word of "Where do I live?"; "I live in Oslo", which
    it has superseded, does. The score is the share of the question's terms, weighted
    by how rare they are, that one superseded or merged predecessor holds: in [0, 1],
    and 0 for what has replaced nothing.
    """

    normalise = False

    def __init__(self, *, name: str = "inherited") -> None:
        """Name the signal.

        Args:
            name: The signal's name.
        """
        self.name = name

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32`` in [0, 1]."""
        return frame.inherited(query.terms)
