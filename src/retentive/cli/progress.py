"""Progress bars, for people only: a pipe or a log gets none."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

__all__ = ["progress_bar"]


@contextmanager
def progress_bar(label: str, *, total: int | None) -> Iterator[Callable[[int], None]]:
    """Show a bar on standard error where that is a terminal.

    Args:
        label: What is being done.
        total: How much there is; no bar where nobody knows.

    Yields:
        A function to be told how much is done so far.
    """
    if not total or not sys.stderr.isatty():
        yield lambda _done: None
        return
    with click.progressbar(
        length=total, label=label, file=sys.stderr, show_eta=True
    ) as bar:
        yield lambda done: bar.update(min(done, total) - bar.pos)
