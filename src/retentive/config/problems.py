"""Collects what is wrong with a configuration, to tell it all at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from retentive.errors import ConfigError

__all__ = ["Path", "Problems", "meant", "written"]

Path = tuple[str | int, ...]
"""Keys and list places from the top of a document."""


@dataclass(slots=True)
class Problems:
    """The problems of one file.

    Attributes:
        file: Its name, as the user gave it.
        lines: The line of each path, from 1.
    """

    file: str
    lines: Mapping[Path, int] = field(default_factory=dict)
    _found: dict[tuple[int, str], None] = field(default_factory=dict)

    def add(self, path: Path, message: str, *, line: int | None = None) -> None:
        """Note a problem; its line is that of the nearest path that has one."""
        place = path
        while place and place not in self.lines:
            place = place[:-1]
        number = line if line is not None else self.lines.get(place, 1)
        where = written(place if line is None else path)
        self._found[number, f"{where}: {message}" if where else message] = None

    def join(self, other: Problems) -> None:
        """Take over the problems that another collection of this file noted."""
        self._found |= other._found

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return bool(self._found)

    def raise_if_any(self) -> None:
        """Raise one error that lists all, in the file's order.

        Raises:
            ConfigError: There is a problem.
        """
        if self._found:
            found = sorted(self._found, key=lambda item: item[0])
            raise ConfigError(
                "\n".join(f"{self.file}:{line}: {text}" for line, text in found)
            )


def written(path: Path) -> str:
    """Return a path as people write it: ``recall.scorers``, ``processors[1]``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def meant(name: object, known: Iterable[str]) -> str:
    """Return a hint at the nearest known name, or at all of them."""
    names = sorted(known)
    near = get_close_matches(str(name), names, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; known: {', '.join(names)}" if names else ""
