"""The command ``retentive bench ablation``."""

from __future__ import annotations

from pathlib import Path

import click

from retentive.bench.ablation import ablate, ablation_settings, table
from retentive.bench.evidence import collect
from retentive.bench.options import (
    chosen_data,
    chosen_embedder,
    progress_bar,
    takes_data,
    takes_precise,
)
from retentive.bench.tokens import token_counter

__all__ = ["ablation"]


@click.command()
@click.argument("path", type=click.Path(path_type=Path), required=False)
@takes_data
@takes_precise
def ablation(
    *,
    path: Path | None,
    dataset: str | None,
    embedder: str,
    conversations: str | None,
    pool: int | None,
    cache: Path | None,
    precise: bool,
) -> None:
    """Take each signal away, add each that is off, and say what changes.

    Prints for every signal its gain (measures with it, minus those without it, in
    percentage points) and the median time that it takes for one question. Without a
    PATH, on the bundled conversation.
    """
    data = chosen_data(path, dataset, conversations, pool)
    with progress_bar() as progress:
        evidence = collect(
            data,
            settings=ablation_settings(precise=precise),
            embedder=chosen_embedder(embedder, cache=cache),
            progress=progress,
        )
    whole, rows = ablate(
        evidence,
        count_tokens=token_counter().count,
        only=lambda sample: data.in_headline(sample.category),
    )
    click.echo(f"{data.name}, {data.headline}, embedder {embedder}\n")
    click.echo(table(whole, rows))
