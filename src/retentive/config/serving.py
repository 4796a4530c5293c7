"""The section ``server``: whom a server serves, and what stands behind it."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

__all__ = ["SOURCE", "Server"]

SOURCE = re.compile(
    r"\{(?P<source>key|user|safety_identifier|(?:header|metadata)\.[\w.-]+)\}"
)
"""A part of a request that a label may be made of."""


def _template(label: str) -> str:
    if "{" in SOURCE.sub("", label) or "}" in SOURCE.sub("", label):
        raise ValueError(
            "may hold {key}, {user}, {safety_identifier}, {header.NAME} and "
            "{metadata.NAME}, and no other braces"
        )
    return label


def _filled(labels: tuple[str, ...]) -> tuple[str, ...]:
    if not labels:
        raise ValueError("needs at least one label")
    return labels


def _address(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    return url.rstrip("/")


Template = Annotated[str, AfterValidator(_template)]


class Server(BaseModel):
    """How ``retentive serve`` serves.

    Attributes:
        upstream: The OpenAI-compatible endpoint behind the proxy, such as
            ``https://api.openai.com/v1``; none: no proxy, only memories.
        upstream_key: The key for it; the client's own if omitted.
        tokens: What clients must present as bearer; empty: anyone may.
        namespace: Labels of the namespace of a request, each of text and sources; a
            request that lacks a source is refused.
        session: Name of its conversation, likewise; told apart by how conversations
            begin if omitted, or if the request lacks a source of it.
        place: Where memories stand: before the ``question`` or at the ``start``.
        join: Whether they join the question's own message.
        limit: Most tokens of all messages of a request.
        strict: Whether a memory that fails fails the request.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    upstream: Annotated[str, AfterValidator(_address)] | None = None
    upstream_key: str | None = None
    tokens: tuple[str, ...] = ()
    namespace: Annotated[tuple[Template, ...], AfterValidator(_filled)] = ("{key}",)
    session: Template | None = None
    place: Literal["question", "start"] = "question"
    join: bool = False
    limit: Annotated[int, Field(ge=1)] | None = None
    strict: bool = False
