"""The group of all commands: each is imported only when it runs."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

import click

from retentive import __version__
from retentive.errors import PluginError, RetentiveError
from retentive.registry import find, installed

__all__ = ["COMMANDS", "app"]

COMMANDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "demo": ("demo:demo", "Watch it remember and recall a bundled conversation."),
        "remember": ("remember:remember", "Store a text, or lines of standard input."),
        "recall": ("recall:recall", "Find the memories that matter for a question."),
        "explain": ("explain:explain", "Show the signals behind each hit."),
        "context": ("recall:context", "Write a block of memories for a prompt."),
        "import": ("importing:import_", "Read conversations or memories from a file."),
        "export": ("exporting:export", "Write all memories and transcripts as JSON."),
        "consolidate": (
            "consolidate:consolidate",
            "Tidy up: merge, supersede, archive; --dry-run shows it first.",
        ),
        "forget": ("forgetting:forget", "Delete memories and all made of them."),
        "erase": ("forgetting:erase", "Remove all of a namespace, with a receipt."),
        "undo": ("consolidate:undo", "Take back what a consolidation did."),
        "stats": ("stats:stats", "Count memories and draw them over time."),
        "config": ("config:config", "Check a configuration, print schema or presets."),
        "doctor": ("doctor:doctor", "Look for what is wrong, and say how to mend it."),
        "reembed": ("reembed:reembed", "Convert vectors to another embedder."),
        "index": ("index:index", "Make the index of a server's search engine."),
        "fit": (
            "retentive.bench.fit_command:fit",
            "Fit the weights of signals to labelled data of yours.",
        ),
        "migrate": ("migrate:migrate", "Copy memories to another store, and compare."),
        "bench": ("retentive.bench.command:bench", "Measure recall on labelled data."),
    }
)
"""Where each command of the core lives, and its line in the help.

Adapters and plugins add theirs by the entry-point group ``retentive.commands``.
"""


class LazyGroup(click.Group):
    """Lists commands without importing them; turns our errors into one message."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the help."""
        del ctx
        return [*COMMANDS, *(n for n in installed("commands") if n not in COMMANDS)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        del ctx
        command: click.Command
        if cmd_name in COMMANDS:
            module, _, attribute = COMMANDS[cmd_name][0].partition(":")
            if not module.startswith("retentive."):
                module = f"retentive.cli.commands.{module}"
            command = getattr(import_module(module), attribute)
            return command
        if cmd_name not in installed("commands"):
            return None
        command = find("commands", cmd_name)
        return command

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the list; of the core's commands none is imported for it."""
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, self._line(ctx, name)) for name in self.list_commands(ctx)]
            )

    def _line(self, ctx: click.Context, name: str) -> str:
        if name in COMMANDS:
            return COMMANDS[name][1]
        try:
            command = self.get_command(ctx, name)
        except PluginError as error:
            return f"cannot be loaded: {error}"
        return command.get_short_help_str(limit=70) if command else ""

    def invoke(self, ctx: click.Context) -> Any:
        """Run; an error of ours is a message and exit code 1, not a traceback."""
        try:
            return super().invoke(ctx)
        except RetentiveError as error:
            if ctx.params.get("debug"):
                raise
            click.echo(f"retentive: {error}", err=True)
            ctx.exit(1)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="retentive")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def app(*, debug: bool) -> None:
    """Long-term memory for LLM agents: no key, no server, no model download."""
    if not debug:
        # What the library warns of, a rebuilt snapshot say, is no user's concern.
        logging.getLogger("retentive").setLevel(logging.ERROR)
