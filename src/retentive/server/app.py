"""The application: its doors, its routes, and its orderly end."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from retentive.config.serving import Server
from retentive.errors import RetentiveError
from retentive.memory import Memory
from retentive.server.callers import Caller, NamespaceRule, may_enter
from retentive.server.errors import answer_to, refusal
from retentive.server.memories import Memories
from retentive.server.openapi import document

__all__ = ["Door", "Life", "application"]

Life = Callable[[], AbstractAsyncContextManager[None]]
"""What runs beside the requests, from before the first to after the last."""

_OPEN = frozenset({"/healthz", "/openapi.json"})


def application(
    memory: Memory,
    settings: Server,
    *,
    routes: Sequence[BaseRoute] = (),
    lives: Sequence[Life] = (),
) -> Starlette:
    """Return the application for an ASGI server.

    Args:
        memory: Over the store that holds everyone's; closed at the end.
        settings: Whom it serves.
        routes: What an adapter adds, behind our own.
        lives: What runs beside the requests; ended, last first, before the memory
            is closed.
    """
    rule = NamespaceRule(settings.namespace)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        """Open what runs beside; close it in turn."""
        del app
        async with AsyncExitStack() as stack:
            stack.push_async_callback(to_thread, memory.close)
            for life in lives:
                await stack.enter_async_context(life())
            yield

    return Starlette(
        routes=[
            Route("/healthz", _healthy),
            Route("/openapi.json", _described),
            *Memories(memory=memory, rule=rule).routes(),
            *routes,
        ],
        middleware=[Middleware(Door, tokens=settings.tokens)],
        exception_handlers={RetentiveError: answer_to},
        lifespan=lifespan,
    )


class Door:
    """Lets in who presents a token; health and description stand open."""

    def __init__(self, app: ASGIApp, *, tokens: Sequence[str]) -> None:
        """Stand before an application; without tokens anyone may enter."""
        self._app, self._tokens = app, tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or refuse it."""
        if scope["type"] != "http" or scope["path"] in _OPEN:
            await self._app(scope, receive, send)
            return
        if may_enter(Caller(headers=Request(scope).headers), self._tokens):
            await self._app(scope, receive, send)
            return
        closed = refusal(
            401, "the key is not one of this server's tokens", code="invalid_api_key"
        )
        await closed(scope, receive, send)


async def _healthy(request: Request) -> Response:
    del request
    return JSONResponse({"status": "ok"})


async def _described(request: Request) -> Response:
    del request
    return JSONResponse(document())
