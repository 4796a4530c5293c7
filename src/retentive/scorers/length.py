"""How long memories are, which decides what their surroundings may add."""

from __future__ import annotations

from retentive.protocols import Frame

__all__ = ["short_memory_gate"]

_SHORT_TOKENS = 60.0


def short_memory_gate(frame: Frame) -> float:
    """Return min(1, 60 / mean tokens per memory).

    A short turn is half a thought: cues are sparse in it, and its neighbours say
    the rest. A long message holds every cue and speaks for itself.
    """
    return min(1.0, _SHORT_TOKENS / frame.mean_tokens)
