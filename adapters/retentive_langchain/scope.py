"""Whose memory a run uses: from its context, its configuration, or what was built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.runnables.config import RunnableConfig, ensure_config
from langgraph.runtime import get_runtime

from retentive.errors import ConfigError
from retentive.memory import Memory
from retentive.records import Namespace, check_namespace

__all__ = ["RunScope", "own_namespace", "present_scope", "scope_of"]

_DEFAULT: Namespace = ("default",)


@dataclass(frozen=True, slots=True)
class RunScope:
    """Whose memory, and which conversation."""

    namespace: Namespace
    session: str


def own_namespace(
    memory: Memory, namespace: Sequence[str] | None = None
) -> Namespace | None:
    """Return the namespace that whoever builds a part has chosen, if any.

    The default namespace of a memory was chosen by nobody.
    """
    if namespace is not None:
        return check_namespace(namespace)
    return memory.namespace if memory.namespace != _DEFAULT else None


def scope_of(
    context: Any, config: Mapping[str, Any], *, fallback: Namespace | None
) -> RunScope:
    """Return the scope of a run.

    The first of these that names one decides: the runtime context, then
    ``config["configurable"]``, by a ``namespace`` (labels) or a ``user_id``; then
    what was given when the part was built. The session is the ``thread_id``.

    Raises:
        ConfigError: None of them names a namespace, or one is blank.
    """
    configurable = config.get("configurable") or {}
    namespace = _named(context) or _named(configurable) or fallback
    if namespace is None:
        raise ConfigError(
            "no namespace for this run: pass context={'user_id': …} or "
            "config={'configurable': {'user_id': …}}, or build the part with "
            "namespace=(…,)"
        )
    return RunScope(namespace, str(configurable.get("thread_id") or "default"))


def present_scope(
    config: RunnableConfig | None = None, *, fallback: Namespace | None
) -> RunScope:
    """Return the scope of the run that this code is part of.

    Args:
        config: What the caller passed, if it did.
        fallback: Whose memory, where the run does not say.
    """
    merged = ensure_config(config)
    try:
        context = getattr(get_runtime(), "context", None)
    except (RuntimeError, KeyError):  # outside of a run, or of a graph
        context = None
    return scope_of(context, merged, fallback=fallback)


def _named(source: Any) -> Namespace | None:
    labels = _of(source, "namespace")
    if labels is None:
        user = _of(source, "user_id")
        labels = None if user is None else (user,)
    if labels is None:
        return None
    namespace = check_namespace(labels)
    if not all(label.strip() for label in namespace):
        raise ConfigError(
            f"a namespace or user_id must not be blank, got {labels!r}; leave it out "
            "to use the one that the part was built with"
        )
    return namespace


def _of(source: Any, name: str) -> Any:
    if isinstance(source, Mapping):
        return source.get(name)
    return getattr(source, name, None)
