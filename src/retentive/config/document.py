"""YAML with line numbers, and the environment's values in it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from retentive.errors import ConfigError

__all__ = ["Document", "Path", "Problem", "parse", "raise_problems"]

Path = tuple[str | int, ...]
"""Where a value stands: keys and places in lists."""

_VARIABLE = re.compile(
    r"\$\$|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^}]*))?\}"
)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong at a place."""

    line: int
    path: Path
    what: str

    def text(self, file: str) -> str:
        """Return ``file:line: path: what``."""
        where = ".".join(map(str, self.path))
        return (
            f"{file}:{self.line}: {where}: {self.what}"
            if where
            else (f"{file}:{self.line}: {self.what}")
        )


@dataclass(slots=True)
class Document:
    """A parsed file.

    Attributes:
        value: Mappings, lists, texts, numbers.
        lines: The line of every value and key, by its path.
        problems: What was wrong already.
    """

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """Return the line of a path, or of the nearest one above it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse(
    text: str, *, file: str, environment: Mapping[str, str] | None = None
) -> Document:
    """Parse YAML as ``yaml.safe_load`` would, but refuse a key given twice.

    ``${VAR}`` and ``${VAR:-default}`` inside texts become values of the
    environment, after parsing, so that a value can never add structure; ``$$`` is
    one ``$``.

    Raises:
        ConfigError: The text is no YAML.
    """
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(exc, "problem", None) or exc
        raise ConfigError(f"{file}:{line}: not valid YAML: {problem}") from exc
    finally:
        loader.dispose()
    document = Document()
    values = os.environ if environment is None else environment
    if node is not None:
        document.value = _Reader(document, values).read(node, ())
    return document


def raise_problems(problems: list[Problem], *, file: str) -> None:
    """Raise one error for all problems, by line.

    Raises:
        ConfigError: There are any.
    """
    if problems:
        listed = "\n".join(problem.text(file) for problem in sorted(set(problems)))
        raise ConfigError(listed)


class _Reader:
    """Walks the nodes of a document."""

    def __init__(self, document: Document, environment: Mapping[str, str]) -> None:
        self._document = document
        self._environment = environment
        self._plain = yaml.SafeLoader("")

    def read(self, node: yaml.Node, path: Path) -> Any:
        self._document.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*path, i)) for i, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            here = (*path, key)
            line = key_node.start_mark.line + 1
            if key in found:
                self._problem(line, here, f"the key {key!r} is given twice")
            self._document.lines[here] = line
            found[key] = self.read(value_node, here)
        return found

    def _scalar(self, node: yaml.Node, path: Path) -> Any:
        line = node.start_mark.line + 1
        try:
            value = self._plain.construct_object(node)
        except (yaml.YAMLError, ValueError) as exc:
            self._problem(line, path, f"cannot be read: {exc}")
            return None
        if not isinstance(value, str) or "$" not in value:
            return value
        return self._substituted(value, line, path)

    def _substituted(self, text: str, line: int, path: Path) -> Any:
        def value_of(match: re.Match[str]) -> str:
            name = match["name"]
            if name is None:
                return "$"
            if name in self._environment:
                return self._environment[name]
            if match["default"] is None:
                self._problem(
                    line,
                    path,
                    f"the environment has no {name}; set it, or write "
                    f"${{{name}:-default}}",
                )
            return match["default"] or ""

        return _VARIABLE.sub(value_of, text)

    def _problem(self, line: int, path: Path, what: str) -> None:
        self._document.problems.append(Problem(line, path, what))
