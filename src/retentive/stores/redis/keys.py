"""Names of keys: what lies where on the server.

All keys of a namespace hold its labels in braces, ``retentive:{team/agent-7}:log``,
so a Cluster keeps them on one shard, and an ACL pattern names them. Labels are
percent-encoded: no character of theirs is a brace, a wildcard or a separator.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote, unquote
from zlib import crc32

from retentive.records import Namespace

__all__ = [
    "FORMER_PARTS",
    "INDEX",
    "PARTS",
    "Keys",
    "decoded",
    "encoded",
    "lease_key",
    "registers",
]

PARTS = (
    "data",  # hash: all that is stored of single things; see lua/names.lua
    "log",  # zset: id -> version, tombstones included
    "ids",  # zset, all scores 0: ids in their order
    "expiry",  # zset: id -> when it expires
    "aside",  # hash: fingerprint and id -> another embedder's vector
    "sessions",  # zset: session -> position of its first message
    "lanes",  # set: fields of the hash that hold the last commits
    "head",  # of the first format, which is moved when it is met
)
"""The keys of a namespace, in the order in which the scripts take them."""

FORMER_PARTS = (
    "head",
    "records",
    "said",
    "keyed",
    "barred",
    "vectors",
    "uses",
    "counts",
)
"""The keys of the first format that are no more."""

INDEX = (
    "state",  # hash: sequence, floor, epoch, shape, memories, terms, tokens
    "places",  # hash: id -> terms, tokens, session, time, heir
    "order",  # zset, all scores 0: session:time:id
    "times",  # zset: id -> when it happened
    "heirs",  # zset, all scores 0: heir:id of what it replaced
    "speakers",  # set of names
    "near",  # vector set: id -> vector and attributes
)
"""The keys of a namespace's index, in the order in which its scripts take them."""

_REGISTERS = 16
"""Sets over which the names of namespaces are spread, so that none grows huge."""

_EMPTY_LABEL = "%"  # a percent sign that encodes nothing: no other label gives it


def encoded(labels: Sequence[str]) -> str:
    """Return labels as text without braces, wildcards, or a slash of their own."""
    return "/".join(quote(label, safe="") or _EMPTY_LABEL for label in labels)


def decoded(text: str) -> Namespace:
    """Return the labels of :func:`encoded`."""
    return tuple(
        "" if part == _EMPTY_LABEL else unquote(part) for part in text.split("/")
    )


@dataclass(frozen=True)
class Keys:
    """The keys of one namespace.

    Attributes:
        prefix: What the names of all keys begin with.
        namespace: Whose.
    """

    prefix: str
    namespace: Namespace

    @cached_property
    def stem(self) -> str:
        """What all keys of the namespace begin with."""
        return f"{self.prefix}:{{{encoded(self.namespace)}}}:"

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The keys of :data:`PARTS`."""
        return tuple(self.stem + part for part in PARTS)

    @cached_property
    def told(self) -> tuple[str, ...]:
        """The keys that a batch of new things takes."""
        parts = ("data", "log", "ids", "lanes", "sessions")
        return tuple(self.stem + part for part in parts)

    @property
    def news(self) -> str:
        """The channel on which commits are told."""
        return f"{self.stem}news"

    @property
    def moving(self) -> tuple[str, ...]:
        """The keys between which the first format is moved."""
        return (*self.parts[:-1], *(self.stem + part for part in FORMER_PARTS))

    def part(self, name: str) -> str:
        """Return one of the keys of :data:`PARTS`."""
        return self.stem + name

    def transcript(self, session: str) -> tuple[str, str]:
        """Return the keys of a session: ids by position, and messages by id."""
        name = quote(session, safe="")
        return f"{self.stem}order:{name}", f"{self.stem}said:{name}"

    @cached_property
    def index(self) -> tuple[str, ...]:
        """The keys of :data:`INDEX`, by which the server's engine searches."""
        return tuple(f"{self.stem}index:{part}" for part in INDEX)

    def document(self, id: str) -> str:
        """Return the key of what the query engine indexes of a record."""
        return f"{self.documents}{id}"

    @property
    def documents(self) -> str:
        """What the keys of all documents begin with."""
        return f"{self.stem}document:"

    @cached_property
    def entries(self) -> tuple[tuple[str, str], ...]:
        """The sets that list the namespace, each with its member there."""
        top = encoded(self.namespace[:1])
        whole = encoded(self.namespace)
        if len(self.namespace) == 1:
            return ((_register(self.prefix, (), top), top),)
        below = f"{top}/"  # says that there is a list of its own
        return (
            (_register(self.prefix, (), below), below),
            (_register(self.prefix, self.namespace[:1], whole), whole),
        )


def registers(prefix: str, top: Sequence[str]) -> list[str]:
    """Return the sets that list the namespaces of many labels under a first one.

    Args:
        prefix: What the names of all keys begin with.
        top: The first label; empty for the list of first labels, where a slash
            behind one says that there are namespaces under it.
    """
    name = encoded(top)
    return [f"{prefix}:names:{{{name}:{bucket}}}" for bucket in range(_REGISTERS)]


def lease_key(prefix: str, name: str) -> str:
    """Return the key of a lease.

    The lease of a namespace, named ``purpose:["label", …]``, lies among the keys of
    the namespace: on the same shard, and within the same user's reach.
    """
    purpose, _, rest = name.partition(":")
    try:
        labels = json.loads(rest)
    except ValueError:
        labels = None
    if isinstance(labels, list) and labels and all(isinstance(x, str) for x in labels):
        return f"{Keys(prefix, tuple(labels)).stem}lease:{quote(purpose, safe='')}"
    return f"{prefix}:lease:{{{quote(name, safe='') or _EMPTY_LABEL}}}"


def _register(prefix: str, top: Sequence[str], member: str) -> str:
    return registers(prefix, top)[crc32(member.encode()) % _REGISTERS]
