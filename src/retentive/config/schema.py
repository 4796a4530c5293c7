"""A JSON Schema of configurations, with which editors complete and check them."""

from __future__ import annotations

from typing import Any

from pydantic import PydanticSchemaGenerationError, TypeAdapter
from pydantic.errors import PydanticInvalidForJsonSchema

from retentive.config.options import parameters
from retentive.config.plugins import factory
from retentive.config.presets import NO_PRESET, preset_names
from retentive.config.serving import Server
from retentive.config.shorthand import NO_EMBEDDER
from retentive.config.units import DURATION, SIZE
from retentive.errors import RetentiveError
from retentive.records import Kind
from retentive.registry import installed

__all__ = ["json_schema"]

_Schema = dict[str, Any]
_VARIABLE: _Schema = {"$ref": "#/$defs/variable"}
_OWN_PLUGIN = r"^[\w.]+:[\w.]+$"
_WEIGHT: _Schema = {"$ref": "#/$defs/weight"}
_LABELS: _Schema = {"$ref": "#/$defs/labels"}
_DURATION: _Schema = {"$ref": "#/$defs/duration"}


def json_schema() -> dict[str, Any]:
    """Return the schema, draft 2020-12, with all plugins that are installed."""
    presets = [*preset_names(), NO_PRESET]
    properties: _Schema = {
        "preset": {"description": "What the file builds on.", "enum": presets},
        "store": _plugin("stores"),
        "away": {**_object(_away()), "description": "While the server is away."},
        "agent": {**_object(_agent()), "required": ["name"]},
        "namespace": _LABELS,
        "also_read": {"type": "array", "items": _LABELS},
        "embedder": {"anyOf": [{"enum": [NO_EMBEDDER, None]}, _plugin("embedders")]},
        "model": _plugin("models"),
        "working": _plugin("structures"),
        "processors": {"type": "array", "items": _plugin("processors")},
        "recall": _object(_recall()),
        "consolidation": _object(_consolidation()),
        "server": _object(_server()),
        "cache_bytes": {
            "description": "Most memory for replicas: bytes, or such as 512MB.",
            "anyOf": [{"type": "integer", "minimum": 0}, _text(SIZE), _VARIABLE],
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Retentive configuration",
        **_object(properties),
        "$defs": _definitions(),
    }


def _definitions() -> _Schema:
    return {
        "variable": {"description": "From the environment.", **_text(r"\$\{")},
        "weight": {"anyOf": [{"type": "number", "minimum": 0}, _VARIABLE]},
        "labels": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "duration": {
            "description": "Seconds, or such as 7d, 36h, 15m, 30s.",
            "anyOf": [{"type": "number"}, _text(DURATION), _VARIABLE],
        },
    }


def _away() -> _Schema:
    return {
        "spool": {
            "description": "Keeps what is told meanwhile; without, that raises.",
            "anyOf": [_plugin("stores"), {"type": "null"}],
        },
        "max_spooled": {
            "description": "Most records and messages in it.",
            "anyOf": [{"type": "integer", "minimum": 1}, _VARIABLE],
        },
        "stale_reads": {
            "description": "Whether recalls see what was last known.",
            "type": "boolean",
        },
    }


def _agent() -> _Schema:
    return {
        "name": {
            "description": "Kept as author of what the agent makes.",
            "type": "string",
            "minLength": 1,
        },
        "may_write": {
            "description": "Namespaces, with all below; its own if omitted.",
            "anyOf": [{"type": "array", "items": _LABELS}, {"type": "null"}],
        },
    }


def _recall() -> _Schema:
    names = installed("scorers")
    return {
        "budget": {
            "description": "Tokens of a context.",
            "anyOf": [{"type": "integer", "minimum": 0}, _VARIABLE],
        },
        "diversity": {
            "description": "Strength of maximal marginal relevance.",
            "anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, _VARIABLE],
        },
        "decline_below": {
            "description": "A context stays empty where anything relevant is less "
            "likely than this; 0: never.",
            "anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, _VARIABLE],
        },
        "learn_shared": {
            "description": "Whether feedback in one namespace may help in others.",
            "type": "boolean",
        },
        "engine": {
            "description": "What finds candidates: this process, the store's server, "
            "or the server where a namespace is large.",
            "enum": ["process", "server", "auto"],
        },
        "engine_above": {
            "description": "With engine auto: how many memories a process may hold.",
            "anyOf": [{"type": "integer", "minimum": 0}, _VARIABLE],
        },
        "reranker": _plugin("rerankers"),
        "rerank_depth": {
            "description": "How many of the best hits the reranker reads.",
            "anyOf": [{"type": "integer", "minimum": 1}, _VARIABLE],
        },
        "rewriter": _plugin("rewriters"),
        "fusion": _plugin("fusions"),
        "counter": _plugin("counters"),
        "scorers": {
            "type": "object",
            "description": "Signals and their weights; 0 switches one off.",
            "properties": {
                name: {"anyOf": [_WEIGHT, _scorer(name, named=True)]} for name in names
            },
            "additionalProperties": {
                "anyOf": [
                    *(_scorer(name, named=False) for name in names),
                    _own(weighted=True),
                ]
            },
        },
    }


def _consolidation() -> _Schema:
    lives = {kind.value: {"anyOf": [_DURATION, {"type": "null"}]} for kind in Kind}
    return {
        "ttl": {
            "description": "How long what is remembered from now on lives, by kind.",
            **_object(lives),
        },
        "policies": {
            "type": "array",
            "description": "In the order in which they plan.",
            "items": _plugin("policies"),
        },
        "max_share": {
            "description": "Share of the namespace that may change unasked.",
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": 1},
                {"type": "null"},
                _VARIABLE,
            ],
        },
        "every_writes": {
            "description": "Consolidate after so many commits.",
            "anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}, _VARIABLE],
        },
        "every_s": {"anyOf": [_DURATION, {"type": "null"}]},
        "undo_for_s": _DURATION,
    }


