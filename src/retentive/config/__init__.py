"""A memory described in one YAML file."""

from __future__ import annotations

from retentive.config.build import open_memory
from retentive.config.load import load, preset_names, preset_text
from retentive.config.model import Config, json_schema

__all__ = [
    "Config",
    "json_schema",
    "load",
    "open_memory",
    "preset_names",
    "preset_text",
]
