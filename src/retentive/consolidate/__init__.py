"""Consolidation: plan, validate, commit, undo."""
