"""LangGraph's filters on values, by the operators that recalls use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from langgraph.store.base import ListNamespacesOp, MatchCondition

from retentive.errors import InvalidInputError
from retentive.recall.filters import OPERATORS, matches

__all__ = ["check_filter", "listed", "passes"]


def check_filter(conditions: Mapping[str, Any] | None) -> None:
    """Refuse a filter with an unknown operator before anything is searched.

    Raises:
        InvalidInputError: It has one.
    """
    for condition in (conditions or {}).values():
        if isinstance(condition, Mapping):
            unknown = [
                name
                for name in condition
                if name.startswith("$") and name not in OPERATORS
            ]
            if unknown:
                raise InvalidInputError(
                    f"unknown filter operator {unknown[0]!r}; known: "
                    f"{', '.join(OPERATORS)}"
                )
            if not any(name.startswith("$") for name in condition):
                check_filter(condition)


def passes(value: Mapping[str, Any], conditions: Mapping[str, Any] | None) -> bool:
    """Return whether a value meets all conditions.

    A condition is a value to equal, a mapping of operators, or a mapping of nested
    conditions; dots in a key reach into nested mappings.
    """
    return all(
        _passes(value, key, condition) for key, condition in (conditions or {}).items()
    )


def _passes(value: Mapping[str, Any], key: str, condition: Any) -> bool:
    nested = isinstance(condition, Mapping) and not any(
        name.startswith("$") for name in condition
    )
    if not nested:
        return matches(value, {key: condition})
    inner = value.get(key)
    return isinstance(inner, Mapping) and passes(inner, condition)


def listed(
    namespaces: Sequence[tuple[str, ...]], op: ListNamespacesOp
) -> list[tuple[str, ...]]:
    """Return the page of namespaces that an operation asks for, sorted."""
    found = {
        namespace[: op.max_depth]
        for namespace in namespaces
        if all(_meets(namespace, c) for c in op.match_conditions or ())
    }
    return sorted(found)[op.offset : op.offset + op.limit]


def _meets(namespace: tuple[str, ...], condition: MatchCondition) -> bool:
    path = tuple(condition.path)
    if len(namespace) < len(path):
        return False
    here = (
        namespace[: len(path)]
        if condition.match_type == "prefix"
        else namespace[len(namespace) - len(path) :]
    )
    return all(wanted in ("*", label) for wanted, label in zip(path, here, strict=True))
