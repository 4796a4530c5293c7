"""MADial-Bench: dialogues in which an assistant should recall earlier events.

Source: He et al. 2024, "MADial-Bench: Towards Real-world Evaluation of
Memory-Augmented Dialogue Generation"; github.com/hejunqing/MADial-Bench. MIT.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from retentive.bench.datasets.model import (
    ASKED_AFTER,
    Conversation,
    Dataset,
    Question,
)
from retentive.errors import InvalidInputError
from retentive.records import MemoryRecord

__all__ = ["load"]

_TURN = re.compile(r"\s*<(?P<speaker>[^>]+)>\s*[:\uff1a]\s*(?P<text>.*)", re.DOTALL)
_MARKERS = ("<BOD>", "<EOD>")
_QUOTES = '"“”'


def load(path: Path) -> Dataset:
    """Read a ``*-dialogue.json`` file and the ``*-memory.json`` beside it.

    Each dialogue asks one question: its turns before the first ``test-turn``, as
    ``speaker: text`` lines. All memories lie in one namespace: relevant ids never
    cross users, but the English file does not say whose a memory is, every memory
    names its person, and the harder task keeps the languages comparable. The
    questions are asked one day after the latest memory.

    Raises:
        InvalidInputError: The path is not a dialogue file, or its memory file is
            not beside it.
    """
    memories = _memories(_memory_path(path))
    asked_at = max(record.occurred_at for record in memories) + ASKED_AFTER
    known = {record.message_id for record in memories}
    items = _json_values(path.read_text(encoding="utf-8"))
    questions = [_question(item, known=known, asked_at=asked_at) for item in items]
    kept = tuple(question for question in questions if question.evidence)
    name = path.name.removesuffix("-dialogue.json")
    return Dataset(
        name=name.lower(),
        conversations=(Conversation(id=name, memories=memories, questions=kept),),
        dropped=len(questions) - len(kept),
    )


def _memory_path(path: Path) -> Path:
    if not path.name.endswith("-dialogue.json"):
        raise InvalidInputError(
            f"{str(path)!r} is not a MADial dialogue file; "
            "pass the one whose name ends in '-dialogue.json'"
        )
    beside = path.with_name(path.name.replace("-dialogue.json", "-memory.json"))
    if not beside.exists():
        raise InvalidInputError(
            f"the memories of {path.name!r} are not at {str(beside)!r}; "
            "keep both files in one directory"
        )
    return beside


def _memories(path: Path) -> tuple[MemoryRecord, ...]:
    # Each line is an object of one memory (or more) by id.
    by_id: dict[str, Mapping[str, Any]] = {}
    for entry in _json_values(path.read_text(encoding="utf-8")):
        by_id.update(entry)
    records = [
        MemoryRecord(
            content=entry["event"].strip(),
            occurred_at=datetime.fromisoformat(entry["time"]).replace(tzinfo=UTC),
            message_id=key,
            metadata={"scene": entry["scene"], "emotion": entry["emotion"]},
        )
        for key, entry in by_id.items()
    ]
    return tuple(sorted(records, key=lambda record: record.occurred_at))


def _json_values(text: str) -> list[dict[str, Any]]:
    # The project publishes some files as one array, others as values in a row.
    decoder, values, place = json.JSONDecoder(), [], 0
    while place < len(text := text.strip()):
        value, place = decoder.raw_decode(text, place)
        values.extend(value if isinstance(value, list) else [value])
        place += len(text[place:]) - len(text[place:].lstrip(" \r\n\t,"))
    return values


def _question(
    item: Mapping[str, Any], *, known: Iterable[str | None], asked_at: datetime
) -> Question:
    relevant = {str(identity) for identity in item["relevant-id"]}
    return Question(
        text=_context(item["dialogue"], until=item["test-turn"][0]),
        asked_at=asked_at,
        evidence=frozenset(relevant & set(known)),
        category=f"user {item['user-id']}",
    )


def _context(dialogue: Sequence[str], *, until: int) -> str:
    lines = [line for line in dialogue[:until] if line.strip() not in _MARKERS]
    return "\n".join(_line(line) for line in lines)


def _line(turn: str) -> str:
    match = _TURN.match(turn)
    if match is None:
        return turn.strip()
    return f"{match['speaker']}: {match['text'].strip().strip(_QUOTES)}"
