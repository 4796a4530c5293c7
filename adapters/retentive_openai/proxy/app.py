"""The routes under ``/v1``: conversations with memory, everything else as it is."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from retentive.config.serving import Server
from retentive.errors import ConfigError, InvalidInputError, RetentiveError
from retentive.memory import Memory
from retentive.records import Message
from retentive.server.app import application
from retentive.server.callers import Caller, NamespaceRule, UnresolvedError, template
from retentive.server.errors import answer_to, refusal
from retentive_openai.delivery import Delivery
from retentive_openai.endpoints import Body, Endpoint, endpoint_at
from retentive_openai.exchange import Answer, Exchange, encoded, read_body
from retentive_openai.ledger import Ledger
from retentive_openai.proxy.relay import Relay
from retentive_openai.proxy.writer import Writer
from retentive_openai.softly import softly

__all__ = ["proxy"]

_MOST_BYTES = 128 << 20  # of a request; pictures and sounds are in it
_SETTLING_S = 0.25  # how long a request waits for what other sessions just said
_SESSION = "x-retentive-session"


def proxy(
    memory: Memory,
    settings: Server,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Starlette:
    """Return the application: the proxy, and the memories by REST.

    Args:
        memory: Over the store that holds everyone's; closed at the end.
        settings: Whom it serves, and what stands behind it.
        clock: Tells the present, UTC.

    Raises:
        ConfigError: No upstream is set.
    """
    if settings.upstream is None:
        raise ConfigError("the proxy needs 'server: {upstream: URL}' or --upstream URL")
    relay = Relay(settings.upstream, key=_key(settings))
    passing = _Passing(memory, settings, relay=relay, clock=clock)

    @asynccontextmanager
    async def life() -> AsyncIterator[None]:
        """Write what passed; close the connections."""
        async with passing.writer.life():
            yield
        await relay.close()

    return application(
        memory, settings, routes=[Mount("/v1", app=passing)], lives=[life]
    )


def _key(settings: Server) -> str | None:
    """Return what to present upstream: never one of this server's own tokens."""
    if settings.upstream_key is None and settings.tokens:
        return ""
    return settings.upstream_key


class _Passing:
    def __init__(
        self,
        memory: Memory,
        settings: Server,
        *,
        relay: Relay,
        clock: Callable[[], datetime],
    ) -> None:
        self._memory, self._settings, self._clock = memory, settings, clock
        self._relay = relay
        self._rule = NamespaceRule(settings.namespace)
        self.writer = Writer()
        self._delivery = Delivery(
            place=settings.place,
            join=settings.join,
            limit=settings.limit,
            ledger=Ledger(),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            body = await _whole(request)
        except ClientDisconnect:
            return
        if body is None:
            answer = refusal(413, f"a request may have {_MOST_BYTES:,} bytes")
            await answer(scope, receive, send)
            return
        endpoint = endpoint_at(request.method, request.url.path)
        try:
            if endpoint is None:
                await self._pass(request, body, receive, send)
            else:
                await self._converse(endpoint, request, body, receive, send)
        except RetentiveError as error:
            answer = await answer_to(request, error)
            await answer(scope, receive, send)

    async def _pass(
        self, request: Request, body: bytes, receive: Receive, send: Send
    ) -> None:
        onward = self._relay.request(
            request.method,
            path=_path(request),
            query=request.scope["query_string"],
            headers=request.headers.raw,
            body=body,
        )
        await self._relay.pass_on(onward, receive, send)

    async def _converse(
        self,
        endpoint: Endpoint,
        request: Request,
        raw: bytes,
        receive: Receive,
        send: Send,
    ) -> None:
        exchange = self._exchange(endpoint, read_body(raw), request.headers)
        await self.writer.room()
        await self.writer.settled(
            exchange.memory.namespace, session=exchange.session, most_s=_SETTLING_S
        )
        woven = await to_thread(
            softly, exchange.request, doing="recalling", strict=self._settings.strict
        )
        sent = exchange.body if woven is None else woven
        onward = self._relay.request(
            request.method,
            path=_path(request),
            query=request.scope["query_string"],
            headers=_identity(request),
            body=raw if sent is exchange.body else encoded(sent),
        )
        self._put(exchange, exchange.asked)
        listener = _Listener(exchange)
        try:
            await self._relay.pass_on(onward, receive, send, listener=listener)
        finally:
            self._learn(exchange, sent, listener)

    def _exchange(
        self, endpoint: Endpoint, body: Body, headers: Mapping[str, str]
    ) -> Exchange:
        caller = Caller(headers=headers, fields=body)
        namespace = self._rule.namespace(caller)
        return Exchange.of(
            endpoint,
            body,
            self._memory.within(*namespace),
            delivery=self._delivery,
            session=headers.get(_SESSION) or self._session(caller),
            at=self._clock(),
        )

    def _session(self, caller: Caller) -> str | None:
        if self._settings.session is None:
            return None
        try:
            return template(self._settings.session, caller)
        except UnresolvedError:
            return None

    def _learn(self, exchange: Exchange, sent: Body, listener: _Listener) -> None:
        answer = listener.body()
        if answer is not None:
            self._put(exchange, lambda: exchange.answered(answer))
            softly(
                lambda: exchange.follow(sent, answer), doing="following", strict=False
            )

    def _put(self, exchange: Exchange, said: Callable[[], list[Message]]) -> None:
        messages = softly(said, doing="reading what was said", strict=False)
        self.writer.put(exchange.memory, messages or ())


class _Listener:
    """Hears the answer to an exchange; a refusal says nothing to remember."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._answer: Answer | None = None

    def begin(self, status: int, content_type: str) -> None:
        if 200 <= status < 300:
            streamed = "event-stream" in content_type
            self._answer = Answer(self._exchange, streamed=streamed)

    def hear(self, data: bytes) -> None:
        if self._answer is not None:
            hear = partial(self._answer.hear, data)
            softly(hear, doing="reading an answer", strict=False)

    def body(self) -> Body | None:
        if self._answer is None:
            return None
        return softly(self._answer.body, doing="reading an answer", strict=False)


async def _whole(request: Request) -> bytes | None:
    """Return the body, ``None`` if it is too long."""
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > _MOST_BYTES:
            return None
        pieces.append(piece)
    return b"".join(pieces)


def _path(request: Request) -> str:
    """Return the path below the mount, as it was written.

    Raises:
        InvalidInputError: It would leave what the upstream's address names.
    """
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    path = raw.split(b"?")[0].decode("latin-1").removeprefix("/v1")
    if ".." in unquote(path).split("/"):
        raise InvalidInputError(f"a path may not climb with '..', got {path!r:.100}")
    return path


def _identity(request: Request) -> list[tuple[bytes, bytes]]:
    """Return the headers; the answer must come as it is to be read."""
    headers = [h for h in request.headers.raw if h[0] != b"accept-encoding"]
    return [*headers, (b"accept-encoding", b"identity")]
