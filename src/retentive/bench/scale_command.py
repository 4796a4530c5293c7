"""``retentive bench scale``: recall from one conversation, alone and among others."""

from __future__ import annotations

from pathlib import Path

import click

from retentive.bench.datasets import load
from retentive.bench.options import (
    chosen_data,
    chosen_embedder,
    progress_bar,
    takes_data,
    takes_precise,
)
from retentive.bench.scale import scale as measured
from retentive.bench.scale import scale_table
from retentive.recall.defaults import precise_settings

__all__ = ["scale"]


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@takes_data
@takes_precise
@click.option(
    "--size",
    default=49_000,
    show_default=True,
    type=click.IntRange(min=1),
    help="Memories in the large namespace.",
)
@click.option(
    "--among",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Make the others of this JSONL, not of PATH: another kind of memory.",
)
@click.option("--seed", default=0, show_default=True, help="Of the made memories.")
def scale(
    *,
    path: Path,
    dataset: str | None,
    embedder: str,
    conversations: str | None,
    pool: int | None,
    cache: Path | None,
    precise: bool,
    size: int,
    among: Path | None,
    seed: int,
) -> None:
    """Put the questions of PATH to their conversation alone, then among others' memories.

    The others are the data set's other conversations, then sessions made of their
    sentences, up to --size memories in one namespace. Prints recall@10 and the median
    time of a recall. With --conversations, the others are of these, too.
    """
    with progress_bar() as progress:
        rows = list(
            measured(
                chosen_data(path, dataset, conversations, pool),
                size=size,
                among=load(among, dataset="jsonl") if among else None,
                embedder=chosen_embedder(embedder, cache=cache),
                settings=precise_settings() if precise else None,
                seed=seed,
                progress=progress,
            )
        )
    click.echo(scale_table(rows))
