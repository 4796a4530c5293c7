"""One request and its answer, on their way past a memory."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from retentive.errors import InvalidInputError
from retentive.memory import Memory
from retentive.processors.inputs import message_from_mapping
from retentive.records import Message
from retentive.turns import ChatMessage, is_block, text_of
from retentive_openai.delivery import Delivery
from retentive_openai.endpoints import Body, Endpoint
from retentive_openai.ledger import Ledger, Thread
from retentive_openai.reading import chain
from retentive_openai.sse import EventReader

__all__ = ["Answer", "Exchange", "encoded", "read_body", "session_of"]

_SHOWN_TEXTS = 200  # of a history that the server keeps; older ones may be said again


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request that gets memory.

    Attributes:
        endpoint: Its API.
        body: What the client sent.
        memory: Whose memories it gets, and who learns from it.
        delivery: How they enter.
        session: Its conversation.
        at: When it was made, UTC.
        thread: What is known of a history that the server keeps.
    """

    endpoint: Endpoint
    body: Body
    memory: Memory
    delivery: Delivery
    session: str
    at: datetime
    thread: Thread

    @classmethod
    def of(
        cls,
        endpoint: Endpoint,
        body: Body,
        memory: Memory,
        *,
        delivery: Delivery,
        session: str | None,
        at: datetime,
    ) -> Exchange:
        """Read a request.

        Args:
            endpoint: Its API.
            body: What the client sent.
            memory: Whose memories it gets.
            delivery: How they enter.
            session: Its conversation, if the client names one.
            at: When it was made.

        Raises:
            InvalidInputError: It holds no messages; the message says where.
        """
        views = endpoint.views(body)
        name = endpoint.thread(body)
        ledger = delivery.ledger
        known = ledger.thread(name) if ledger is not None and name else None
        named = session or (known.session if known else name)
        thread = known or Thread(session=named or session_of(views, at=at))
        return cls(
            endpoint=endpoint,
            body=body,
            memory=memory,
            delivery=delivery,
            session=session or thread.session,
            at=at,
            thread=thread,
        )

    def request(self) -> Body:
        """Return the request with memories; the client's own object if none came."""
        return self.endpoint.woven(
            self.body,
            self.memory,
            delivery=self.delivery,
            session=self.session,
            shown=self.thread.shown,
        )

    def asked(self) -> list[Message]:
        """Return what the request adds to the conversation."""
        return self._messages(self.endpoint.captured(self.body, None))

    def answered(self, answer: Body) -> list[Message]:
        """Return what an answer adds to the conversation."""
        before = len(self.endpoint.captured(self.body, None))
        return self._messages(self.endpoint.captured(self.body, answer)[before:])

    def follow(self, sent: Body, answer: Body) -> None:
        """Note which thread an answer continues, where the server keeps it.

        Args:
            sent: The request as it went to the server.
            answer: What came back.
        """
        ledger: Ledger | None = self.delivery.ledger
        if ledger is None or not self.endpoint.keeps_history:
            return
        said = [*self.endpoint.views(sent), *self.endpoint.captured(sent, answer)]
        texts = dict.fromkeys([*self.thread.shown, *map(text_of, said)])
        thread = Thread(session=self.session, shown=tuple(texts)[-_SHOWN_TEXTS:])
        for name in (answer.get("id"), self.endpoint.thread(self.body)):
            if isinstance(name, str):
                ledger.link(name, thread)

    def _messages(self, captured: Sequence[Mapping[str, Any]]) -> list[Message]:
        return [
            message_from_mapping(fields, session=self.session, at=self.at)
            for fields in captured
        ]


class Answer:
    """Listens to a body that passes, whole or as events."""

    def __init__(self, exchange: Exchange, *, streamed: bool) -> None:
        """Begin to listen.

        Args:
            exchange: What is answered.
            streamed: Whether events come.
        """
        self._streamed = streamed
        self._reader = EventReader()
        self._assembler = exchange.endpoint.assembler()
        self._whole: list[bytes] = []

    def hear(self, data: bytes) -> None:
        """Take in bytes of the body."""
        if not self._streamed:
            self._whole.append(data)
            return
        for event in self._reader.feed(data):
            self._assembler.add(event)

    def body(self) -> Body | None:
        """Return the answer, ``None`` if there is none to speak of."""
        if self._streamed:
            return self._assembler.answer()
        try:
            return read_body(b"".join(self._whole))
        except InvalidInputError:
            return None


def read_body(raw: bytes) -> Body:
    """Return the JSON object of a body.

    Raises:
        InvalidInputError: It is none.
    """
    try:
        body = json.loads(raw, parse_constant=_refuse)
    except (ValueError, RecursionError) as exc:
        raise InvalidInputError(f"the body is no JSON: {exc}; send an object") from exc
    if not isinstance(body, dict):
        raise InvalidInputError(f"the body must be an object, got {body!r:.100}")
    return body


def encoded(body: Body) -> bytes:
    """Return a body as bytes; the same body gives the same ones."""
    return json.dumps(body, separators=(",", ":"), allow_nan=False).encode()


def session_of(views: Sequence[ChatMessage], *, at: datetime) -> str:
    """Return a name for a conversation that has none: its beginning, and the day.

    Requests carry no name of their conversation, but they repeat its beginning. The
    day tells two conversations apart that begin alike.
    """
    asked = (v for v in views if v.get("role") == "user" and not is_block(v))
    [key] = chain([next(asked, {"role": "user"})])
    return f"chat-{key}-{at.date().isoformat()}"


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no JSON")
