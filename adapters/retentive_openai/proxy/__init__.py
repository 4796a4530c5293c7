"""A proxy that gives memory to any OpenAI-compatible client."""
