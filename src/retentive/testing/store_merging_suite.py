"""What a store makes of the same again, and of expected versions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from retentive.errors import (
    ConflictError,
    EmbedderMismatchError,
    InvalidInputError,
    RecordNotFoundError,
)
from retentive.protocols import (
    Batch,
    Delete,
    Put,
    StatusChange,
    Store,
)
from retentive.records import (
    Kind,
    Message,
    Occurrence,
    Status,
)
from retentive.testing.store_examples import (
    HOME,
    NOW,
    embedding,
    memory,
    put,
    set_status,
)

__all__ = ["MergingChecks"]


class MergingChecks:
    """What a store makes of the same again, and of expected versions."""

    # --- the same again ----------------------------------------------------------

    def test_the_same_content_is_one_record_with_growing_support(
        self, store: Store
    ) -> None:
        """Spelling, spacing and case make no difference; occurrences join."""
        first = memory("I went running.", message_id="m1", importance=0.2)
        later = memory(
            "i went  RUNNING!",
            message_id="m2",
            session="s2",
            importance=0.7,
            pinned=True,
            occurred_at=NOW + timedelta(days=2),
        )
        put(store, first)
        [outcome] = put(store, later).puts
        assert (outcome.action, outcome.id) == ("merged", first.id)
        [merged] = store.scan(HOME)
        assert (merged.support_count, merged.importance, merged.pinned) == (
            2,
            0.7,
            True,
        )
        assert merged.content == "I went running."
        assert [said.message_id for said in merged.said_at()] == ["m1", "m2"]

    def test_a_known_message_adds_no_support(self, store: Store) -> None:
        """Replaying a conversation changes nothing."""
        put(store, memory("tea", message_id="m1"))
        before = store.changes(HOME, 0).items[0].version
        [again] = put(store, memory("tea", message_id="m1")).puts
        assert (again.action, again.version) == ("unchanged", before)
        assert store.scan(HOME)[0].support_count == 1

    def test_retrying_a_put_changes_nothing(self, store: Store) -> None:
        """The same id with the same content is the same put."""
        record = memory("tea")
        put(store, record)
        assert put(store, record).puts[0].action == "unchanged"
        assert store.scan(HOME)[0].support_count == 1

    def test_speakers_and_kinds_keep_the_same_words_apart(self, store: Store) -> None:
        """Who said it is part of what was said."""
        put(store, memory("I like tea.", speaker="Ann"))
        put(store, memory("I like tea.", speaker="Bob"))
        put(store, memory("I like tea.", speaker="Bob", kind=Kind.SEMANTIC))
        assert len(store.scan(HOME)) == 3

    def test_repetitions_inside_one_batch_merge_too(self, store: Store) -> None:
        """The batch sees its own puts."""
        commit = put(store, memory("tea"), memory("Tea!"), memory("coffee"))
        assert [item.action for item in commit.puts] == ["created", "merged", "created"]

    def test_an_archived_record_awakes_when_told_again(self, store: Store) -> None:
        """A superseded one does not: the words are a new record."""
        record = memory("tea")
        put(store, record)
        set_status(store, record.id, Status.ARCHIVED)
        assert put(store, memory("tea")).puts[0].action == "merged"
        assert store.get(HOME, [record.id])[0].status is Status.ACTIVE
        set_status(store, record.id, Status.SUPERSEDED)
        assert put(store, memory("tea")).puts[0].action == "created"
        assert dict(store.count(HOME)) == {Status.SUPERSEDED: 1, Status.ACTIVE: 1}

    def test_a_caller_s_key_is_the_identity(self, store: Store) -> None:
        """Putting the key again replaces the record and keeps its id."""
        first = memory("green", key="colour")
        put(store, first, memory("green"))
        [outcome] = put(store, memory("blue", key="colour")).puts
        assert (outcome.action, outcome.id) == ("replaced", first.id)
        found = store.find(HOME, "colour")
        assert found is not None
        assert (found.id, found.content, found.content_key) == (first.id, "blue", "")
        assert store.find(HOME, "shape") is None
        assert len(store.scan(HOME)) == 2

    # --- versions ----------------------------------------------------------------

    def test_an_expected_version_guards_a_change(self, store: Store) -> None:
        """The second of two changes of one version is refused, with both versions."""
        record = memory("one")
        put(store, record)
        [stored] = store.scan(HOME)
        put(store, stored.but(content="two"), version=stored.version)
        with pytest.raises(ConflictError) as caught:
            put(store, stored.but(content="three"), version=stored.version)
        assert caught.value.expected == stored.version
        assert caught.value.actual > stored.version
        assert store.scan(HOME)[0].content == "two"

    def test_version_zero_means_that_the_id_is_new(self, store: Store) -> None:
        """Creating what exists is a conflict, and so is another content for an id."""
        record = memory("one")
        put(store, record, version=0)
        with pytest.raises(ConflictError):
            put(store, record, version=0)
        with pytest.raises(ConflictError):
            put(store, record.but(content="other"))

    def test_a_batch_is_all_or_nothing(self, store: Store) -> None:
        """One bad item, and neither records, nor messages, nor the feed change."""
        kept = memory("kept", embedding=embedding(1, 0))
        put(store, kept)
        before = store.changes(HOME, 0)
        message = Message(role="user", content="hi", session="s")
        bad: Sequence[Batch] = (
            Batch(
                namespace=HOME,
                messages=[message],
                puts=[
                    Put(record=memory("new")),
                    Put(record=memory("x"), expected_version=9),
                ],
            ),
            Batch(
                namespace=HOME,
                messages=[message],
                deletes=[Delete(id=kept.id)],
                status_changes=[StatusChange(id="unknown", status=Status.ARCHIVED)],
            ),
            Batch(
                namespace=HOME,
                puts=[
                    Put(record=memory("kept")),
                    Put(
                        record=memory("y", embedding=embedding(1, 0, model="other:2:1"))
                    ),
                ],
            ),
            Batch(
                namespace=HOME,
                puts=[
                    Put(record=memory("z")),
                    Put(record=memory("x", namespace=("bob",))),
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
        after = store.changes(HOME, 0)
        assert [(c.id, c.version) for c in after.items] == [
            (c.id, c.version) for c in before.items
        ]
        assert store.messages(HOME, "s") == []
        assert store.scan(HOME)[0].support_count == 1

    def test_a_status_changes_without_the_rest(self, store: Store) -> None:
        """Superseding names the successor and the end of validity."""
        record = memory("old", importance=0.9)
        put(store, record)
        change = StatusChange(
            id=record.id,
            status=Status.SUPERSEDED,
            superseded_by="newer",
            valid_until=NOW,
        )
        store.apply(Batch(namespace=HOME, status_changes=[change]))
        [stored] = store.scan(HOME)
        assert (stored.status, stored.superseded_by) == (Status.SUPERSEDED, "newer")
        assert (stored.valid_until, stored.importance) == (NOW, 0.9)

    # --- corners of merging ----------------------------------------------------

    def test_a_replay_with_one_new_message_adds_one(self, store: Store) -> None:
        """Known messages do not count, and never count against what is new."""
        said = [Occurrence(at=NOW, message_id=f"m{i}") for i in range(4)]
        put(
            store,
            memory("tea", message_id="m0", occurrences=(said[1],), support_count=2),
        )
        again = memory("tea", message_id="m0", occurrences=(said[1], said[2], said[2]))
        [outcome] = put(store, again).puts
        assert outcome.action == "merged"
        [merged] = store.scan(HOME)
        assert merged.support_count == 3
        assert [s.message_id for s in merged.said_at()] == ["m0", "m1", "m2"]

    def test_the_longer_life_wins(self, store: Store) -> None:
        """To never expire is the longest life."""
        later = NOW + timedelta(days=1)
        put(store, memory("tea", expires_at=NOW))
        put(store, memory("tea", expires_at=later))
        assert store.scan(HOME)[0].expires_at == later
        put(store, memory("tea"))
        assert store.scan(HOME)[0].expires_at is None

    def test_earlier_occurrences_join_behind_the_first_stored(
        self, store: Store
    ) -> None:
        """What was stored first stays first; the further ones are by time."""
        for days, message in ((5, "a"), (9, "b"), (1, "c")):
            at = NOW + timedelta(days=days)
            put(store, memory("tea", occurred_at=at, message_id=message))
        [merged] = store.scan(HOME)
        assert [said.message_id for said in merged.said_at()] == ["a", "c", "b"]

    def test_another_spelling_under_one_id_is_another_content(
        self, store: Store
    ) -> None:
        """A retry repeats the very words; anything else must not be lost unseen."""
        first = memory("tea")
        put(store, first)
        with pytest.raises(ConflictError):
            put(store, first.but(content="Tea!"))

    def test_retrying_a_put_with_a_key_changes_nothing(self, store: Store) -> None:
        """The same record is a retry; any difference replaces."""
        first = memory("green", key="colour", metadata={"n": 1})
        put(store, first)
        assert put(store, first).puts[0].action == "unchanged"
        assert put(store, first.but(metadata={"n": 2})).puts[0].action == "replaced"

    def test_a_key_belongs_to_one_record(self, store: Store) -> None:
        """A versioned change cannot take the key, or the words, of another record."""
        holder, other = memory("a", key="k"), memory("b", key="l")
        put(store, holder, other, memory("c"))
        [stored] = store.get(HOME, [other.id])
        for change in (stored.but(key="k"), stored.but(key=None, content="C!")):
            with pytest.raises(ConflictError):
                put(store, change, version=stored.version)
        assert store.get(HOME, [other.id]) == [stored]
        found = store.find(HOME, "k")
        assert found is not None
        assert found.id == holder.id
