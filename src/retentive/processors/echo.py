"""Keeps our own words out: what we put into a prompt is not learnt from it."""

from __future__ import annotations

from collections.abc import Sequence

from retentive.protocols import Draft
from retentive.records import Origin
from retentive.text.block import OPEN_TAG, strip_blocks

__all__ = ["EchoFilter"]


class EchoFilter:
    """Removes our block of memories from drafts, and drafts that hold nothing else."""

    def __call__(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Return the drafts without echoes."""
        return [kept for draft in drafts if (kept := _without_echo(draft)) is not None]


def _without_echo(draft: Draft) -> Draft | None:
    content = draft.record.content
    if OPEN_TAG not in content:
        return draft
    rest = strip_blocks(content).strip()
    if not rest or (draft.record.origin is Origin.TOOL and rest.endswith("->")):
        return None  # a tool that told our memories has told nothing new
    return Draft(record=draft.record.but(content=rest), messages=draft.messages)
