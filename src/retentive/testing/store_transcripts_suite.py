"""Transcripts and leases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from retentive.errors import (
    FencedError,
    InvalidInputError,
)
from retentive.protocols import (
    Batch,
    MessageDelete,
    Put,
    Store,
)
from retentive.records import (
    ContentPart,
    Message,
    ToolCall,
)
from retentive.testing.clock import ManualClock
from retentive.testing.store_examples import (
    HOME,
    NOW,
    memory,
)

__all__ = ["TranscriptChecks"]


class TranscriptChecks:
    """Transcripts and leases."""

    # --- transcripts -------------------------------------------------------------

    def test_messages_come_back_word_for_word_and_in_order(
        self, store: Store, reopen: Callable[[Store], Store] | None
    ) -> None:
        """With tool calls, parts and whatever else they carried."""
        messages = [
            Message(role="user", content="a\0b\n", session="s", at=NOW, name="Ann"),
            Message(
                role="assistant",
                content="",
                session="s",
                at=NOW,
                parts=(ContentPart(type="audio", data={"id": 1}),),
                tool_calls=(ToolCall(id="c1", name="f", arguments='{"x": 1}'),),
                raw={"usage": {"tokens": 3}},
            ),
            Message(role="tool", content="42", session="s", at=NOW, tool_call_id="c1"),
        ]
        commit = store.apply(Batch(namespace=HOME, messages=messages))
        assert commit.messages == 3
        if reopen is not None:
            store = reopen(store)
        assert store.messages(HOME, "s") == messages
        assert store.messages(HOME, "s", last=2) == messages[1:]
        assert store.messages(HOME, "s", after=messages[0].id) == messages[1:]
        assert store.messages(HOME, "s", after=messages[0].id, last=1) == messages[2:]
        assert store.messages(HOME, "other") == []
        assert store.sessions(HOME) == ["s"]

    def test_a_transcript_is_read_in_pages_from_either_end(self, store: Store) -> None:
        """Bounds are ids, and exclusive; an unknown one bounds nothing."""
        said = [
            Message(role="user", content=str(i), session="s", at=NOW) for i in range(7)
        ]
        store.apply(Batch(namespace=HOME, messages=said))
        assert store.messages(HOME, "s", first=2) == said[:2]
        assert store.messages(HOME, "s", after=said[1].id, first=2) == said[2:4]
        assert store.messages(HOME, "s", before=said[5].id, last=2) == said[3:5]
        assert store.messages(HOME, "s", before=said[5].id, first=1) == said[:1]
        left, right = said[1].id, said[5].id
        assert store.messages(HOME, "s", after=left, before=right) == said[2:5]
        assert store.messages(HOME, "s", after=left, before=right, first=9) == said[2:5]
        assert store.messages(HOME, "s", after=left, before=right, last=1) == said[4:5]
        assert store.messages(HOME, "s", after=right, before=left) == []
        assert store.messages(HOME, "s", first=0) == []
        assert store.messages(HOME, "s", last=0) == []
        assert store.messages(HOME, "s", before="unknown") == []
        assert store.messages(HOME, "s", after="unknown") == []
        with pytest.raises(InvalidInputError, match="not both"):
            store.messages(HOME, "s", first=1, last=1)

    def test_messages_are_counted(self, store: Store) -> None:
        """Of one session, of one namespace."""
        said = [
            Message(role="user", content=str(i), session=session, at=NOW)
            for i, session in enumerate("sst")
        ]
        store.apply(Batch(namespace=HOME, messages=said))
        assert store.count_messages(HOME, "s") == 2
        assert store.count_messages(HOME, "t") == 1
        assert store.count_messages(HOME, "unknown") == 0
        assert store.count_messages(("elsewhere",), "s") == 0

    def test_a_transcript_is_replaced_in_one_commit(self, store: Store) -> None:
        """Removals come before appends, so that what stays may change its place."""
        said = [
            Message(role="user", content=str(i), session="s", at=NOW) for i in range(3)
        ]
        store.apply(Batch(namespace=HOME, messages=said))
        commit = store.apply(
            Batch(
                namespace=HOME,
                message_deletes=[MessageDelete(session="s")],
                messages=[said[2], said[0]],
            )
        )
        assert commit.messages == 2
        assert store.messages(HOME, "s") == [said[2], said[0]]

    def test_a_message_is_appended_once(self, store: Store) -> None:
        """Ids are unique within a session, not beyond it."""
        message = Message(role="user", content="hi", session="s", id="m", at=NOW)
        twin = Message(role="user", content="ho", session="t", id="m", at=NOW)
        store.apply(Batch(namespace=HOME, messages=[message, twin]))
        commit = store.apply(Batch(namespace=HOME, messages=[message]))
        assert commit.messages == 0
        assert store.messages(HOME, "s") == [message]
        assert store.sessions(HOME) == ["s", "t"]

    def test_messages_and_sessions_can_be_removed(self, store: Store) -> None:
        """One message, then all of them."""
        messages = [
            Message(role="user", content=str(i), session="s", at=NOW) for i in range(3)
        ]
        store.apply(Batch(namespace=HOME, messages=messages))
        gone = MessageDelete(session="s", id=messages[1].id)
        store.apply(Batch(namespace=HOME, message_deletes=[gone]))
        assert [m.content for m in store.messages(HOME, "s")] == ["0", "2"]
        store.apply(Batch(namespace=HOME, message_deletes=[MessageDelete(session="s")]))
        assert store.messages(HOME, "s") == []
        assert store.sessions(HOME) == []

    # --- leases ------------------------------------------------------------------

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
            store.apply(Batch(namespace=HOME, lease=first))
            clock.advance(2)
            with store.lease("work", ttl_s=10) as third:
                assert third is not None
                assert third.fence > first.fence
                late = [Put(record=memory("late"))]
                with pytest.raises(FencedError):
                    store.apply(Batch(namespace=HOME, puts=late, lease=first))
                with pytest.raises(FencedError):
                    first.renew()
        assert store.scan(HOME) == []
        with store.lease("work", ttl_s=10) as fourth:
            assert fourth is not None

    def test_a_lease_that_ran_out_does_not_free_its_successor(
        self, store: Store, clock: ManualClock
    ) -> None:
        """Releasing what was lost leaves the present holder alone."""
        with store.lease("work", ttl_s=10) as first:
            assert first is not None
            clock.advance(11)
            with store.lease("work", ttl_s=10) as second:
                assert second is not None
                first.release()
                with store.lease("work", ttl_s=10) as third:
                    assert third is None
                store.apply(Batch(namespace=HOME, lease=second))

    def test_a_released_lease_guards_nothing(self, store: Store) -> None:
        """Its time may not be over, but it was given up."""
        with store.lease("work", ttl_s=10) as lease:
            assert lease is not None
            lease.release()
            lease.release()
            with pytest.raises(FencedError):
                store.apply(Batch(namespace=HOME, lease=lease))
