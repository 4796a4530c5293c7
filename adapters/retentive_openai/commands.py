"""``retentive serve`` and ``retentive chat``; what is heavy is imported when they run."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from retentive.cli.target import Target, takes_target
from retentive.errors import MissingExtraError

if TYPE_CHECKING:
    from retentive.config.serving import Server

__all__ = ["chat", "serve"]

_SWITCH_S = (
    0.0005  # a recall in a thread must not hold back the streams for Python's 5 ms
)
_GRACE_S = 30  # answers that are under way may take so long when the server ends


@click.command()
@click.option("--upstream", metavar="URL", help="The endpoint behind the proxy.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8484, show_default=True, help="0 takes a free one.")
@click.option("--strict", is_flag=True, help="A failing memory fails the request.")
@takes_target
def serve(
    *, upstream: str | None, host: str, port: int, strict: bool, target: Target
) -> None:
    """Give memory to any OpenAI-compatible client, by a proxy.

    Point the client's base URL here, at http://HOST:PORT/v1. Whose memory a request
    is about follows from its API key, unless the configuration has another rule or
    -n names one namespace for all. /memories is the same memories by REST.
    """
    try:
        import uvicorn

        from retentive.server.listening import listen
        from retentive_openai.proxy.app import proxy
    except ModuleNotFoundError as exc:
        raise MissingExtraError(
            str(exc.name), extra="server", purpose="retentive serve"
        ) from exc
    settings = _settings(target, upstream=upstream, strict=strict)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    logging.getLogger("retentive").setLevel(logging.WARNING)  # who serves must know
    memory = target.open(create=True)
    sys.setswitchinterval(_SWITCH_S)
    app = proxy(memory, settings)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=_GRACE_S,
    )
    socket = listen(config)
    click.echo(
        f"serving http://{host}:{socket.getsockname()[1]}/v1 "
        f"in front of {settings.upstream}"
    )
    uvicorn.Server(config).run(sockets=[socket])


@click.command()
@click.option(
    "--base-url",
    metavar="URL",
    envvar="OPENAI_BASE_URL",
    show_envvar=True,
    default="https://api.openai.com/v1",
    show_default=True,
    help="An OpenAI-compatible endpoint; a local server needs no key.",
)
@click.option("--model", required=True, help="The model's name there.")
@click.option(
    "--api-key", envvar="OPENAI_API_KEY", show_envvar=True, help="The key for it."
)
@click.option("--session", help="The conversation's name; the present time if omitted.")
@click.option("--budget", type=int, help="Tokens of the memories in a prompt.")
@takes_target
def chat(
    *,
    base_url: str,
    model: str,
    api_key: str | None,
    session: str | None,
    budget: int | None,
    target: Target,
) -> None:
    """Talk to a model with memory; an empty line or the end of input ends it.

    Above each answer stands what was recalled for it, and the signals that spoke
    most for it.
    """
    try:
        import openai

        from retentive_openai.chatting import Chat
    except ModuleNotFoundError as exc:
        raise MissingExtraError(
            str(exc.name), extra="openai", purpose="retentive chat"
        ) from exc
    named = session or f"chat-{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}"
    with (
        target.open(create=True) as memory,
        openai.OpenAI(base_url=base_url, api_key=api_key or "none") as client,
    ):
        talk = Chat(client, memory, model=model, session=named, budget=budget)
        while line := _line():
            talk.say(line)


def _line() -> str:
    """Return the next line; nothing at the end of input."""
    try:
        said: str = click.prompt("you", default="", show_default=False)
    except click.Abort:
        click.echo()
        return ""
    return said.strip()


def _settings(target: Target, *, upstream: str | None, strict: bool) -> Server:
    """Return the configuration's section, with what the options say instead."""
    from retentive.config import load
    from retentive.config.serving import Server

    settings = load(target.path).server if target.is_config else Server()
    given: dict[str, object] = {}
    if upstream is not None:
        given["upstream"] = upstream
    if target.namespace is not None:
        given["namespace"] = target.namespace
    if strict:
        given["strict"] = True
    return Server(**{**settings.model_dump(), **given})
