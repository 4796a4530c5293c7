"""Retentive for LlamaIndex."""
