"""The Lua that runs on the server, each script with the parts it begins with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha1
from importlib.resources import files

__all__ = ["Script", "script"]

_READING = ("names", "arguments", "current", "rows")
_PLAIN = ("names", "arguments", "current")
_PARTS = {
    "add_vectors": _PLAIN,
    "around": (),
    "begin": _PLAIN,
    "changes": (*_READING, "timeline"),
    "commit": (
        *("names", "arguments", "rows", "writing", "touched"),
        *("messages", "lanes", "announce"),
    ),
    "count": _PLAIN,
    "expired": _PLAIN,
    "find": _READING,
    "get": _READING,
    "index_page": (),
    "lacking": _READING,
    "lease": (),
    "move": ("names", "arguments"),
    "page": _READING,
    "prune": _PLAIN,
    "switch": (*_PLAIN, "announce"),
    "take": _READING,
    "tell": ("told", "arguments", "messages", "lanes", "announce"),
    "tend": _PLAIN,
    "touch": _PLAIN,
    "transcript": (),
    "unindex": (),
    "vectors": _READING,
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
