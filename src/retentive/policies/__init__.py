"""Consolidation policies: what to merge, supersede, archive and let go."""
