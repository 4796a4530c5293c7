"""Looks at an operation before any of its batch is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from langgraph.store.base import (
    GetOp,
    ListNamespacesOp,
    Op,
    PutOp,
    SearchOp,
    validate_op_namespace,
)

from retentive.errors import InvalidInputError
from retentive.records import MAX_LABEL_CHARS, MemoryRecord, check_text
from retentive_langchain.store.filters import check_filter

__all__ = ["check_op"]


def check_op(op: Op) -> None:
    """Refuse an operation that cannot be done.

    Raises:
        InvalidNamespaceError: LangGraph does not allow a label of its namespace.
        InvalidInputError: Its key, value, filter or time to live cannot be used.
    """
    if not isinstance(op, GetOp | PutOp | SearchOp | ListNamespacesOp):
        assert_never(op)
    validate_op_namespace(op)
    if isinstance(op, PutOp):
        _check_key(op.key)
        _check_put(op)
    elif isinstance(op, GetOp):
        _check_key(op.key)
    elif isinstance(op, SearchOp):
        check_filter(op.filter)


def _check_key(key: str) -> None:
    check_text(key, name="key", limit=MAX_LABEL_CHARS)
    if key.startswith("\0"):
        raise InvalidInputError(f"a key must not begin with NUL, got {key!r}")


def _check_put(op: PutOp) -> None:
    if op.value is None:
        return
    if not isinstance(op.value, Mapping):
        raise InvalidInputError(f"a value must be a mapping, got {op.value!r}")
    MemoryRecord(content="…", metadata=op.value)  # looks whether it is JSON
    if op.ttl is not None and not 0 < op.ttl < float("inf"):
        raise InvalidInputError(
            f"ttl must be minutes above 0, or None for an item without end; got "
            f"{op.ttl!r}"
        )
