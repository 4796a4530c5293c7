"""What a configuration may say, as pydantic models."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from retentive import registry

__all__ = [
    "Config",
    "Part",
    "RecallConfig",
    "WeightedPart",
    "duration_s",
    "json_schema",
]

_UNITS_S = {
    "ms": 0.001,
    "s": 1.0,
    "m": 60.0,
    "h": 3_600.0,
    "d": 86_400.0,
    "w": 604_800.0,
}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)")


def duration_s(value: Any) -> Any:
    """Return seconds for ``7d``, ``36h``, ``15m``, ``30s``; other values as they are."""
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    return float(match[1]) * _UNITS_S[match[2]] if match else value


def _named(value: Any) -> Any:
    """Let a name alone stand for a part without options."""
    return {"type": value} if isinstance(value, str) else value


def _weighted(value: Any) -> Any:
    """Let a number alone stand for a scorer's weight."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return {"weight": value} if number else value


class Part(BaseModel):
    """A plugin by name, with its options beside the name."""

    model_config = ConfigDict(extra="allow")

    type: str

    def options(self) -> dict[str, Any]:
        """Return the options, durations in seconds."""
        given = self.model_extra or {}
        return {
            name: duration_s(value) if name.endswith("_s") else value
            for name, value in given.items()
        }


class WeightedPart(BaseModel):
    """A scorer's weight and options; the type is the key's own name if omitted."""

    model_config = ConfigDict(extra="allow")

    weight: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    type: str | None = None

    def options(self) -> dict[str, Any]:
        """Return the options, durations in seconds."""
        return Part(type="", **(self.model_extra or {})).options()


PartField = Annotated[Part, BeforeValidator(_named)]
WeightedField = Annotated[WeightedPart, BeforeValidator(_weighted)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RecallConfig(_Strict):
    """How memories are ranked and written into a prompt."""

    budget: Annotated[int, Field(ge=0, strict=True)] = 1_000
    """Tokens of a context."""
    counter: PartField = Part(type="estimate")
    """What counts tokens."""
    diversity: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.0
    """How strongly near-copies give way, in [0, 1]."""
    fusion: PartField = Part(type="weighted_sum")
    """How signals are joined."""
    scorers: dict[str, WeightedField] | None = None
    """Weights by scorer; those of the default that are not named keep theirs."""


class ConsolidationConfig(_Strict):
    """What keeps a store small and true."""

    policies: list[PartField] = []


class Config(_Strict):
    """One memory: where it lives, what it embeds, keeps and recalls."""

    preset: str | None = None
    """A named configuration to start from; what stands here wins."""
    store: PartField = Part.model_validate({"type": "sqlite", "path": "agent.db"})
    """Where memories live."""
    namespace: Annotated[list[str], Field(min_length=1)] = ["default"]
    """Whose memories: labels that may hold any characters."""
    also_read: list[Annotated[list[str], Field(min_length=1)]] = []
    """Further namespaces that recalls look into."""
    embedder: PartField = Part(type="none")
    """What turns text into vectors; none recalls by words alone."""
    processors: list[PartField] = [Part(type="echo"), Part(type="importance")]
    """Steps between what is said and what is stored, in order."""
    recall: RecallConfig = RecallConfig()
    consolidation: ConsolidationConfig = ConsolidationConfig()
    cache_mb: Annotated[int, Field(ge=1, strict=True)] = 512
    """Most memory for replicas, in megabytes."""


def json_schema() -> dict[str, Any]:
    """Return a JSON Schema of the configuration, for editors.

    Plugins' names are those installed; any ``module:Class`` is allowed besides.
    """
    schema = Config.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Retentive configuration"
    properties = schema["properties"]
    properties["store"] = _plugin_schema("stores", "sqlite")
    properties["embedder"] = _plugin_schema("embedders", "none")
    properties["processors"]["items"] = _plugin_schema("processors")
    recall = schema["$defs"]["RecallConfig"]["properties"]
    recall["fusion"] = _plugin_schema("fusions")
    recall["counter"] = _plugin_schema("counters")
    recall["scorers"] = _scorer_schema()
    policies = schema["$defs"]["ConsolidationConfig"]["properties"]["policies"]
    policies["items"] = _plugin_schema("policies")
    return schema


def _plugin_schema(group: str, *others: str) -> dict[str, Any]:
    name = _name_schema(group, *others)
    part = {"type": "object", "properties": {"type": name}, "required": ["type"]}
    return {"anyOf": [name, part]}


def _name_schema(group: str, *others: str) -> dict[str, Any]:
    names = sorted({*registry.installed(group), *others})
    own = {"type": "string", "pattern": "^[\\w.]+:[\\w.]+$"}
    return {"anyOf": [{"enum": names}, own]}


def _scorer_schema() -> dict[str, Any]:
    weight = {"type": "number", "minimum": 0}
    part = {
        "type": "object",
        "properties": {"weight": weight, "type": _name_schema("scorers")},
        "required": ["weight"],
    }
    known = {name: {"anyOf": [weight, part]} for name in registry.installed("scorers")}
    return {
        "type": "object",
        "properties": known,
        "additionalProperties": {**part, "required": ["weight", "type"]},
    }
