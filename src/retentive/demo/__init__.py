"""The bundled conversation and the questions about it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

from retentive.records import Message

__all__ = ["DemoQuestion", "demo_messages", "demo_questions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoQuestion:
    """A question whose answer lies in the bundled conversation.

    Attributes:
        text: As asked.
        answer: In a few words.
        evidence: Ids of the messages that hold the answer.
        now: When it is asked.
        language: ``en`` or ``zh``.
    """

    text: str
    answer: str
    evidence: frozenset[str]
    now: datetime
    language: str


def demo_messages() -> list[Message]:
    """Return the messages of all sessions, oldest first."""
    return list(_messages(_read("conversation.json")))


def demo_questions() -> list[DemoQuestion]:
    """Return the questions, in the order of the bundle."""
    data = _read("questions.json")
    now = data["now"]
    return [
        DemoQuestion(
            text=item["question"],
            answer=item["answer"],
            evidence=frozenset(item["evidence"]),
            now=datetime.fromisoformat(item.get("now", now)),
            language=item["language"],
        )
        for item in data["questions"]
    ]


def _messages(data: Any) -> Iterator[Message]:
    for session in data["sessions"]:
        for turn in session["messages"]:
            yield Message(
                id=turn["id"],
                role=turn["role"],
                name=turn.get("name"),
                content=turn["content"],
                session=session["id"],
                at=datetime.fromisoformat(turn["at"]),
            )


def _read(name: str) -> Any:
    source = files("retentive") / "demo" / name
    return json.loads(source.read_text(encoding="utf-8"))
