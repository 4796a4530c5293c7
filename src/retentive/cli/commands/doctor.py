"""``retentive doctor``: looks at everything that can be wrong with a memory."""

from __future__ import annotations

import json
from dataclasses import replace

import click

from retentive.cli.checkup import Finding, examine
from retentive.cli.tables import pad
from retentive.cli.target import Target, takes_target

__all__ = ["doctor"]


@click.command()
@click.argument("place", metavar="[TARGET]", required=False)
@click.option("--json", "as_lines", is_flag=True, help="Print one JSON line per check.")
@takes_target
@click.pass_context
def doctor(
    ctx: click.Context, *, place: str | None, as_lines: bool, target: Target
) -> None:
    """Look for what is wrong, and say how to mend it.

    TARGET is the same as --db.

    Exit code 1 if something fails; a warning alone leaves it at 0.
    """
    failed = False
    if place is not None:
        target = replace(target, path=place)
    for finding in examine(target):
        click.echo(_json(finding) if as_lines else _text(finding))
        failed = failed or finding.state == "fail"
    ctx.exit(1 if failed else 0)


def _text(finding: Finding) -> str:
    line = f"{finding.state:<4}  {pad(finding.check, 16)}  {finding.detail}"
    return f"{line}\n      {'':16}  -> {finding.remedy}" if finding.remedy else line


def _json(finding: Finding) -> str:
    fields = {name: getattr(finding, name) for name in Finding.__slots__}
    return json.dumps(fields, ensure_ascii=False)
