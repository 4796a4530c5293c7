"""What the tools return: models, so that clients get schemas for them."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel

from retentive.recall.explain import ExplainedHit
from retentive.records import MemoryRecord

__all__ = ["Explained", "Forgotten", "Found", "Noted", "Page", "Remembered", "Why"]


class Noted(BaseModel):
    """A memory: quoted data with its origin and time."""

    id: str
    content: str
    kind: str
    status: str
    origin: str
    occurred_at: str
    speaker: str | None = None
    session: str | None = None
    importance: float
    pinned: bool
    support_count: int
    score: float | None = None

    @classmethod
    def of(cls, record: MemoryRecord, *, score: float | None = None) -> Self:
        """Return a record as a model."""
        return cls(
            id=record.id,
            content=record.content,
            kind=record.kind.value,
            status=record.status.value,
            origin=record.origin.value,
            occurred_at=record.occurred_at.isoformat(),
            speaker=record.speaker or record.role,
            session=record.session,
            importance=record.importance,
            pinned=record.pinned,
            support_count=record.support_count,
            score=score,
        )


class Remembered(BaseModel):
    """The memories that now hold the content."""

    ids: list[str]


class Found(BaseModel):
    """Memories, best first."""

    memories: list[Noted]


class Page(BaseModel):
    """Memories by id, and the id to go on after."""

    memories: list[Noted]
    next: str | None = None


class Forgotten(BaseModel):
    """What is gone, and what was not there."""

    forgotten: list[str]
    unknown: list[str]


class Why(BaseModel):
    """A memory, and what each signal added to its score."""

    memory: Noted
    rank: int
    signals: dict[str, float]

    @classmethod
    def of(cls, explained: ExplainedHit) -> Self:
        """Return an explained hit as a model."""
        hit = explained.hit
        return cls(
            memory=Noted.of(hit.record, score=hit.score),
            rank=explained.rank,
            signals=dict(hit.signals),
        )


class Explained(BaseModel):
    """Why a question finds what it finds."""

    reason: str
    rank: int | None = None
    weights: dict[str, float] = {}
    memories: list[Why] = []
