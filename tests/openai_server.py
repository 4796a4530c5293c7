"""An OpenAI-compatible server on loopback: it answers by a script, over real HTTP.

Chat completions and responses, whole and streamed, models and embeddings, errors and
slowness. What is scripted is the model; clients and proxies in front of it are real.
``tests.chat_server`` is the smaller one, for what needs plain replies only.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from retentive.server.listening import listen

__all__ = ["Upstream", "chunks_of", "routes_of", "running", "upstream"]

Body = dict[str, Any]
Reply = str | Body | Callable[[Body], "str | Body"]
"""A text, a whole assistant message, or a function of the request that gives one."""


@dataclass
class Upstream:
    """What the server was asked, and what it is to answer.

    Attributes:
        url: To give as ``base_url``.
        requests: Bodies received, in order.
        headers: Headers received, in the same order.
        paths: Methods and paths received, in the same order.
        replies: Answers still to give, in order; the last one stays.
        refusals: Status, body and headers to answer first, one per request.
        pause_s: Seconds between the events of a stream.
        wait_s: Seconds before an answer begins.
        piece: Characters of an event of a chat completion.
        sent: How many events were handed to the network.
        cancelled: How many streams the client left before their end.
        streams: How many streams are open at this moment.
        most_streams: The most that were open at once.
    """

    url: str = ""
    requests: list[Body] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=lambda: ["ok"])
    refusals: list[tuple[int, Body, Mapping[str, str]]] = field(default_factory=list)
    pause_s: float = 0.0
    wait_s: float = 0.0
    piece: int = 4
    sent: int = 0
    cancelled: int = 0
    streams: int = 0
    most_streams: int = 0

    def message(self, request: Body) -> Body:
        """Return the assistant's message for a request."""
        reply = self.replies[0] if len(self.replies) == 1 else self.replies.pop(0)
        said = reply(request) if callable(reply) else reply
        if isinstance(said, str):
            said = {"role": "assistant", "content": said}
        return {"refusal": None, **said}

    async def chat(self, request: Request) -> Response:
        """``/v1/chat/completions``."""
        body = await self._taken(request)
        if self.refusals:
            return self._refusal()
        message = self.message(body)
        if body.get("stream"):
            return self._stream(chunks_of(message, body, piece=self.piece))
        choice = {"index": 0, "message": message, "finish_reason": _reason(message)}
        choices = [{**choice, "index": n} for n in range(body.get("n") or 1)]
        return _json({**_head(body, "chat.completion"), "choices": choices, **_USAGE})

    async def responses(self, request: Request) -> Response:
        """``/v1/responses``."""
        body = await self._taken(request)
        if self.refusals:
            return self._refusal()
        answer = _response(self.message(body), body, number=len(self.requests))
        if body.get("stream"):
            return self._stream(_events_of(answer))
        return _json(answer)

    async def embeddings(self, request: Request) -> Response:
        """``/v1/embeddings``."""
        body = await self._taken(request)
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        data = [
            {"object": "embedding", "index": n, "embedding": [float(len(text)), 1.0]}
            for n, text in enumerate(texts)
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        return _json({"object": "list", "data": data, "model": "m", "usage": usage})

    async def models(self, request: Request) -> Response:
        """``/v1/models`` and ``/v1/models/{id}``."""
        await self._taken(request)
        model = {"id": "m", "object": "model", "created": 0, "owned_by": "tests"}
        if "id" in request.path_params:
            return _json(model)
        return _json({"object": "list", "data": [model]})

    async def anything(self, request: Request) -> Response:
        """Any other path: says what it got."""
        await self._taken(request)
        body = {"path": request.url.path, "query": request.url.query}
        return JSONResponse(body, headers={"x-upstream": "yes"})

    async def _taken(self, request: Request) -> Body:
        raw = await request.body()
        body: Body = json.loads(raw) if raw.startswith(b"{") else {}
        self.requests.append(body)
        self.headers.append(dict(request.headers))
        self.paths.append(f"{request.method} {request.url.path}")
        await asyncio.sleep(self.wait_s)
        return body

    def _refusal(self) -> Response:
        status, body, headers = self.refusals.pop(0)
        return JSONResponse(body, status_code=status, headers=dict(headers))

    def _stream(self, events: list[bytes]) -> Response:
        headers = {"x-request-id": "req_test", "openai-processing-ms": "7"}
        return StreamingResponse(
            self._paced(events), media_type="text/event-stream", headers=headers
        )

    async def _paced(self, events: list[bytes]) -> AsyncIterator[bytes]:
        self.streams += 1
        self.most_streams = max(self.most_streams, self.streams)
        done = False
        try:
            for event in events:
                yield event
                self.sent += 1
                await asyncio.sleep(self.pause_s)
            done = True
        finally:
            self.streams -= 1
            self.cancelled += not done


def chunks_of(message: Body, request: Body, *, piece: int = 4) -> list[bytes]:
    """Return the events in which a chat completion is streamed."""
    head = _head(request, "chat.completion.chunk")
    deltas: list[Body] = [{"role": "assistant", "content": ""}]
    if message.get("content"):
        deltas += [{"content": part} for part in _pieces(message["content"], piece)]
    if message.get("refusal"):
        deltas += [{"refusal": part} for part in _pieces(message["refusal"], piece)]
    for number, call in enumerate(message.get("tool_calls") or ()):
        function = call["function"]
        begun = {**call, "function": {**function, "arguments": ""}}
        deltas.append({"tool_calls": [{"index": number, **begun}]})
        for part in _pieces(function["arguments"], piece):
            grown = {"index": number, "function": {"arguments": part}}
            deltas.append({"tool_calls": [grown]})
    choices: list[list[Body]] = [
        [{"index": 0, "delta": delta, "finish_reason": None}] for delta in deltas
    ]
    choices.append([{"index": 0, "delta": {}, "finish_reason": _reason(message)}])
    chunks: list[Body] = [{**head, "choices": choice} for choice in choices]
    if (request.get("stream_options") or {}).get("include_usage"):
        chunks.append({**head, "choices": [], **_USAGE})
    lines = [f"data: {_dumps(chunk)}\n\n".encode() for chunk in chunks]
    return [*lines, b"data: [DONE]\n\n"]


def routes_of(script: Upstream) -> Starlette:
    """Return the application that answers by a script."""
    return Starlette(
        routes=[
            Route("/v1/chat/completions", script.chat, methods=["POST"]),
            Route("/v1/responses", script.responses, methods=["POST"]),
            Route("/v1/embeddings", script.embeddings, methods=["POST"]),
            Route("/v1/models", script.models),
            Route("/v1/models/{id}", script.models),
            Route("/{path:path}", script.anything, methods=["GET", "POST", "DELETE"]),
        ]
    )


@contextmanager
def upstream() -> Iterator[Upstream]:
    """Run a server for the time of the block."""
    script = Upstream()
    with running(routes_of(script)) as url:
        script.url = f"{url}/v1"
        yield script


@contextmanager
def running(app: Any) -> Iterator[str]:
    """Serve an ASGI application on a free port of loopback; yield its URL."""
    config = uvicorn.Config(
        app, port=0, log_level="error", timeout_graceful_shutdown=5, lifespan="auto"
    )
    server = uvicorn.Server(config)
    socket = listen(config)
    thread = Thread(target=server.run, kwargs={"sockets": [socket]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        socket.close()


_USAGE: Body = {
    "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
}


def _head(request: Body, kind: str) -> Body:
    model = request.get("model", "m")
    return {"id": "chatcmpl-1", "object": kind, "created": 0, "model": model}


def _reason(message: Body) -> str:
    return "tool_calls" if message.get("tool_calls") else "stop"


def _pieces(text: str, size: int = 4) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _json(body: Body) -> JSONResponse:
    return JSONResponse(body, headers={"x-request-id": "req_test"})


def _response(message: Body, request: Body, *, number: int) -> Body:
    text = {"type": "output_text", "text": message.get("content"), "annotations": []}
    output: list[Body] = []
    if message.get("content"):
        said = {"role": "assistant", "status": "completed", "content": [text]}
        output.append({"type": "message", "id": f"msg_{number}", **said})
    for call in message.get("tool_calls") or ():
        function = {"call_id": call["id"], **call["function"], "status": "completed"}
        output.append({"type": "function_call", "id": f"fc_{number}", **function})
    return {
        "id": f"resp_{number}",
        "object": "response",
        "created_at": 0,
        "status": "completed",
        "model": request.get("model", "m"),
        "output": output,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "error": None,
        "incomplete_details": None,
        "instructions": request.get("instructions"),
        "metadata": {},
        "previous_response_id": request.get("previous_response_id"),
    }


def _events_of(answer: Body) -> list[bytes]:
    """Return the typed events in which a response is streamed."""
    events: list[Body] = [
        {"type": "response.created", "response": {**answer, "output": []}}
    ]
    for place, item in enumerate(answer["output"]):
        where = {"output_index": place, "item_id": item["id"], "content_index": 0}
        events.append({"type": "response.output_item.added", **where, "item": item})
        if item["type"] == "message":
            delta = {"type": "response.output_text.delta", "logprobs": [], **where}
            pieces = _pieces(item["content"][0]["text"])
            events += [{**delta, "delta": piece} for piece in pieces]
        events.append({"type": "response.output_item.done", **where, "item": item})
    events.append({"type": "response.completed", "response": answer})
    return [
        f"event: {event['type']}\n"
        f"data: {_dumps({**event, 'sequence_number': number})}\n\n".encode()
        for number, event in enumerate(events)
    ]
