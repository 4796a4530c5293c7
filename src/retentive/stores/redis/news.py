"""Word of commits, pushed by the server to whoever watches."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

from retentive.stores.redis.keys import Keys
from retentive.stores.redis.server import Server

__all__ = ["News"]

_LOOK_S = 2.0
"""Seconds after which one looks although nothing was told: word may be lost."""

_AGAIN_S = 5.0
"""Seconds before one tries again to listen, after the server refused."""

_SLICE_S = 0.02
"""Seconds for which one of several connections is waited for at a time."""


class News:
    """Waits for commits in some namespaces; for one thread.

    Where listening fails, it waits in vain: whoever asks then looks by himself, as
    often as he asks.
    """

    def __init__(self, server: Server, spaces: Iterable[Keys]) -> None:
        """Listen to nothing yet.

        Args:
            server: Where commits happen.
            spaces: The keys of the namespaces.
        """
        self._server = server
        self._channels = [keys.news for keys in spaces]
        self._lines: list[tuple[Any, Any]] = []
        self._looked = self._refused = float("-inf")

    def told(self, timeout_s: float) -> bool:
        """Wait for up to some seconds; return whether it is time to look."""
        import redis

        next_look = self._looked + _LOOK_S - time.monotonic()
        try:
            heard = self._listening() or self._heard(min(timeout_s, max(0, next_look)))
        except redis.RedisError:
            self.close()
            self._refused = time.monotonic()
            time.sleep(timeout_s)
            heard = True
        now = time.monotonic()
        if not heard and now - self._looked < _LOOK_S:
            return False
        self._looked = now
        return True

    def close(self) -> None:
        """Listen no more."""
        while self._lines:
            pool, line = self._lines.pop()
            line.disconnect()
            pool.release(line)

    def _listening(self) -> bool:
        """Begin to listen, if we do not; return whether something may be missed."""
        import redis

        if self._lines:
            return False
        if time.monotonic() - self._refused < _AGAIN_S:
            raise redis.ConnectionError("it is too early to try again")
        by_pool: dict[Any, list[str]] = {}
        for channel in self._channels:
            by_pool.setdefault(self._server.pool(channel), []).append(channel)
        for pool, channels in by_pool.items():
            line = pool.get_connection()
            self._lines.append((pool, line))
            for channel in channels:
                line.send_command("SSUBSCRIBE", channel)
                line.read_response()
        return True

    def _heard(self, timeout_s: float) -> bool:
        deadline = time.monotonic() + timeout_s
        while True:
            left = max(0.0, deadline - time.monotonic())
            if any(self._read_all(wait_s=self._slice(left))):
                return True
            if left <= 0.0:
                return False

    def _read_all(self, *, wait_s: float) -> Sequence[bool]:
        return [_drained(line, wait_s=wait_s) for _, line in self._lines]

    def _slice(self, left_s: float) -> float:
        return left_s if len(self._lines) == 1 else min(left_s, _SLICE_S)


def _drained(line: Any, *, wait_s: float) -> bool:
    """Read all that has come over a connection; return whether anything has."""
    heard = False
    while line.can_read(timeout=0.0 if heard else wait_s):
        line.read_response()
        heard = True
    return heard
