"""The ``bench`` group of the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from retentive.bench.ablation_command import ablation
from retentive.bench.decline_command import decline
from retentive.bench.options import (
    chosen_data,
    chosen_embedder,
    progress_bar,
    takes_data,
)
from retentive.bench.peers_command import peers
from retentive.bench.recall import run
from retentive.bench.scale_command import scale
from retentive.bench.systems import System, default_systems
from retentive.errors import InvalidInputError

__all__ = ["bench"]


@click.group()
def bench() -> None:
    """Measure recall on labelled data, beside plain baselines."""


bench.add_command(ablation)
bench.add_command(decline)
bench.add_command(peers)
bench.add_command(scale)


@bench.command()
@click.argument("path", type=click.Path(path_type=Path))
@takes_data
@click.option(
    "--json",
    "json_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the report to this file as JSON.",
)
@click.option(
    "--system",
    "chosen",
    multiple=True,
    metavar="NAME",
    help="Run this system; may be given again. All of them by default: "
    "retentive, 'plain BM25', 'plain BM25, stems and stop words' and, with an "
    "embedder, 'plain dense'.",
)
@click.option("--seed", default=0, show_default=True, help="Of the 95 % intervals.")
def recall(
    *,
    path: Path,
    dataset: str | None,
    embedder: str,
    json_path: Path | None,
    conversations: str | None,
    pool: int | None,
    chosen: tuple[str, ...],
    cache: Path | None,
    seed: int,
) -> None:
    """Put the questions of the data set at PATH to Retentive and to baselines.

    Prints recall@5/10/20, all@10 (all of the evidence among the first ten),
    nDCG@10, MRR, and the share of the evidence inside contexts of 1,000 and 2,000
    tokens: for each system, and for Retentive by category. Needs no language model.

    \b
    A line of your own JSONL is a memory or a question:
      {"type": "memory", "conversation": "c1", "id": "m1", "content": "I like tea.",
       "speaker": "Ann", "session": "s1", "at": "2024-05-01T10:00:00Z"}
      {"type": "question", "conversation": "c1", "text": "What does Ann drink?",
       "evidence": ["m1"], "category": "drinks"}
    """  # noqa: D301 - click reads the backspace as "do not wrap"
    data = chosen_data(path, dataset, conversations, pool)
    model = chosen_embedder(embedder, cache=cache)
    systems = _choose(default_systems(model), chosen)
    with progress_bar() as progress:
        report = run(
            data,
            systems,
            embedder=model.fingerprint if model else "none",
            seed=seed,
            progress=progress,
        )
    click.echo(report.to_markdown())
    if json_path is not None:
        json_path.write_text(json.dumps(report.to_dict(), indent=2) + "\n", "utf-8")


def _choose(
    systems: Mapping[str, Callable[[], System]], chosen: tuple[str, ...]
) -> dict[str, Callable[[], System]]:
    unknown = [name for name in chosen if name not in systems]
    if unknown:
        raise InvalidInputError(
            f"no system is named {unknown[0]!r}; this run has: {', '.join(systems)} "
            "(plain dense needs an --embedder)"
        )
    return {name: systems[name] for name in chosen or systems}
