"""Conversations in files: what others export, and our own lossless lines."""

from __future__ import annotations

from retentive.formats.source import FORMATS, Entry, Source, open_source

__all__ = ["FORMATS", "Entry", "Source", "open_source"]
