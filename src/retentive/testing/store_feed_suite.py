"""The change feed, namespaces and many threads."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread

import pytest

from retentive.errors import (
    RecordNotFoundError,
    StoreError,
)
from retentive.protocols import (
    Batch,
    Delete,
    Put,
    StatusChange,
    Store,
)
from retentive.records import (
    Status,
)
from retentive.testing.store_examples import (
    HOME,
    NOW,
    memory,
    put,
    set_status,
)

__all__ = ["FeedChecks"]

ODD_LABELS = (
    "a",
    "A",
    "a:b",
    "a/*",
    "{x}",
    "*",
    "%",
    "a%",
    "a_",
    "a[b]",
    "ab",
    "",
    "😀",
)


class FeedChecks:
    """The change feed, namespaces and many threads."""

    # --- the feed ----------------------------------------------------------------

    def test_the_feed_gives_the_latest_state_in_order(self, store: Store) -> None:
        """One entry per record; reading on from the last sequence gives nothing."""
        records = [memory(f"r{i}") for i in range(3)]
        for record in records:
            put(store, record)
        set_status(store, records[0].id, Status.ARCHIVED)
        feed = store.changes(HOME, 0)
        assert [change.id for change in feed.items] == [
            records[1].id,
            records[2].id,
            records[0].id,
        ]
        assert not feed.more
        rest = store.changes(HOME, feed.sequence)
        assert (list(rest.items), rest.sequence, rest.epoch) == (
            [],
            feed.sequence,
            feed.epoch,
        )

    def test_a_page_of_the_feed_never_splits_a_commit(self, store: Store) -> None:
        """Pages joined are the whole feed, each entry once."""
        for size in (3, 1, 5, 2):
            put(store, *[memory(f"{size}-{i}") for i in range(size)])
        since, seen = 0, []
        while True:
            page = store.changes(HOME, since, limit=2)
            seen += [change.id for change in page.items]
            since = page.sequence
            if not page.more:
                break
        assert len(seen) == len(set(seen)) == 11

    def test_using_a_record_is_no_change(self, store: Store) -> None:
        """Counts grow outside the feed."""
        record = memory("tea")
        put(store, record)
        since = store.changes(HOME, 0).sequence
        store.touch(HOME, [record.id, "unknown"], NOW)
        [used] = store.get(HOME, [record.id])
        assert (used.access_count, used.last_accessed_at) == (1, NOW)
        assert not store.changes(HOME, since).items

    # --- namespaces --------------------------------------------------------------

    def test_odd_labels_are_namespaces_of_their_own(self, store: Store) -> None:
        """No character is a wildcard or a separator."""
        for label in ODD_LABELS:
            put(store, memory(f"in {label!r}", namespace=(label,)))
            put(store, memory(f"below {label!r}", namespace=(label, "x")))
        for label in ODD_LABELS:
            assert [r.content for r in store.scan((label,))] == [f"in {label!r}"]
            assert store.namespaces((label,)) == [(label,), (label, "x")]
        assert len(store.namespaces()) == 2 * len(ODD_LABELS)

    def test_ids_of_another_namespace_are_out_of_reach(self, store: Store) -> None:
        """For reading, changing, deleting and using."""
        record = memory("mine")
        put(store, record)
        other = ("bob",)
        assert store.get(other, [record.id]) == []
        change = StatusChange(id=record.id, status=Status.ARCHIVED)
        with pytest.raises(RecordNotFoundError):
            store.apply(Batch(namespace=other, status_changes=[change]))
        gone = store.apply(Batch(namespace=other, deletes=[Delete(id=record.id)]))
        store.touch(other, [record.id], NOW)
        assert gone.deletes[0].action == "missing"
        assert store.get(HOME, [record.id])[0].access_count == 0

    # --- many at once ------------------------------------------------------------

    def test_threads_lose_nothing_and_double_nothing(self, store: Store) -> None:
        """Eight threads tell the same forty facts."""
        failures: list[Exception] = []

        def tell() -> None:
            try:
                for number in range(40):
                    put(store, memory(f"fact {number}"))
            except Exception as error:  # noqa: BLE001 - handed to the test
                failures.append(error)

        threads = [Thread(target=tell) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        records = store.scan(HOME)
        assert len(records) == 40
        assert {record.support_count for record in records} == {8}
        assert {len(record.occurrences) for record in records} == {7}

    def test_a_closed_store_says_so(self, store: Store) -> None:
        """Closing twice is no error, using it afterwards is."""
        store.close()
        store.close()
        with pytest.raises(StoreError, match="closed"):
            store.scan(HOME)

    def test_nobody_sees_half_a_batch(self, store: Store) -> None:
        """Neither while it is at work, nor after it was refused."""
        put(store, memory("before"))
        seen: list[list[str]] = []
        readers: list[Thread] = []

        def look() -> None:
            seen.append([found.content for found in store.scan(HOME)])

        class Late(list[StatusChange]):
            """Status changes that have a reader start when they are reached."""

            def __iter__(self) -> Iterator[StatusChange]:
                reader = Thread(target=look)
                readers.append(reader)
                reader.start()
                reader.join(timeout=0.2)  # it may have to wait for the batch
                return super().__iter__()

        changes = Late([StatusChange(id="unknown", status=Status.ARCHIVED)])
        with pytest.raises(RecordNotFoundError):
            store.apply(
                Batch(
                    namespace=HOME,
                    puts=[Put(record=memory("half"))],
                    status_changes=changes,
                )
            )
        for reader in readers:
            reader.join()
        assert seen
        assert all(contents == ["before"] for contents in seen)

    def test_namespaces_that_were_only_asked_for_do_not_exist(
        self, store: Store
    ) -> None:
        """Reading makes nothing, and neither does a use of what is not there."""
        nobody = ("nobody",)
        assert store.changes(nobody, 0).sequence == 0
        store.touch(nobody, ["unknown"], NOW)
        assert store.namespaces() == []
