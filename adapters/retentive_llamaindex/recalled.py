"""A block of memories for a question, and its place among the messages."""

from __future__ import annotations

from dataclasses import dataclass

from llama_index.core.base.llms.types import ChatMessage, MessageRole, TextBlock
from llama_index.core.memory import InsertMethod

from retentive import Context, Memory
from retentive.processors.split import drafts_from
from retentive.protocols import TokenCounter
from retentive_llamaindex.messages import text_of
from retentive_llamaindex.window import Window

__all__ = ["Recalled", "counting", "insert", "recalled", "shown_texts"]

_SEAM = 4  # tokens: two texts joined may count for a few more than both


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """What was recalled, and for which question at which point of a conversation.

    Attributes:
        question: What was asked.
        turn: Id of the user's newest message, if there is one.
        newest: Id of the newest message of all.
        context: What was found.
    """

    question: str
    turn: str | None
    newest: str | None
    context: Context

    def serves(self, question: str, shown: Window, *, anew: bool, budget: int) -> bool:
        """Return whether it is what would be recalled for a question now.

        Args:
            question: What is asked.
            shown: The messages that it is asked after.
            anew: Whether it matters that messages were added meanwhile.
            budget: Tokens that the block may cost.
        """
        turn, newest = _place(shown)
        same = self.question == question and self.turn == turn
        return (
            same
            and self.context.tokens <= budget
            and (not anew or self.newest == newest)
        )


def recalled(
    memory: Memory,
    question: str,
    *,
    session: str,
    shown: Window,
    count: TokenCounter,
    budget: int,
) -> Recalled:
    """Recall for a question what its conversation does not show.

    Args:
        memory: From where.
        question: What is asked.
        session: The session that asks.
        shown: The messages that go with the question.
        count: Counts the block's tokens.
        budget: Most tokens of it.
    """
    turn, newest = _place(shown)
    context = counting(memory, count).context(
        question,
        budget=max(0, budget - _SEAM),
        session=session,
        shown=shown_texts(memory, shown),
    )
    return Recalled(question=question, turn=turn, newest=newest, context=context)


def counting(memory: Memory, count: TokenCounter) -> Memory:
    """Return the same memory with another counter of tokens."""
    same = memory.within(*memory.namespace)
    same.counter = count
    return same


def insert(
    block: str, shown: Window, *, question: str, method: InsertMethod
) -> list[ChatMessage]:
    """Return the messages with a block of memories among them.

    It goes before the words of the question's message, or, where the question is
    not among the messages, into a message of its own behind them.

    Args:
        block: The text of the block.
        shown: The messages.
        question: What is asked.
        method: ``USER``, as above, or ``SYSTEM``: before the words of the system
            message, which is made if there is none.
    """
    chats = shown.chats()
    if method is InsertMethod.SYSTEM:
        for place, chat in enumerate(chats):
            if chat.role == MessageRole.SYSTEM:
                chats[place] = _before(block, chat)
                return chats
        return [ChatMessage(role=MessageRole.SYSTEM, content=block), *chats]
    asked = shown.asked()
    if asked is None or text_of(chats[asked]) != question:
        return [*chats, ChatMessage(role=MessageRole.USER, content=block)]
    chats[asked] = _before(block, chats[asked])
    return chats


def shown_texts(memory: Memory, shown: Window) -> list[str]:
    """Return what messages say, as the model reads it and as it is remembered."""
    messages = [entry.message for entry in shown.entries]
    texts = [message.content for message in messages if message.content]
    if any(message.tool_calls for message in messages):
        drafts = drafts_from(
            messages, namespace=memory.namespace, recorded_at=memory.clock()
        )
        texts += [draft.record.content for draft in drafts]
    return texts


def _before(block: str, chat: ChatMessage) -> ChatMessage:
    together = [TextBlock(text=block), *chat.blocks]
    return chat.model_copy(update={"blocks": together})


def _place(shown: Window) -> tuple[str | None, str | None]:
    if not shown.entries:
        return None, None
    asked = shown.asked()
    turn = None if asked is None else shown.entries[asked].message.id
    return turn, shown.entries[-1].message.id
