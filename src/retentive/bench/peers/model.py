"""What every peer offers, and what it is given."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType
from typing import Protocol

from retentive.bench.metrics import Ranked
from retentive.errors import MissingExtraError
from retentive.protocols import Embedder

__all__ = ["Note", "Peer", "as_list", "package", "ranked"]


@dataclass(frozen=True, slots=True)
class Note:
    """What a peer is given to remember.

    Attributes:
        id: By which evidence names it.
        text: What it says; for some runs with its day and speaker before it.
    """

    id: str
    text: str


class Peer(Protocol):
    """One system under test, for many owners."""

    def add(self, notes: Sequence[Note], *, owner: str) -> None:
        """Store notes in their order."""

    def search(
        self, query: str, *, owner: str, now: datetime, limit: int
    ) -> list[Ranked]:
        """Return at most ``limit`` hits of this owner, best first."""

    def close(self) -> None:
        """Release what was opened, and remove its files."""


def package(module: str, distribution: str) -> ModuleType:
    """Import what a peer needs.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as exc:
        raise MissingExtraError(
            distribution, extra="bench", purpose="a peer of the benchmark"
        ) from exc


def as_list(embedder: Embedder, text: str) -> list[float]:
    """Return the vector of a text as numbers of Python, which some peers insist on."""
    return [float(value) for value in embedder.embed([text])[0]]


def ranked(id: str, text: str) -> Ranked:
    """Return a hit that stands for one note."""
    return Ranked(frozenset({id}), text)
