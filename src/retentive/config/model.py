"""The shape of a configuration; what plugins make of their options is theirs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)

from retentive.config.serving import Server
from retentive.config.units import parse_duration, parse_size
from retentive.processors.times_to_live import LONGEST_S

__all__ = [
    "Agent",
    "Away",
    "Config",
    "Consolidation",
    "Lives",
    "PluginChoice",
    "Recall",
    "ScorerChoice",
]


def _number(value: object) -> object:
    """Refuse truth values, which Python takes for numbers."""
    if isinstance(value, bool):
        raise ValueError("must be a number")  # noqa: TRY004 - pydantic catches these
    return value


def _weight(value: float) -> float:
    if not 0.0 <= value < math.inf:  # also refuses NaN
        raise ValueError("must be a number of at least 0")
    return value


def _filled(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise ValueError("needs at least one label")
    return value


Weight = Annotated[float, BeforeValidator(_number), AfterValidator(_weight)]
Labels = Annotated[tuple[str, ...], AfterValidator(_filled)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PluginChoice(BaseModel):
    """A plugin by name, or ``module:Class``; further keys are its options."""

    model_config = ConfigDict(extra="allow", frozen=True)

    type: str

    @property
    def options(self) -> Mapping[str, Any]:
        """The keys that belong to the plugin."""
        return self.model_extra or {}


class ScorerChoice(PluginChoice):
    """A scorer and what its signal counts for; 0 switches it off."""

    weight: Weight


class Recall(_Section):
    """How memories are ranked and how many tokens a context may take.

    ``learn_shared``: what feedback teaches in one namespace may help in the others.
    ``engine``: whether this process finds candidates, or the store's server, and with
    ``auto`` from how many memories on the server does.
    """

    budget: Annotated[int, BeforeValidator(_number), Field(ge=0)] = 1_000
    diversity: Annotated[float, BeforeValidator(_number), Field(ge=0, le=1)] = 0.0
    decline_below: Annotated[float, BeforeValidator(_number), Field(ge=0, le=1)] = 0.3
    reranker: PluginChoice | None = None
    rerank_depth: Annotated[int, BeforeValidator(_number), Field(ge=1)] = 30
    rewriter: PluginChoice | None = None
    fusion: PluginChoice = PluginChoice(type="weighted_sum")
    counter: PluginChoice = PluginChoice(type="estimate")
    scorers: dict[str, ScorerChoice] = Field(default_factory=dict)
    learn_shared: bool = True
    engine: Literal["process", "server", "auto"] = "process"
    engine_above: Annotated[int, BeforeValidator(_number), Field(ge=0)] = 50_000


Share = Annotated[float, BeforeValidator(_number), Field(ge=0, le=1)]
Duration = Annotated[float, BeforeValidator(parse_duration), Field(gt=0)]


Life = Annotated[float, BeforeValidator(parse_duration), Field(gt=0, le=LONGEST_S)]


class Lives(_Section):
    """How long what is remembered from now on lives, by kind; for ever if omitted."""

    episodic: Life | None = None
    semantic: Life | None = None
    procedural: Life | None = None
    summary: Life | None = None


class Consolidation(_Section):
    """What keeps memories tidy, how far it may go unasked, and when it runs."""

    ttl: Lives = Field(default_factory=Lives)
    policies: list[PluginChoice] = Field(default_factory=list)
    max_share: Share | None = None
    every_writes: Annotated[int, BeforeValidator(_number), Field(ge=1)] | None = None
    every_s: Duration | None = None
    undo_for_s: Annotated[float, BeforeValidator(parse_duration), Field(ge=0)] = (
        30 * 86_400
    )


class Away(_Section):
    """How to go on while the store's server is away.

    ``spool`` keeps what is told meanwhile, ``stale_reads`` recalls what was last known.
    """

    spool: PluginChoice | None = None
    max_spooled: Annotated[int, BeforeValidator(_number), Field(ge=1)] = 10_000
    stale_reads: bool = True


class Agent(_Section):
    """Who writes, and where it may: with all below, in its own namespace if omitted."""

    name: Annotated[str, Field(min_length=1)]
    may_write: tuple[Labels, ...] | None = None


class Config(_Section):
    """A whole configuration, checked."""

    preset: str | None = None
    store: PluginChoice = PluginChoice.model_validate(
        {"type": "sqlite", "path": "agent.db"}
    )
    away: Away | None = None
    agent: Agent | None = None
    namespace: Labels = ("default",)
    also_read: tuple[Labels, ...] = ()
    embedder: PluginChoice | None = None
    model: PluginChoice | None = None
    processors: list[PluginChoice] = Field(default_factory=list)
    recall: Recall = Field(default_factory=Recall)
    consolidation: Consolidation = Field(default_factory=Consolidation)
    working: PluginChoice = PluginChoice(type="queue")
    server: Server = Field(default_factory=Server)
    cache_bytes: Annotated[int, BeforeValidator(parse_size), Field(ge=0)] = 1 << 29
