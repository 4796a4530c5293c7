"""What a chat message costs by LlamaIndex's tokenizer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from llama_index.core.base.llms.types import (
    AudioBlock,
    BaseContentBlock,
    ChatMessage,
    CitableBlock,
    CitationBlock,
    DocumentBlock,
    ImageBlock,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
    VideoBlock,
)

__all__ = ["MessageCounter"]

Tokenizer = Callable[[str], Sequence[Any]]
"""Returns the tokens of a text, as ``llama_index.core.utils.get_tokenizer`` does."""


class MessageCounter:
    """Counts messages as LlamaIndex does, by the larger where it does in two ways.

    ``ChatMemoryBuffer`` counts the text as a whole, ``Memory`` counts it block by
    block, with the additional arguments, and takes a flat estimate for media.
    """

    def __init__(self, tokenizer: Tokenizer, *, media: int, document: int) -> None:
        """Count by a tokenizer.

        Args:
            tokenizer: Returns the tokens of a text.
            media: Tokens of a picture, a sound or a film.
            document: Tokens of an attached document.
        """
        self._tokenizer = tokenizer
        self._media = media
        self._document = document

    def text(self, text: str) -> int:
        """Return the tokens of a text."""
        return len(self._tokenizer(text))

    def message(self, message: ChatMessage) -> int:
        """Return the tokens of a message; its role and the frame around it are free."""
        texts = [b.text for b in message.blocks if isinstance(b, TextBlock)]
        tokens = sum(map(self.text, texts))
        if len(texts) > 1:
            tokens = max(tokens, self.text("\n".join(texts)))
        tokens += sum(
            self._block(block)
            for block in message.blocks
            if not isinstance(block, TextBlock)
        )
        if message.additional_kwargs:
            tokens += self.text(str(message.additional_kwargs))
        return tokens

    def messages(self, messages: Iterable[ChatMessage]) -> int:
        """Return the tokens of all messages."""
        return sum(map(self.message, messages))

    def _block(self, block: BaseContentBlock) -> int:
        if isinstance(block, TextBlock):
            return self.text(block.text)
        if isinstance(block, ImageBlock | AudioBlock | VideoBlock):
            return self._media
        if isinstance(block, DocumentBlock):
            return self._document
        if isinstance(block, ThinkingBlock):
            return self.text(block.content or "")
        if isinstance(block, ToolCallBlock):
            return self.text(block.model_dump_json())
        if isinstance(block, CitableBlock):
            return sum(map(self._block, block.content))
        if isinstance(block, CitationBlock):
            return self._block(block.cited_content)
        return 0  # a cache point
