"""What every store must do: subclass :class:`StoreSuite` with one fixture."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from retentive.protocols import Store
from retentive.testing.clock import ManualClock
from retentive.testing.store_examples import NOW
from retentive.testing.store_feed_suite import FeedChecks
from retentive.testing.store_merging_suite import MergingChecks
from retentive.testing.store_records_suite import RecordChecks
from retentive.testing.store_transcripts_suite import TranscriptChecks
from retentive.testing.store_vectors_suite import VectorChecks

__all__ = ["StoreSuite"]


class StoreSuite(
    RecordChecks, MergingChecks, FeedChecks, TranscriptChecks, VectorChecks
):
    """Checks of the contract of :class:`retentive.protocols.Store`.

    A subclass overrides ``store``; one whose store outlives its object overrides
    ``reopen``, too.
    """

    @pytest.fixture
    def clock(self) -> ManualClock:
        """Return the clock that the store is to be given."""
        return ManualClock(NOW)

    @pytest.fixture
    def store(self, clock: ManualClock) -> Store:
        """Return an empty store on that clock."""
        raise NotImplementedError("override the fixture 'store'")

    @pytest.fixture
    def reopen(self) -> Callable[[Store], Store] | None:
        """Return how to close a store and open its data anew, if that can be."""
        return None