def _server() -> _Schema:
    """Return the section's own schema; numbers and flags may be variables."""
    fields: _Schema = Server.model_json_schema()["properties"]
    for name, field in fields.items():
        field.pop("default", None)
        field.pop("title", None)
        if name in ("join", "limit", "strict"):
            fields[name] = {"anyOf": [field, _VARIABLE]}
    labels = fields["namespace"]
    return {**fields, "namespace": {**labels, "minItems": 1}}


def _plugin(group: str) -> _Schema:
    """Return the schema of a choice: a name, or a mapping with its options."""
    names = installed(group)
    choices = [_object({"type": {"const": n}, **_options(group, n)}) for n in names]
    for name, choice in zip(names, choices, strict=True):
        choice["required"] = ["type", *_required(group, name)]
    return {
        "anyOf": [{"enum": names}, _text(_OWN_PLUGIN), *choices, _own(weighted=False)]
    }


def _scorer(name: str, *, named: bool) -> _Schema:
    properties = {"weight": _WEIGHT, **_options("scorers", name)}
    schema = _object({"type": {"const": name}, **properties})
    schema["required"] = [] if named else ["type"]
    return schema


def _own(*, weighted: bool) -> _Schema:
    """Return the schema of a ``module:Class``, whose options nobody knows."""
    properties = {"type": _text(_OWN_PLUGIN)}
    if weighted:
        properties["weight"] = _WEIGHT
    return {"type": "object", "properties": properties, "required": ["type"]}


def _options(group: str, name: str) -> _Schema:
    return {
        option: _option(option, hint)
        for option, (hint, _) in _parameters(group, name).items()
        if not (group == "scorers" and option == "name")
    }


def _required(group: str, name: str) -> list[str]:
    return [
        option
        for option, (_, must) in _parameters(group, name).items()
        if must and option != "location"  # it follows from the type
    ]


def _parameters(group: str, name: str) -> dict[str, tuple[Any, bool]]:
    try:
        maker = factory(group, name)
        is_function = group == "counters" and not isinstance(maker, type)
        return {} if is_function else parameters(maker)
    except RetentiveError:
        return {}  # a plugin that cannot be imported here is known by name only


def _option(name: str, hint: Any) -> _Schema:
    if name.endswith("_s"):
        return _DURATION
    try:
        schema = TypeAdapter(hint).json_schema()
    except (PydanticSchemaGenerationError, PydanticInvalidForJsonSchema):
        return {}
    return {"anyOf": [schema, _VARIABLE]} if schema else {}


def _object(properties: _Schema) -> _Schema:
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def _text(pattern: str) -> _Schema:
    return {"type": "string", "pattern": pattern}
