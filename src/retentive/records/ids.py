"""Ids that sort by the time at which they were made."""

from __future__ import annotations

import secrets
import time
from base64 import b32hexencode
from datetime import datetime
from threading import local

__all__ = ["new_id"]


def new_id(*, at: datetime | None = None) -> str:
    """Return a fresh time-ordered id of 26 characters.

    48 bits of milliseconds and 80 random bits in the alphabet of base32hex, which
    sorts as the bytes do. Ids of the present instant that one thread makes
    ascend, within a millisecond too.

    Args:
        at: The instant to encode; the present one when omitted.

    Source: the layout and its monotonic variant are those of ULIDs,
    github.com/ulid/spec.
    """
    if at is None:
        number = _ASCENDING.next(time.time_ns() // 1_000_000)
    else:
        number = max(0, int(at.timestamp() * 1000)) << 80 | secrets.randbits(80)
    return b32hexencode((number & (2**128 - 1)).to_bytes(16, "big"))[:26].decode()


class _Ascending(local):
    """Numbers that only grow within a thread, by random steps: forks part ways."""

    last = 0

    def next(self, milliseconds: int) -> int:
        fresh = milliseconds << 80 | secrets.randbits(79)
        # A clock set back, and the same millisecond, go on from the last one.
        self.last = max(fresh, self.last + 1 + secrets.randbits(64))
        return self.last


_ASCENDING = _Ascending()
