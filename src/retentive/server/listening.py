"""Takes a port before the server runs, so that it can be told to whoever waits."""

from __future__ import annotations

from socket import IPPROTO_TCP, TCP_NODELAY, socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uvicorn import Config

__all__ = ["listen"]


def listen(config: Config) -> socket:
    """Bind the socket that a server is configured for; pass it to its ``run``.

    Connections send each piece of an answer at once. Of a socket that was made by
    uvicorn, asyncio does not see that it is TCP and leaves Nagle's algorithm on: the
    body then waits for the client to acknowledge the headers, mostly 40 ms.
    """
    bound: socket = config.bind_socket()
    bound.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    return bound
