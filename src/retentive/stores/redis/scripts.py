"""The Lua that runs on the server, each script with the parts it begins with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha1
from importlib.resources import files

__all__ = ["Script", "script"]

_PARTS = {
    "add_vectors": ("names", "current"),
    "around": (),
    "begin": ("names", "current"),
    "changes": ("names", "current", "timeline"),
    "commit": ("names", "writing", "touched", "messages"),
    "count": ("names", "current"),
    "expired": ("names", "current"),
    "find": ("names", "current"),
    "get": ("names", "current"),
    "index_page": (),
    "lacking": ("names", "current"),
    "lease": (),
    "move": ("names",),
    "page": ("names", "current"),
    "prune": ("names", "current"),
    "switch": ("names", "current"),
    "take": ("names", "current"),
    "tend": ("names", "current"),
    "touch": ("names", "current"),
    "transcript": (),
    "unindex": (),
    "vectors": ("names", "current"),
}


@dataclass(frozen=True, slots=True)
class Script:
    """A script and the digest by which servers know it."""

    name: str
    text: str
    sha: str


@cache
def script(name: str) -> Script:
    """Return a script of this package by name."""
    folder = files(__package__) / "lua"
    text = "\n".join(
        (folder / f"{part}.lua").read_text(encoding="utf-8")
        for part in (*_PARTS[name], name)
    )
    # The server names scripts so; nothing is secret here.
    sha = sha1(text.encode(), usedforsecurity=False).hexdigest()
    return Script(name, text, sha)
