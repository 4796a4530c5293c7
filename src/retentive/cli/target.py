"""Which memory a command works on: the options that all of them share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from retentive.errors import StoreConnectionError

if TYPE_CHECKING:
    from retentive.memory import Memory
    from retentive.records import Namespace

__all__ = ["Target", "takes_target"]

_DEFAULT = "agent.db"
_Command = TypeVar("_Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What the options name.

    Attributes:
        path: A SQLite file, a YAML configuration, or a URL.
        namespace: Labels given, ``None`` for those of the configuration.
        embedder: A plugin's name, ``None`` for that of the configuration.
    """

    path: str
    namespace: Namespace | None = None
    embedder: str | None = None

    @property
    def is_config(self) -> bool:
        """Whether it is a YAML file."""
        return self.path.endswith((".yaml", ".yml"))

    def open(self, *, create: bool = False) -> Memory:
        """Open the memory.

        Args:
            create: Whether a SQLite file that does not exist is made.

        Raises:
            StoreConnectionError: There is no such file, and none is to be made.
        """
        from retentive.memory import Memory

        is_file = "://" not in self.path and not self.is_config
        if is_file and not create and not Path(self.path).expanduser().exists():
            raise StoreConnectionError(
                f"there is no memory at {self.path!r} yet; remember or import "
                "something first, or name another one with --db"
            )
        return Memory.open(self.path, namespace=self.namespace, embedder=self.embedder)

    def namespaces(self, memory: Memory) -> list[Namespace]:
        """Return the named namespace and those below it, or all that hold memories."""
        from retentive.records import is_side

        found = memory.store.namespaces(self.namespace or ())
        return [space for space in found if not is_side(space)]


def takes_target(command: _Command) -> _Command:
    """Add ``--db``, ``--namespace`` and ``--embedder``; pass them as ``target``."""

    @click.option(
        "--db",
        "--config",
        "path",
        metavar="TARGET",
        envvar="RETENTIVE_DB",
        default=_DEFAULT,
        show_default=True,
        show_envvar=True,
        help="A SQLite file, a YAML configuration or a URL.",
    )
    @click.option(
        "-n",
        "--namespace",
        "labels",
        metavar="LABEL",
        multiple=True,
        help="Whose memory; give it again for each further label.",
    )
    @click.option(
        "--embedder", metavar="NAME", help="none, hashing, minilm, or one of yours."
    )
    @wraps(command)
    def with_target(
        *, path: str, labels: tuple[str, ...], embedder: str | None, **options: Any
    ) -> Any:
        target = Target(path=path, namespace=labels or None, embedder=embedder)
        return command(target=target, **options)

    return with_target  # type: ignore[return-value]  # click has replaced its options
