"""Who asks, and whose memory a request is about: by rule, or not at all."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from retentive.config.serving import SOURCE
from retentive.errors import RetentiveError
from retentive.records import Namespace

__all__ = ["Caller", "NamespaceRule", "UnresolvedError", "may_enter", "template"]


class UnresolvedError(RetentiveError):
    """A request does not say whose memory it is about; it is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """What a request says of itself.

    Attributes:
        headers: Names in lower case.
        fields: The body of a request to a model; of one about memories, its query.
    """

    headers: Mapping[str, str]
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def bearer(self) -> str | None:
        """The key that it presents."""
        kind, _, key = self.headers.get("authorization", "").partition(" ")
        return key.strip() or None if kind.lower() == "bearer" else None

    def source(self, name: str) -> str | None:
        """Return a part of the request, ``None`` if it lacks it."""
        if name == "key":
            return None if self.bearer is None else fingerprint(self.bearer)
        kind, _, rest = name.partition(".")
        if kind == "header":
            value: Any = self.headers.get(rest.lower())
        elif kind == "metadata":
            value = self._metadata(rest)
        else:
            value = self.fields.get(name)
        return value if isinstance(value, str) and value.strip() else None

    def _metadata(self, name: str) -> Any:
        metadata = self.fields.get("metadata")
        if isinstance(metadata, Mapping):
            return metadata.get(name)
        return self.fields.get(f"metadata.{name}")


@dataclass(frozen=True, slots=True)
class NamespaceRule:
    """Labels, each of text and of sources in braces; see the section ``server``."""

    labels: Sequence[str]

    def namespace(self, caller: Caller) -> Namespace:
        """Return the namespace of a request.

        What a source says becomes part of one label, whatever it contains.

        Raises:
            UnresolvedError: It lacks a source.
        """
        return tuple(template(label, caller) for label in self.labels)


def template(text: str, caller: Caller) -> str:
    """Return a text with its sources filled in.

    Raises:
        UnresolvedError: The request lacks one.
    """
    pieces: list[str] = []
    place = 0
    for match in SOURCE.finditer(text):
        value = caller.source(match["source"])
        if value is None:
            raise UnresolvedError(
                f"whose memory this is follows from {match[0]}, which the request does "
                f"not have; {_HOW.get(match['source'], 'send it')}"
            )
        pieces += [text[place : match.start()], value]
        place = match.end()
    return "".join((*pieces, text[place:]))


def may_enter(caller: Caller, tokens: Sequence[str]) -> bool:
    """Return whether a caller presents one of the tokens; anyone may if there is none.

    Takes as long for a wrong one as for a right one.
    """
    presented = (caller.bearer or "").encode()
    found = [hmac.compare_digest(presented, token.encode()) for token in tokens]
    return any(found) or not tokens


def fingerprint(key: str) -> str:
    """Return what stands for a key in names: it does not lead back to it."""
    return "key-" + blake2b(key.encode(), digest_size=16).hexdigest()


_HOW = {
    "key": "send the header Authorization: Bearer …",
    "user": "send the field 'user'",
    "safety_identifier": "send the field 'safety_identifier'",
}
