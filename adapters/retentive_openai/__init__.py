"""Retentive for OpenAI-compatible messages and clients."""
