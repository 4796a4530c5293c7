"""Memory for agents and chat engines: all that was said, and what matters of before."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.llms.llm import LLM
from llama_index.core.memory import BaseMemory, InsertMethod
from llama_index.core.utils import get_tokenizer
from pydantic import Field, PrivateAttr

from retentive import Memory
from retentive.errors import InvalidInputError
from retentive.records import new_id
from retentive_llamaindex.messages import text_of, to_chat
from retentive_llamaindex.place import Place
from retentive_llamaindex.recalled import Recalled, insert, recalled
from retentive_llamaindex.tokens import MessageCounter
from retentive_llamaindex.transcript import Transcript
from retentive_llamaindex.window import Window, read_window

__all__ = ["RetentiveMemory"]

_OF_THE_LIMIT = 0.3  # as llama_index.core.memory.Memory leaves to its blocks
_OF_THE_MODEL = 0.75  # as ChatMemoryBuffer takes of a model's context window


class RetentiveMemory(Place, BaseMemory):
    """Keeps every message of a conversation, and recalls from all of them.

    ``get`` returns the newest messages that fit the token limit, and puts a block of
    memories before the user's newest words: quoted data, in the user's message, where
    no provider mistakes it for instructions. What the returned messages show already
    is not recalled. Memories are of the namespace, messages of the session.

    Attributes:
        session: The conversation; a fresh one if omitted.
        token_limit: Most tokens that ``get`` returns.
        context_limit: Most of them for the block of memories; if omitted the
            memory's own budget, and no more than three tenths of the limit.
        insert_method: ``USER``: in the newest message of the user. ``SYSTEM``: in
            the system message.
        tokenizer_fn: Returns the tokens of a text; LlamaIndex's own if omitted.
        media_tokens: What a picture, a sound or a film counts for.
        document_tokens: What an attached document counts for.
    """

    session: str = Field(default_factory=new_id)
    token_limit: int = Field(default=30_000, gt=0)
    context_limit: int | None = Field(default=None, ge=0)
    insert_method: InsertMethod = InsertMethod.USER
    tokenizer_fn: Callable[[str], Sequence[Any]] = Field(
        default_factory=get_tokenizer, exclude=True
    )
    media_tokens: int = Field(default=256, ge=0)
    document_tokens: int = Field(default=2_048, ge=0)
    _held: Recalled | None = PrivateAttr(default=None)

    def __init__(
        self, memory: Memory | str | Path | None = None, /, **fields: Any
    ) -> None:
        """Make a memory.

        Args:
            memory: An open memory, a path, a URL or a YAML file; in process if
                omitted.
            fields: Attributes of the class and of
                :class:`~retentive_llamaindex.place.Place`.
        """
        super().__init__(memory, **fields)

    @classmethod
    def class_name(cls) -> str:
        """Return the name under which LlamaIndex knows the class."""
        return "RetentiveMemory"

    @classmethod
    def from_defaults(
        cls,
        memory: Memory | str | Path | None = None,
        *,
        chat_history: Sequence[ChatMessage] | None = None,
        llm: LLM | None = None,
        **fields: Any,
    ) -> Self:
        """Make a memory.

        Args:
            memory: An open memory, a path, a URL or a YAML file; in process if
                omitted.
            chat_history: Messages to begin with, instead of what the session has.
            llm: Three quarters of its context window become the token limit, if
                none is given.
            fields: As for the class itself.
        """
        if llm is not None and fields.get("token_limit") is None:
            fields["token_limit"] = int(llm.metadata.context_window * _OF_THE_MODEL)
        made = cls(memory, **fields)
        if chat_history:
            made.set(list(chat_history))
        return made

    def to_dict(self, **kwargs: Any) -> dict[str, Any]:
        """Return all that another process needs to go on, as JSON."""
        return super().to_dict(**{"mode": "json", **kwargs})

    # --- reading ----------------------------------------------------------------

    def get(
        self,
        input: str | ChatMessage | None = None,
        initial_token_count: int = 0,
        **kwargs: Any,
    ) -> list[ChatMessage]:
        """Return the newest messages, with what matters of everything before.

        Args:
            input: The question, if it is not the user's newest message.
            initial_token_count: Tokens of the limit that are spent already.
            kwargs: Ignored; other memories know more arguments.

        Raises:
            InvalidInputError: Nothing is left of the limit.
        """
        del kwargs
        room = self._room(initial_token_count)
        recent = self._window(room)
        question = recent.question() if input is None else _text(input)
        reserve = self._reserve(recent, room)
        if question and reserve > 0:
            shown = recent.fitted(room - reserve)
            block = self._block(question, shown, anew=input is not None, budget=reserve)
            if block:
                method = self.insert_method
                joined = insert(block, shown, question=question, method=method)
                if self._counter.messages(joined) <= room:
                    return joined
        return recent.fitted(room).chats()

    async def aget(
        self,
        input: str | ChatMessage | None = None,
        initial_token_count: int = 0,
        **kwargs: Any,
    ) -> list[ChatMessage]:
        """Return what :meth:`get` does, without work on the loop."""
        return await to_thread(
            self.get, input, initial_token_count=initial_token_count, **kwargs
        )

    def get_all(self) -> list[ChatMessage]:
        """Return every message of the session, and no memories."""
        return [to_chat(message) for message in self._transcript.first()]

    async def aget_all(self) -> list[ChatMessage]:
        """Return every message of the session."""
        return await to_thread(self.get_all)

    # --- writing ----------------------------------------------------------------

    def put(self, message: ChatMessage) -> None:
        """Keep a message, and what there is to remember of it."""
        self.put_messages([message])

    async def aput(self, message: ChatMessage) -> None:
        """Keep a message."""
        await to_thread(self.put_messages, [message])

    def put_messages(self, messages: list[ChatMessage]) -> None:
        """Keep messages in one commit; a call and its result become one memory."""
        self._transcript.append(messages)

    async def aput_messages(self, messages: list[ChatMessage]) -> None:
        """Keep messages."""
        await to_thread(self.put_messages, messages)

    def set(self, messages: list[ChatMessage]) -> None:
        """Make these the session's messages; what is remembered stays remembered."""
        self._transcript.replace(messages)

    async def aset(self, messages: list[ChatMessage]) -> None:
        """Make these the session's messages."""
        await to_thread(self.set, messages)

    def reset(self) -> None:
        """Remove the session's messages; what is remembered stays remembered."""
        self._transcript.clear()

    async def areset(self) -> None:
        """Remove the session's messages."""
        await to_thread(self.reset)

    # --- steps ------------------------------------------------------------------

    @property
    def _transcript(self) -> Transcript:
        return Transcript(self.memory, self.session, capture=True)

    @property
    def _counter(self) -> MessageCounter:
        return MessageCounter(
            self.tokenizer_fn, media=self.media_tokens, document=self.document_tokens
        )

    def _room(self, spent: int) -> int:
        if spent > self.token_limit:
            raise InvalidInputError(
                f"initial_token_count {spent!r} exceeds the token_limit "
                f"{self.token_limit!r}; shorten what comes before the history, or "
                "raise the limit"
            )
        return self.token_limit - spent

    def _window(self, room: int) -> Window:
        read = self._transcript.page
        return read_window(read, count=self._counter.message, room=room)

    def _reserve(self, recent: Window, room: int) -> int:
        """Return what the block may cost: never at the question's expense."""
        limit = self.context_limit
        if limit is None:
            limit = min(self.memory.budget, int(self.token_limit * _OF_THE_LIMIT))
        asked = recent.asked()
        price = 0 if asked is None else recent.entries[asked].tokens
        return min(limit, room - price)

    def _block(self, question: str, shown: Window, *, anew: bool, budget: int) -> str:
        """Return the block of memories: one recall per question, however often asked.

        An agent gets its memory at the start of a run, after each step, and at the
        end. It is another question when it is asked after something was added, as
        when one agent hands over to the next.
        """
        held = self._held
        if held is None or not held.serves(question, shown, anew=anew, budget=budget):
            held = recalled(
                self.memory,
                question,
                session=self.session,
                shown=shown,
                count=self._counter.text,
                budget=budget,
            )
            self._held = held
        return held.context.text


def _text(input: str | ChatMessage) -> str:
    return text_of(input) if isinstance(input, ChatMessage) else str(input)
