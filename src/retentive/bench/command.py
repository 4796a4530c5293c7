"""The ``bench`` group of the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from retentive import registry
from retentive.bench.datasets import LOADERS, Dataset, load
from retentive.bench.recall import Progress, run
from retentive.bench.systems import System, default_systems
from retentive.bench.vectors import CachedEmbedder, default_cache
from retentive.errors import InvalidInputError
from retentive.recall.relevance import CALIBRATIONS

if TYPE_CHECKING:
    from retentive.protocols import Embedder

__all__ = ["bench"]

Command = TypeVar("Command", bound=Callable[..., Any])


def takes_data(command: Command) -> Command:
    """Add the options that name data and an embedder."""
    options = [
        click.option(
            "--dataset",
            type=click.Choice(sorted(LOADERS)),
            required=True,
            help="What PATH is: locomo10.json or a part of it; a MADial-Bench "
            "*-dialogue.json with its *-memory.json beside it; or your own JSONL.",
        ),
        click.option(
            "--embedder",
            default="none",
            show_default=True,
            help="none (lexical only), hashing, minilm, or another installed embedder.",
        ),
        click.option(
            "--conversations",
            metavar="ID,ID,…",
            help="Use these conversations alone: tune on some, report on the others.",
        ),
        click.option(
            "--cache",
            type=click.Path(path_type=Path, dir_okay=False),
            help="File that keeps vectors between runs; in the user's cache directory "
            "by default.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.group()
def bench() -> None:
    """Measure recall on labelled data, beside plain baselines."""


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
    dataset: str,
    embedder: str,
    json_path: Path | None,
    conversations: str | None,
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
    data = _data(path, dataset, conversations)
    model = _embedder(embedder, cache=cache or default_cache())
    systems = _choose(default_systems(model), chosen)
    with _progress_bar() as progress:
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


@bench.command()
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
    dataset: str,
    embedder: str,
    conversations: str | None,
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
    from retentive.bench.calibrating import calibrate
    from retentive.bench.declining import judged, summary
    from retentive.bench.variants import joined, nameless

    data = _data(path, dataset, conversations)
    model = _embedder(embedder, cache=cache or default_cache())
    found = judged(data, embedder=model)
    click.echo(summary(found, threshold=below, seed=seed))
    if fit:
        found += judged(nameless(data), embedder=model)
        found += judged(joined(data), embedder=model)
    for basis in sorted({item.relevance.basis for item in found} if fit else ()):
        some = [item for item in found if item.relevance.basis == basis]
        if basis in CALIBRATIONS:
            click.echo(f"\n{calibrate(some, basis=basis)}")


def _data(path: Path, dataset: str, conversations: str | None) -> Dataset:
    data = load(path, dataset=dataset)
    if not conversations:
        return data
    return data.only([part.strip() for part in conversations.split(",")])


def _embedder(name: str, *, cache: Path) -> Embedder | None:
    if name == "none":
        return None
    return CachedEmbedder(registry.find("embedders", name)(), path=cache)


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


@contextmanager
def _progress_bar() -> Iterator[Callable[[Progress], None]]:
    # On standard error, so that the tables can be piped.
    with click.progressbar(
        length=1, label="starting", file=sys.stderr, show_pos=True
    ) as bar:

        def show(progress: Progress) -> None:
            bar.length = max(1, progress.total)
            bar.label = progress.step
            bar.update(progress.done - bar.pos)

        yield show
