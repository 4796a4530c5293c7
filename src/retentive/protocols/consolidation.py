"""What plans how memories are merged, superseded, summarised and archived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from retentive.protocols.batches import Delete, Put, StatusChange
from retentive.protocols.frame import Frame
from retentive.records import MemoryRecord

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from retentive.protocols.arrays import FloatArray, RowArray

__all__ = ["ConsolidationPolicy", "MemoryView", "Passage", "Plan", "Summariser"]


class MemoryView(Frame, Protocol):
    """The living memories of one namespace with their records: what policies see.

    A frame of every status. Columns tell where to look, records what to do:
    counts of use in the columns may lag behind those of the records.
    """

    def records(self, places: Sequence[int] | RowArray) -> list[MemoryRecord]:
        """Return the records at these places, in this order, without vectors.

        Places count the rows of this view. What was deleted meanwhile is left out.
        """

    def bags(self) -> tuple[NDArray[np.uint64], RowArray]:
        """Return the distinct terms of all rows as hashes, row after row.

        Returns:
            The hashes, and ``(n,)`` how many of them each row has.
        """

    def vectors_at(self, places: Sequence[int] | RowArray) -> FloatArray:
        """Return ``(len(places), dim)`` vectors at these places; 0 for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a consolidation policy would change, and why.

    Attributes:
        puts: Records to create (no expected version) or to replace (with the
            version that was read).
        status_changes: Records to archive, supersede or restore.
        deletes: Records whose time is over.
        reasons: A sentence per record id that the plan touches.
    """

    puts: Sequence[Put] = ()
    status_changes: Sequence[StatusChange] = ()
    deletes: Sequence[Delete] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Return whether there is anything to do."""
        return bool(self.puts or self.status_changes or self.deletes)


class ConsolidationPolicy(Protocol):
    """Decides what to merge, archive or summarise; the engine checks and acts.

    What the engine refuses, from any policy: to touch what the view does not
    hold or what changed since; to archive, supersede or delete what is pinned; to
    change what a record says (a summary may change); to delete what is neither
    archived nor expired (unless the policy has an attribute ``evicts`` that is
    true); to supersede by what is not there; and any change without a reason.
    """

    name: str
    """The policy's name in reports and in the journal."""

    def plan(self, view: MemoryView, *, now: datetime) -> Plan:
        """Return what to change; pure, and empty on its own result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of what was said, for a summary.

    Attributes:
        text: The words.
        speaker: Who said them; empty for nobody in particular.
    """

    text: str
    speaker: str = ""


class Summariser(Protocol):
    """Shortens what was said."""

    def __call__(self, passages: Sequence[Passage], *, budget: int) -> str:
        """Return a summary of at most ``budget`` tokens; empty if none fits."""
