"""A small labelled data set that several tests read."""

import json
from pathlib import Path

import pytest

LINES = [
    {"type": "memory", "conversation": "ann", "id": "m1", "speaker": "Ann"}
    | {"content": "I planted tomatoes on the balcony.", "session": "s1"}
    | {"at": "2024-05-01T10:00:00Z"},
    {"type": "memory", "conversation": "ann", "id": "m2", "speaker": "Bob"}
    | {"content": "My flight to Lisbon was late.", "session": "s1"}
    | {"at": "2024-05-01T10:01:00Z"},
    {"type": "memory", "conversation": "ann", "id": "m3", "speaker": "Ann"}
    | {"content": "I planted tomatoes on the balcony.", "session": "s2"}
    | {"at": "2024-05-09T10:00:00Z"},
    {"type": "memory", "conversation": "eve", "id": "m1", "speaker": "Eve"}
    | {"content": "The guitar lesson moved to Tuesday."},
    {"type": "question", "conversation": "ann", "evidence": ["m1", "m3"]}
    | {"text": "Where did Ann plant tomatoes?", "category": "garden"},
    {"type": "question", "conversation": "ann", "evidence": ["m2"]}
    | {"text": "Whose flight was late?", "category": "travel"},
    {"type": "question", "conversation": "eve", "evidence": ["m1"]}
    | {"text": "When is the guitar lesson?", "category": "music"},
    {"type": "question", "conversation": "eve", "evidence": ["gone"]}
    | {"text": "What colour is the piano?", "category": "music"},
]


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Two conversations, three answerable questions and one without evidence."""
    path = tmp_path / "labelled.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in LINES), "utf-8")
    return path
