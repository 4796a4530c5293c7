"""What can be wrong with a server that is to keep memories."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal

from retentive.errors import StoreError
from retentive.stores.redis.access import PROBE
from retentive.stores.redis.search.probing import probe
from retentive.stores.redis.server import Server

__all__ = ["Diagnosis", "diagnose"]

_OLDEST = (7, 0)
_SLOW_MS = 5.0  # a recall asks once or twice, and should feel immediate
_SAMPLES = 25


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What one check found; ``remedy`` is empty where all is well."""

    check: str
    state: Literal["ok", "warn", "fail"]
    detail: str
    remedy: str = ""


def diagnose(server: Server) -> Iterator[Diagnosis]:
    """Yield one finding per check; what the user may not ask is said so."""
    try:
        info = server.info()
    except StoreError as exc:
        detail = f"INFO is refused, so version and settings are unknown: {exc}"
        yield Diagnosis("server", "warn", detail, "allow +info in the user's ACL")
    else:
        yield _version(info)
        yield _eviction(info)
        yield _durability(info)
        yield _replicas(server, info)
    yield _latency(server)
    yield _user(server)
    yield _push(server)
    yield _engines(server)


def _version(info: dict[str, Any]) -> Diagnosis:
    name = "Valkey" if "valkey_version" in info else "Redis"
    # Valkey's redis_version says which Redis it is compatible with.
    version = str(info.get("valkey_version") or info.get("redis_version", "0"))
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if numbers < _OLDEST:
        remedy = "install Redis 7.0 or newer, or Valkey"
        return Diagnosis("server", "fail", f"{name} {version}", remedy)
    mode = info.get("redis_mode", "standalone")
    return Diagnosis("server", "ok", f"{name} {version}, {mode}")


def _eviction(info: dict[str, Any]) -> Diagnosis:
    policy, most = str(info.get("maxmemory_policy", "?")), int(info.get("maxmemory", 0))
    detail = (
        f"{policy}, maxmemory {most / 1e6:,.0f} MB" if most else f"{policy}, no limit"
    )
    if policy.startswith("allkeys"):
        return Diagnosis(
            "eviction",
            "fail" if most else "warn",
            f"{detail}: memories may silently be evicted",
            "CONFIG SET maxmemory-policy noeviction, and in the server's file",
        )
    return Diagnosis("eviction", "ok", detail)


def _durability(info: dict[str, Any]) -> Diagnosis:
    if int(info.get("aof_enabled", 0)):
        if info.get("aof_last_write_status", "ok") != "ok":
            remedy = "look at its log and its disk"
            return Diagnosis("durability", "fail", "the AOF cannot be written", remedy)
        return Diagnosis("durability", "ok", "AOF; its fsync policy says what is lost")
    return Diagnosis(
        "durability",
        "warn",
        "no AOF: a restart goes back to the last snapshot, if there is one",
        "CONFIG SET appendonly yes, and in the server's file",
    )


def _replicas(server: Server, info: dict[str, Any]) -> Diagnosis:
    if info.get("role") not in ("master", None):
        remedy = "name the primary, or its Sentinels"
        return Diagnosis("replicas", "fail", "this is a replica", remedy)
    number = int(info.get("connected_slaves", 0))
    detail = f"{number} connected, {server.replicas} must confirm a write"
    if number < server.replicas:
        remedy = "start replicas, or ask fewer to confirm with replicas="
        return Diagnosis("replicas", "fail", detail, remedy)
    return Diagnosis("replicas", "ok", detail)


def _latency(server: Server) -> Diagnosis:
    times = []
    for _ in range(_SAMPLES):
        before = time.perf_counter()
        server.command("PING")
        times.append(time.perf_counter() - before)
    middle, worst = 1e3 * median(times), 1e3 * max(times)
    detail = f"{middle:.2f} ms in the median, {worst:.2f} ms at worst"
    if middle > _SLOW_MS:
        remedy = "each recall asks once or twice: bring the server nearer"
        return Diagnosis("latency", "warn", detail, remedy)
    return Diagnosis("latency", "ok", detail)


def _user(server: Server) -> Diagnosis:
    try:
        name = server.command("ACL", "WHOAMI").decode()
    except StoreError:
        return Diagnosis("user", "ok", "a limited one")
    if name == "default":
        return Diagnosis(
            "user",
            "warn",
            "default, who may do anything",
            "give each agent a user of its own; see the guide to Redis",
        )
    return Diagnosis("user", "ok", name)


def _push(server: Server) -> Diagnosis:
    """Try it: who may not tell commits without a word, and others look for them."""
    try:
        server.at_key(PROBE, "SPUBLISH", PROBE, "")
    except StoreError:
        detail = "the user may not tell of commits: who watches looks again and again"
        remedy = (
            "+spublish, +ssubscribe and the channels of acl_rules in the user's ACL"
        )
        return Diagnosis("push", "warn", detail, remedy)
    return Diagnosis("push", "ok", "commits are told to whoever watches")


def _engines(server: Server) -> Diagnosis:
    abilities = probe(server, key="retentive:probe")
    there = [ability.engine for ability in abilities if ability.there]
    lacking = [f"{a.engine}: {a.reason}" for a in abilities if not a.there]
    detail = "; ".join([" and ".join(there) or "none", *lacking])
    return Diagnosis("search engines", "ok", f"{detail}; recall needs none")
