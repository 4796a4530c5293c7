"""Reads what is typed: times, numbers, standard input."""

from __future__ import annotations

import sys
from datetime import datetime

import click

from retentive.errors import InvalidInputError

__all__ = ["Time", "text_or_stdin"]


class Time(click.ParamType[datetime]):
    """An ISO date or time; without a zone it is the machine's own."""

    name = "TIME"

    def convert(
        self,
        value: str | datetime,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> datetime:
        """Return an aware time."""
        if isinstance(value, datetime):
            return value
        try:
            return _aware(datetime.fromisoformat(value))
        except (ValueError, OverflowError):
            self.fail(
                f"{value!r} is no ISO time such as 2024-05-01 or 2024-05-01T10:00Z",
                param,
                ctx,
            )


def text_or_stdin(text: str) -> str:
    """Return the text, or all of standard input for ``-``.

    Raises:
        InvalidInputError: Standard input is no UTF-8.
    """
    if text != "-":
        return text
    try:
        return sys.stdin.read().strip()
    except UnicodeDecodeError as exc:
        raise InvalidInputError(
            f"standard input is not UTF-8: {exc}; convert it first"
        ) from exc


def _aware(time: datetime) -> datetime:
    return time.astimezone() if time.tzinfo is None else time
