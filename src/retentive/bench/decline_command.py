"""``retentive bench decline``: questions put to right and wrong conversations."""

from __future__ import annotations

from pathlib import Path

import click

from retentive.bench.calibrating import calibrate
from retentive.bench.declining import judged, summary
from retentive.bench.options import chosen_data, chosen_embedder, takes_data
from retentive.bench.variants import joined, nameless
from retentive.recall.relevance import CALIBRATIONS

__all__ = ["decline"]


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@takes_data
@click.option(
    "--below",
    default=0.3,
    show_default=True,
    help="Decline where anything relevant is less likely than this.",
)
@click.option("--fit", is_flag=True, help="Also fit the weights, by folds.")
@click.option("--seed", default=0, show_default=True, help="Of the 95 % intervals.")
def decline(
    *,
    path: Path,
    dataset: str | None,
    embedder: str,
    conversations: str | None,
    pool: int | None,
    cache: Path | None,
    below: float,
    fit: bool,
    seed: int,
) -> None:
    """Put the questions of PATH to their own conversation and to all others.

    Prints how many of the right ones are kept, and how many of the wrong ones get an
    empty context. With --fit, the weights of the judgement are fitted on all but one
    conversation at a time and judged on that one; on the questions as asked, without
    the speakers' names, and on messages joined by eight, so that they hold for more
    than this kind of data.
    """
    data = chosen_data(path, dataset, conversations, pool)
    model = chosen_embedder(embedder, cache=cache)
    found = judged(data, embedder=model)
    click.echo(summary(found, threshold=below, seed=seed))
    if fit:
        found += judged(nameless(data), embedder=model)
        found += judged(joined(data), embedder=model)
    for basis in sorted({item.relevance.basis for item in found} if fit else ()):
        some = [item for item in found if item.relevance.basis == basis]
        if basis in CALIBRATIONS:
            click.echo(f"\n{calibrate(some, basis=basis)}")
