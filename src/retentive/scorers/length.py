"""How long memories are, which decides what their surroundings may add."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retentive.protocols import Frame

__all__ = ["short_memory_gate", "short_memory_gates"]

_SHORT_TOKENS = np.float32(60.0)
_ALIKE = 2.0  # sessions up to so many times longer or shorter are of the usual kind


def short_memory_gates(frame: Frame) -> NDArray[np.float32]:
    """Return ``(n,)``: min(1, 60 / mean tokens per memory), of a row's kind of session.

    A short turn is half a thought: cues are sparse in it, and its neighbours say
    the rest. A long message holds every cue and speaks for itself.

    The mean is that of the namespace. Only a session whose memories are more than
    twice as long, or as short, has its own: a namespace may hold chats and documents.
    """
    usual, own = np.float32(frame.mean_tokens), frame.session_mean_tokens
    apart = (own > _ALIKE * usual) | (own * _ALIKE < usual)
    gates = np.full(frame.size, min(1.0, _SHORT_TOKENS / usual), np.float32)
    if apart.any():
        gates[apart] = np.minimum(np.float32(1.0), _SHORT_TOKENS / own[apart])
    return gates


def short_memory_gate(frame: Frame) -> float:
    """Return the mean of the gates of the frame's rows, 1 where there are none."""
    return float(short_memory_gates(frame).mean()) if frame.size else 1.0
