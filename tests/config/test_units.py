"""Durations and sizes."""

import pytest

from retentive.config.units import parse_duration, parse_size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7d", 604_800),
        ("36h", 129_600),
        ("15m", 900),
        ("30s", 30),
        ("250ms", 0.25),
        ("1.5h", 5_400),
        ("2 w", 1_209_600),
        (12, 12),
        (0.5, 0.5),
        ("90", 90),
    ],
)
def test_a_duration_is_seconds(text: object, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "d", "7 days", "-7d", "7d 3h", True, None, [1]])
def test_what_is_no_duration_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="must be a number of seconds"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "count"),
    [("512MB", 512_000_000), ("1GiB", 1 << 30), ("2 kB", 2_000), ("10B", 10), (7, 7)],
)
def test_a_size_is_bytes(text: object, count: int) -> None:
    assert parse_size(text) == count


@pytest.mark.parametrize("text", ["", "MB", "5 apples", True, None])
def test_what_is_no_size_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="must be a number of bytes"):
        parse_size(text)
