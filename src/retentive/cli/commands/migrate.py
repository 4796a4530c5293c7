"""``retentive migrate``: from one store to another, compared in the end."""

from __future__ import annotations

import click

from retentive.cli.progress import progress_bar

__all__ = ["migrate"]


@click.command()
@click.argument("source")
@click.argument("target")
@click.option(
    "-n", "--namespace", "labels", metavar="LABEL", multiple=True,
    help="Only this namespace and those below it; give it again for each label.",
)  # fmt: skip
def migrate(*, source: str, target: str, labels: tuple[str, ...]) -> None:
    """Copy memories and transcripts from SOURCE to TARGET, and compare both.

    Each is a SQLite file or a URL: `retentive migrate agent.db redis://localhost`.
    SOURCE is not changed. Run it again to go on with an interrupted run.
    """
    from retentive.migrating import migrate as copy
    from retentive.opening import open_store

    old, new = open_store(_place(source)), open_store(_place(target))
    try:
        spaces = old.namespaces(labels)
        for space in spaces:
            total = sum(old.count(space).values())
            with progress_bar(" / ".join(space), total=total) as show:
                done = copy(old, new, space, progress=show)
            click.echo(
                f"{' / '.join(space)}: {done.copied:,} copied, {done.present:,} there "
                f"already, {done.messages:,} messages"
            )
            if done.apart:
                some = ", ".join(done.apart[:5])
                raise click.ClickException(
                    f"{len(done.apart):,} differ in the two stores, such as {some}; "
                    "somebody writes to them, or the target held others before"
                )
        click.echo(f"{len(spaces):,} namespaces compared: all is the same")
    finally:
        old.close()
        new.close()


def _place(text: str) -> str:
    """Return a path where a URL of SQLite is given: sqlite:///a.db is a.db."""
    scheme, _, rest = text.partition("://")
    if scheme == "sqlite" and rest.startswith("/"):
        return rest[1:]
    return text
