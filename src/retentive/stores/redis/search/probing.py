"""Which engines answer: told by trying their commands, never by version strings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retentive.errors import StoreConnectionError, StoreError
from retentive.stores.redis.server import Server

__all__ = ["QUERY_ENGINE", "VECTOR_SETS", "Ability", "probe", "reason_of"]

QUERY_ENGINE = "query engine"
VECTOR_SETS = "vector sets"


@dataclass(frozen=True, slots=True)
class Ability:
    """Whether an engine answered; ``reason`` says why not, and is empty if it did."""

    engine: str
    reason: str = ""

    @property
    def there(self) -> bool:
        """Whether it answered."""
        return not self.reason


def probe(server: Server, *, key: str) -> list[Ability]:
    """Try each engine with a command that only reads.

    Args:
        server: Which.
        key: One that the user may read; nothing is written to it.

    Raises:
        StoreConnectionError: The server could not be asked.
    """
    asked: Sequence[tuple[str, tuple[str, ...]]] = (
        (QUERY_ENGINE, ("FT._LIST",)),
        (VECTOR_SETS, ("VCARD", key)),
    )
    found = []
    for engine, command in asked:
        try:
            server.at_key(key, *command)
        except StoreConnectionError:
            raise
        except StoreError as exc:
            found.append(Ability(engine, reason_of(exc)))
        else:
            found.append(Ability(engine))
    return found


def reason_of(error: StoreError) -> str:
    """Say in a few words why a command of an engine was refused."""
    cause = str(error.__cause__ or error)
    if "unknown command" in cause.lower():
        return "the server does not know its commands"
    if "NOPERM" in str(error) or "permission" in cause.lower():
        return "the user may not run its commands"
    return cause
