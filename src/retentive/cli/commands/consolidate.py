"""``retentive consolidate`` and ``retentive undo``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from retentive.cli.progress import progress_bar
from retentive.cli.tables import cut, table
from retentive.cli.target import Target, takes_target

if TYPE_CHECKING:
    from retentive.consolidate.report import Preview, Report

__all__ = ["consolidate", "undo"]

_SHOWN_COLUMNS = 60
_SHOWN_CHANGES = 20  # of a plan that asks


@click.command()
@click.option("--dry-run", is_flag=True, help="Only print what would change, and why.")
@click.option("--yes", is_flag=True, help="Do not ask, however much would change.")
@click.option("--json", "as_object", is_flag=True, help="Print JSON.")
@takes_target
def consolidate(*, dry_run: bool, yes: bool, as_object: bool, target: Target) -> None:
    """Run the policies of the configuration; print each change with its reason.

    Of the configured namespace, or of --namespace. Ends with the ids of the
    commits: `retentive undo ID` takes one back.
    """
    with target.open() as memory, progress_bar("consolidating", total=100) as show:
        report = memory.consolidate(
            dry_run=dry_run,
            approve=_answer(yes=yes),
            progress=lambda done, total: show(100 * done // max(1, total)),
        )
    click.echo(_json(report) if as_object else _text(report))


@click.command()
@click.argument("commit", required=False)
@takes_target
def undo(*, commit: str | None, target: Target) -> None:
    """Take back COMMIT, or a whole run; without COMMIT, list what can be undone."""
    with target.open() as memory:
        if commit is not None:
            click.echo(_text(memory.undo(commit)))
            return
        rows = [
            [entry.id, f"{entry.at:%Y-%m-%d %H:%M}", entry.policy, f"{entry.changes:,}"]
            for entry in memory.journal()
        ]
    if not rows:
        click.echo("nothing can be undone: no consolidation has changed anything yet")
        return
    click.echo(table(rows, head=["commit", "at (UTC)", "policy", "changes"], right=[3]))


def _answer(*, yes: bool) -> Callable[[Preview], bool] | None:
    """Return who answers: the flag, a person at a terminal, or nobody."""
    if yes:
        return lambda _preview: True
    return _asked if sys.stdin.isatty() else None


def _asked(preview: Preview) -> bool:
    for change in preview.changes[:_SHOWN_CHANGES]:
        click.echo(f"{change.action:10} {cut(change.content, _SHOWN_COLUMNS)}")
    if len(preview.changes) > _SHOWN_CHANGES:
        click.echo(f"and {len(preview.changes) - _SHOWN_CHANGES:,} more")
    return click.confirm(
        f"Change {preview.changed:,} of {preview.total:,} memories, more than the "
        f"share of {preview.max_share:g}?"
    )


def _text(report: Report) -> str:
    lines = [
        f"{change.action:10} {cut(change.content, _SHOWN_COLUMNS)}\n"
        f"           {change.id}  {change.policy}: {cut(change.reason, 100)}"
        for change in report.changes
    ]
    counted = report.counts()
    if not counted:
        lines.append("nothing to do")
    for (policy, action), count in counted.items():
        would = "would " if report.dry_run else ""
        lines.append(f"{policy}: {would}{action} {count:,}")
    if report.skipped:
        lines.append(f"left out: {len(report.skipped):,}")
        lines += [f"  {id}: {why}" for id, why in report.skipped.items()]
    lines += [f"commit {id}" for id in report.commits]
    return "\n".join(lines)


def _json(report: Report) -> str:
    fields = {
        "run": report.run,
        "namespace": list(report.namespace),
        "dry_run": report.dry_run,
        "changes": [asdict(change) for change in report.changes],
        "commits": list(report.commits),
        "skipped": dict(report.skipped),
    }
    return json.dumps(fields, ensure_ascii=False)
