"""An OpenAI-compatible chat endpoint on loopback, which answers by a script.

Tests of what language models do run against it with the real client: what is
scripted is the model, not our code.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

__all__ = ["ChatServer", "chat_server"]

Reply = str | tuple[int, dict[str, Any]] | Callable[[dict[str, Any]], str]
"""A text; a status and a body; or a function of the request that gives a text."""


@dataclass
class ChatServer:
    """What the server was asked, and what it is to answer.

    Attributes:
        url: To give as ``base_url``.
        requests: Bodies received, in order.
        replies: Answers still to give, in order; the last one stays.
        finish_reason: Of every answer.
    """

    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=lambda: ["ok"])
    finish_reason: str = "stop"

    def answer(self, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Take down a request and return the status and body of its answer."""
        self.requests.append(request)
        reply = self.replies[0] if len(self.replies) == 1 else self.replies.pop(0)
        if isinstance(reply, tuple):
            return reply
        text = reply if isinstance(reply, str) else reply(request)
        message = {"role": "assistant", "content": text}
        return 200, {
            "id": "chat-1",
            "object": "chat.completion",
            "created": 0,
            "model": request["model"],
            "choices": [
                {"index": 0, "message": message, "finish_reason": self.finish_reason}
            ],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }


@contextmanager
def chat_server() -> Iterator[ChatServer]:
    """Run a server for the time of the block."""
    script = ChatServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            status, answer = script.answer(json.loads(self.rfile.read(length)))
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    script.url = f"http://127.0.0.1:{httpd.server_port}/v1"
    try:
        yield script
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()
