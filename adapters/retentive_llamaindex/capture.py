"""Remembers messages that carry no identity, each of them once."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from hashlib import blake2b

from llama_index.core.base.llms.types import ChatMessage

from retentive import Memory
from retentive.processors.split import drafts_from
from retentive.records import Message
from retentive.stores.codec import to_json
from retentive_llamaindex.messages import from_chat, said

__all__ = ["remember_once"]


def remember_once(
    memory: Memory,
    messages: Sequence[ChatMessage],
    *,
    session: str,
    seen: AbstractSet[str] = frozenset(),
) -> AbstractSet[str]:
    """Remember what messages say, without keeping a transcript of them.

    A message is known by its session and by all that it says, so that it may be seen
    any number of times, by any process, and counts once. The same words a second time
    in one session are the same message to it.

    Args:
        memory: Where to.
        messages: What was said, in order.
        session: The conversation.
        seen: Messages that need no second look, as an earlier call returned them.

    Returns:
        By what these messages are known.
    """
    now = memory.clock()
    known = [_known(from_chat(chat, session=session, at=now)) for chat in messages]
    ids = frozenset(message.id for message in known)
    if ids <= seen:
        return ids
    drafts = drafts_from(known, namespace=memory.namespace, recorded_at=now)
    fresh = [
        draft.record
        for draft in drafts
        if not all(message.id in seen for message in draft.messages)
    ]
    if fresh:
        memory.remember(fresh)
    return ids


def _known(message: Message) -> Message:
    text = to_json([message.session, *said(message)]) or ""
    return replace(message, id=blake2b(text.encode(), digest_size=16).hexdigest())
