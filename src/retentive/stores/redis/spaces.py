"""What a process knows of the namespaces that it writes to, and which there are."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from retentive.errors import CorruptStoreError, SchemaVersionError, StoreError
from retentive.records import Namespace
from retentive.stores.redis.errors import FormerFormatError
from retentive.stores.redis.keys import Keys, decoded, encoded, registers
from retentive.stores.redis.server import Server

__all__ = ["Identity", "Spaces"]

_FORMAT = 2  # the first one spread what is in one hash now over eight keys
_KNOWN = 100_000  # namespaces remembered; a process that uses more asks again
_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Identity:
    """What stays the same of a namespace.

    Attributes:
        epoch: Random; another one means that the data was replaced.
        salt: The secret for content keys.
    """

    epoch: str
    salt: bytes


class Spaces:
    """Namespaces by name: their keys, identity and last known embedder."""

    def __init__(self, server: Server, *, prefix: str) -> None:
        """Know nothing yet.

        Args:
            server: Where they are.
            prefix: Of all keys.
        """
        self._server, self._prefix = server, prefix
        self._identities: dict[Namespace, Identity] = {}
        self._embedders: dict[Namespace, str | None] = {}
        self._keys: dict[Namespace, Keys] = {}

    def keys(self, namespace: Namespace) -> Keys:
        """Return the keys of a namespace."""
        found = self._keys.get(namespace)
        if found is None:
            if len(self._keys) >= _KNOWN:
                self._keys.clear()
            found = self._keys[namespace] = Keys(self._prefix, namespace)
        return found

    def run(
        self,
        name: str,
        namespace: Namespace,
        arguments: Sequence[Any],
        *,
        how: Literal["read", "run", "write"] = "read",
    ) -> Any:
        """Run a script on a namespace, after moving what is of the first format.

        Args:
            name: Of the script.
            namespace: Whose keys it takes.
            arguments: What it is told.
            how: Whether it only reads, writes, or writes what no replica needs to
                confirm; by :class:`Server`'s methods of these names.
        """
        run = getattr(self._server, how)
        keys = self.keys(namespace)
        try:
            return run(name, keys.parts, arguments)
        except FormerFormatError:
            self._server.write("move", keys.moving, (secrets.token_hex(8),))
        return run(name, keys.parts, arguments)

    def identity(self, namespace: Namespace) -> Identity:
        """Return the identity of a namespace, making it at its first use.

        Raises:
            SchemaVersionError: A newer Retentive wrote it.
        """
        known = self._identities.get(namespace)
        if known is None:
            self._register(namespace)
            known = self._begin(namespace)
            if len(self._identities) >= _KNOWN:
                self._identities.clear()
                self._embedders.clear()
            self._identities[namespace] = known
        return known

    def forget(self, namespace: Namespace) -> None:
        """Ask for the identity again at its next use."""
        self._identities.pop(namespace, None)
        self._embedders.pop(namespace, None)

    def embedder(self, namespace: Namespace) -> str | None:
        """Return the embedder that the namespace had when we last saw it."""
        return self._embedders.get(namespace)

    def note_embedder(self, namespace: Namespace, fingerprint: str | None) -> None:
        """Keep the embedder for the next guess."""
        self._embedders[namespace] = fingerprint

    def under(self, prefix: Sequence[str]) -> list[Namespace]:
        """Return the namespaces that start with these labels and hold anything."""
        start = tuple(prefix)
        names = {name for name in self._listed(start) if name[: len(start)] == start}
        return sorted(name for name in names if name)

    def _listed(self, start: Namespace) -> Iterator[Namespace]:
        listed = set(self._members(start[:1])) if start else self._all()
        if start:
            listed.add(encoded(start[:1]))
        names = [decoded(text) for text in sorted(listed)]
        for first in range(0, len(names), _PAGE):
            yield from self._filled(names[first : first + _PAGE])

    def _all(self) -> set[str]:
        listed: set[str] = set()
        for top in self._members(()):
            listed.add(top.removesuffix("/"))
            if top.endswith("/"):
                listed.update(self._members(decoded(top[:-1])))
        return listed

    def _members(self, top: Sequence[str]) -> Iterator[str]:
        for key in registers(self._prefix, top):
            cursor = b"0"
            while True:
                cursor, members = self._server.command(
                    "SSCAN", key, cursor, "COUNT", _PAGE
                )
                yield from (member.decode() for member in members)
                if int(cursor) == 0:
                    break

    def _filled(self, names: Sequence[Namespace]) -> Iterator[Namespace]:
        """Yield those of them that hold records or messages."""
        commands = [
            ("EXISTS", key)
            for name in names
            for key in (
                self.keys(name).part("ids"),
                self.keys(name).part("sessions"),
            )
        ]
        found = self._server.pipeline(commands)
        for place, name in enumerate(names):
            if found[2 * place] or found[2 * place + 1]:
                yield name

    def _register(self, namespace: Namespace) -> None:
        """List the namespace, before it holds anything: a listed one may be empty."""
        for key, member in self.keys(namespace).entries:
            try:
                self._server.command("SADD", key, member)
            except StoreError as exc:
                if "NOPERM" not in str(exc) and "permission" not in str(exc):
                    raise
                # A user who may use this namespace alone cannot list it.

    def _begin(self, namespace: Namespace) -> Identity:
        arguments = (
            secrets.token_hex(8),
            secrets.token_bytes(32),
            json.dumps(list(namespace)),
            _FORMAT,
        )
        epoch, salt, found = self.run("begin", namespace, arguments, how="write")
        if int(found) > _FORMAT:
            raise SchemaVersionError(
                f"namespace {namespace!r} on {self._server.address} has format "
                f"{int(found)}, this Retentive writes {_FORMAT}; install a newer one"
            )
        if salt is None:
            raise CorruptStoreError(
                f"namespace {namespace!r} on {self._server.address} has lost its salt; "
                "restore the server's data from a copy"
            )
        return Identity(epoch.decode(), salt)
