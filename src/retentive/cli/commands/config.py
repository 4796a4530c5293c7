"""``retentive config``: check a file, print the schema, show a preset."""

from __future__ import annotations

import json
from pathlib import Path

import click

__all__ = ["config"]


@click.group()
def config() -> None:
    """Check a configuration, print the JSON Schema, or show a preset."""


@config.command()
@click.argument("file", type=click.Path(path_type=Path))
def check(*, file: Path) -> None:
    """Check FILE: every problem with its line; exit code 1 if there is one."""
    from retentive.config import load

    loaded = load(file)
    weights = {name: choice.weight for name, choice in loaded.recall.scorers.items()}
    active = [f"{name} {weight:g}" for name, weight in weights.items() if weight]
    click.echo(f"{file}: ok")
    click.echo(f"  preset      {loaded.preset or 'chat'}")
    click.echo(f"  store       {loaded.store.type}")
    click.echo(f"  namespace   {' / '.join(loaded.namespace)}")
    click.echo(f"  embedder    {loaded.embedder.type if loaded.embedder else 'none'}")
    click.echo(
        f"  processors  {', '.join(p.type for p in loaded.processors) or 'none'}"
    )
    click.echo(f"  scorers     {', '.join(active)}")


@config.command()
def schema() -> None:
    r"""Print a JSON Schema, with which an editor completes and checks the file.

    \b
    retentive config schema > retentive.schema.json
    and as the first line of the file:
    # yaml-language-server: $schema=retentive.schema.json
    """
    from retentive.config import json_schema

    click.echo(json.dumps(json_schema(), indent=2))


@config.command()
@click.argument("preset", required=False)
def show(*, preset: str | None) -> None:
    """Print a PRESET to start a file from; without one, list them."""
    from retentive.config import preset_names, preset_text

    if preset is not None:
        click.echo(preset_text(preset), nl=False)
        return
    for name in preset_names():
        first = preset_text(name).splitlines()[0].removeprefix("# ")
        click.echo(f"{name:<16}{first}")
