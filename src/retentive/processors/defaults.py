"""The steps between what is said and what is stored, unless configured otherwise."""

from __future__ import annotations

from retentive.processors.echo import EchoFilter
from retentive.processors.importance import EstimateImportance
from retentive.protocols import Processor

__all__ = ["default_processors"]


def default_processors() -> tuple[Processor, ...]:
    """Return the default steps: drop our own echo, estimate importance."""
    return (EchoFilter(), EstimateImportance())
