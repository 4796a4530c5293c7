"""The client of an OpenAI-compatible endpoint, opened the same way everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retentive.errors import MissingExtraError, RetentiveError

if TYPE_CHECKING:
    import openai

__all__ = ["open_client"]


def open_client(
    *,
    base_url: str | None,
    api_key: str | None,
    timeout_s: float,
    max_retries: int,
    purpose: str,
    keyless: RetentiveError,
) -> tuple[openai.OpenAI, type[Exception]]:
    """Return a client, and the root of the errors that it raises.

    Args:
        base_url: The endpoint; OpenAI's, or OPENAI_BASE_URL, if ``None``.
        api_key: OPENAI_API_KEY if ``None``; with a ``base_url``, none is needed.
        timeout_s: Seconds to wait for an answer.
        max_retries: Further tries after a refusal that may pass.
        purpose: What needs it, as the subject of a sentence.
        keyless: Raised where there is neither a key nor a ``base_url``.

    Raises:
        MissingExtraError: The package openai is not installed.
    """
    try:
        import openai
    except ImportError as exc:
        raise MissingExtraError("openai", extra="openai", purpose=purpose) from exc
    try:
        client = openai.OpenAI(
            base_url=base_url,
            api_key=api_key or (None if base_url is None else "none"),
            timeout=timeout_s,
            max_retries=max_retries,
        )
    except openai.OpenAIError as exc:
        raise keyless from exc
    return client, openai.OpenAIError
