"""The options of the commands that ask a question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

import click

from retentive.cli.inputs import Time, text_or_stdin

__all__ = ["takes_question"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def takes_question(command: _Command) -> _Command:
    """Add QUERY and what narrows it; pass ``query`` and ``conditions``."""

    @click.argument("query")
    @click.option("--now", type=Time(), help="The asker's present.")
    @click.option("--session", help="The session that asks.")
    @click.option("--in-session", "sessions", multiple=True, help="Only of this one.")
    @click.option("--since", type=Time(), help="Only what happened from then on.")
    @click.option("--until", type=Time(), help="Only what happened before then.")
    @click.option("--kind", "kinds", multiple=True, help="Only memories of this kind.")
    @wraps(command)
    def with_question(
        *,
        query: str,
        now: datetime | None,
        session: str | None,
        sessions: tuple[str, ...],
        kinds: tuple[str, ...],
        since: datetime | None,
        until: datetime | None,
        **options: Any,
    ) -> Any:
        conditions: dict[str, Any] = {"now": now, "session": session}
        narrowing: dict[str, Any] = {"sessions": sessions, "kinds": kinds}
        narrowing |= {"since": since, "until": until}
        conditions |= {name: value for name, value in narrowing.items() if value}
        return command(query=text_or_stdin(query), conditions=conditions, **options)

    return with_question  # type: ignore[return-value]  # click has replaced its options
