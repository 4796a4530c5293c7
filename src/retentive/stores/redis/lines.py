"""Connections out of the driver's pools, kept for the next question.

Run a command by the driver's client, and the client itself takes as long as a server
on the same network to answer it. So scripts go over connections of its pools that are
taken out once: made, logged in, found and mended by the driver, but asked directly.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Any

__all__ = ["Lines"]

_FRESH_S = 1.0
"""Seconds after which a waiting connection is looked at before it is used again."""

_MOST = 16
"""Connections that wait here, per server; the driver keeps the rest."""


class Lines:
    """Asks servers over connections of its own; safe for threads, and across forks."""

    def __init__(self) -> None:
        """Hold no connection yet."""
        self._idle: dict[Any, list[tuple[Any, float]]] = {}
        self._process = os.getpid()

    def ask(self, pool: Any, commands: Sequence[Sequence[Any]]) -> list[Any]:
        """Send commands in one piece and return their answers, errors among them.

        Args:
            pool: The driver's, of one server.
            commands: Each with its arguments: text, bytes or whole numbers.

        Raises:
            redis.RedisError: The connection was lost, or could not be made.
        """
        import redis

        line = self._taken(pool)
        answers: list[Any] = []
        try:
            line.send_packed_command(_packed(line, commands))
            while len(answers) < len(commands):
                try:
                    answers.append(line.read_response())
                except redis.ResponseError as exc:
                    answers.append(exc)
        except BaseException:
            # What is still to come would be taken for the answer to something else.
            line.disconnect()
            pool.release(line)
            raise
        idle = self._idle.setdefault(pool, [])
        if len(idle) < _MOST:
            idle.append((line, time.monotonic()))
        else:
            pool.release(line)
        return answers

    def drop(self) -> None:
        """Close the waiting connections."""
        idle, self._idle = self._idle, {}
        if self._process != os.getpid():
            return  # they are the parent's
        for pool, lines in idle.items():
            for line, _ in lines:
                line.disconnect()
                pool.release(line)

    def _taken(self, pool: Any) -> Any:
        if self._process != os.getpid():
            self._idle, self._process = {}, os.getpid()
        try:
            line, since = self._idle[pool].pop()
        except (KeyError, IndexError):
            return pool.get_connection()
        if time.monotonic() - since < _FRESH_S:
            return line
        pool.release(line)
        return pool.get_connection()  # which the driver has looked at


def _packed(line: Any, commands: Sequence[Sequence[Any]]) -> Sequence[bytes]:
    try:
        from hiredis import pack_command
    except ImportError:
        chunks: Sequence[bytes] = line.pack_commands(commands)
        return chunks
    packed = [pack_command(tuple(command)) for command in commands]
    return packed if len(packed) == 1 else [b"".join(packed)]
