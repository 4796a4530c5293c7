"""Retentive for the Model Context Protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retentive.errors import MissingExtraError

if TYPE_CHECKING:
    from retentive_mcp.server import build, over_http

__all__ = ["build", "over_http"]


def __getattr__(name: str) -> Any:
    """Import a name when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module 'retentive_mcp' has no attribute {name!r}")
    try:
        from retentive_mcp import server
    except ModuleNotFoundError as exc:
        raise MissingExtraError(
            str(exc.name), extra="mcp", purpose="retentive_mcp"
        ) from exc
    return getattr(server, name)
