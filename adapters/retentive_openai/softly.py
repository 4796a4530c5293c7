"""Lets a request go on when its memory fails."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

__all__ = ["softly"]

_T = TypeVar("_T")
_LOG = logging.getLogger("retentive.openai")


def softly(action: Callable[[], _T], *, doing: str, strict: bool) -> _T | None:
    """Return what an action returns; ``None``, and a warning, if it fails.

    Args:
        action: What memory is to do.
        doing: The same in words, for the log.
        strict: Raise instead.
    """
    try:
        return action()
    # An answer without memory is better than none, whatever failed: a store, an
    # embedder, a plugin.
    except Exception as error:
        if strict:
            raise
        _LOG.warning("%s failed, going on without: %r", doing, error, exc_info=True)
        return None
