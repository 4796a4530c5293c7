"""What Retentive stores and returns: frozen values, standard library only.

Times are timezone-aware; every value normalises them to UTC. A naive time is
refused, because nobody can say which instant it means.
"""

from retentive.records.checks import (
    MAX_CONTENT_CHARS,
    MAX_LABEL_CHARS,
    check_text,
    to_utc,
)
from retentive.records.hits import Hit, Interval, Recalled
from retentive.records.ids import new_id
from retentive.records.messages import ContentPart, Message, ToolCall
from retentive.records.namespaces import (
    RESERVED,
    SIDES,
    Namespace,
    callers_namespace,
    check_namespace,
    is_side,
    side_namespace,
)
from retentive.records.record import (
    Embedding,
    Kind,
    MemoryRecord,
    Occurrence,
    Origin,
    Status,
    trusted_copy,
)

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
