"""Memory around an ``openai`` client, at its transport.

What the client's methods have in common is the request that they send. So memory
enters there: ``create``, ``parse``, ``stream``, raw and streaming responses and copies
by ``with_options`` all have it, and what they return is what they returned before.
"""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar, cast

from retentive.errors import InvalidInputError, MissingExtraError
from retentive.memory import Memory
from retentive_openai.delivery import Delivery, Place
from retentive_openai.endpoints import Body, endpoint_at
from retentive_openai.exchange import Answer, Exchange, encoded, read_body
from retentive_openai.ledger import Ledger
from retentive_openai.softly import softly

try:
    import httpx2
    from openai import AsyncOpenAI, OpenAI
except ImportError as exc:
    raise MissingExtraError(
        "openai>=3", extra="openai", purpose="retentive_openai.wrap"
    ) from exc

__all__ = ["SESSION_HEADER", "wrap"]

SESSION_HEADER = "x-retentive-session"
"""Names the conversation of a request; it goes no further than the memory."""

Client = TypeVar("Client", bound=OpenAI | AsyncOpenAI)


def wrap(
    client: Client,
    memory: Memory,
    *,
    session: str | None = None,
    budget: int | None = None,
    place: Place = "question",
    join: bool = False,
    limit: int | None = None,
    strict: bool = False,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Client:
    """Return a client with memory in Chat Completions and Responses.

    It shares the given client's connections; closing either closes both. The session
    of a single request can be named by the header ``x-retentive-session``, such as in
    ``client.with_options(default_headers={"x-retentive-session": "friday"})``.

    Args:
        client: An ``OpenAI`` or an ``AsyncOpenAI``, or one of their kinds; not changed.
        memory: Whose memories it gets, and who learns from it.
        session: The conversation of requests that name none; told apart by how
            they begin, if omitted.
        budget: Tokens of the block; the memory's own if omitted.
        place: See :class:`~retentive_openai.delivery.Delivery`.
        join: Whether the block joins the question's own message.
        limit: Most tokens of all messages.
        strict: Whether a failing memory fails the request.
        clock: Tells the present, UTC.

    Raises:
        InvalidInputError: It is no such client, or it runs on the older ``httpx``.
    """
    delivery = Delivery(
        budget=budget, place=place, join=join, limit=limit, ledger=Ledger()
    )
    side = _Side(
        memory=memory, delivery=delivery, session=session, strict=strict, clock=clock
    )
    inner = getattr(client, "_client", None)
    if isinstance(client, OpenAI) and isinstance(inner, httpx2.Client):
        sync = httpx2.Client(transport=_Transport(inner, side), follow_redirects=True)
        return cast("Client", client.with_options(http_client=sync))
    if isinstance(client, AsyncOpenAI) and isinstance(inner, httpx2.AsyncClient):
        transport = _AsyncTransport(inner, side)
        async_ = httpx2.AsyncClient(transport=transport, follow_redirects=True)
        return cast("Client", client.with_options(http_client=async_))
    raise InvalidInputError(
        f"wrap takes an OpenAI or AsyncOpenAI client on httpx2, got {client!r}; leave "
        "out http_client=, or give an httpx2.Client"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """What memory does before and after a request; blocking."""

    memory: Memory
    delivery: Delivery
    session: str | None
    strict: bool
    clock: Callable[[], datetime]

    def before(self, request: httpx2.Request) -> _Sent:
        """Return the request with memories; learn from what it says."""
        exchange = self._exchange(request)
        if exchange is None:
            return _Sent(request=_without_header(request))
        body = softly(exchange.request, doing="recalling", strict=self.strict)
        softly(
            lambda: self.memory.remember(exchange.asked()),
            doing="remembering what was asked",
            strict=self.strict,
        )
        sent = exchange.body if body is None else body
        woven = _with_body(request, encoded(sent))
        return _Sent(request=woven, exchange=exchange, body=sent)

    def after(self, sent: _Sent, answer: Answer) -> None:
        """Learn from an answer."""
        exchange, body = sent.exchange, answer.body()
        if exchange is None or body is None:
            return

        def learn() -> None:
            self.memory.remember(exchange.answered(body))
            exchange.follow(sent.body, body)

        softly(learn, doing="remembering what was answered", strict=self.strict)

    def _exchange(self, request: httpx2.Request) -> Exchange | None:
        """Return what gets memory; the server says what is wrong with the rest."""
        endpoint = endpoint_at(request.method, request.url.path)
        if endpoint is None:
            return None
        try:
            return Exchange.of(
                endpoint,
                read_body(request.read()),
                self.memory,
                delivery=self.delivery,
                session=request.headers.get(SESSION_HEADER) or self.session,
                at=self.clock(),
            )
        except InvalidInputError:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    request: httpx2.Request
    exchange: Exchange | None = None
    body: Body = field(default_factory=dict)

    def answer(self, response: httpx2.Response) -> Answer | None:
        """Return who listens to a response; nobody to a refusal."""
        if self.exchange is None or not response.is_success:
            return None
        kind = response.headers.get("content-type", "")
        return Answer(self.exchange, streamed="event-stream" in kind)


class _Transport(httpx2.BaseTransport):
    def __init__(self, inner: httpx2.Client, side: _Side) -> None:
        self._inner, self._side = inner, side

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        sent = self._side.before(request)
        response = self._inner.send(sent.request, stream=True)
        answer = sent.answer(response)

        def finish() -> None:
            if answer is not None:
                self._side.after(sent, answer)

        return _passed_on(response, _Tee(response, answer, finish))

    def close(self) -> None:
        self._inner.close()


class _AsyncTransport(httpx2.AsyncBaseTransport):
    def __init__(self, inner: httpx2.AsyncClient, side: _Side) -> None:
        self._inner, self._side = inner, side

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        await request.aread()
        sent = await to_thread(self._side.before, request)
        response = await self._inner.send(sent.request, stream=True)
        answer = sent.answer(response)

        def finish() -> None:
            if answer is not None:
                self._side.after(sent, answer)

        return _passed_on(response, _AsyncTee(response, answer, finish))

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Tee(httpx2.SyncByteStream):
    """Passes bytes on as they come; at their end, or when left, finishes once."""

    def __init__(
        self,
        response: httpx2.Response,
        answer: Answer | None,
        finish: Callable[[], None],
    ) -> None:
        self._response, self._answer, self._finish = response, answer, finish
        self._finished = False

    def __iter__(self) -> Iterator[bytes]:
        for data in self._response.iter_raw():
            if self._answer is not None:
                self._answer.hear(data)
            yield data

    def close(self) -> None:
        self._response.close()
        if not self._finished:
            self._finished = True
            self._finish()


class _AsyncTee(httpx2.AsyncByteStream):
    """The same for asyncio; what blocks runs in a thread."""

    def __init__(
        self,
        response: httpx2.Response,
        answer: Answer | None,
        finish: Callable[[], None],
    ) -> None:
        self._response, self._answer, self._finish = response, answer, finish
        self._finished = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for data in self._response.aiter_raw():
            if self._answer is not None:
                self._answer.hear(data)
            yield data

    async def aclose(self) -> None:
        await self._response.aclose()
        if not self._finished:
            self._finished = True
            await to_thread(self._finish)


def _passed_on(
    response: httpx2.Response, stream: httpx2.SyncByteStream | httpx2.AsyncByteStream
) -> httpx2.Response:
    return httpx2.Response(
        response.status_code,
        headers=response.headers,
        stream=stream,
        extensions=response.extensions,
    )


def _with_body(request: httpx2.Request, body: bytes) -> httpx2.Request:
    """Return the request with another body; its answer must come as it is read."""
    left_out = ("content-length", "accept-encoding", SESSION_HEADER)
    kept = [pair for pair in request.headers.multi_items() if pair[0] not in left_out]
    return httpx2.Request(
        request.method,
        request.url,
        headers=[*kept, ("accept-encoding", "identity")],
        content=body,
        extensions=request.extensions,
    )


def _without_header(request: httpx2.Request) -> httpx2.Request:
    request.headers.pop(SESSION_HEADER, None)
    return request
