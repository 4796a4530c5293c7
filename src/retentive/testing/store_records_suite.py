"""Records of a store: round trips, pages, counts, deletes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from retentive.protocols import (
    Batch,
    Delete,
    Store,
)
from retentive.records import (
    Occurrence,
    Status,
)
from retentive.testing.store_examples import (
    HOME,
    NOW,
    embedding,
    full_record,
    memory,
    put,
)

__all__ = ["RecordChecks"]


class RecordChecks:
    """Records of a store: round trips, pages, counts, deletes."""

    # --- records -----------------------------------------------------------------

    def test_a_record_comes_back_as_it_was_put(
        self, store: Store, reopen: Callable[[Store], Store] | None
    ) -> None:
        """Every field, in `get`, `scan` and the feed, also after reopening."""
        wanted = full_record()
        commit = put(store, wanted)
        assert commit.puts[0].action == "created"
        if reopen is not None:
            store = reopen(store)
        for [found] in (
            store.get(HOME, [wanted.id]),
            store.scan(HOME, vectors=True),
            [change.record for change in store.changes(HOME, 0).items],
        ):
            assert found is not None
            assert found.content_key
            bare = {"version": 0, "content_key": "", "embedding": None}
            assert found.but(**bare) == wanted.but(**bare)
            assert found.version == commit.puts[0].version

    def test_vectors_come_back_in_scans_and_in_the_feed(self, store: Store) -> None:
        """To the precision of float16."""
        put(store, memory("a", embedding=embedding(0.6, 0.8)), memory("b"))
        changed = store.changes(HOME, 0).items
        by_content = {c.record.content: c.record for c in changed if c.record}
        first, second = by_content["a"].embedding, by_content["b"].embedding
        assert second is None
        assert first is not None
        assert first.fingerprint == "m:2:1"
        np.testing.assert_allclose(first.vector, [0.6, 0.8], atol=1e-3)

    def test_get_keeps_the_order_asked_for_and_skips_the_unknown(
        self, store: Store
    ) -> None:
        """Unknown ids are no error."""
        a, b = memory("a"), memory("b")
        put(store, a, b)
        found = store.get(HOME, [b.id, "unknown", a.id])
        assert [record.content for record in found] == ["b", "a"]
        assert store.get(("nobody",), [a.id]) == []

    def test_content_of_ten_megabytes_comes_back(self, store: Store) -> None:
        """Long content is stored whole."""
        long = memory("長" * 3_000_000)
        put(store, long)
        assert store.get(HOME, [long.id])[0].content == long.content

    def test_scan_pages_through_every_status_by_id(self, store: Store) -> None:
        """A page begins after the last id of the one before."""
        records = [memory(f"r{i}", status=list(Status)[i % 4]) for i in range(7)]
        put(store, *records)
        seen: list[str] = []
        after: str | None = None
        while page := store.scan(HOME, after=after, limit=3):
            seen += [record.id for record in page]
            after = page[-1].id
        assert seen == sorted(record.id for record in records)

    def test_counts_are_by_status(self, store: Store) -> None:
        """Only statuses that occur are listed."""
        put(store, memory("a"), memory("b"), memory("c", status=Status.ARCHIVED))
        assert dict(store.count(HOME)) == {Status.ACTIVE: 2, Status.ARCHIVED: 1}
        assert dict(store.count(("nobody",))) == {}

    # --- deletes -----------------------------------------------------------------

    def test_deleted_records_are_gone_and_leave_a_tombstone(self, store: Store) -> None:
        """Deleting what is not there is no error."""
        record = memory("secret", occurrences=(Occurrence(at=NOW),), support_count=2)
        put(store, record)
        since = store.changes(HOME, 0).sequence
        commit = store.apply(
            Batch(namespace=HOME, deletes=[Delete(id=record.id), Delete(id="unknown")])
        )
        assert [item.action for item in commit.deletes] == ["deleted", "missing"]
        assert store.get(HOME, [record.id]) == []
        [change] = store.changes(HOME, since).items
        assert (change.id, change.record) == (record.id, None)
        assert put(store, memory("secret")).puts[0].action == "created"

    def test_barred_content_is_not_learnt_again(self, store: Store) -> None:
        """Neither in the same spelling nor in another."""
        record = memory("My password is swordfish.")
        put(store, record)
        store.apply(Batch(namespace=HOME, deletes=[Delete(id=record.id, bar=True)]))
        [outcome] = put(store, memory("my password is SWORDFISH")).puts
        assert outcome.action == "barred"
        assert store.scan(HOME) == []
