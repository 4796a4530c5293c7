"""Memory shared by many agents: Redis or Valkey, without modules."""

from __future__ import annotations

from retentive.stores.redis.store import RedisStore

__all__ = ["RedisStore"]
