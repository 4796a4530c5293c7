"""Puts environment variables into texts: ``${NAME}`` and ``${NAME:-default}``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

__all__ = ["substituted"]

_VARIABLE = re.compile(
    r"(?P<escaped>\$\$\{)"
    r"|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^}]*))?\}"
    r"|(?P<broken>\$\{[^}]*\}?)"
)


def substituted(
    text: str, variables: Mapping[str, str], complain: Callable[[str], None]
) -> str:
    """Return a text with its variables' values, which are not looked at again.

    ``$${`` stands for ``${``. As in a shell, a default also replaces what is empty.

    Args:
        text: Of one scalar, so that a value can never add structure.
        variables: The environment.
        complain: Told of an unset variable without default, and of a broken one.
    """

    def value(match: re.Match[str]) -> str:
        if match["escaped"]:
            return "${"
        if match["broken"]:
            complain(
                f"{match['broken']!r} is no variable; write ${{NAME}} or "
                "${NAME:-default}, or $${ for the characters themselves"
            )
            return ""
        found = variables.get(match["name"])
        if match["default"] is not None:
            return found or match["default"]
        if found is None:
            complain(
                f"the environment variable {match['name']!r} is not set; set it, or "
                f"write ${{{match['name']}:-default}}"
            )
            return ""
        return found

    return _VARIABLE.sub(value, text)
