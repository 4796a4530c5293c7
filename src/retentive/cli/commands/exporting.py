"""``retentive export``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from retentive.cli.progress import progress_bar
from retentive.cli.target import Target, takes_target
from retentive.errors import StoreFullError
from retentive.formats.native import header, write_line
from retentive.records import MemoryRecord, Message

if TYPE_CHECKING:
    from retentive.memory import Memory

__all__ = ["export"]


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file, whole or not at all; standard output if omitted.",
)
@takes_target
def export(*, output: Path | None, target: Target) -> None:
    """Write all memories, vectors and transcripts as JSON lines.

    Everything in the store, or with --namespace what is in that namespace and
    below it. `retentive import` reads it back without loss.
    """
    with target.open() as memory:
        store = memory.store
        spaces = store.namespaces(target.namespace or ())
        total = sum(sum(store.count(space).values()) for space in spaces)
        with _writer(output) as file, progress_bar("exporting", total=total) as show:
            file.write(header() + "\n")
            records = 0
            for space in spaces:
                for item in _items(memory.within(*space)):
                    file.write(write_line(item, space) + "\n")
                    records += isinstance(item, MemoryRecord)
                    show(records)
    click.echo(f"{records:,} memories of {len(spaces):,} namespaces", err=True)


def _items(memory: Memory) -> Iterator[Message | MemoryRecord]:
    for session in memory.sessions():
        yield from memory.messages(session)
    store, namespace = memory.store, memory.namespace
    after: str | None = None
    while page := store.scan(namespace, after=after, vectors=True):
        yield from page
        after = page[-1].id


@contextmanager
def _writer(output: Path | None) -> Iterator[IO[str]]:
    if output is None:
        yield sys.stdout
        return
    part = output.with_name(f"{output.name}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            yield file
        part.replace(output)
    except OSError as exc:
        raise StoreFullError(f"cannot write {str(output)!r}: {exc}") from exc
    finally:
        part.unlink(missing_ok=True)
