"""Checks that a plugin keeps its contract, and parts to test with.

The suites need pytest; ``clock`` and ``fake`` do not.
"""
