"""A chat model behind any OpenAI-compatible endpoint."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

from retentive.endpoint import open_client
from retentive.errors import InvalidInputError, ModelError

__all__ = ["Enforcement", "OpenAIModel"]

Enforcement = Literal["json_schema", "json_object", "prompt"]
"""How a schema reaches the model: strictly, as "some JSON", or in words alone."""

_FENCED = re.compile(r"\A\s*```(?:json)?\s*\n(.*?)\n?```\s*\Z", re.DOTALL)


class OpenAIModel:
    """Asks an endpoint's ``/chat/completions``, with the client's retries.

    Safe for many threads.
    """

    def __init__(
        self,
        *,
        model: str,
        base_url: str | None = None,
        api_key: str | None = None,
        temperature: float | None = None,
        max_tokens: int | None = None,
        enforce: Enforcement = "json_schema",
        timeout_s: float = 60.0,
        max_retries: int = 3,
    ) -> None:
        """Prepare the client; nothing is asked yet.

        Args:
            model: The model's name at the endpoint.
            base_url: The endpoint; OpenAI's, or OPENAI_BASE_URL, if omitted.
            api_key: OPENAI_API_KEY if omitted; a local server needs none.
            temperature: Randomness of the reply, at least 0; the endpoint's default
                if omitted, since some models take no other.
            max_tokens: Most tokens of a reply; the endpoint's limit if omitted.
            enforce: How a schema is enforced. What the endpoint is not asked to
                enforce is said in a message instead.
            timeout_s: Seconds to wait for an answer.
            max_retries: Further tries after a refusal that may pass.

        Raises:
            MissingExtraError: The package openai is not installed.
            InvalidInputError: An option is out of range.
            ModelError: There is neither a key nor a ``base_url``.
        """
        _check(temperature, max_tokens, enforce)
        self._client, self._errors = open_client(
            base_url=base_url,
            api_key=api_key,
            timeout_s=timeout_s,
            max_retries=max_retries,
            purpose="the language model 'openai'",
            keyless=ModelError(
                f"the language model {model!r} has no API key: set OPENAI_API_KEY, "
                "or give base_url for a server that needs none"
            ),
        )
        self._model, self._enforce = model, enforce
        self._options = {
            name: value
            for name, value in (
                ("temperature", temperature),
                ("max_tokens", max_tokens),
            )
            if value is not None
        }

    def complete(
        self,
        messages: Sequence[Mapping[str, Any]],
        *,
        schema: Mapping[str, Any] | None = None,
    ) -> str:
        """Return the reply; JSON that follows ``schema``, if one is given.

        A reply in a fence is taken out of it. That it is JSON and has the keys that
        the schema requires is checked here; the rest is the caller's to check.

        Args:
            messages: As the API takes them: mappings with ``role`` and ``content``.
            schema: A JSON Schema of an object.

        Raises:
            ModelError: The endpoint refused, or the reply is empty, cut off, or not
                the JSON that was asked for.
        """
        if schema is None:
            return self._ask(list(messages))
        reply = self._ask(*_with_schema(messages, schema, enforce=self._enforce))
        fenced = _FENCED.match(reply)
        text = fenced[1] if fenced else reply
        self._check_reply(text, schema)
        return text

    def close(self) -> None:
        """Close the client's connections."""
        self._client.close()

    def _ask(
        self,
        messages: Sequence[Mapping[str, Any]],
        response_format: Mapping[str, Any] | None = None,
    ) -> str:
        request: dict[str, Any] = {"messages": list(messages), **self._options}
        if response_format is not None:
            request["response_format"] = response_format
        try:
            answer = self._client.chat.completions.create(model=self._model, **request)
        except self._errors as exc:
            raise ModelError(
                f"{self._name} gave no reply: {exc}; check the URL, the key and the "
                "model's name"
            ) from exc
        choice = answer.choices[0] if answer.choices else None
        if choice is None or not choice.message.content:
            raise ModelError(f"{self._name} gave an empty reply; try another model")
        if choice.finish_reason == "length":
            raise ModelError(
                f"{self._name} was cut off after {choice.message.content[-40:]!r}; "
                "raise max_tokens"
            )
        return str(choice.message.content)

    def _check_reply(self, text: str, schema: Mapping[str, Any]) -> None:
        try:
            value = json.loads(text)
        except ValueError as exc:
            raise ModelError(
                f"{self._name} did not reply in JSON but with {text[:80]!r}; try "
                "another setting of enforce, or another model"
            ) from exc
        wanted = schema.get("required", ())
        if not isinstance(value, dict) or any(key not in value for key in wanted):
            raise ModelError(
                f"{self._name} replied with {text[:80]!r}, not with an object of "
                f"{list(wanted)!r}; try another setting of enforce, or another model"
            )

    @property
    def _name(self) -> str:
        return f"model {self._model!r} at {str(self._client.base_url)!r}"


def _check(
    temperature: float | None, max_tokens: int | None, enforce: Enforcement
) -> None:
    if temperature is not None and not 0.0 <= temperature < float("inf"):
        raise InvalidInputError(f"temperature must be at least 0, got {temperature!r}")
    if max_tokens is not None and max_tokens < 1:
        raise InvalidInputError(f"max_tokens must be at least 1, got {max_tokens!r}")
    if enforce not in get_args(Enforcement):
        raise InvalidInputError(
            f"enforce must be one of {', '.join(get_args(Enforcement))}, "
            f"got {enforce!r}"
        )


def _with_schema(
    messages: Sequence[Mapping[str, Any]],
    schema: Mapping[str, Any],
    *,
    enforce: Enforcement,
) -> tuple[list[Mapping[str, Any]], Mapping[str, Any] | None]:
    """Return the messages and the response format that ask for this schema."""
    if enforce == "json_schema":
        strict = {"name": "reply", "schema": schema, "strict": True}
        return list(messages), {"type": "json_schema", "json_schema": strict}
    words = f"Reply with JSON alone, following this JSON Schema: {json.dumps(schema)}"
    told = [*messages, {"role": "system", "content": words}]
    return told, {"type": "json_object"} if enforce == "json_object" else None
