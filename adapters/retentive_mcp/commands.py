"""``retentive mcp``; what is heavy is imported when it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from retentive.cli.target import Target, takes_target
from retentive.errors import MissingExtraError

if TYPE_CHECKING:
    from retentive.config.serving import Server

__all__ = ["mcp"]


@click.command()
@click.option("--http", is_flag=True, help="Streamable HTTP instead of standard input.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8485, show_default=True, help="0 takes a free one.")
@takes_target
def mcp(*, http: bool, host: str, port: int, target: Target) -> None:
    """Serve a memory to MCP clients: remember, recall, list, update, forget, explain.

    On standard input it is the memory of -n, or of the configuration. Over HTTP, at
    http://HOST:PORT/mcp, whose memory it is follows from the bearer key, unless the
    configuration has another rule or -n names one namespace for all.
    """
    try:
        import uvicorn

        from retentive.server.listening import listen
        from retentive_mcp.server import build, over_http
    except ModuleNotFoundError as exc:
        raise MissingExtraError(
            str(exc.name), extra="mcp", purpose="retentive mcp"
        ) from exc
    with target.open(create=True) as memory:
        if not http:
            build(memory).run("stdio")
            return
        app = over_http(memory, _settings(target), host=host)
        config = uvicorn.Config(app, host=host, port=port, log_level="warning")
        socket = listen(config)
        click.echo(f"serving http://{host}:{socket.getsockname()[1]}/mcp")
        uvicorn.Server(config).run(sockets=[socket])


def _settings(target: Target) -> Server:
    from retentive.config import load
    from retentive.config.serving import Server

    settings = load(target.path).server if target.is_config else Server()
    if target.namespace is None:
        return settings
    return Server(**{**settings.model_dump(), "namespace": target.namespace})
