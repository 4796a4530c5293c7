"""``retentive reembed``."""

from __future__ import annotations

import click

from retentive.cli.progress import progress_bar
from retentive.cli.target import Target, takes_target

__all__ = ["reembed"]


@click.command()
@click.option("--batch", default=256, show_default=True, help="Memories per step.")
@takes_target
def reembed(*, batch: int, target: Target) -> None:
    """Convert vectors to the embedder of --embedder or of the configuration.

    Of the whole store, or with --namespace of that namespace and those below it.
    Recalls go on with the old vectors until a namespace is done. An interrupted
    run keeps what it has made; run it again to go on. `--embedder none` drops all
    vectors.
    """
    from retentive.reembedding import reembed as convert

    with target.open() as memory:
        if memory.embedder is None and target.embedder != "none":
            raise click.UsageError(
                "name the new embedder with --embedder, or in the configuration; "
                "--embedder none drops all vectors"
            )
        name = memory.embedder.fingerprint if memory.embedder else "none"
        for space in target.namespaces(memory):
            total = sum(memory.store.count(space).values())
            with progress_bar(" / ".join(space), total=total) as show:
                made = convert(
                    memory.store, space, memory.embedder, batch=batch, progress=show
                )
            click.echo(f"{' / '.join(space)}: {made:,} vectors made, now {name}")
