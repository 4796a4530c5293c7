"""``retentive forget`` and ``retentive erase``."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from retentive.cli.tables import cut
from retentive.cli.target import Target, takes_target

__all__ = ["erase", "forget"]

_SHOWN_COLUMNS = 70


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID…]")
@click.option("--query", help="All memories that hold every word of this.")
@click.option("--dry-run", is_flag=True, help="Only print what would go.")
@takes_target
def forget(
    *, ids: tuple[str, ...], query: str | None, dry_run: bool, target: Target
) -> None:
    """Delete memories for good, with their copies, sources and summaries."""
    if not ids and query is None:
        raise click.UsageError("name memories by ID, or give --query")
    with target.open() as memory:
        found = memory.forget(ids, query=query, dry_run=True)
        lines = [f"{id}  {cut(memory.get(id).content, _SHOWN_COLUMNS)}" for id in found]
        if not dry_run:
            memory.forget(found)
    for line in lines:
        click.echo(line)
    click.echo(f"{'would forget' if dry_run else 'forgot'} {len(found):,}")


@click.command()
@click.option("--below", is_flag=True, help="Also the namespaces below it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@takes_target
def erase(*, below: bool, yes: bool, target: Target) -> None:
    """Remove everything of a namespace; print the receipt as JSON.

    Of the configured namespace, or of --namespace: memories, vectors, transcripts,
    summaries, the journal, snapshots. Only keyed hashes stay, so that it is not
    learnt again. It cannot be undone.
    """
    with target.open() as memory:
        name = " / ".join(memory.namespace)
        if not yes:
            total = sum(memory.count().values())
            click.confirm(f"Erase all {total:,} memories of {name}?", abort=True)
        receipt = asdict(memory.erase(below=below))
    receipt["at"] = receipt["at"].isoformat()
    receipt["left"] = {" / ".join(ns): n for ns, n in receipt["left"].items()}
    click.echo(json.dumps(receipt, ensure_ascii=False, indent=2))
