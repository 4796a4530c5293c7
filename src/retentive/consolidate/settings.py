"""How a namespace is consolidated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from retentive.errors import InvalidInputError
from retentive.protocols import ConsolidationPolicy

__all__ = ["ConsolidationSettings"]

_DAY_S = 86_400.0
_NEVER_ASKED = 20
"""Changes that need no answer where nobody set a share: a small memory that is
tidied for the first time changes by a large one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsolidationSettings:
    """What a consolidation does, how far it may go unasked, and when.

    Attributes:
        policies: In the order in which they plan; each sees what those before
            it have done.
        max_share: Share of the namespace, in [0, 1], that one run may change
            before it stops and asks. ``None``: half, and never fewer than 20
            records.
        batch: Changes per commit; a merge is never split over two.
        undo_for_s: Seconds for which a commit can be undone.
        lease_s: Seconds after which the work of a process that died may be taken
            over by another.
        every_writes: Consolidate after so many commits; ``None``: not by itself.
        every_s: Consolidate when so many seconds have passed, at the next write;
            ``None``: not by itself.
    """

    policies: Sequence[ConsolidationPolicy] = ()
    max_share: float | None = None
    batch: int = 500
    undo_for_s: float = 30 * _DAY_S
    lease_s: float = 60.0
    every_writes: int | None = None
    every_s: float | None = None

    def __post_init__(self) -> None:
        """Refuse what no run could follow."""
        if self.max_share is not None and not 0.0 <= self.max_share <= 1.0:
            raise InvalidInputError(
                f"max_share must be in [0, 1], got {self.max_share!r}"
            )
        for name in ("batch", "every_writes"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InvalidInputError(f"{name} must be at least 1, got {value!r}")
        for name in ("lease_s", "every_s"):
            value = getattr(self, name)
            if value is not None and not 0.0 < value < math.inf:
                raise InvalidInputError(
                    f"{name} must be seconds above 0, got {value!r}"
                )
        if not self.undo_for_s >= 0.0:
            raise InvalidInputError(
                f"undo_for_s must be at least 0 seconds, got {self.undo_for_s!r}"
            )

    def most(self, total: int) -> float:
        """Return how many of ``total`` records may change unasked."""
        if self.max_share is None:
            return max(_NEVER_ASKED, total / 2)
        return self.max_share * total
