"""Namespaces: whose memories these are."""

from __future__ import annotations

from collections.abc import Sequence

from retentive.errors import InvalidInputError
from retentive.records.checks import MAX_LABEL_CHARS, check_text

__all__ = [
    "RESERVED",
    "SIDES",
    "Namespace",
    "callers_namespace",
    "check_namespace",
    "is_side",
    "side_namespace",
]


Namespace = tuple[str, ...]


RESERVED = "retentive:"
"""How our own names begin: the first label of a side namespace, and the session that
holds the journal of consolidation. No conversation and no namespace of a caller."""


SIDES = ("working", "learning")
"""What we keep beside memories, each in a namespace of its own; erased with them."""


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
