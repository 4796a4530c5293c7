"""Writes short forms out, so that everything after sees one shape only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["merged", "written_out"]

NO_EMBEDDER = "none"


def written_out(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document with each plugin as a mapping with its ``type``.

    ``minilm`` is ``{type: minilm}``; a scorer's number is its weight, and its key
    the type that it lacks. What has another shape stays for the check to refuse.
    An empty section is as good as none.
    """
    out = {
        key: value
        for key, value in document.items()
        if value is not None or key in ("embedder", "preset")
    }
    for key in ("store", "embedder", "model", "working"):
        if key in out:
            out[key] = _choice(out[key])
    if out.get("embedder") == {"type": NO_EMBEDDER}:
        out["embedder"] = None
    if isinstance(out.get("processors"), list):
        out["processors"] = [_choice(item) for item in out["processors"]]
    if isinstance(out.get("recall"), Mapping):
        out["recall"] = _recall(out["recall"])
    if isinstance(out.get("away"), Mapping):
        away = dict(out["away"])
        out["away"] = away | {"spool": _choice(away.get("spool"))}
    consolidation = out.get("consolidation")
    if isinstance(consolidation, Mapping):
        out["consolidation"] = dict(consolidation)
        if isinstance(consolidation.get("policies"), list):
            policies = [_choice(item) for item in consolidation["policies"]]
            out["consolidation"]["policies"] = policies
    return out


def merged(base: Any, over: Any) -> Any:
    """Return ``over`` with what only ``base`` has; a plugin of another type replaces.

    Mappings join key by key; lists and single values replace.
    """
    if not isinstance(base, Mapping) or not isinstance(over, Mapping):
        return over
    if "type" in base and "type" in over and base["type"] != over["type"]:
        return over
    joined = {**base, **over}
    return {
        key: merged(base[key], over[key]) if key in base and key in over else value
        for key, value in joined.items()
    }


def _recall(section: Mapping[str, Any]) -> dict[str, Any]:
    out = {key: value for key, value in section.items() if value is not None}
    for key in ("fusion", "counter", "reranker", "rewriter"):
        if key in out:
            out[key] = _choice(out[key])
    if isinstance(out.get("scorers"), Mapping):
        out["scorers"] = {
            name: _scorer(name, value) for name, value in out["scorers"].items()
        }
    return out


def _choice(value: Any) -> Any:
    return {"type": value} if isinstance(value, str) else value


def _scorer(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {"type": name, **value}
    return {"type": name, "weight": value}
