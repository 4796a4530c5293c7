"""Memory for plain lists: pure functions, for Chat Completions and for Responses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from retentive.memory import Memory
from retentive.turns import ChatMessage, added
from retentive_openai.delivery import Delivery, Place
from retentive_openai.ledger import Ledger
from retentive_openai.reading import (
    as_message,
    chain,
    check_messages,
    input_items,
    kept,
)
from retentive_openai.weaving import CHAT, RESPONSES, weave

__all__ = ["capture", "capture_response", "with_memory", "with_memory_input"]


class _Dumps(Protocol):
    """What the ``openai`` package returns."""

    def model_dump(self) -> dict[str, Any]: ...


Reply = Mapping[str, Any] | _Dumps


def with_memory(
    messages: Sequence[ChatMessage],
    memory: Memory,
    *,
    session: str | None = None,
    budget: int | None = None,
    place: Place = "question",
    join: bool = False,
    limit: int | None = None,
    ledger: Ledger | None = None,
    now: datetime | None = None,
) -> list[ChatMessage]:
    """Return chat messages with the memories that the newest question asks for.

    The block is a message of the user, quoted data that claims no authority. Messages
    that hold their block already come back as they are, and so do those that ask
    nothing in words.

    Args:
        messages: For Chat Completions, newest last; not changed.
        memory: Where to recall from.
        session: The session that asks.
        budget: Tokens of the block; the memory's own if omitted.
        place: See :class:`Delivery`; so for the next three.
        join: Whether the block joins the question's own message.
        limit: Most tokens of all messages.
        ledger: Keeps the blocks of earlier turns where they stood.
        now: The asker's present; the memory's clock if omitted.

    Raises:
        InvalidInputError: These are no messages.
        StoreError: The memory could not be read.
    """
    delivery = Delivery(
        budget=budget, place=place, join=join, limit=limit, ledger=ledger
    )
    return weave(
        check_messages(messages),
        memory,
        dialect=CHAT,
        delivery=delivery,
        session=session,
        now=now,
    )


def with_memory_input(
    input: str | Sequence[Mapping[str, Any]],
    memory: Memory,
    *,
    session: str | None = None,
    budget: int | None = None,
    place: Place = "question",
    join: bool = False,
    limit: int | None = None,
    ledger: Ledger | None = None,
    now: datetime | None = None,
) -> list[Mapping[str, Any]]:
    """Return a response's ``input`` with memories; see :func:`with_memory`.

    Args:
        input: A text, or items as the Responses API takes them.
        memory: Where to recall from.
        session: The session that asks.
        budget: As for :func:`with_memory`, and so for the rest.
        place: See :class:`Delivery`.
        join: Whether the block joins the question's own item.
        limit: Most tokens of all items.
        ledger: Keeps the blocks of earlier turns where they stood.
        now: The asker's present.
    """
    delivery = Delivery(
        budget=budget, place=place, join=join, limit=limit, ledger=ledger
    )
    return weave(
        input_items(input),
        memory,
        dialect=RESPONSES,
        delivery=delivery,
        session=session,
        now=now,
    )


def capture(
    messages: Sequence[ChatMessage], reply: Reply | None = None
) -> list[dict[str, Any]]:
    """Return what an exchange adds, for :meth:`~retentive.memory.Memory.remember`.

    The messages since the last answer, and the reply: without blocks of memories, and
    with digests for the bytes of pictures, sounds and files. Their ids follow from
    the conversation, so that a request that is sent again adds nothing.

    Args:
        messages: What was sent, with or without memories in it.
        reply: An assistant's message, or a whole chat completion, of which the
            first choice counts: as JSON or as the ``openai`` package returns it.

    Raises:
        InvalidInputError: These are no messages.
    """
    views = list(check_messages(messages))
    answers = [] if reply is None else _chosen(_plain(reply))
    return _captured(views, check_messages(answers))


def capture_response(
    input: str | Sequence[Mapping[str, Any]],
    response: Reply | None = None,
    *,
    previous: str | None = None,
) -> list[dict[str, Any]]:
    """Return what a response adds, as chat messages; see :func:`capture`.

    Args:
        input: What was sent, with or without memories in it.
        response: The response, as JSON or as the ``openai`` package returns it.
        previous: The ``previous_response_id`` or conversation that it continues, for
            the ids of its messages.
    """
    views = [as_message(item) for item in input_items(input)]
    output = [] if response is None else _plain(response).get("output") or ()
    answers = [as_message(item) for item in input_items(output)]
    said = [answer for answer in answers if _says_something(answer)]
    return _captured(views, said, seed=previous or "")


def _captured(
    views: Sequence[ChatMessage], answers: Sequence[ChatMessage], *, seed: str = ""
) -> list[dict[str, Any]]:
    said = [*views, *answers]
    new = {id(message) for message in (*added(views), *answers)}
    captured = []
    for message, key in zip(said, chain(said, seed=seed), strict=True):
        fields = kept(message) if id(message) in new else None
        if fields is not None:
            captured.append({**fields, "id": key})
    return captured


def _chosen(reply: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the message of a completion's first choice, or the message itself."""
    if "choices" not in reply:
        return [reply]
    return [choice["message"] for choice in list(reply["choices"])[:1]]


def _plain(reply: Reply) -> Mapping[str, Any]:
    return reply if isinstance(reply, Mapping) else reply.model_dump()


def _says_something(message: ChatMessage) -> bool:
    return bool(message.get("content") or message.get("tool_calls"))
