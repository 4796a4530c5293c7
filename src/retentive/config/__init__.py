"""Configuration in YAML: one file describes a memory."""

from __future__ import annotations

from retentive.config.load import load
from retentive.config.model import Config
from retentive.config.opening import open_memory
from retentive.config.presets import preset_names, preset_text
from retentive.config.schema import json_schema

__all__ = [
    "Config",
    "json_schema",
    "load",
    "open_memory",
    "preset_names",
    "preset_text",
]
