"""What the bench commands have in common: data, an embedder, a bar of progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from retentive import registry
from retentive.bench.bilingual import load as load_bundled
from retentive.bench.datasets import LOADERS, Dataset, load
from retentive.bench.recall import Progress
from retentive.bench.variants import pooled
from retentive.bench.vectors import CachedEmbedder, default_cache

if TYPE_CHECKING:
    from retentive.protocols import Embedder

__all__ = [
    "chosen_data",
    "chosen_embedder",
    "progress_bar",
    "takes_data",
    "takes_precise",
]

Command = TypeVar("Command", bound=Callable[..., Any])


def takes_data(command: Command) -> Command:
    """Add the options that name data and an embedder."""
    options = [
        click.option(
            "--dataset",
            type=click.Choice(sorted(LOADERS)),
            help="What PATH is: locomo10.json or a part of it; a longmemeval_*.json; "
            "BEAM's chats/100K or one chat's folder; memdaily.json; a MADial-Bench "
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
            "--pool",
            type=click.IntRange(min=1),
            metavar="N",
            help="Make N conversations at a time into one.",
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


takes_precise = click.option(
    "--precise", is_flag=True, help="With late interaction; needs --embedder minilm."
)


def chosen_data(
    path: Path | None, dataset: str | None, conversations: str | None, pool: int | None
) -> Dataset:
    """Read what the options of :func:`takes_data` name; the bundled data without a path.

    Raises:
        click.UsageError: It is not said what the path is.
    """
    if path is None:
        return load_bundled()
    if dataset is None:
        raise click.UsageError("say what PATH is with --dataset")
    data = load(path, dataset=dataset)
    if conversations:
        data = data.only([part.strip() for part in conversations.split(",")])
    return pooled(data, size=pool) if pool else data


def chosen_embedder(name: str, *, cache: Path | None) -> Embedder | None:
    """Return an embedder whose vectors are kept, ``None`` for ``none``."""
    if name == "none":
        return None
    made = registry.find("embedders", name)()
    return CachedEmbedder(made, path=cache or default_cache())


@contextmanager
def progress_bar() -> Iterator[Callable[[Progress], None]]:
    """Show a bar; the block gets what moves it."""
    # On standard error, so that the tables can be piped.
    with click.progressbar(
        length=1, label="starting", file=sys.stderr, show_pos=True
    ) as bar:

        def show(progress: Progress) -> None:
            bar.length = max(1, progress.total)
            bar.label = progress.step
            bar.update(progress.done - bar.pos)

        yield show
