"""What every store must do: subclass :class:`StoreSuite` with one fixture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import numpy as np
import pytest

from retentive.errors import (
    ConflictError,
    EmbedderMismatchError,
    FencedError,
    InvalidInputError,
    RecordNotFoundError,
    StoreError,
)
from retentive.protocols import (
    Batch,
    Commit,
    Delete,
    MessageDelete,
    Put,
    StatusChange,
    Store,
    SupportsReembedding,
    VectorPut,
)
from retentive.records import (
    ContentPart,
    Embedding,
    Kind,
    MemoryRecord,
    Message,
    Namespace,
    Occurrence,
    Origin,
    Status,
    ToolCall,
)
from retentive.testing.clock import ManualClock

__all__ = ["StoreSuite"]

_NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
_HOME: Namespace = ("alice",)
_ODD_LABELS = (
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


def _record(content: str, **fields: Any) -> MemoryRecord:
    given = {"namespace": _HOME, "occurred_at": _NOW, "recorded_at": _NOW, **fields}
    return MemoryRecord(content=content, **given)


def _put(store: Store, *records: MemoryRecord, version: int | None = None) -> Commit:
    puts = [Put(record=record, expected_version=version) for record in records]
    return store.apply(Batch(namespace=records[0].namespace, puts=puts))


def _embedding(*numbers: float, model: str = "m:2:1") -> Embedding:
    return Embedding(vector=np.array(numbers, np.float32), fingerprint=model)


def _full_record() -> MemoryRecord:
    """Return a record with every field set, and none at its default."""
    return _record(
        "所有字段 – every field\0 is set 😀",
        kind=Kind.SEMANTIC,
        parts=(ContentPart(type="image", data={"url": "x", "n": [1]}, text="cat"),),
        role="user",
        speaker="Ann",
        session="s:1",
        message_id="m/1",
        occurred_at=datetime(1, 1, 1, 0, 0, 0, 1, UTC),
        recorded_at=datetime(9999, 12, 31, 23, 59, 59, 999_999, UTC),
        valid_until=_NOW,
        superseded_by="other",
        status=Status.QUARANTINED,
        importance=0.25,
        pinned=True,
        support_count=3,
        occurrences=(Occurrence(at=_NOW, session="s2", message_id="m2"),),
        access_count=4,
        last_accessed_at=_NOW,
        expires_at=_NOW,
        origin=Origin.WEB,
        derived_from=("a", "b"),
        metadata={"k": [1, 2.5, None, True, {"ü": "ß"}]},
        embedding=_embedding(0.6, 0.8),
    )


class StoreSuite:
    """Checks of the contract of :class:`retentive.protocols.Store`.

    A subclass overrides ``store``; one whose store outlives its object overrides
    ``reopen``, too.
    """

    @pytest.fixture
    def clock(self) -> ManualClock:
        """Return the clock that the store is to be given."""
        return ManualClock(_NOW)

    @pytest.fixture
    def store(self, clock: ManualClock) -> Store:
        """Return an empty store on that clock."""
        raise NotImplementedError("override the fixture 'store'")

    @pytest.fixture
    def reopen(self) -> Callable[[Store], Store] | None:
        """Return how to close a store and open its data anew, if that can be."""
        return None

    # --- records ---------------------------------------------------------------

    def test_a_record_comes_back_as_it_was_put(
        self, store: Store, reopen: Callable[[Store], Store] | None
    ) -> None:
        """Every field, in `get`, `scan` and the feed, also after reopening."""
        wanted = _full_record()
        commit = _put(store, wanted)
        assert commit.puts[0].action == "created"
        if reopen is not None:
            store = reopen(store)
        for [found] in (
            store.get(_HOME, [wanted.id]),
            store.scan(_HOME, vectors=True),
            [change.record for change in store.changes(_HOME, 0).items],
        ):
            assert found is not None
            assert found.content_key
            bare = {"version": 0, "content_key": "", "embedding": None}
            assert found.but(**bare) == wanted.but(**bare)
            assert found.version == commit.puts[0].version

    def test_vectors_come_back_in_scans_and_in_the_feed(self, store: Store) -> None:
        """To the precision of float16."""
        _put(store, _record("a", embedding=_embedding(0.6, 0.8)), _record("b"))
        changed = store.changes(_HOME, 0).items
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
        a, b = _record("a"), _record("b")
        _put(store, a, b)
        found = store.get(_HOME, [b.id, "unknown", a.id])
        assert [record.content for record in found] == ["b", "a"]
        assert store.get(("nobody",), [a.id]) == []

    def test_content_of_ten_megabytes_comes_back(self, store: Store) -> None:
        """Long content is stored whole."""
        long = _record("長" * 3_000_000)
        _put(store, long)
        assert store.get(_HOME, [long.id])[0].content == long.content

    def test_scan_pages_through_every_status_by_id(self, store: Store) -> None:
        """A page begins after the last id of the one before."""
        records = [_record(f"r{i}", status=list(Status)[i % 4]) for i in range(7)]
        _put(store, *records)
        seen: list[str] = []
        after: str | None = None
        while page := store.scan(_HOME, after=after, limit=3):
            seen += [record.id for record in page]
            after = page[-1].id
        assert seen == sorted(record.id for record in records)

    def test_counts_are_by_status(self, store: Store) -> None:
        """Only statuses that occur are listed."""
        _put(store, _record("a"), _record("b"), _record("c", status=Status.ARCHIVED))
        assert dict(store.count(_HOME)) == {Status.ACTIVE: 2, Status.ARCHIVED: 1}
        assert dict(store.count(("nobody",))) == {}

    # --- the same again --------------------------------------------------------

    def test_the_same_content_is_one_record_with_growing_support(
        self, store: Store
    ) -> None:
        """Spelling, spacing and case make no difference; occurrences join."""
        first = _record("I went running.", message_id="m1", importance=0.2)
        later = _record(
            "i went  RUNNING!",
            message_id="m2",
            session="s2",
            importance=0.7,
            pinned=True,
            occurred_at=_NOW + timedelta(days=2),
        )
        _put(store, first)
        [outcome] = _put(store, later).puts
        assert (outcome.action, outcome.id) == ("merged", first.id)
        [merged] = store.scan(_HOME)
        assert (merged.support_count, merged.importance, merged.pinned) == (
            2,
            0.7,
            True,
        )
        assert merged.content == "I went running."
        assert [said.message_id for said in merged.said_at()] == ["m1", "m2"]

    def test_a_known_message_adds_no_support(self, store: Store) -> None:
        """Replaying a conversation changes nothing."""
        _put(store, _record("tea", message_id="m1"))
        before = store.changes(_HOME, 0).items[0].version
        [again] = _put(store, _record("tea", message_id="m1")).puts
        assert (again.action, again.version) == ("unchanged", before)
        assert store.scan(_HOME)[0].support_count == 1

    def test_retrying_a_put_changes_nothing(self, store: Store) -> None:
        """The same id with the same content is the same put."""
        record = _record("tea")
        _put(store, record)
        assert _put(store, record).puts[0].action == "unchanged"
        assert store.scan(_HOME)[0].support_count == 1

    def test_speakers_and_kinds_keep_the_same_words_apart(self, store: Store) -> None:
        """Who said it is part of what was said."""
        _put(store, _record("I like tea.", speaker="Ann"))
        _put(store, _record("I like tea.", speaker="Bob"))
        _put(store, _record("I like tea.", speaker="Bob", kind=Kind.SEMANTIC))
        assert len(store.scan(_HOME)) == 3

    def test_repetitions_inside_one_batch_merge_too(self, store: Store) -> None:
        """The batch sees its own puts."""
        commit = _put(store, _record("tea"), _record("Tea!"), _record("coffee"))
        assert [item.action for item in commit.puts] == ["created", "merged", "created"]

    def test_an_archived_record_awakes_when_told_again(self, store: Store) -> None:
        """A superseded one does not: the words are a new record."""
        record = _record("tea")
        _put(store, record)
        self._set_status(store, record.id, Status.ARCHIVED)
        assert _put(store, _record("tea")).puts[0].action == "merged"
        assert store.get(_HOME, [record.id])[0].status is Status.ACTIVE
        self._set_status(store, record.id, Status.SUPERSEDED)
        assert _put(store, _record("tea")).puts[0].action == "created"
        assert dict(store.count(_HOME)) == {Status.SUPERSEDED: 1, Status.ACTIVE: 1}

    def test_a_caller_s_key_is_the_identity(self, store: Store) -> None:
        """Putting the key again replaces the record and keeps its id."""
        first = _record("green", key="colour")
        _put(store, first, _record("green"))
        [outcome] = _put(store, _record("blue", key="colour")).puts
        assert (outcome.action, outcome.id) == ("replaced", first.id)
        found = store.find(_HOME, "colour")
        assert found is not None
        assert (found.id, found.content, found.content_key) == (first.id, "blue", "")
        assert store.find(_HOME, "shape") is None
        assert len(store.scan(_HOME)) == 2

    # --- versions --------------------------------------------------------------

    def test_an_expected_version_guards_a_change(self, store: Store) -> None:
        """The second of two changes of one version is refused, with both versions."""
        record = _record("one")
        _put(store, record)
        [stored] = store.scan(_HOME)
        _put(store, stored.but(content="two"), version=stored.version)
        with pytest.raises(ConflictError) as caught:
            _put(store, stored.but(content="three"), version=stored.version)
        assert caught.value.expected == stored.version
        assert caught.value.actual > stored.version
        assert store.scan(_HOME)[0].content == "two"

    def test_version_zero_means_that_the_id_is_new(self, store: Store) -> None:
        """Creating what exists is a conflict, and so is another content for an id."""
        record = _record("one")
        _put(store, record, version=0)
        with pytest.raises(ConflictError):
            _put(store, record, version=0)
        with pytest.raises(ConflictError):
            _put(store, record.but(content="other"))

    def test_a_batch_is_all_or_nothing(self, store: Store) -> None:
        """One bad item, and neither records, nor messages, nor the feed change."""
        kept = _record("kept", embedding=_embedding(1, 0))
        _put(store, kept)
        before = store.changes(_HOME, 0)
        message = Message(role="user", content="hi", session="s")
        bad: Sequence[Batch] = (
            Batch(
                namespace=_HOME,
                messages=[message],
                puts=[
                    Put(record=_record("new")),
                    Put(record=_record("x"), expected_version=9),
                ],
            ),
            Batch(
                namespace=_HOME,
                messages=[message],
                deletes=[Delete(id=kept.id)],
                status_changes=[StatusChange(id="unknown", status=Status.ARCHIVED)],
            ),
            Batch(
                namespace=_HOME,
                puts=[
                    Put(record=_record("kept")),
                    Put(
                        record=_record(
                            "y", embedding=_embedding(1, 0, model="other:2:1")
                        )
                    ),
                ],
            ),
            Batch(
                namespace=_HOME,
                puts=[
                    Put(record=_record("z")),
                    Put(record=_record("x", namespace=("bob",))),
                ],
            ),
        )
        errors = (
            ConflictError,
            RecordNotFoundError,
            EmbedderMismatchError,
            InvalidInputError,
        )
        for batch, error in zip(bad, errors, strict=True):
            with pytest.raises(error):
                store.apply(batch)
        after = store.changes(_HOME, 0)
        assert [(c.id, c.version) for c in after.items] == [
            (c.id, c.version) for c in before.items
        ]
        assert store.messages(_HOME, "s") == []
        assert store.scan(_HOME)[0].support_count == 1

    def test_a_status_changes_without_the_rest(self, store: Store) -> None:
        """Superseding names the successor and the end of validity."""
        record = _record("old", importance=0.9)
        _put(store, record)
        change = StatusChange(
            id=record.id,
            status=Status.SUPERSEDED,
            superseded_by="newer",
            valid_until=_NOW,
        )
        store.apply(Batch(namespace=_HOME, status_changes=[change]))
        [stored] = store.scan(_HOME)
        assert (stored.status, stored.superseded_by) == (Status.SUPERSEDED, "newer")
        assert (stored.valid_until, stored.importance) == (_NOW, 0.9)

    # --- deletes ---------------------------------------------------------------

    def test_deleted_records_are_gone_and_leave_a_tombstone(self, store: Store) -> None:
        """Deleting what is not there is no error."""
        record = _record("secret", occurrences=(Occurrence(at=_NOW),), support_count=2)
        _put(store, record)
        since = store.changes(_HOME, 0).sequence
        commit = store.apply(
            Batch(namespace=_HOME, deletes=[Delete(id=record.id), Delete(id="unknown")])
        )
        assert [item.action for item in commit.deletes] == ["deleted", "missing"]
        assert store.get(_HOME, [record.id]) == []
        [change] = store.changes(_HOME, since).items
        assert (change.id, change.record) == (record.id, None)
        assert _put(store, _record("secret")).puts[0].action == "created"

    def test_barred_content_is_not_learnt_again(self, store: Store) -> None:
        """Neither in the same spelling nor in another."""
        record = _record("My password is swordfish.")
        _put(store, record)
        store.apply(Batch(namespace=_HOME, deletes=[Delete(id=record.id, bar=True)]))
        [outcome] = _put(store, _record("my password is SWORDFISH")).puts
        assert outcome.action == "barred"
        assert store.scan(_HOME) == []

    # --- the feed --------------------------------------------------------------

    def test_the_feed_gives_the_latest_state_in_order(self, store: Store) -> None:
        """One entry per record; reading on from the last sequence gives nothing."""
        records = [_record(f"r{i}") for i in range(3)]
        for record in records:
            _put(store, record)
        self._set_status(store, records[0].id, Status.ARCHIVED)
        feed = store.changes(_HOME, 0)
        assert [change.id for change in feed.items] == [
            records[1].id,
            records[2].id,
            records[0].id,
        ]
        assert not feed.more
        rest = store.changes(_HOME, feed.sequence)
        assert (list(rest.items), rest.sequence, rest.epoch) == (
            [],
            feed.sequence,
            feed.epoch,
        )

    def test_a_page_of_the_feed_never_splits_a_commit(self, store: Store) -> None:
        """Pages joined are the whole feed, each entry once."""
        for size in (3, 1, 5, 2):
            _put(store, *[_record(f"{size}-{i}") for i in range(size)])
        since, seen = 0, []
        while True:
            page = store.changes(_HOME, since, limit=2)
            seen += [change.id for change in page.items]
            since = page.sequence
            if not page.more:
                break
        assert len(seen) == len(set(seen)) == 11

    def test_using_a_record_is_no_change(self, store: Store) -> None:
        """Counts grow outside the feed."""
        record = _record("tea")
        _put(store, record)
        since = store.changes(_HOME, 0).sequence
        store.touch(_HOME, [record.id, "unknown"], _NOW)
        [used] = store.get(_HOME, [record.id])
        assert (used.access_count, used.last_accessed_at) == (1, _NOW)
        assert not store.changes(_HOME, since).items

    # --- namespaces ------------------------------------------------------------

    def test_odd_labels_are_namespaces_of_their_own(self, store: Store) -> None:
        """No character is a wildcard or a separator."""
        for label in _ODD_LABELS:
            _put(store, _record(f"in {label!r}", namespace=(label,)))
            _put(store, _record(f"below {label!r}", namespace=(label, "x")))
        for label in _ODD_LABELS:
            assert [r.content for r in store.scan((label,))] == [f"in {label!r}"]
            assert store.namespaces((label,)) == [(label,), (label, "x")]
        assert len(store.namespaces()) == 2 * len(_ODD_LABELS)

    def test_ids_of_another_namespace_are_out_of_reach(self, store: Store) -> None:
        """For reading, changing, deleting and using."""
        record = _record("mine")
        _put(store, record)
        other = ("bob",)
        assert store.get(other, [record.id]) == []
        change = StatusChange(id=record.id, status=Status.ARCHIVED)
        with pytest.raises(RecordNotFoundError):
            store.apply(Batch(namespace=other, status_changes=[change]))
        gone = store.apply(Batch(namespace=other, deletes=[Delete(id=record.id)]))
        store.touch(other, [record.id], _NOW)
        assert gone.deletes[0].action == "missing"
        assert store.get(_HOME, [record.id])[0].access_count == 0

    # --- transcripts -----------------------------------------------------------

    def test_messages_come_back_word_for_word_and_in_order(
        self, store: Store, reopen: Callable[[Store], Store] | None
    ) -> None:
        """With tool calls, parts and whatever else they carried."""
        messages = [
            Message(role="user", content="a\0b\n", session="s", at=_NOW, name="Ann"),
            Message(
                role="assistant",
                content="",
                session="s",
                at=_NOW,
                parts=(ContentPart(type="audio", data={"id": 1}),),
                tool_calls=(ToolCall(id="c1", name="f", arguments='{"x": 1}'),),
                raw={"usage": {"tokens": 3}},
            ),
            Message(role="tool", content="42", session="s", at=_NOW, tool_call_id="c1"),
        ]
        commit = store.apply(Batch(namespace=_HOME, messages=messages))
        assert commit.messages == 3
        if reopen is not None:
            store = reopen(store)
        assert store.messages(_HOME, "s") == messages
        assert store.messages(_HOME, "s", last=2) == messages[1:]
        assert store.messages(_HOME, "s", after=messages[0].id) == messages[1:]
        assert store.messages(_HOME, "s", after=messages[0].id, last=1) == messages[2:]
        assert store.messages(_HOME, "other") == []
        assert store.sessions(_HOME) == ["s"]

    def test_a_message_is_appended_once(self, store: Store) -> None:
        """Ids are unique within a session, not beyond it."""
        message = Message(role="user", content="hi", session="s", id="m", at=_NOW)
        twin = Message(role="user", content="ho", session="t", id="m", at=_NOW)
        store.apply(Batch(namespace=_HOME, messages=[message, twin]))
        commit = store.apply(Batch(namespace=_HOME, messages=[message]))
        assert commit.messages == 0
        assert store.messages(_HOME, "s") == [message]
        assert store.sessions(_HOME) == ["s", "t"]

    def test_messages_and_sessions_can_be_removed(self, store: Store) -> None:
        """One message, then all of them."""
        messages = [
            Message(role="user", content=str(i), session="s", at=_NOW) for i in range(3)
        ]
        store.apply(Batch(namespace=_HOME, messages=messages))
        gone = MessageDelete(session="s", id=messages[1].id)
        store.apply(Batch(namespace=_HOME, message_deletes=[gone]))
        assert [m.content for m in store.messages(_HOME, "s")] == ["0", "2"]
        store.apply(
            Batch(namespace=_HOME, message_deletes=[MessageDelete(session="s")])
        )
        assert store.messages(_HOME, "s") == []
        assert store.sessions(_HOME) == []

    # --- leases ----------------------------------------------------------------

    def test_a_lease_is_held_by_one_until_it_ends(
        self, store: Store, clock: ManualClock
    ) -> None:
        """Fences grow; a batch on a lost lease is refused."""
        with store.lease("work", ttl_s=10) as first:
            assert first is not None
            with store.lease("work", ttl_s=10) as second:
                assert second is None
            clock.advance(5)
            first.renew()
            clock.advance(9)
            store.apply(Batch(namespace=_HOME, lease=first))
            clock.advance(2)
            with store.lease("work", ttl_s=10) as third:
                assert third is not None
                assert third.fence > first.fence
                late = [Put(record=_record("late"))]
                with pytest.raises(FencedError):
                    store.apply(Batch(namespace=_HOME, puts=late, lease=first))
                with pytest.raises(FencedError):
                    first.renew()
        assert store.scan(_HOME) == []
        with store.lease("work", ttl_s=10) as fourth:
            assert fourth is not None

    # --- embedders -------------------------------------------------------------

    def test_a_namespace_holds_vectors_of_one_embedder(self, store: Store) -> None:
        """Another namespace may hold another's; records without one are welcome."""
        _put(store, _record("a", embedding=_embedding(1, 0)), _record("b"))
        other = _embedding(1, 0, 0, model="big:3:1")
        with pytest.raises(EmbedderMismatchError, match="reembed"):
            _put(store, _record("c", embedding=other))
        _put(store, _record("c", namespace=("bob",), embedding=other))
        assert len(store.scan(_HOME)) == 2

    def test_another_embedder_takes_over_when_its_vectors_are_complete(
        self, store: Store
    ) -> None:
        """Until then the old ones stay; after it every record has a new version."""
        if not isinstance(store, SupportsReembedding):
            pytest.skip("the store does not support re-embedding")
        a, b = _record("a", embedding=_embedding(1, 0)), _record("b")
        _put(store, a, b)
        since = store.changes(_HOME, 0).sequence
        new = "big:3:1"
        lacking = store.lacking(_HOME, new, limit=10)
        assert [r.id for r in lacking] == sorted([a.id, b.id])
        vector = np.array([0, 0, 1], np.float32)
        store.add_vectors(_HOME, new, [VectorPut(id=a.id, vector=vector)])
        assert [r.id for r in store.lacking(_HOME, new, limit=10)] == [b.id]
        with pytest.raises(StoreError, match="still lack"):
            store.switch_embedder(_HOME, new)
        assert store.embedder(_HOME) == "m:2:1"
        assert not store.changes(_HOME, since).items
        store.add_vectors(_HOME, new, [VectorPut(id=b.id, vector=vector)])
        store.switch_embedder(_HOME, new)
        assert store.embedder(_HOME) == new
        changed = store.changes(_HOME, since).items
        assert len(changed) == 2
        for change in changed:
            assert change.record is not None
            assert change.record.embedding is not None
            assert change.record.embedding.fingerprint == new

    # --- many at once ----------------------------------------------------------

    def test_threads_lose_nothing_and_double_nothing(self, store: Store) -> None:
        """Eight threads tell the same forty facts."""
        failures: list[Exception] = []

        def tell() -> None:
            try:
                for number in range(40):
                    _put(store, _record(f"fact {number}"))
            except Exception as error:  # noqa: BLE001 - handed to the test
                failures.append(error)

        threads = [Thread(target=tell) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        records = store.scan(_HOME)
        assert len(records) == 40
        assert {record.support_count for record in records} == {8}
        assert {len(record.occurrences) for record in records} == {7}

    def test_a_closed_store_says_so(self, store: Store) -> None:
        """Closing twice is no error, using it afterwards is."""
        store.close()
        store.close()
        with pytest.raises(StoreError, match="closed"):
            store.scan(_HOME)

    def _set_status(self, store: Store, id: str, status: Status) -> None:
        change = StatusChange(id=id, status=status)
        store.apply(Batch(namespace=_HOME, status_changes=[change]))
