"""The command ``retentive fit``."""

from __future__ import annotations

from pathlib import Path

import click

from retentive.bench.evidence import collect
from retentive.bench.fitting import fit_weights
from retentive.bench.metrics import METRICS
from retentive.bench.options import (
    chosen_data,
    chosen_embedder,
    progress_bar,
    takes_data,
    takes_precise,
)
from retentive.bench.tokens import token_counter
from retentive.recall.defaults import default_settings, precise_settings

__all__ = ["fit"]


@click.command()
@click.argument("path", type=click.Path(path_type=Path), required=False)
@takes_data
@takes_precise
@click.option(
    "--folds",
    default=5,
    show_default=True,
    type=click.IntRange(min=2),
    help="Parts that conversations are dealt into for the held-out report.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the weights to this file, for Memory.open() and --config.",
)
def fit(
    *,
    path: Path | None,
    dataset: str | None,
    embedder: str,
    conversations: str | None,
    pool: int | None,
    cache: Path | None,
    precise: bool,
    folds: int,
    out: Path | None,
) -> None:
    """Fit the weights of the signals to the labelled data at PATH.

    Prints what the configured weights reach, and what weights reach on conversations
    that they were not fitted to; then the weights fitted to all, as YAML. Needs no
    language model. Some hundred questions are enough; with few, the weights stay
    near the default. Without a PATH, the bundled conversation is used.
    """
    data = chosen_data(path, dataset, conversations, pool)
    settings = precise_settings() if precise else default_settings()
    with progress_bar() as progress:
        evidence = collect(
            data,
            settings=settings,
            embedder=chosen_embedder(embedder, cache=cache),
            progress=progress,
        )
    fitted = fit_weights(
        evidence,
        count_tokens=token_counter().count,
        folds=folds,
        only=lambda sample: data.in_headline(sample.category),
    )
    click.echo(f"| weights | {' | '.join(METRICS)} |")
    click.echo(f"|---|{'---:|' * len(METRICS)}")
    for name, values in (("configured", fitted.before), ("held out", fitted.held_out)):
        cells = " | ".join(f"{100 * values[metric]:.1f}" for metric in METRICS)
        click.echo(f"| {name} | {cells} |")
    written = fitted.to_yaml(source=path.name if path else data.name, precise=precise)
    click.echo(f"\n{written}", nl=False)
    if out is not None:
        out.write_text(written, "utf-8")
