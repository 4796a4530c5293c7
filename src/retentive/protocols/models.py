"""A language model, as far as we ask one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

__all__ = ["LanguageModel"]


class LanguageModel(Protocol):
    """A chat model, where one is configured."""

    def complete(
        self,
        messages: Sequence[Mapping[str, Any]],
        *,
        schema: Mapping[str, Any] | None = None,
    ) -> str:
        """Return the reply; JSON that follows ``schema``, if one is given.

        Raises:
            ModelError: The model or its server failed.
        """
