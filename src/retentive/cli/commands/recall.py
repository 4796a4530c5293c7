"""``retentive recall`` and ``retentive context``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click

from retentive.cli.absence import nothing_recalled
from retentive.cli.asking import takes_question
from retentive.cli.hits import as_json, strongest, who
from retentive.cli.tables import cut, table
from retentive.cli.target import Target, takes_target

__all__ = ["context", "recall"]

_TEXT_COLUMNS = 58


@click.command()
@takes_question
@click.option("--limit", default=10, show_default=True, help="Most hits.")
@click.option("--json", "as_lines", is_flag=True, help="Print one JSON line per hit.")
@takes_target
def recall(
    *,
    query: str,
    conditions: Mapping[str, Any],
    limit: int,
    as_lines: bool,
    target: Target,
) -> None:
    """Find the memories that matter for QUERY (- for standard input), best first."""
    with target.open() as memory:
        hits = memory.recall(query, limit=limit, **conditions)
        if not hits:
            click.echo(nothing_recalled(memory), err=True)
            return
    if as_lines:
        for hit in hits:
            click.echo(json.dumps(as_json(hit), ensure_ascii=False))
        return
    rows = [
        [
            str(rank),
            f"{hit.score:.2f}",
            hit.record.occurred_at.date().isoformat(),
            cut(who(hit.record), 12),
            cut(hit.record.content, _TEXT_COLUMNS),
            strongest(hit.signals, count=2),
            hit.record.id,
        ]
        for rank, hit in enumerate(hits, start=1)
    ]
    head = ["#", "score", "date", "who", "memory", "strongest signals", "id"]
    click.echo(table(rows, head=head, right=(0, 1)))


@click.command()
@takes_question
@click.option("--budget", type=int, help="Most tokens; the configuration's if omitted.")
@click.option("--json", "as_object", is_flag=True, help="Print JSON with the hits.")
@takes_target
def context(
    *,
    query: str,
    conditions: Mapping[str, Any],
    budget: int | None,
    as_object: bool,
    target: Target,
) -> None:
    """Write a block of memories for the prompt that QUERY belongs to."""
    with target.open() as memory:
        block = memory.context(query, budget=budget, **conditions)
        if not block:
            click.echo(nothing_recalled(memory), err=True)
    if as_object:
        fields = {
            "text": block.text,
            "tokens": block.tokens,
            "budget": block.budget,
            "hits": [as_json(hit) for hit in block.hits],
        }
        click.echo(json.dumps(fields, ensure_ascii=False))
        return
    click.echo(block.text)
    click.echo(f"{block.tokens} of {block.budget} tokens", err=True)
