"""What Retentive stores and returns: frozen values, standard library only.

Times are timezone-aware; every value normalises them to UTC. A naive time is
refused, because nobody can say which instant it means.
"""

from __future__ import annotations

import math
import secrets
import time
from base64 import b32hexencode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from operator import attrgetter
from threading import local
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from retentive.errors import InvalidInputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "MAX_CONTENT_CHARS",
    "MAX_LABEL_CHARS",
    "RESERVED",
    "SIDES",
    "ContentPart",
    "Embedding",
    "Hit",
    "Interval",
    "Kind",
    "MemoryRecord",
    "Message",
    "Namespace",
    "Occurrence",
    "Origin",
    "Recalled",
    "Status",
    "ToolCall",
    "callers_namespace",
    "check_namespace",
    "check_text",
    "is_side",
    "new_id",
    "side_namespace",
    "to_utc",
    "trusted_copy",
]

Namespace = tuple[str, ...]

MAX_CONTENT_CHARS = 10_000_000
"""Longest content of one record or message, in characters (about 10 MB of ASCII)."""

MAX_LABEL_CHARS = 1_000
"""Longest namespace label, id, key, speaker or session, in characters."""

RESERVED = "retentive:"
"""How our own names begin: the first label of a side namespace, and the session that
holds the journal of consolidation. No conversation and no namespace of a caller."""

SIDES = ("working", "learning")
"""What we keep beside memories, each in a namespace of its own; erased with them."""


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


