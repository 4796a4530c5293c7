"""``retentive stats``: what there is, and from when."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import click

from retentive.cli.census import Census, store_bytes, take_census
from retentive.cli.chart import bars, over_time
from retentive.cli.target import Target, takes_target

__all__ = ["stats"]

_MOST_BARS = 10  # of namespaces and sessions


@click.command()
@click.option("--json", "as_object", is_flag=True, help="Print JSON.")
@takes_target
def stats(*, as_object: bool, target: Target) -> None:
    """Count memories by status, kind and session; draw them over time.

    Of the whole store, or with --namespace of that namespace and those below it.
    """
    with target.open() as memory:
        spaces = target.namespaces(memory)
        census = take_census(memory, spaces)
        size = store_bytes(memory.store)
    click.echo(_json(census, size) if as_object else _text(census, size))


def _text(census: Census, size: int | None) -> str:
    total = sum(census.namespaces.values())
    lines = [
        f"{total:,} memories and {census.messages:,} messages in "
        f"{len(census.namespaces):,} namespaces"
        + (f", {_bytes(size)} on disk" if size is not None else "")
    ]
    spaces = {" / ".join(name): n for name, n in census.namespaces.items()}
    if len(spaces) > 1:
        lines += ["", "by namespace", _most(Counter(spaces))]
    if total:
        lines += ["", "by status", bars(census.statuses.most_common())]
        lines += ["", "by kind", bars(census.kinds.most_common())]
        lines += ["", "by session", _most(census.sessions)]
        lines += ["", "over time", bars(over_time(census.days.elements()))]
    return "\n".join(lines)


def _most(counts: Counter[str]) -> str:
    """Draw the largest counts, and say how many others there are."""
    shown = counts.most_common(_MOST_BARS)
    rest = counts.total() - sum(count for _, count in shown)
    drawn = bars(shown)
    if rest:
        drawn += f"\n  and {len(counts) - len(shown):,} more with {rest:,} in all"
    return drawn


def _json(census: Census, size: int | None) -> str:
    fields: Mapping[str, Any] = {
        "memories": sum(census.namespaces.values()),
        "messages": census.messages,
        "bytes": size,
        "namespaces": [
            {"labels": list(name), "memories": count}
            for name, count in census.namespaces.items()
        ],
        "status": dict(census.statuses),
        "kind": dict(census.kinds),
        "session": dict(census.sessions),
        "days": {day.isoformat(): n for day, n in sorted(census.days.items())},
    }
    return json.dumps(fields, ensure_ascii=False)


def _bytes(size: int) -> str:
    """Return a size such as ``1.2 MB``, and the exact one."""
    number, unit = float(size), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if number < 1000:
            break
        number, unit = number / 1000, larger
    return f"{size:,} B" if unit == "B" else f"{number:.1f} {unit} ({size:,} bytes)"
