"""Forgetting curves: how much of a memory is left after a time without it.

All fall from 1 at age 0, and to a half at the half-life of a memory that was told
once and never used. The worked timelines are in the concept page on forgetting.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["CURVES", "Curve", "ebbinghaus", "exponential", "power_law"]

_Floats = NDArray[np.float64]


class Curve(Protocol):
    """Retention in [0, 1] by age, half-life and strength, element by element."""

    def __call__(
        self, age_s: _Floats, *, half_life_s: _Floats, strength: _Floats
    ) -> _Floats:
        """Return what is left.

        Args:
            age_s: Seconds since it was last told or used; below 0 counts as 0.
            half_life_s: Seconds, above 0; infinite for what never fades.
            strength: At least 1; grows with every telling and use.
        """


def exponential(age_s: _Floats, *, half_life_s: _Floats, strength: _Floats) -> _Floats:
    """Return ``0.5 ** (age / half_life)``; strength makes no difference.

    Source: Park et al. 2023, "Generative Agents"; the half-life form is ours.
    """
    del strength
    return np.exp2(-np.maximum(age_s, 0.0) / half_life_s)


def power_law(age_s: _Floats, *, half_life_s: _Floats, strength: _Floats) -> _Floats:
    """Return ``1 / (1 + age / half_life)``: fast at first, then ever more slowly.

    Strength makes no difference.

    Source: Wixted and Ebbesen 1991, "On the form of forgetting"; the exponent is
    1, and the shift by one keeps it finite at age 0.
    """
    del strength
    return 1.0 / (1.0 + np.maximum(age_s, 0.0) / half_life_s)


def ebbinghaus(age_s: _Floats, *, half_life_s: _Floats, strength: _Floats) -> _Floats:
    """Return ``exp(-age / S)`` with ``S = half_life * strength / ln 2``.

    The stronger a memory, the slower it fades.

    Source: Zhong et al. 2024, "MemoryBank", section 2.3, ``R = exp(-t / S)``. Its
    published code computes ``exp(-t / 5 * S)``, by which stronger memories fade
    faster; this is the formula of the paper.
    """
    return np.exp2(-np.maximum(age_s, 0.0) / (half_life_s * strength))


CURVES: Mapping[str, Curve] = {
    "exponential": exponential,
    "power_law": power_law,
    "ebbinghaus": ebbinghaus,
}
"""The curves, by the names of configurations."""
