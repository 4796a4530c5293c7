"""``retentive index``."""

from __future__ import annotations

import click

from retentive.cli.progress import progress_bar
from retentive.cli.target import Target, takes_target
from retentive.protocols import SupportsSearch

__all__ = ["index"]


@click.command()
@click.option("--drop", is_flag=True, help="Remove the index instead.")
@takes_target
def index(*, drop: bool, target: Target) -> None:
    """Make the index by which a server's search engine finds candidates.

    Of the whole store, or with --namespace of that namespace and those below it.
    The first recall by the engine would make it, and wait for it. An interrupted run
    is gone on with by another one.
    """
    with target.open() as memory:
        store = memory.store
        engine = store.search_engine() if isinstance(store, SupportsSearch) else None
        if engine is None:
            raise click.UsageError(
                "no search engine answers there; `retentive doctor` says why"
            )
        for space in target.namespaces(memory):
            name = " / ".join(space)
            if drop:
                engine.drop(space)
                click.echo(f"{name}: no index of the {engine.name} any more")
                continue
            total = sum(store.count(space).values())
            with progress_bar(name, total=total) as show:
                census = engine.catch_up(space, progress=show)
            click.echo(f"{name}: {census.memories:,} memories, by the {engine.name}")
