"""A socket that a server is given must not hold back the pieces of an answer."""

import asyncio
from socket import IPPROTO_TCP, TCP_NODELAY, create_connection

import uvicorn
from starlette.applications import Starlette

from retentive.server.listening import listen


async def test_the_connections_of_a_given_socket_send_at_once() -> None:
    bound = listen(uvicorn.Config(Starlette(), port=0, log_level="error"))
    accepted: asyncio.Queue[int] = asyncio.Queue()

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = writer.get_extra_info("socket")
        await accepted.put(connection.getsockopt(IPPROTO_TCP, TCP_NODELAY))
        writer.close()

    server = await asyncio.start_server(greet, sock=bound)
    async with server:
        with create_connection(bound.getsockname()):
            assert await accepted.get() != 0
