"""Plugins of a user's own, named by module:Class."""

import numpy as np
from numpy.typing import NDArray

from retentive.protocols import Frame, Query


class Shortest:
    """Prefers few words."""

    name = "shortest"
    normalise = True

    def __init__(self, *, power: float = 1.0) -> None:
        self.power = power

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        return -(frame.length.astype(np.float32) ** np.float32(self.power))


class NoScorer:
    """Has neither name nor call."""


def count_letters(text: str) -> int:
    return len(text)
