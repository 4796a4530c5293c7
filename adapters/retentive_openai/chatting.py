"""A conversation in the terminal, which shows what was recalled and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
import openai

from retentive.cli.hits import hit_line, strongest
from retentive.memory import Memory
from retentive.middleware import MemoryMiddleware, Turn, compose, converse
from retentive.turns import ChatMessage

__all__ = ["Chat"]

_COLUMNS = 88
_SIGNALS = 3


class Chat:
    """Answers line by line, with memory."""

    def __init__(
        self,
        client: openai.OpenAI,
        memory: Memory,
        *,
        model: str,
        session: str,
        budget: int | None = None,
    ) -> None:
        """Begin a conversation.

        Args:
            client: Where the model is.
            memory: What it recalls from and remembers to.
            model: The model's name there.
            session: The conversation's name.
            budget: Tokens of the memories in a prompt.
        """
        self._client = client
        self._model = model
        self._session = session
        self._middleware = compose(
            MemoryMiddleware(memory, budget=budget), _Show(click.echo)
        )
        self._messages: list[ChatMessage] = []

    def say(self, text: str) -> None:
        """Say something; the answer is written as it comes.

        Raises:
            ClickException: The model failed; what was said is remembered.
        """
        asked = [*self._messages, {"role": "user", "content": text}]
        try:
            turn = converse(
                asked,
                generate=self._generate,
                middleware=self._middleware,
                session=self._session,
            )
        except openai.OpenAIError as error:
            raise click.ClickException(
                f"{self._model!r} at {str(self._client.base_url)!r} gave no answer: "
                f"{error}; check --base-url, --model and the key"
            ) from error
        self._messages = [*asked, turn.reply or {}]

    def _generate(self, prompt: Sequence[ChatMessage]) -> ChatMessage:
        messages: Any = list(prompt)
        pieces: list[str] = []
        with self._client.chat.completions.create(
            model=self._model, messages=messages, stream=True
        ) as stream:
            for chunk in stream:
                piece = chunk.choices[0].delta.content if chunk.choices else None
                pieces.append(piece or "")
                click.echo(pieces[-1], nl=False)
        click.echo()
        return {"role": "assistant", "content": "".join(pieces)}


class _Show:
    """Writes what was recalled, and what spoke for it, before the answer."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write

    def before(self, turn: Turn) -> Turn:
        for rank, hit in enumerate(turn.context.hits, start=1):
            self._write(hit_line(hit, rank=rank, columns=_COLUMNS))
            self._write(f"     because: {_why(hit.signals)}")
        return turn

    def after(self, turn: Turn) -> Turn:
        return turn


def _why(signals: Mapping[str, float]) -> str:
    return strongest(signals, count=_SIGNALS) or "nothing speaks against it"
