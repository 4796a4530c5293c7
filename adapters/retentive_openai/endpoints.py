"""The two APIs whose requests get memory: how each is read, changed and answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from retentive.memory import Memory
from retentive.turns import ChatMessage
from retentive_openai.delivery import Delivery
from retentive_openai.reading import as_message, check_messages, input_items
from retentive_openai.sse import Assembler, ChatAssembler, ResponseAssembler
from retentive_openai.transforms import capture, capture_response
from retentive_openai.weaving import CHAT, RESPONSES, weave

__all__ = ["ENDPOINTS", "Chat", "Endpoint", "Responses", "endpoint_at"]

Body = Mapping[str, Any]


class Endpoint(Protocol):
    """One API. Values are JSON bodies; none of them is changed.

    Attributes:
        keeps_history: Whether the server can keep a conversation's history.
    """

    keeps_history: bool

    def views(self, body: Body) -> list[ChatMessage]:
        """Return a request's messages; :class:`InvalidInputError` if it has none."""

    def thread(self, body: Body) -> str | None:
        """Return what names the history that the server keeps, if it does."""

    def woven(
        self,
        body: Body,
        memory: Memory,
        *,
        delivery: Delivery,
        session: str,
        shown: Sequence[str],
    ) -> Body:
        """Return the request with memories; the same object if there are none."""

    def captured(self, body: Body, answer: Body | None) -> list[dict[str, Any]]:
        """Return what is to be remembered of a request and its answer."""

    def assembler(self) -> Assembler:
        """Return what puts a streamed answer together."""


class Chat:
    """``/chat/completions``."""

    keeps_history = False

    def views(self, body: Body) -> list[ChatMessage]:
        """Return the messages."""
        return list(check_messages(body.get("messages")))

    def thread(self, body: Body) -> str | None:
        """Return nothing: the client sends the whole history."""
        return None

    def woven(
        self,
        body: Body,
        memory: Memory,
        *,
        delivery: Delivery,
        session: str,
        shown: Sequence[str],
    ) -> Body:
        """Return the request with memories."""
        woven = weave(
            body["messages"],
            memory,
            dialect=CHAT,
            delivery=delivery,
            session=session,
            shown=shown,
        )
        return body if woven == body["messages"] else {**body, "messages": woven}

    def captured(self, body: Body, answer: Body | None) -> list[dict[str, Any]]:
        """Return the new messages and the first choice."""
        return capture(body["messages"], answer)

    def assembler(self) -> Assembler:
        """Return what joins chunks."""
        return ChatAssembler()


class Responses:
    """``/responses``."""

    keeps_history = True

    def views(self, body: Body) -> list[ChatMessage]:
        """Return the input as chat messages."""
        return [as_message(item) for item in input_items(body.get("input") or "")]

    def thread(self, body: Body) -> str | None:
        """Return the response or the conversation that this one continues."""
        conversation = body.get("conversation")
        if isinstance(conversation, Mapping):
            conversation = conversation.get("id")
        name = body.get("previous_response_id") or conversation
        return name if isinstance(name, str) else None

    def woven(
        self,
        body: Body,
        memory: Memory,
        *,
        delivery: Delivery,
        session: str,
        shown: Sequence[str],
    ) -> Body:
        """Return the request with memories in its input."""
        items = list(input_items(body.get("input") or ""))
        if self.thread(body):  # the server keeps blocks where they stood
            delivery = replace(delivery, ledger=None)
        woven = weave(
            items,
            memory,
            dialect=RESPONSES,
            delivery=delivery,
            session=session,
            shown=shown,
        )
        return body if woven == items else {**body, "input": woven}

    def captured(self, body: Body, answer: Body | None) -> list[dict[str, Any]]:
        """Return the new messages and the output's."""
        previous = self.thread(body)
        return capture_response(body.get("input") or "", answer, previous=previous)

    def assembler(self) -> Assembler:
        """Return what finds the whole response."""
        return ResponseAssembler()


ENDPOINTS: Mapping[str, Endpoint] = {
    "/chat/completions": Chat(),
    "/responses": Responses(),
}
"""By the end of their paths."""


def endpoint_at(method: str, path: str) -> Endpoint | None:
    """Return the endpoint that a request is for, ``None`` if it gets no memory."""
    if method != "POST":
        return None
    for end, endpoint in ENDPOINTS.items():
        if path.rstrip("/").endswith(end):
            return endpoint
    return None