def new_id(*, at: datetime | None = None) -> str:
    """Return a fresh time-ordered id of 26 characters.

    48 bits of milliseconds and 80 random bits in the alphabet of base32hex, which
    sorts as the bytes do. Ids of the present instant that one thread makes
    ascend, within a millisecond too.

    Args:
        at: The instant to encode; the present one when omitted.

    Source: the layout and its monotonic variant are those of ULIDs,
    github.com/ulid/spec.
    """
    if at is None:
        number = _ASCENDING.next(time.time_ns() // 1_000_000)
    else:
        number = max(0, int(at.timestamp() * 1000)) << 80 | secrets.randbits(80)
    return b32hexencode((number & (2**128 - 1)).to_bytes(16, "big"))[:26].decode()


class _Ascending(local):
    """Numbers that only grow within a thread, by random steps: forks part ways."""

    last = 0

    def next(self, milliseconds: int) -> int:
        fresh = milliseconds << 80 | secrets.randbits(79)
        # A clock set back, and the same millisecond, go on from the last one.
        self.last = max(fresh, self.last + 1 + secrets.randbits(64))
        return self.last


_ASCENDING = _Ascending()


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
        _set(self, at=to_utc(self.at, name="at"))
        _check_optional(self, "session", "message_id")


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
class ContentPart:
    """One part of multimodal content, kept as it came.

    Attributes:
        type: ``text``, ``image``, ``audio``, ``file`` or the provider's own name.
        data: The provider's JSON for the part, unchanged.
        text: What the part says or shows, in words, if known; this is searched.
    """

    type: str
    data: Mapping[str, Any] = field(default_factory=dict)
    text: str | None = None

    def __post_init__(self) -> None:
        check_text(self.type, name="type", limit=MAX_LABEL_CHARS)
        if self.text is not None:
            check_text(self.text, name="text", limit=MAX_CONTENT_CHARS, empty=True)
        _set(self, data=_frozen_json(self.data, name="data"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A call that an assistant asked for: ``arguments`` is the JSON text as sent."""

    id: str
    name: str
    arguments: str = "{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A lossless transcript entry.

    Attributes:
        role: ``user``, ``assistant``, ``system``, ``developer``, ``tool``, ….
        content: The text of the message; text parts joined by newlines.
        id: Unique within its session; appending the same id twice keeps one.
        session: The conversation that it belongs to.
        at: When it was said, UTC.
        name: The speaker's name, where the role is not enough.
        parts: Multimodal content in order, empty for plain text.
        tool_calls: Calls that an assistant message asks for.
        tool_call_id: For a tool's message: the call that it answers.
        raw: Whatever else the framework's message carried, as JSON.
    """

    role: str
    content: str
    id: str = field(default_factory=new_id)
    session: str = "default"
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    name: str | None = None
    parts: tuple[ContentPart, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_text(self.role, name="role", limit=MAX_LABEL_CHARS)
        check_text(self.content, name="content", limit=MAX_CONTENT_CHARS, empty=True)
        check_text(self.id, name="id", limit=MAX_LABEL_CHARS)
        check_text(self.session, name="session", limit=MAX_LABEL_CHARS)
        _check_optional(self, "name", "tool_call_id")
        _set(
            self,
            at=to_utc(self.at, name="at"),
            parts=tuple(self.parts),
            tool_calls=tuple(self.tool_calls),
            raw=_frozen_json(self.raw, name="raw"),
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
        _check_optional(
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
        _set(
            self,
            namespace=check_namespace(self.namespace),
            kind=_member(Kind, self.kind, name="kind"),
            status=_member(Status, self.status, name="status"),
            origin=_member(Origin, self.origin, name="origin"),
            parts=tuple(self.parts),
            occurrences=tuple(self.occurrences),
            derived_from=tuple(self.derived_from),
            metadata=_frozen_json(self.metadata, name="metadata"),
        )
        for name in ("occurred_at", "recorded_at"):
            _set(self, **{name: to_utc(getattr(self, name), name=name)})
        for name in ("valid_until", "last_accessed_at", "expires_at"):
            if getattr(self, name) is not None:
                _set(self, **{name: to_utc(getattr(self, name), name=name)})

    def but(self, **changes: Any) -> MemoryRecord:
        """Return a copy with some attributes changed, validated like a new one."""
        return replace(self, **changes)

    def said_at(self) -> tuple[Occurrence, ...]:
        """Return every occurrence, the first one included, oldest first."""
        first = Occurrence(
            at=self.occurred_at, session=self.session, message_id=self.message_id
        )
        return (first, *self.occurrences)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A stretch of time that an expression such as "last Friday" names.

    Attributes:
        start: First instant, UTC, inclusive.
        end: Last instant, UTC, exclusive.
        granularity: ``hour``, ``day``, ``week``, ``month``, ``season`` or ``year``.
        text: The expression as it was written.
    """

    start: datetime
    end: datetime
    granularity: str
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One recalled memory.

    Attributes:
        record: What was found.
        score: Fused score; comparable within one recall only.
        signals: Weighted contribution of each scorer, by the scorer's name;
            their sum is ``score``.
    """

    record: MemoryRecord
    score: float
    signals: Mapping[str, float]


class Recalled(list[Hit]):
    """Hits, best first, and the id by which feedback names their recall."""

    def __init__(self, hits: Iterable[Hit] = (), *, id: str = "") -> None:
        """Hold hits."""
        super().__init__(hits)
        self.id = id


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


def to_utc(value: datetime, *, name: str) -> datetime:
    """Return an aware time in UTC; refuse a naive one.

    Raises:
        InvalidInputError: ``value`` is not a datetime, or has no time zone, or
            leaves the years 1 to 9999 when moved to UTC.
    """
    if not isinstance(value, datetime):
        raise InvalidInputError(
            f"{name} must be a datetime, got {value!r} of type {type(value).__name__}"
        )
    if value.tzinfo is None:
        raise InvalidInputError(
            f"{name} must carry a time zone, got the naive {value!r}; "
            "use datetime.now(timezone.utc) or value.replace(tzinfo=…)"
        )
    if value.tzinfo is UTC:
        return value
    try:
        return value.astimezone(UTC)
    except OverflowError as exc:
        raise InvalidInputError(
            f"{name} {value!r} is outside the years 1 to 9999 in UTC"
        ) from exc


def check_namespace(labels: Sequence[str]) -> Namespace:
    """Return the labels as a namespace.

    Raises:
        InvalidInputError: A bare string, no label at all, or a label that is
            not storable text.
    """
    if isinstance(labels, str):
        raise InvalidInputError(
            f"a namespace is a tuple of labels, got the string {labels!r}; "
            f"write ({labels!r},)"
        )
    namespace = tuple(labels)
    if not namespace:
        raise InvalidInputError(
            "a namespace needs at least one label, got (); write ('default',)"
        )
    for label in namespace:
        check_text(label, name="namespace label", limit=MAX_LABEL_CHARS, empty=True)
    return namespace


def side_namespace(namespace: Namespace, purpose: str) -> Namespace:
    """Return where we keep what belongs to a namespace but is no memory of it.

    It lies beneath none of the caller's labels, so that no prefix of theirs finds
    it and no recall reads it.

    Args:
        namespace: Whose; ``()`` for what all share.
        purpose: One of :data:`SIDES`.
    """
    return (f"{RESERVED}{purpose}", *namespace)


def is_side(namespace: Namespace) -> bool:
    """Return whether this is a side namespace, ours and not a caller's."""
    return any(namespace[0] == f"{RESERVED}{purpose}" for purpose in SIDES)


def callers_namespace(labels: Sequence[str]) -> Namespace:
    """Return the labels as a namespace that memories may live in.

    Raises:
        InvalidInputError: They are no namespace, or the name of a side namespace.
    """
    namespace = check_namespace(labels)
    if is_side(namespace):
        raise InvalidInputError(
            f"the first label of {namespace!r} is reserved for what we keep beside "
            "memories; choose another"
        )
    return namespace


def check_text(value: str, *, name: str, limit: int, empty: bool = False) -> str:
    """Return text that every store can hold unchanged.

    Raises:
        InvalidInputError: Not a string, blank, too long, or with a lone surrogate.
    """
    if not isinstance(value, str):
        raise InvalidInputError(
            f"{name} must be a string, got {value!r} of type {type(value).__name__}"
        )
    if not empty and not value.strip():
        raise InvalidInputError(
            f"{name} must not be empty or blank, got {value[:20]!r}"
        )
    if len(value) > limit:
        raise InvalidInputError(
            f"{name} has {len(value):,} characters, more than {limit:,}; "
            f"split it, starting {value[:40]!r}"
        )
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as exc:
            raise InvalidInputError(
                f"{name} has a lone surrogate {value[exc.start]!r} at character "
                f"{exc.start}; decode the source with errors='replace'"
            ) from exc
    return value


def _check_optional(record: Any, *names: str) -> None:
    for name in names:
        value = getattr(record, name)
        if value is not None:
            check_text(value, name=name, limit=MAX_LABEL_CHARS)


def _member(enum: type[StrEnum], value: Any, *, name: str) -> StrEnum:
    try:
        return enum(value)
    except ValueError as exc:
        known = ", ".join(member.value for member in enum)
        raise InvalidInputError(
            f"{name} must be one of {known}; got {value!r}"
        ) from exc


def _frozen_json(value: Mapping[str, Any], *, name: str) -> Mapping[str, Any]:
    if isinstance(value, MappingProxyType):
        return value
    if not isinstance(value, Mapping):
        raise InvalidInputError(f"{name} must be a mapping, got {value!r}")
    if value:
        _check_json(value, path=name)
    return MappingProxyType(dict(value))


def _check_json(value: Any, *, path: str) -> None:
    """Refuse what JSON cannot hold exactly: NaN, bytes, objects, odd keys."""
    if value is None or isinstance(value, bool | int):
        return
    if isinstance(value, str):
        check_text(value, name=path, limit=MAX_CONTENT_CHARS, empty=True)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise InvalidInputError(f"{path} must be finite JSON, got {value!r}")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            check_text(key, name=f"a key of {path}", limit=MAX_LABEL_CHARS, empty=True)
            _check_json(item, path=f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _check_json(item, path=f"{path}[{index}]")
    else:
        raise InvalidInputError(
            f"{path} must be JSON (text, numbers, true/false, null, lists, mappings), "
            f"got {value!r} of type {type(value).__name__}"
        )


def _set(instance: Any, **values: Any) -> None:
    for name, value in values.items():
        object.__setattr__(instance, name, value)
