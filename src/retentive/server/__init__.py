"""A server over HTTP: memories by REST, and room for what adapters add."""
