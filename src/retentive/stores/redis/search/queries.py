"""Queries of the query engine, made of hashes, numbers and words of our own alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from retentive.protocols import Narrowing
from retentive.records import Interval
from retentive.stores.redis.search.documents import (
    term_tag,
    wanted_tags,
    wanted_values,
)

__all__ = ["any_term", "during", "narrowed"]

_ALL = "*"


def narrowed(within: Narrowing) -> str:
    """Return the query for all that a narrowing lets through."""
    return " ".join(_conditions(within)) or _ALL


def any_term(terms: Sequence[str], within: Narrowing) -> str:
    """Return the query for what holds any of these index terms."""
    words = "|".join(term_tag(term) for term in terms)
    return " ".join([f"@terms:({words})", *_conditions(within)])


def during(intervals: Sequence[Interval], within: Narrowing) -> str:
    """Return the query for what happened in, or speaks of, any of these times."""
    spans = [(item.start.timestamp(), item.end.timestamp()) for item in intervals]
    either = "|".join(
        f"(@occurred:[{start!r} ({end!r}])|(@from:[-inf ({end!r}] @until:[({start!r} +inf])"
        for start, end in spans
    )
    return " ".join([f"({either})", *_conditions(within)])


def _conditions(within: Narrowing) -> Iterator[str]:
    fields = wanted_tags(within) + [("data", tags) for tags in wanted_values(within)]
    for field, tags in fields:
        if tags:
            yield f"@{field}:{{{'|'.join(tags)}}}"
    if within.since is not None:
        yield f"@occurred:[{within.since!r} +inf]"
    if within.until is not None:
        yield f"@occurred:[-inf ({within.until!r}]"
    if within.known_at is not None:
        yield f"@recorded:[-inf {within.known_at!r}]"
    if within.alive_at is not None:
        yield f"@ends:[({within.alive_at!r} +inf]"
