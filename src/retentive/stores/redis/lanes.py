"""Lanes: what a commit is known by if its answer is lost."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

__all__ = ["Lanes"]


class Lanes:
    """Gives each commit on its way a lane of its own, as few as there are at once.

    A namespace remembers the last commit of each lane. So one that is sent again is
    known for as long as its lane is not given to another one.
    """

    def __init__(self) -> None:
        """Have none yet."""
        self._begin()

    @contextmanager
    def one(self) -> Iterator[str]:
        """Hold a lane for a block."""
        if self._process != os.getpid():
            self._begin()  # the parent's lanes are the parent's
        try:
            lane = self._free.pop()
        except IndexError:
            lane = f"a:{self._name}{next(self._numbers)}"
        try:
            yield lane
        finally:
            self._free.append(lane)

    def _begin(self) -> None:
        self._process = os.getpid()
        self._name = secrets.token_hex(6)
        self._numbers = count()
        self._free: list[str] = []
