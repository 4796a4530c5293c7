"""Sessions and recall for ``openai-agents``.

The session keeps the transcript and learns from it; the filter puts memories before
the model and nowhere else, so that they are never stored as something that was said.
"""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

from retentive.errors import MissingExtraError
from retentive.memory import Memory
from retentive.protocols import Batch, MessageDelete
from retentive.records import Message, ToolCall
from retentive.turns import text_of
from retentive_openai.delivery import Delivery, Place
from retentive_openai.ledger import Ledger
from retentive_openai.reading import as_message, input_items, kept
from retentive_openai.softly import softly
from retentive_openai.weaving import RESPONSES, weave

try:
    from agents import RunContextWrapper, SessionSettings, TResponseInputItem
    from agents.run import CallModelData, ModelInputData
except ImportError as exc:
    raise MissingExtraError(
        "openai-agents", extra="agents", purpose="retentive_openai.MemorySession"
    ) from exc

__all__ = ["MemorySession", "NamespaceOf", "recall_filter"]

NamespaceOf = Callable[[Any], Sequence[str]]
"""Says whose memory a run uses, from its context; raises if it cannot tell."""

_ITEM = "openai_item"  # where a message keeps the item that it was made of


class MemorySession:
    """An agent's ``Session``: its history word for word, and long-term memory of it.

    Clearing a session, or popping an item, changes its history. What was learnt from
    it stays, until it is forgotten.
    """

    def __init__(
        self,
        session_id: str,
        memory: Memory,
        *,
        namespace: NamespaceOf | None = None,
        settings: SessionSettings | None = None,
    ) -> None:
        """Name the conversation.

        Args:
            session_id: The conversation.
            memory: Where its history and its memories live.
            namespace: Whose they are, by the run's context; the memory's own
                namespace if omitted.
            settings: What the package calls session settings; their ``limit``.
        """
        self.session_id = session_id
        self.session_settings = settings
        self._memory = memory
        self._namespace = namespace

    async def get_items(
        self,
        limit: int | None = None,
        *,
        wrapper: RunContextWrapper[Any] | None = None,
    ) -> list[TResponseInputItem]:
        """Return the newest items, or all, in order."""
        if limit is None and self.session_settings is not None:
            limit = self.session_settings.limit
        if limit is not None and limit < 1:
            return []
        found = await to_thread(self._of(wrapper).messages, self.session_id, last=limit)
        return [_item(message) for message in found]

    async def add_items(
        self,
        items: list[TResponseInputItem],
        *,
        wrapper: RunContextWrapper[Any] | None = None,
    ) -> None:
        """Append items to the history, and learn from them."""
        memory = self._of(wrapper)
        said = [
            _message(item, session=self.session_id)
            for item in input_items(cast("list[dict[str, Any]]", items))
        ]
        await to_thread(memory.remember, said)

    async def pop_item(
        self, *, wrapper: RunContextWrapper[Any] | None = None
    ) -> TResponseInputItem | None:
        """Take the newest item out of the history and return it."""
        memory = self._of(wrapper)
        newest = await to_thread(memory.messages, self.session_id, last=1)
        if not newest:
            return None
        await self._delete(memory, newest[0].id)
        return _item(newest[0])

    async def clear_session(
        self, *, wrapper: RunContextWrapper[Any] | None = None
    ) -> None:
        """Remove the history."""
        await self._delete(self._of(wrapper), None)

    async def _delete(self, memory: Memory, id: str | None) -> None:
        gone = MessageDelete(session=self.session_id, id=id)
        batch = Batch(namespace=memory.namespace, message_deletes=[gone])
        await to_thread(memory.store.apply, batch)

    def _of(self, wrapper: RunContextWrapper[Any] | None) -> Memory:
        context = None if wrapper is None else wrapper.context
        return _memory_of(self._memory, self._namespace, context)


def recall_filter(
    memory: Memory,
    *,
    namespace: NamespaceOf | None = None,
    session: str | None = None,
    budget: int | None = None,
    place: Place = "question",
    limit: int | None = None,
    strict: bool = False,
) -> Callable[[CallModelData[Any]], Awaitable[ModelInputData]]:
    """Return a ``call_model_input_filter`` that puts memories before the model.

    Args:
        memory: Where to recall from.
        namespace: Whose memories, by the run's context, as for the session.
        session: The session that asks.
        budget: Tokens of the block; the memory's own if omitted.
        place: See :class:`~retentive_openai.delivery.Delivery`.
        limit: Most tokens of the input.
        strict: Whether a failing memory fails the run; one whose namespace cannot be
            told always does.
    """
    delivery = Delivery(budget=budget, place=place, limit=limit, ledger=Ledger())

    async def recall(data: CallModelData[Any]) -> ModelInputData:
        """Put memories before the model."""
        given = data.model_data
        mine = _memory_of(memory, namespace, data.context)

        def woven() -> Sequence[Any]:
            """Return the input with memories."""
            return weave(
                input_items(cast("list[dict[str, Any]]", given.input)),
                mine,
                dialect=RESPONSES,
                delivery=delivery,
                session=session,
            )

        items = await to_thread(softly, woven, doing="recalling", strict=strict)
        return ModelInputData(
            input=given.input if items is None else list(items),
            instructions=given.instructions,
        )

    return recall


def _memory_of(
    memory: Memory, namespace: NamespaceOf | None, context: object
) -> Memory:
    return memory if namespace is None else memory.within(*namespace(context))


def _message(item: Any, *, session: str) -> Message:
    """Return an item as a message that carries the item itself."""
    fields = kept(as_message(item)) or {"role": "user", "content": ""}
    calls = fields.get("tool_calls") or ()
    return Message(
        role=fields["role"],
        content=text_of(fields),
        session=session,
        tool_calls=tuple(ToolCall(id=call["id"], **call["function"]) for call in calls),
        tool_call_id=fields.get("tool_call_id"),
        raw={_ITEM: item},
    )


def _item(message: Message) -> TResponseInputItem:
    """Return the item that a message carries; of another's message, its words."""
    plain = {"role": message.role, "content": message.content}
    return cast("TResponseInputItem", message.raw.get(_ITEM, plain))
