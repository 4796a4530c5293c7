"""MemDaily: Chinese messages of daily life, and a question about each handful.

Source: Zhang et al. 2024, "MemSim: A Bayesian Simulator for Evaluating Memory of
LLM-based Personal Assistants"; ``memdaily.json``, or a ``memdaily_*.json`` with noise,
as github.com/nuster1128/MemSim makes them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from retentive.bench.datasets.model import Conversation, Dataset, Question
from retentive.errors import InvalidInputError
from retentive.records import Message

__all__ = ["load"]

_TIME = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})(?:\D+(\d{1,2}):(\d{2}))?")
_NO_TIME = datetime(2024, 1, 1, tzinfo=UTC)
_SUFFIX = re.compile(r"\s*\(消息地点 .*?消息时间 (?P<time>.*?)\)\s*$")
_STEP = timedelta(minutes=1)  # noise has no time: it is said right after the message


def load(path: Path) -> Dataset:
    """Read a MemDaily file.

    Each trajectory is a conversation of one session; a memory is a message; the
    evidence is what ``target_step_id`` names. Categories are the types of questions.
    Trajectories hold nine messages or so: pool them (``--pool 20``) for a task.

    Raises:
        InvalidInputError: The file holds no trajectories.
    """
    data = json.loads(path.read_text(encoding="utf-8"))
    found = [
        _conversation(item, kind=kind, scenario=scenario)
        for kind, scenarios in data.items()
        for scenario, items in (scenarios or {}).items()
        for item in items or ()
    ]
    if not found:
        raise InvalidInputError(
            f"{str(path)!r} holds no trajectories; pass memdaily.json"
        )
    kept = tuple(conversation for conversation in found if conversation.questions)
    return Dataset(name=path.stem, conversations=kept, dropped=len(found) - len(kept))


def _conversation(item: Mapping[str, Any], *, kind: str, scenario: str) -> Conversation:
    name = f"{kind}/{scenario}/{item['tid']}"
    messages = tuple(_messages(item["message_list"], session=name))
    asked = item["QA"]
    evidence = {str(step) for step in _steps(asked["target_step_id"])}
    question = Question(
        text=asked["question"],
        asked_at=_time(asked.get("time")) or messages[-1].at + timedelta(days=1),
        evidence=frozenset(evidence & {message.id for message in messages}),
        category=kind,
    )
    questions = (question,) if question.evidence else ()
    return Conversation(id=name, memories=messages, questions=questions)


def _messages(items: Any, *, session: str) -> Iterator[Message]:
    last = _NO_TIME
    for step, item in enumerate(items):
        content, said = _read(item)
        last = _time(said) or last + _STEP
        yield Message(
            role="user", content=content, id=str(step), session=session, at=last
        )


def _read(item: Any) -> tuple[str, str | None]:
    """Return a message's text and time, however the file keeps them."""
    if not isinstance(item, str):
        return item["message"], item.get("time")
    match = _SUFFIX.search(item)
    return _SUFFIX.sub("", item), match["time"] if match else None


def _steps(label: Any) -> Iterator[int]:
    for step in label if isinstance(label, list) else [label]:
        yield int(step[0] if isinstance(step, list) else step)


def _time(text: Any) -> datetime | None:
    match = _TIME.search(str(text or ""))
    if match is None:
        return None
    year, month, day, hour, minute = (int(part or 0) for part in match.groups())
    return datetime(year, month, day, hour, minute, tzinfo=UTC)
