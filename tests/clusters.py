"""A Cluster of three primaries with a replica each, and a primary behind Sentinels.

Two traps of timing: by default a replica waits five seconds before its first copy,
and one that never had a copy does not take over. So there is no such wait here, and
a set is handed out only when every replica is in step.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redis

from tests.servers import RunningServer, free_port, start_server

_PATIENCE_S = 30.0
_SLOTS = 16_384
_NODE_TIMEOUT_MS = "1000"
_PROMPT = ("--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1")


@dataclass
class ServerSet:
    """Servers that stand in for each other.

    Attributes:
        url: How a client finds them.
        servers: Primaries first, then replicas, then Sentinels.
    """

    url: str
    servers: list[RunningServer] = field(default_factory=list)

    def stop(self) -> None:
        for server in self.servers:
            if server.process.poll() is None:
                server.kill()

    @property
    def is_cluster(self) -> bool:
        return self.url.startswith("redis+cluster")

    def primary_of(self, key: str) -> RunningServer:
        """The server that takes writes of a key, as the others see it."""
        seen = self.servers if self.is_cluster else self.servers[2:]
        for server in seen:
            if server.process.poll() is None:
                with server.client() as client:
                    port = _holder(client, key) if self.is_cluster else _named(client)
                return next(s for s in self.servers if s.port == port)
        raise LookupError(key)

    def survive_the_death_of(self, key: str) -> None:
        """Kill a key's primary, and bring it back when another took over.

        Not before: it comes back empty, and would have its replica forget all.
        """
        dead = self.primary_of(key)
        dead.kill()
        _until(lambda: self.primary_of(key) is not dead, "another took over")
        heir = self.primary_of(key)
        # Nodes of a Cluster find their place; Sentinels take ten seconds to give one.
        follow = () if self.is_cluster else ("--replicaof", "127.0.0.1", str(heir.port))
        dead.restart(*follow)
        _until(lambda: _in_step(dead), "who was dead follows")
        for sentinel in () if self.is_cluster else self.servers[2:]:
            # One that has not yet seen it alive would take it for dead, if it is next.
            _until(lambda s=sentinel: _sees_replica(s), "the Sentinels see it alive")  # type: ignore[misc]


def _sees_replica(sentinel: RunningServer) -> bool:
    with sentinel.client() as client:
        answer = client.execute_command("SENTINEL", "REPLICAS", "memory")
    [state] = (_named_values(one) for one in answer)
    return (state["flags"], state["master-link-status"]) == ("slave", "ok")


def _named_values(state: Any) -> dict[str, str]:
    """Return pairs as a mapping, in whichever form the client gives them."""
    pairs = state if isinstance(state, dict) else dict(zip(state[::2], state[1::2], strict=True))  # fmt: skip
    return {_text(name): _text(value) for name, value in pairs.items()}


def _holder(client: Any, key: str) -> int:
    slot = client.execute_command("CLUSTER", "KEYSLOT", key)
    for first, last, place, *_ in client.execute_command("CLUSTER", "SLOTS"):
        if first <= slot <= last:
            return int(place[1])
    raise LookupError(key)


def _named(client: Any) -> int:
    _, port = client.execute_command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "memory")
    return int(port)


def start_cluster(
    folder: Path, *, binary: str | None = None, options: Sequence[str] = ()
) -> ServerSet:
    """Start a Cluster of 3 + 3 nodes and wait until it serves every slot."""
    with ExitStack() as undo:
        cluster = ServerSet("")
        undo.callback(cluster.stop)
        for number in range(6):
            cluster.servers.append(
                start_server(
                    folder / f"node-{number}",
                    *("--cluster-enabled", "yes", *_PROMPT),
                    *("--cluster-node-timeout", _NODE_TIMEOUT_MS),
                    *("--cluster-port", str(free_port())),
                    *options,
                    binary=binary,
                )
            )
        _join(cluster.servers)
        hosts = ",".join(f"127.0.0.1:{server.port}" for server in cluster.servers)
        cluster.url = f"redis+cluster://{hosts}"
        undo.pop_all()
        return cluster


def start_sentinel(folder: Path, *, binary: str | None = None) -> ServerSet:
    """Start a primary, a replica and three Sentinels, and wait until all know all."""
    with ExitStack() as undo:
        found = ServerSet("")
        undo.callback(found.stop)
        primary = start_server(folder / "primary", *_PROMPT, binary=binary)
        found.servers.append(primary)
        follow = ("--replicaof", "127.0.0.1", str(primary.port))
        replica = start_server(folder / "replica", *follow, *_PROMPT, binary=binary)
        found.servers.append(replica)
        _until(lambda: _in_step(replica), "the replica is in step")
        sentinels = [_sentinel(folder, n, primary.port, binary) for n in range(3)]
        found.servers += sentinels
        for sentinel in sentinels:
            _until(lambda s=sentinel: _knows_all(s), "the Sentinels know all")  # type: ignore[misc]
        hosts = ",".join(f"127.0.0.1:{server.port}" for server in sentinels)
        found.url = f"redis+sentinel://{hosts}/memory"
        undo.pop_all()
        return found


def _sentinel(
    folder: Path, number: int, primary: int, binary: str | None
) -> RunningServer:
    port = free_port()
    place = folder / f"sentinel-{number}"
    place.mkdir(parents=True)
    config = place / "sentinel.conf"
    config.write_text(
        f"port {port}\nbind 127.0.0.1\ndir {place}\n"
        f"sentinel monitor memory 127.0.0.1 {primary} 2\n"
        "sentinel down-after-milliseconds memory 1500\n"  # less, and they flap when busy
        "sentinel failover-timeout memory 3000\n"
    )
    return start_server(place, binary=binary, port=port, config=config)


def _join(nodes: list[RunningServer]) -> None:
    clients = [node.client() for node in nodes]
    for number, client in enumerate(clients):
        client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
    for node in nodes[1:]:
        bus = node.client().config_get("cluster-port")["cluster-port"]
        clients[0].execute_command("CLUSTER", "MEET", "127.0.0.1", node.port, bus)
    for number in range(3):
        first, last = number * _SLOTS // 3, (number + 1) * _SLOTS // 3 - 1
        clients[number].execute_command("CLUSTER", "ADDSLOTSRANGE", first, last)
    _until(lambda: all(_sees_all(client) for client in clients), "all nodes have met")
    for number in range(3):
        id = clients[number].execute_command("CLUSTER", "MYID")
        clients[number + 3].execute_command("CLUSTER", "REPLICATE", id)
    for node in nodes[3:]:
        _until(lambda n=node: _in_step(n), "the replicas are in step")  # type: ignore[misc]
    _until(lambda: all(_serves(client) for client in clients), "the Cluster serves")
    _until(lambda: all(_has_replicas(client) for client in clients), "roles are known")
    for client in clients:
        client.close()


def _sees_all(client: Any) -> bool:
    lines = _text(client.execute_command("CLUSTER", "NODES")).splitlines()
    return len(lines) == 6 and not any("handshake" in line for line in lines)


def _serves(client: Any) -> bool:
    return "cluster_state:ok" in _text(client.execute_command("CLUSTER", "INFO"))


def _has_replicas(client: Any) -> bool:
    slots = client.execute_command("CLUSTER", "SLOTS")
    return len(slots) == 3 and all(len(entry) == 4 for entry in slots)


def _in_step(replica: RunningServer) -> bool:
    with replica.client() as client:
        return client.info("replication").get("master_link_status") == "up"


def _knows_all(sentinel: RunningServer) -> bool:
    with sentinel.client() as client:
        state = client.execute_command("SENTINEL", "MASTER", "memory")
    known = _named_values(state)
    return (known["num-slaves"], known["num-other-sentinels"]) == ("1", "2")


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            if condition():
                return
        except redis.RedisError:
            pass
        if time.monotonic() > deadline:
            raise RuntimeError(f"it never came to be that {what}")
        time.sleep(0.05)
