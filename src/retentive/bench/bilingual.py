"""The bundled conversation in Chinese and English as labelled data."""

from __future__ import annotations

from retentive.bench.datasets import Conversation, Dataset, Question
from retentive.demo import demo_messages, demo_questions

__all__ = ["load"]


def load() -> Dataset:
    """Read the conversation that ``retentive demo`` plays, and its questions.

    Categories are the questions' languages, ``en`` and ``zh``.
    """
    questions = tuple(
        Question(
            text=item.text,
            asked_at=item.now,
            evidence=item.evidence,
            category=item.language,
        )
        for item in demo_questions()
    )
    conversation = Conversation(
        id="bundled", memories=tuple(demo_messages()), questions=questions
    )
    return Dataset(name="bundled", conversations=(conversation,))
