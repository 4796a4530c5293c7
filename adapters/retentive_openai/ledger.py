"""Remembers which block stood where, so that prompts only ever grow at their end."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

from retentive.errors import InvalidInputError

__all__ = ["Ledger", "Placed", "Thread"]

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A block that was put before, or behind, a question.

    Attributes:
        block: Its text; empty if nothing was recalled.
        offset: Messages from the question to it: 0 is right before.
    """

    block: str
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A conversation whose history the server keeps.

    Attributes:
        session: Its name.
        shown: The newest texts that the server has of it, blocks included.
    """

    session: str
    shown: tuple[str, ...] = ()


class Ledger:
    """The newest blocks and threads of a process; safe for many threads.

    What has left it, or was put by another process, is recalled afresh: prompts are
    right in any case, only a provider's cache of them is missed once.
    """

    def __init__(self, *, size: int = 10_000) -> None:
        """Set how many entries are kept, each of about the size of a block."""
        if isinstance(size, bool) or not isinstance(size, int) or size < 1:
            raise InvalidInputError(
                f"size must be a whole number above 0, got {size!r}"
            )
        self._size = size
        self._lock = Lock()
        self._placed: OrderedDict[str, Placed] = OrderedDict()
        self._threads: OrderedDict[str, Thread] = OrderedDict()

    def __len__(self) -> int:
        """Return how many entries are kept."""
        return len(self._placed) + len(self._threads)

    def placed(self, key: str) -> Placed | None:
        """Return what stands at a place, ``None`` if that is unknown."""
        return self._read(self._placed, key)

    def place(self, key: str, placed: Placed) -> None:
        """Note what stands at a place."""
        self._write(self._placed, key, placed)

    def thread(self, key: str) -> Thread | None:
        """Return the thread that a response or a conversation belongs to."""
        return self._read(self._threads, key)

    def link(self, key: str, thread: Thread) -> None:
        """Note which thread a response or a conversation belongs to."""
        self._write(self._threads, key, thread)

    def _read(self, entries: OrderedDict[str, _T], key: str) -> _T | None:
        with self._lock:
            if key in entries:
                entries.move_to_end(key)
            return entries.get(key)

    def _write(self, entries: OrderedDict[str, _T], key: str, value: _T) -> None:
        with self._lock:
            entries[key] = value
            entries.move_to_end(key)
            while len(self) > self._size:
                entries.popitem(last=False)
