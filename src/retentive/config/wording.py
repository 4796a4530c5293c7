"""Says in our words what the validator found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["in_words", "shown"]

_SHOWN_CHARS = 60
_SECRET = ("key", "token", "password", "secret")
_WORDS = {
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "dict_type": "must be a mapping",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "list_type": "must be a list",
    "model_type": "must be a mapping",
    "string_type": "must be text; put it in quotes",
    "tuple_type": "must be a list",
}


def in_words(error: Mapping[str, Any]) -> str:
    """Return what a validation error says, without its value."""
    known = _WORDS.get(error["type"])
    if known is not None:
        return known
    said = str(error["msg"]).removeprefix("Value error, ")
    return said.replace("Input should be", "must be", 1)


def shown(name: str, value: object) -> str:
    """Return a value for a message: short, and never a secret."""
    if any(part in name.lower() for part in _SECRET) and isinstance(value, str):
        return "a value that is not shown"
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…"
