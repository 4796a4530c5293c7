"""Turns the driver's errors into ours, at the edge of the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from retentive.errors import (
    CorruptStoreError,
    InvalidInputError,
    StoreConnectionError,
    StoreError,
    StoreFullError,
    StoreReadOnlyError,
)

__all__ = ["FormerFormatError", "is_passing", "translated"]


class FormerFormatError(StoreError):
    """A namespace is of the first format, and has to be moved."""


_MEANINGS: tuple[tuple[str, type[StoreError], str], ...] = (
    ("FORMER", FormerFormatError, "open it with write access once, to move it"),
    ("OOM", StoreFullError, "raise maxmemory or remove data; nothing was written"),
    ("READONLY", StoreReadOnlyError, "it is a replica; name the primary"),
    ("NOPERM", StoreError, "allow it in the user's ACL; see docs/how-to/redis.md"),
    ("NOAUTH", StoreConnectionError, "put user and password into the URL"),
    ("WRONGPASS", StoreConnectionError, "check user and password in the URL"),
    ("WRONGTYPE", CorruptStoreError, "a key is another program's; choose a prefix"),
    ("MISCONF", StoreReadOnlyError, "it cannot save to its disk, and refuses writes"),
    ("NOREPLICAS", StoreReadOnlyError, "it has too few replicas, and refuses writes"),
)
_PASSING = (
    "BUSY",
    "LOADING",
    "CLUSTERDOWN",
    "TRYAGAIN",
    "MASTERDOWN",
    "READONLY",
    "UNBLOCKED",
)


def is_passing(exc: Exception) -> bool:
    """Return whether an error may pass by itself: a failover, a restart."""
    import redis

    passing = (redis.ConnectionError, redis.TimeoutError, redis.exceptions.ClusterError)
    if isinstance(exc, redis.AuthenticationError):
        return False
    moved = (redis.exceptions.MovedError, redis.exceptions.AskError)
    if isinstance(exc, (*passing, *moved, redis.exceptions.RedisClusterException)):
        return "same key slot" not in str(exc)
    return isinstance(exc, redis.ResponseError) and _word(exc) in _PASSING


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Raise our errors for the driver's.

    Args:
        place: The server, to be named.

    Raises:
        StoreError: What went wrong, and what to do.
        InvalidInputError: A value that the protocol cannot carry.
    """
    import redis

    try:
        yield
    except redis.RedisError as exc:
        kind, remedy = _meaning(exc)
        raise kind(f"Redis at {place}: {exc}; {remedy}") from exc
    except UnicodeEncodeError as exc:
        raise InvalidInputError(
            f"Redis cannot hold a value: {exc}; pass text without lone surrogates"
        ) from exc


def _meaning(exc: Exception) -> tuple[type[StoreError], str]:
    import redis

    text = f"{_code(exc)} {exc}"
    for word, kind, remedy in _MEANINGS:
        if word in text.split(" ")[:3]:
            return kind, remedy
    if isinstance(exc, redis.AuthenticationError):
        return StoreConnectionError, "check user and password in the URL"
    if is_passing(exc):
        return StoreConnectionError, "check that it runs and can be reached"
    return StoreError, "nothing was written"


def _code(exc: Exception) -> str:
    """Return the word that the driver has taken from an answer's beginning."""
    import redis

    words: tuple[tuple[type[Exception], str], ...] = (
        (redis.exceptions.NoPermissionError, "NOPERM"),
        (redis.exceptions.OutOfMemoryError, "OOM"),
        (redis.ReadOnlyError, "READONLY"),
    )
    return next((word for kind, word in words if isinstance(exc, kind)), "")


def _word(exc: Exception) -> str:
    return (_code(exc) or str(exc)).split(" ", 1)[0]
