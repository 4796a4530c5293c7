"""``retentive import``."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from typing import IO

import click

from retentive.cli.loading import Loader
from retentive.cli.progress import progress_bar
from retentive.cli.tables import table
from retentive.cli.target import Target, takes_target
from retentive.formats import FORMATS, Source, open_source
from retentive.memory import Memory
from retentive.protocols import SupportsSnapshots
from retentive.records import Namespace

__all__ = ["import_"]

_SHOWN_NAMESPACES = 20


@click.command("import")
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    help="What FILE is; found out from its beginning if omitted.",
)
@takes_target
def import_(*, file: IO[str], format_: str | None, target: Target) -> None:
    """Read conversations or memories from FILE (- for standard input).

    Knows the exports of ChatGPT and Claude (conversations.json), OpenAI-style
    messages as JSON lines, LoCoMo, and what `retentive export` writes. Running it
    again adds nothing; a run that was interrupted goes on where it was.

    A file with several people's conversations (LoCoMo) fills a namespace for each:
    the labels given, then the conversation's name. What `retentive export` wrote
    goes back to the namespaces that it came from, unless --namespace says where.
    """
    source = open_source(file, format=format_)
    with target.open(create=True) as memory:
        loader = Loader(memory, override=target.namespace)
        total, position = _measure(file, source)
        try:
            with progress_bar("importing", total=total) as show:
                loader.load(source.entries, lambda read: show(position(read)))
            _index(memory, list(loader.namespaces))
        finally:
            _report(loader, source.format)


def _measure(file: IO[str], source: Source) -> tuple[int | None, Callable[[int], int]]:
    """Return how much there is, and what turns entries read into that measure."""
    if source.total is not None:
        return source.total, lambda read: read
    try:
        found = os.fstat(file.fileno())
    except OSError:
        return None, lambda read: read
    if not stat.S_ISREG(found.st_mode):
        return None, lambda read: read  # a pipe: nobody knows how much comes
    binary = file.buffer  # type: ignore[attr-defined]  # click opens text files only
    return found.st_size, lambda _read: binary.tell()


def _index(memory: Memory, namespaces: Sequence[Namespace]) -> None:
    """Analyse what was read, so that the first question need not wait for it.

    What comes of it is saved beside the store when the memory is closed; there is
    nothing to do where the store has no place for that.
    """
    store = memory.store
    if not isinstance(store, SupportsSnapshots) or not all(
        map(store.snapshot_path, namespaces)
    ):
        return
    with progress_bar("indexing", total=len(namespaces)) as show:
        for done, namespace in enumerate(namespaces, start=1):
            memory.recaller.replica((namespace,)).frame()
            show(done)


def _report(loader: Loader, format_: str) -> None:
    outcomes = loader.outcomes
    click.echo(
        f"{loader.read:,} entries read ({format_}): {loader.known:,} were there "
        f"already, {loader.messages:,} messages added to transcripts."
    )
    click.echo(
        f"Memories: {outcomes['created']:,} added, {outcomes['merged']:,} merged with "
        f"ones that said the same, {outcomes['replaced']:,} replaced, "
        f"{outcomes['unchanged']:,} unchanged, {outcomes['barred']:,} skipped "
        "(forgotten before)."
    )
    if len(loader.namespaces) > 1:
        rows = [
            [" / ".join(namespace), f"{count:,}"]
            for namespace, count in sorted(loader.namespaces.items())
        ]
        click.echo(
            table(rows[:_SHOWN_NAMESPACES], head=["namespace", "entries"], right=(1,))
        )
        if len(rows) > _SHOWN_NAMESPACES:
            click.echo(f"… and {len(rows) - _SHOWN_NAMESPACES:,} more namespaces")
