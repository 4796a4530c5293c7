"""The command line: ``retentive demo``, ``remember``, ``recall`` and the rest."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command that the arguments name."""
    from retentive.cli.app import app

    app(prog_name="retentive")
