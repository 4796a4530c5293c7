"""Where a part of LlamaIndex finds its memory, in this process and in the next.

Workflows write their context down and read it back, elsewhere or later. What they can
write is a place: a file, a configuration, a namespace. What they cannot is an open
memory, so this module keeps a weak list of those: parts that name one place share one
memory, and a part that was given an open memory finds it again while it lives.
"""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakValueDictionary, finalize

from pydantic import BaseModel, ConfigDict, PrivateAttr

from retentive import Memory
from retentive.errors import ConfigError
from retentive.records import new_id

__all__ = ["Place"]

# The one state that outlives an object here, and it holds nothing alive.
_OPEN: WeakValueDictionary[str, Memory] = WeakValueDictionary()
_LOCK = Lock()


class Place(BaseModel):
    """The memory of a part: opened at first use, shared by all that name its place.

    Attributes:
        source: A SQLite file, a URL or a YAML configuration.
        embedder: The name of an embedder, where the source does not say.
        namespace: Whose memory; the source's own, or ``("default",)``, if omitted.
        handle: Finds a memory that was opened in this process by other means.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    source: str | None = None
    embedder: str | None = None
    namespace: tuple[str, ...] | None = None
    handle: str | None = None
    _shared: Memory | None = PrivateAttr(default=None)
    _own: Memory | None = PrivateAttr(default=None)

    def __init__(
        self, memory: Memory | str | Path | None = None, /, **fields: Any
    ) -> None:
        """Name the memory.

        Each part has the same constructor once more: a type checker that does not see
        one in a pydantic class makes one of its fields.

        Args:
            memory: An open memory; or a SQLite file, a URL or a YAML configuration,
                opened at first use; or nothing: in process, gone at its end.
            fields: The attributes of the class. With an open memory,
                ``namespace`` is another one over the same store.
        """
        given = None
        if isinstance(memory, Memory):
            given = memory
        elif memory is not None:
            fields["source"] = _portable(memory)
        super().__init__(**fields)
        if given is None and (_has_password(self.source) or self._is_nameless()):
            given = Memory.open(self.source, embedder=self.embedder)
            _close_with(given)
            self.source = None
        if given is not None:
            self.handle = _lend(given)
            self._shared = given

    @property
    def memory(self) -> Memory:
        """The memory, opened if it is not yet."""
        if self._own is None:
            self._shared = self._shared or self._found()
            labels = self.namespace or self._shared.namespace
            self._own = self._shared.within(*labels)
        return self._own

    def _is_nameless(self) -> bool:
        return self.source is None and self.handle is None

    def _found(self) -> Memory:
        if self.source is not None:
            return _opened(self.source, self.embedder)
        found = _OPEN.get(self.handle or "")
        if found is None:
            raise ConfigError(
                "this part was made from a memory that is open in another process, or "
                "no more; to find it from anywhere, name it by a path or by a YAML "
                "file, in which ${VARIABLES} hold what must stay secret"
            )
        return found


def _has_password(source: str | None) -> bool:
    """Return whether a source is a URL with a secret, which no context may hold."""
    if source is None or "://" not in source:
        return False
    parts = urlsplit(source)
    return parts.password is not None or "password" in parts.query


def _portable(source: str | Path) -> str:
    """Return a source that means the same from another folder."""
    if "://" in str(source):
        return str(source)
    return str(Path(source).absolute())


def _opened(source: str, embedder: str | None) -> Memory:
    key = f"{embedder or ''} {source}"
    with _LOCK:
        memory = _OPEN.get(key)
        if memory is None:
            memory = Memory.open(source, embedder=embedder)
            _close_with(memory)
            _OPEN[key] = memory
    return memory


def _lend(memory: Memory) -> str:
    handle = new_id()
    with _LOCK:
        _OPEN[handle] = memory
    return handle


class _Lifeline:
    """Held by a memory and by all that come of it by ``within``."""


def _close_with(memory: Memory) -> None:
    """Close what we opened when nobody has it any more, in whatever namespace."""
    lifeline = _Lifeline()
    finalize(lifeline, memory.within(*memory.namespace).close)
    vars(memory)["lifeline"] = lifeline
