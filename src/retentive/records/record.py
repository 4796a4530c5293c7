"""The memory record: one thing to be remembered, and where it came from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from retentive.errors import InvalidInputError
from retentive.records.checks import (
    MAX_CONTENT_CHARS,
    MAX_LABEL_CHARS,
    check_optional,
    check_text,
    frozen_json,
    member,
    set_fields,
    to_utc,
)
from retentive.records.ids import new_id
from retentive.records.messages import ContentPart
from retentive.records.namespaces import Namespace, check_namespace

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "Embedding",
    "Kind",
    "MemoryRecord",
    "Occurrence",
    "Origin",
    "Status",
    "trusted_copy",
]


class Kind(StrEnum):
    """What sort of memory a record is."""

    EPISODIC = "episodic"
    SEMANTIC = "semantic"
    PROCEDURAL = "procedural"
    SUMMARY = "summary"


class Status(StrEnum):
    """Where a record stands in its life; only ``ACTIVE`` ones are recalled."""

    ACTIVE = "active"
    ARCHIVED = "archived"
    SUPERSEDED = "superseded"
    QUARANTINED = "quarantined"


class Origin(StrEnum):
    """Trust label: where the content came from."""

    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"
    WEB = "web"
    SYSTEM = "system"
    IMPORT = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One time that a memory was said.

    Attributes:
        at: When, UTC.
        session: The session in which it was said, if any.
        message_id: The transcript message that it came from, if any. An
            occurrence whose message is already known adds no support.
    """

    at: datetime
    session: str | None = None
    message_id: str | None = None

    def __post_init__(self) -> None:
        set_fields(self, at=to_utc(self.at, name="at"))
        check_optional(self, "session", "message_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedding:
    """A vector and the embedder that made it.

    Attributes:
        vector: ``(dim,) float32``, L2-normalised; stored as float16.
        fingerprint: ``model:dim:revision`` of the embedder.
    """

    vector: NDArray[np.float32] = field(compare=False)
    fingerprint: str

    def __post_init__(self) -> None:
        shape = getattr(self.vector, "shape", None)
        if shape is None or len(shape) != 1 or shape[0] == 0:
            raise InvalidInputError(
                f"an embedding must be a (dim,) array, got shape {shape!r}; "
                "pass one row of Embedder.embed()"
            )
        dim = self.fingerprint.split(":")[-2:-1]
        if dim and dim[0].isdigit() and int(dim[0]) != shape[0]:
            raise InvalidInputError(
                f"an embedding of {self.fingerprint!r} must have {dim[0]} numbers, got "
                f"{shape[0]}; the vector was made by another embedder"
            )
        norm = float((self.vector.astype("float64") ** 2).sum()) ** 0.5
        if not math.isfinite(norm) or norm == 0.0:
            raise InvalidInputError(
                f"an embedding must be finite and not all zeros, got norm {norm!r} "
                f"from {self.fingerprint!r}; check the embedder's output"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryRecord:
    """One memory.

    Attributes:
        content: What is remembered, in words.
        id: Time-ordered and unique within the namespace.
        namespace: Whose memory this is; labels may hold any characters.
        kind: See :class:`Kind`.
        parts: Multimodal originals of the content.
        role: Role of who said it (``user``, ``assistant``, …), if anyone did.
        speaker: Name of who said it, if known.
        session: The session in which it was first said.
        message_id: The transcript message of its first occurrence.
        occurred_at: When it happened or was said, UTC.
        recorded_at: When we learnt it, UTC.
        valid_until: When it stopped being true, UTC.
        superseded_by: Id of the record that replaced it.
        status: See :class:`Status`.
        importance: In [0, 1].
        pinned: Never archived, evicted or expired by a policy.
        support_count: How often it was said, at least 1.
        occurrences: The further times that it was said, oldest first; the first
            is ``occurred_at``, ``session`` and ``message_id``.
        access_count: How often an answer used it.
        last_accessed_at: When an answer last used it, UTC.
        expires_at: From when on it is no longer recalled, UTC.
        origin: See :class:`Origin`.
        derived_from: Ids of the records that it was made from.
        metadata: JSON; filterable.
        version: The commit that last changed it; set by the store.
        key: The caller's identity for it, unique in the namespace: putting the
            key again replaces the record. Never merged by content.
        content_key: Keyed hash of who said what, unique in the namespace and
            kind; set by the store, empty for a record with a ``key``.
        embedding: Its vector, if an embedder is configured.
    """

    content: str
    id: str = field(default_factory=new_id)
    namespace: Namespace = ("default",)
    kind: Kind = Kind.EPISODIC
    parts: tuple[ContentPart, ...] = ()
    role: str | None = None
    speaker: str | None = None
    session: str | None = None
    message_id: str | None = None
    occurred_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    recorded_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    valid_until: datetime | None = None
    superseded_by: str | None = None
    status: Status = Status.ACTIVE
    importance: float = 0.5
    pinned: bool = False
    support_count: int = 1
    occurrences: tuple[Occurrence, ...] = ()
    access_count: int = 0
    last_accessed_at: datetime | None = None
    expires_at: datetime | None = None
    origin: Origin = Origin.USER
    derived_from: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0
    key: str | None = None
    content_key: str = ""
    embedding: Embedding | None = None

    def __post_init__(self) -> None:
        check_text(self.content, name="content", limit=MAX_CONTENT_CHARS)
        check_text(self.id, name="id", limit=MAX_LABEL_CHARS)
        check_optional(
            self, "role", "speaker", "session", "message_id", "superseded_by", "key"
        )
        if not (
            isinstance(self.importance, int | float) and 0.0 <= self.importance <= 1.0
        ):
            raise InvalidInputError(
                f"importance must be a number in [0, 1], got {self.importance!r}"
            )
        if self.support_count < 1 or self.access_count < 0:
            raise InvalidInputError(
                "support_count must be at least 1 and access_count at least 0, got "
                f"{self.support_count!r} and {self.access_count!r}"
            )
        set_fields(
            self,
            namespace=check_namespace(self.namespace),
            kind=member(Kind, self.kind, name="kind"),
            status=member(Status, self.status, name="status"),
            origin=member(Origin, self.origin, name="origin"),
            parts=tuple(self.parts),
            occurrences=tuple(self.occurrences),
            derived_from=tuple(self.derived_from),
            metadata=frozen_json(self.metadata, name="metadata"),
        )
        for name in ("occurred_at", "recorded_at"):
            set_fields(self, **{name: to_utc(getattr(self, name), name=name)})
        for name in ("valid_until", "last_accessed_at", "expires_at"):
            if getattr(self, name) is not None:
                set_fields(self, **{name: to_utc(getattr(self, name), name=name)})

    def but(self, **changes: Any) -> MemoryRecord:
        """Return a copy with some attributes changed, validated like a new one."""
        return replace(self, **changes)

    def said_at(self) -> tuple[Occurrence, ...]:
        """Return every occurrence, the first one included, oldest first."""
        first = Occurrence(
            at=self.occurred_at, session=self.session, message_id=self.message_id
        )
        return (first, *self.occurrences)


def trusted_copy(record: MemoryRecord, **changes: Any) -> MemoryRecord:
    """Return a copy with some attributes changed, without validating it again.

    For values that were valid elsewhere already: a tenth of the time of
    :meth:`MemoryRecord.but`, which matters where every record passes.
    """
    copy = object.__new__(MemoryRecord)
    for put, value in zip(_SETTERS.values(), _all_fields(record), strict=True):
        put(copy, value)
    for name, value in changes.items():
        _SETTERS[name](copy, value)
    return copy


# A slot's own setter knows nothing of "frozen", and needs no look-up by name.
_SETTERS = {
    name: getattr(MemoryRecord, name).__set__ for name in MemoryRecord.__slots__
}


_all_fields = attrgetter(*MemoryRecord.__slots__)
