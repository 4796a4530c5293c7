"""Passes a request on and its answer back, byte for byte, as fast as it is read."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Protocol

import httpx2
from starlette.types import Message, Receive, Send

from retentive.server.errors import refusal

__all__ = ["Listener", "Relay"]

_LOG = logging.getLogger("retentive.openai")
# RFC 9110, section 7.6.1: these are between neighbours.
_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
_CONNECT_S = 10.0  # an answer may take as long as it takes; a connection may not
_LIMITS = httpx2.Limits(max_connections=None, max_keepalive_connections=100)

Headers = Iterable[tuple[bytes, bytes]]


class Listener(Protocol):
    """Hears an answer as it passes."""

    def begin(self, status: int, content_type: str) -> None:
        """Hear how it begins."""

    def hear(self, data: bytes) -> None:
        """Hear some of its body."""


class Relay:
    """The connections to one upstream; belongs to one event loop."""

    def __init__(self, upstream: str, *, key: str | None = None) -> None:
        """Prepare; nothing is connected yet.

        Args:
            upstream: Its address, such as ``https://api.openai.com/v1``.
            key: What it is sent as bearer instead of the client's own; ``None``
                passes that on, and an empty one sends neither.
        """
        self._upstream = httpx2.URL(upstream.rstrip("/"))
        self._key = key
        timeout = httpx2.Timeout(None, connect=_CONNECT_S)
        self._extensions = {"timeout": timeout.as_dict()}
        self._client = httpx2.AsyncClient(limits=_LIMITS, follow_redirects=False)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def request(
        self, method: str, *, path: str, query: bytes, headers: Headers, body: bytes
    ) -> httpx2.Request:
        """Return the request as the upstream gets it."""
        base = self._upstream.raw_path.rstrip(b"/")
        target = base + path.encode() + (b"?" + query if query else b"")
        return httpx2.Request(
            method,
            self._upstream.copy_with(raw_path=target),
            headers=self._onward(headers),
            content=body,
            extensions=self._extensions,
        )

    async def pass_on(
        self,
        request: httpx2.Request,
        receive: Receive,
        send: Send,
        *,
        listener: Listener | None = None,
    ) -> None:
        """Send a request, and its answer back; stop both when the client leaves."""
        passing = asyncio.create_task(self._transfer(request, send, listener))
        leaving = asyncio.create_task(_left(receive))
        try:
            await asyncio.wait((passing, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (passing, leaving):
                if not task.done():
                    task.cancel()
            await asyncio.wait((passing, leaving))
        if not passing.cancelled():
            passing.result()

    async def _transfer(
        self, request: httpx2.Request, send: Send, listener: Listener | None
    ) -> None:
        try:
            response = await self._client.send(request, stream=True)
        except httpx2.TransportError as error:
            await _unreachable(request, error, send)
            return
        try:
            await send(_start(response))
            if listener is not None:
                kind = response.headers.get("content-type", "")
                listener.begin(response.status_code, kind)
            async for data in response.aiter_raw():
                if listener is not None:
                    listener.hear(data)
                await send(
                    {"type": "http.response.body", "body": data, "more_body": True}
                )
            await send({"type": "http.response.body", "body": b""})
        except httpx2.TransportError as error:
            # The client must see that the answer is not whole: it gets no end.
            _LOG.warning("%s broke off: %r", request.url, error)
        finally:
            await response.aclose()

    def _onward(self, headers: Headers) -> list[tuple[bytes, bytes]]:
        left_out = {b"host", b"content-length", *_HOP_BY_HOP}
        if self._key is not None:
            left_out.add(b"authorization")
        kept = [
            (name, value)
            for name, value in headers
            if name not in left_out and not name.startswith(b"x-retentive-")
        ]
        if self._key:
            kept.append((b"authorization", b"Bearer " + self._key.encode()))
        return kept


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _unreachable(
    request: httpx2.Request, error: httpx2.TransportError, send: Send
) -> None:
    _LOG.warning("%s cannot be reached: %r", request.url, error)
    answer = refusal(
        502,
        f"the upstream {request.url.host!r} cannot be reached: "
        f"{type(error).__name__}; check the server's setting 'upstream'",
        code="upstream_unreachable",
    )
    await answer({"type": "http", "method": request.method}, _never, send)


async def _never() -> Message:
    await asyncio.Event().wait()
    raise AssertionError("an answer in one piece asks for nothing")


def _start(response: httpx2.Response) -> Message:
    headers = [
        (name.lower(), value)
        for name, value in response.headers.raw
        if name.lower() not in _HOP_BY_HOP
    ]
    return {
        "type": "http.response.start",
        "status": response.status_code,
        "headers": headers,
    }
