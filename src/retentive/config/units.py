"""Durations and sizes as people write them."""

from __future__ import annotations

import re

__all__ = ["DURATION", "SIZE", "parse_duration", "parse_size"]

DURATION = r"^\s*\d+(\.\d+)?\s*(ms|s|m|h|d|w)\s*$"
"""A number and a unit: milliseconds, seconds, minutes, hours, days, weeks."""

SIZE = r"^\s*\d+(\.\d+)?\s*([kKMG]i?B|B)\s*$"
"""A number and a unit: kB and KiB to GB and GiB."""

_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_POWERS = {"B": 0, "K": 1, "M": 2, "G": 3}


def parse_duration(value: object) -> float:
    """Return seconds: of ``7d``, ``36h``, ``15m``, ``30s``, or a number of them.

    Raises:
        ValueError: It is neither.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    match = re.fullmatch(DURATION[1:-1], value) if isinstance(value, str) else None
    if match is None:
        return float(
            _plain(value, "seconds, or a duration such as 7d, 36h, 15m or 30s")
        )
    unit = match[2]
    return float(match[0].strip().removesuffix(unit)) * _SECONDS[unit]


def parse_size(value: object) -> int:
    """Return bytes: of ``512MB`` or ``1GiB``, or a whole number of them.

    Raises:
        ValueError: It is neither.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = re.fullmatch(SIZE[1:-1], value) if isinstance(value, str) else None
    if match is None:
        return int(_plain(value, "bytes, or a size such as 512MB or 1GiB"))
    unit = match[2]
    base = 1024 if "i" in unit else 1000
    number = float(match[0].strip().removesuffix(unit))
    return int(number * base ** _POWERS[unit[0].upper()])


def _plain(value: object, expected: str) -> float:
    """Read a number that came as text, from a variable."""
    try:
        if isinstance(value, str):
            return float(value)
    except ValueError:
        pass
    raise ValueError(f"must be a number of {expected}")
