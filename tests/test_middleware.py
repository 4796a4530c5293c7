from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from retentive import Memory
from retentive.middleware import (
    MemoryMiddleware,
    Turn,
    compose,
    converse,
    last_user_text,
)

Messages = Sequence[Mapping[str, Any]]


class Shout:
    """Says before and after, to see the order."""

    def __init__(self, name: str, log: list[str]) -> None:
        self.name, self.log = name, log

    def before(self, turn: Turn) -> Turn:
        self.log.append(f"before {self.name}")
        return turn

    def after(self, turn: Turn) -> Turn:
        self.log.append(f"after {self.name}")
        return replace(turn, reply={"role": "assistant", "content": self.name})


def test_a_fact_of_one_session_reaches_the_prompt_of_another() -> None:
    seen: list[Messages] = []

    def generate(prompt: Messages) -> Mapping[str, Any]:
        seen.append(prompt)
        return {"role": "assistant", "content": "Noted."}

    memory = Memory.open()
    middleware = MemoryMiddleware(memory, budget=200)
    first = [{"role": "user", "content": "I am allergic to peanuts."}]
    converse(first, generate=generate, middleware=middleware, session="s1")
    history = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Are peanuts in this soup?"},
    ]
    turn = converse(history, generate=generate, middleware=middleware, session="s2")
    assert "I am allergic to peanuts." in seen[1][1]["content"]
    assert [message["role"] for message in seen[1]] == ["system", "user", "user"]
    assert len(history) == 2
    assert turn.context.tokens <= 200
    kept = {record.content for record in memory.records()}
    assert kept == {"I am allergic to peanuts.", "Noted.", "Are peanuts in this soup?"}


def test_what_the_user_said_is_kept_when_the_model_fails() -> None:
    memory = Memory.open()

    def fail(prompt: Messages) -> Mapping[str, Any]:
        raise RuntimeError("no model today")

    with pytest.raises(RuntimeError, match="no model today"):
        converse(
            [{"role": "user", "content": "My name is Ann."}],
            generate=fail,
            middleware=MemoryMiddleware(memory),
        )
    assert [record.content for record in memory.records()] == ["My name is Ann."]


def test_composed_middlewares_nest() -> None:
    log: list[str] = []
    turn = converse(
        [{"role": "user", "content": "hi"}],
        generate=lambda prompt: {"role": "assistant", "content": str(len(prompt))},
        middleware=compose(Shout("a", log), Shout("b", log)),
    )
    assert log == ["before a", "before b", "after b", "after a"]
    assert turn.reply == {"role": "assistant", "content": "a"}


def test_the_text_of_parts_is_read_and_other_roles_are_not() -> None:
    parts = [{"type": "text", "text": "What is this?"}, {"type": "image_url"}]
    assert last_user_text([{"role": "user", "content": parts}]) == "What is this?"
    assert last_user_text([{"role": "assistant", "content": "x"}]) == ""
    assert last_user_text([]) == ""
