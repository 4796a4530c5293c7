"""Reads YAML as ``yaml.safe_load`` does, and remembers where everything stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from retentive.config.problems import Path, Problems
from retentive.config.variables import substituted

__all__ = ["Document", "read"]

_MAX_VALUES = 10_000  # far beyond any configuration; stops aliases that explode


@dataclass(frozen=True, slots=True)
class Document:
    """A document's values and the line of each, from 1."""

    value: Any
    lines: Mapping[Path, int]


def read(text: str, *, problems: Problems, variables: Mapping[str, str]) -> Document:
    """Parse a document and put variables into its texts.

    Doubled keys, keys that are no text, tags of other types and unset variables
    are noted; what is left of the document is returned.

    Args:
        text: YAML.
        problems: Where to note what is wrong.
        variables: The environment.
    """
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        reading = _Reading(loader, problems, variables)
        problems.lines = reading.lines
        value = None if node is None else reading.value(node, ())
    except yaml.YAMLError as exc:
        _note_syntax(exc, text, problems)
        return Document(None, {})
    finally:
        loader.dispose()
    return Document(value, reading.lines)


@dataclass(slots=True)
class _Reading:
    loader: yaml.SafeLoader
    problems: Problems
    variables: Mapping[str, str]
    lines: dict[Path, int] = field(default_factory=dict)
    _open: set[int] = field(default_factory=set)

    def value(self, node: yaml.Node, path: Path) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if len(self.lines) > _MAX_VALUES:
            raise yaml.YAMLError(f"more than {_MAX_VALUES:,} values")
        if id(node) in self._open:
            self.problems.add(path, "an alias of what it stands in; write it out")
            return None
        self._open.add(id(node))
        try:
            return self._value(node, path)
        finally:
            self._open.discard(id(node))

    def _value(self, node: yaml.Node, path: Path) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            self._check_tag(node, "seq", path)
            return [self.value(item, (*path, i)) for i, item in enumerate(node.value)]
        try:
            value = self.loader.construct_object(node)
        except (yaml.YAMLError, ValueError, OverflowError) as exc:
            what = getattr(exc, "problem", None) or exc
            self.problems.add(path, f"cannot be read: {what}, got {node.value!r}")
            return None
        if not isinstance(value, str):
            return value
        return substituted(
            value, self.variables, lambda message: self.problems.add(path, message)
        )

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        self._check_tag(node, "map", path)
        self._check_doubled(node, path)
        self.loader.flatten_mapping(node)
        pairs: dict[str, yaml.Node] = {}
        for key, item in node.value:
            name = self._key(key, path)
            if name is not None:
                self.lines[(*path, name)] = key.start_mark.line + 1
                pairs[name] = item
        return {name: self.value(item, (*path, name)) for name, item in pairs.items()}

    def _key(self, node: yaml.Node, path: Path) -> str | None:
        name = node.value if isinstance(node, yaml.ScalarNode) else None
        if name is None or node.tag != "tag:yaml.org,2002:str":
            shown = repr(name) if name is not None else "a list or mapping"
            self.problems.add(
                path,
                f"a key must be text, got {shown}; put it in quotes",
                line=node.start_mark.line + 1,
            )
            return None
        return str(name)

    def _check_doubled(self, node: yaml.MappingNode, path: Path) -> None:
        seen: dict[str, int] = {}
        for key, _ in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else None
            if name is None or name == "<<":
                continue
            line = key.start_mark.line + 1
            if name in seen:
                self.problems.add(
                    (*path, name),
                    f"the key stands here again, it is on line {seen[name]} already; "
                    "keep one of them",
                    line=line,
                )
            seen.setdefault(name, line)

    def _check_tag(self, node: yaml.Node, plain: str, path: Path) -> None:
        if node.tag != f"tag:yaml.org,2002:{plain}":
            self.problems.add(path, f"the tag {node.tag!r} is not allowed here")


def _note_syntax(exc: yaml.YAMLError, text: str, problems: Problems) -> None:
    mark = getattr(exc, "problem_mark", None)
    line = 1 if mark is None else mark.line + 1
    said = getattr(exc, "problem", None) or getattr(exc, "reason", None) or str(exc)
    hint = ""
    lines = text.splitlines()
    if mark is not None and mark.line < len(lines) and "${" in lines[mark.line]:
        hint = '; inside {…} or […] put variables in quotes: "${NAME}"'
    problems.add((), f"not valid YAML: {said}{hint}", line=line)
