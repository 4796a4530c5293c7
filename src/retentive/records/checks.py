"""What every value checks of itself when it is made."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from retentive.errors import InvalidInputError

__all__ = [
    "MAX_CONTENT_CHARS",
    "MAX_LABEL_CHARS",
    "check_optional",
    "check_text",
    "frozen_json",
    "member",
    "set_fields",
    "to_utc",
]


MAX_CONTENT_CHARS = 10_000_000
"""Longest content of one record or message, in characters (about 10 MB of ASCII)."""


MAX_LABEL_CHARS = 1_000
"""Longest namespace label, id, key, speaker or session, in characters."""


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


def check_optional(record: Any, *names: str) -> None:
    """Check the label-like fields that are not ``None``."""
    for name in names:
        value = getattr(record, name)
        if value is not None:
            check_text(value, name=name, limit=MAX_LABEL_CHARS)


def member(enum: type[StrEnum], value: Any, *, name: str) -> StrEnum:
    """Return the member of this value.

    Raises:
        InvalidInputError: There is none; the known ones are named.
    """
    try:
        return enum(value)
    except ValueError as exc:
        known = ", ".join(each.value for each in enum)
        raise InvalidInputError(
            f"{name} must be one of {known}; got {value!r}"
        ) from exc


def frozen_json(value: Mapping[str, Any], *, name: str) -> Mapping[str, Any]:
    """Return a read-only copy of what JSON can hold exactly.

    Raises:
        InvalidInputError: A value that JSON has no form for, by its path.
    """
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


def set_fields(instance: Any, **values: Any) -> None:
    """Write fields of a frozen value while it is being made."""
    for name, value in values.items():
        object.__setattr__(instance, name, value)
