"""``retentive remember``."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from retentive.cli.inputs import Time, text_or_stdin
from retentive.cli.tables import cut
from retentive.cli.target import Target, takes_target
from retentive.errors import InvalidInputError
from retentive.records import MemoryRecord, to_utc

__all__ = ["remember"]

_SHOWN_COLUMNS = 70


@click.command()
@click.argument("texts", nargs=-1, required=True, metavar="TEXT…")
@click.option("--speaker", help="Who said it.")
@click.option("--session", help="The conversation that it belongs to.")
@click.option("--at", type=Time(), help="When it was said; now if omitted.")
@takes_target
def remember(
    *,
    texts: tuple[str, ...],
    speaker: str | None,
    session: str | None,
    at: datetime | None,
    target: Target,
) -> None:
    """Store each TEXT as a memory; - stands for the lines of standard input.

    Prints the id of each. Saying the same again adds support to the memory that
    is there, and prints its id.
    """
    with target.open(create=True) as memory:
        when = datetime.now(UTC) if at is None else to_utc(at, name="--at")
        records = [
            MemoryRecord(
                content=line,
                namespace=memory.namespace,
                role="user",
                speaker=speaker,
                session=session,
                occurred_at=when,
            )
            for line in _lines(texts)
        ]
        for id in memory.remember(records):
            click.echo(f"{id}  {cut(memory.get(id).content, _SHOWN_COLUMNS)}")


def _lines(texts: tuple[str, ...]) -> list[str]:
    lines: list[str] = []
    for text in texts:
        read = text_or_stdin(text)
        lines += read.splitlines() if text == "-" else [read]
    if not any(line.strip() for line in lines):
        raise InvalidInputError(
            f"there is nothing to remember in {texts!r}; give a text that is not blank"
        )
    return [line for line in lines if line.strip()]
