"""LoCoMo: long conversations of two people, several in a file.

Source: Maharana et al. 2024, "Evaluating Very Long-Term Conversational Memory of
LLM Agents"; ``locomo10.json`` of github.com/snap-research/locomo.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from retentive.formats.entry import Entry, required
from retentive.records import ContentPart, Message

__all__ = ["messages", "read", "session_numbers", "session_time"]

_SESSION = re.compile(r"session_(\d+)")
_TIME_FORMAT = "%I:%M %p on %d %B, %Y"
# The file gives one time per session; a second per turn keeps the turns in order.
_TURN = timedelta(seconds=1)


def read(samples: Any) -> Iterator[Entry]:
    """Yield the turns of every sample, labelled with its id."""
    for place, sample in enumerate(samples):
        where = f"sample {place + 1}"
        label = str(required(sample, "sample_id", where))
        for message in messages(required(sample, "conversation", where)):
            yield Entry(message, (label,))


def messages(conversation: Mapping[str, Any]) -> Iterator[Message]:
    """Yield the turns of one conversation; ids are the file's ``dia_id``.

    A turn with a picture reads ``text [image: caption]``.
    """
    for number in session_numbers(conversation):
        start = session_time(conversation, number)
        for place, turn in enumerate(conversation[f"session_{number}"]):
            where = f"session {number}, turn {place + 1}"
            yield Message(
                role="user",
                name=required(turn, "speaker", where),
                content=_content(turn),
                id=required(turn, "dia_id", where),
                session=f"session_{number}",
                at=start + place * _TURN,
                parts=_picture(turn),
            )


def session_numbers(conversation: Mapping[str, Any]) -> list[int]:
    """Return the sessions in order; some files date sessions that have no turns."""
    found = (_SESSION.fullmatch(key) for key in conversation)
    numbers = sorted(int(match[1]) for match in found if match)
    return [number for number in numbers if conversation[f"session_{number}"]]


def session_time(conversation: Mapping[str, Any], number: int) -> datetime:
    """Return when a session began; the file's times are taken as UTC."""
    text = required(conversation, f"session_{number}_date_time", f"session {number}")
    return datetime.strptime(text, _TIME_FORMAT).replace(tzinfo=UTC)


def _content(turn: Mapping[str, Any]) -> str:
    text = str(turn.get("text") or "").strip()
    caption = turn.get("blip_caption")
    return f"{text} [image: {caption}]".strip() if caption else text


def _picture(turn: Mapping[str, Any]) -> tuple[ContentPart, ...]:
    data = {key: turn[key] for key in ("img_url", "query") if key in turn}
    return (ContentPart(type="image", data=data),) if data else ()
