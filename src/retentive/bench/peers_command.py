"""``retentive bench peers``: ours beside other memory stores."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from retentive.bench.against import Beyond, beyond, beyond_table, systems
from retentive.bench.bilingual import load as load_bilingual
from retentive.bench.options import (
    chosen_data,
    chosen_embedder,
    progress_bar,
    takes_data,
)
from retentive.bench.peers import PEERS
from retentive.bench.plots import bars, save_png
from retentive.bench.recall import run
from retentive.bench.report import Report
from retentive.bench.tokens import token_counter

if TYPE_CHECKING:
    from retentive.bench.datasets import Dataset
    from retentive.protocols import Embedder

__all__ = ["peers"]


@click.command()
@click.argument("path", type=click.Path(path_type=Path), required=False)
@takes_data
@click.option(
    "--peer",
    "chosen",
    type=click.Choice(list(PEERS)),
    multiple=True,
    help="Compare with this one; may be given again. All of them by default.",
)
@click.option(
    "--plain",
    is_flag=True,
    help='Give peers bare texts; by default they get "[day] speaker: text", which '
    "helps them.",
)
@click.option(
    "--json",
    "json_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the report to this file as JSON.",
)
@click.option(
    "--png",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also draw recall@10 into this file.",
)
@click.option("--seed", default=0, show_default=True, help="Of the 95 % intervals.")
def peers(
    *,
    path: Path | None,
    dataset: str | None,
    embedder: str,
    conversations: str | None,
    pool: int | None,
    cache: Path | None,
    chosen: tuple[str, ...],
    plain: bool,
    json_path: Path | None,
    png: Path | None,
    seed: int,
) -> None:
    """Put Retentive beside other memory stores, on the same data and vectors.

    Without a PATH, on the bundled conversation. Prints recall as ``bench recall`` does;
    and of one conversation, the time of a search, the tokens of ten hits, how many of
    them repeat after all was added twice, how many belong to another owner, and
    recall@10 of Chinese and of English questions. A peer that is not installed is an
    error that names the command; see also --peer.
    """
    data = chosen_data(path, dataset, conversations, pool)
    found = _compare(
        data,
        chosen_embedder("minilm" if embedder == "none" else embedder, cache=cache),
        chosen=chosen,
        plain=plain,
        seed=seed,
    )
    click.echo(found.to_markdown())
    if json_path is not None:
        json_path.write_text(json.dumps(found.to_dict(), indent=2) + "\n", "utf-8")
    if png is not None:
        save_png(found.report, png)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    """What a run said of ours and of peers."""

    report: Report
    further: Mapping[str, Beyond]
    plain: bool

    def to_markdown(self) -> str:
        tables = [self.report.to_markdown(), beyond_table(self.further)]
        return "\n\n".join([*tables, bars(self.report)])

    def to_dict(self) -> dict[str, Any]:
        return self.report.to_dict() | {
            "beyond": {name: asdict(found) for name, found in self.further.items()},
            "texts_of_peers": "plain" if self.plain else "dated",
        }


def _compare(
    data: Dataset,
    model: Embedder | None,
    *,
    chosen: Sequence[str],
    plain: bool,
    seed: int,
) -> _Compared:
    if model is None:
        raise click.UsageError("peers need an --embedder")
    opened = systems(model, chosen=chosen, dated=not plain)
    counter = token_counter()
    with progress_bar() as progress:
        report = run(
            data,
            opened,
            embedder=model.fingerprint,
            seed=seed,
            counter=counter,
            progress=progress,
        )
    further = beyond(
        opened,
        conversation=data.conversations[0],
        bilingual=load_bilingual().conversations[0],
        counter=counter,
    )
    return _Compared(report=report, further=further, plain=plain)
