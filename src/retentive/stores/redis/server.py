"""A server, a set behind Sentinels or a Cluster: runs scripts there, and tries again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from retentive.errors import ConfigError, MissingExtraError, StoreError
from retentive.stores.redis.address import Address
from retentive.stores.redis.errors import is_passing, translated
from retentive.stores.redis.lines import Lines
from retentive.stores.redis.scripts import Script, script

__all__ = ["Server"]

_FIRST_PAUSE_S = 0.02
_LONGEST_PAUSE_S = 0.5


class Server:
    """Runs our scripts; safe for many threads, and across forks.

    An error that may pass by itself, such as a lost connection or a failover, is
    tried again until ``patience_s`` is over: every script may safely run twice.
    """

    def __init__(
        self,
        address: Address,
        *,
        timeout_s: float,
        patience_s: float,
        replicas: int,
        tls: Mapping[str, str],
    ) -> None:
        """Connect to nothing yet.

        Args:
            address: Where it is.
            timeout_s: Seconds to wait for an answer.
            patience_s: Seconds for which errors that may pass are tried again.
            replicas: Replicas that must confirm a write.
            tls: Options of the driver that begin with ``ssl_``.
        """
        self.address = address
        self.replicas = replicas
        self._timeout_s = timeout_s
        self._patience_s = patience_s
        self._tls = tls
        self._client: Any = None
        self._lines = Lines()
        self._closed = False

    @property
    def is_cluster(self) -> bool:
        """Whether keys are spread over nodes."""
        return self.address.kind == "cluster"

    def check(self) -> None:
        """Reach it once.

        Raises:
            StoreConnectionError: It cannot be reached.
            MissingExtraError: The driver is not installed.
        """
        _require_driver()
        self.command("PING")

    def run(self, name: str, keys: Sequence[str], arguments: Sequence[Any]) -> Any:
        """Run a script of this package and return its answer.

        Raises:
            StoreError: As :func:`~retentive.stores.redis.errors.translated` says.
        """
        lua = script(name)
        return self._patiently(lambda: self._evaluated(lua, keys, arguments))

    def read(self, name: str, keys: Sequence[str], arguments: Sequence[Any]) -> Any:
        """Run a script that only reads: for users who may not do more.

        Raises:
            StoreError: As for :meth:`run`.
        """
        lua = script(name)
        return self._patiently(lambda: self._evaluated(lua, keys, arguments, "_RO"))

    def write(
        self,
        name: str,
        keys: Sequence[str],
        arguments: Sequence[Any],
        *,
        again: Callable[[], Sequence[Any]] | None = None,
    ) -> Any:
        """Run a script that writes, and wait for as many replicas as configured.

        Args:
            name: Of the script.
            keys: That it may touch.
            arguments: What it is told.
            again: Gives what it is told instead, where an attempt may have been made.

        Raises:
            StoreError: As for :meth:`run`; also if too few replicas confirm it.
        """
        lua = script(name)
        # Shorter than the socket's patience, so that the answer arrives.
        wait = ("WAIT", self.replicas, int(self._timeout_s * 500))
        confirm = (wait,) if self.replicas else ()
        first = True

        def run() -> Any:
            nonlocal first
            told = arguments if first or again is None else again()
            first = False
            return self._evaluated(lua, keys, told, "", confirm)

        return self._patiently(run)

    def command(self, *arguments: Any) -> Any:
        """Run one command of one key."""
        return self._patiently(lambda: self.client().execute_command(*arguments))

    def at_key(self, key: str, *arguments: Any) -> Any:
        """Run one command on the node that holds a key, whatever its arguments are."""
        return self._patiently(lambda: self._node(key).execute_command(*arguments))

    def all_at_key(self, key: str, commands: Sequence[Sequence[Any]]) -> list[Any]:
        """Run many commands in one round trip on the node that holds a key."""

        def run() -> Any:
            with self._node(key).pipeline(transaction=False) as pipe:
                for arguments in commands:
                    pipe.execute_command(*arguments)
                return pipe.execute()

        answers: list[Any] = self._patiently(run)
        return answers

    def pipeline(self, commands: Sequence[Sequence[Any]]) -> list[Any]:
        """Run many commands in one round trip per node; not atomic."""

        def run() -> Any:
            with self.client().pipeline(transaction=False) as pipe:
                for arguments in commands:
                    pipe.execute_command(*arguments)
                return pipe.execute()

        answers: list[Any] = self._patiently(run)
        return answers

    def info(self) -> dict[str, Any]:
        """Return what the server, or one node of a Cluster, says of itself."""
        info: dict[str, Any] = self._patiently(lambda: self._node("retentive").info())
        return info

    def primaries(self) -> list[Any]:
        """Return a client for each server that takes writes."""
        client = self.client()
        if not self.is_cluster:
            return [client]
        return [client.get_redis_connection(n) for n in client.get_primaries()]

    def pool(self, key: str) -> Any:
        """Return the driver's connections to the server that has a key."""
        return self._node(key).connection_pool

    def client(self) -> Any:
        """Return the driver's client.

        Raises:
            StoreError: The store is closed.
        """
        if self._closed:
            raise StoreError(f"the store {self.address} is closed; open a new one")
        if self._client is None:
            self._client = _connected(self.address, self._timeout_s, self._tls)
        return self._client

    def close(self) -> None:
        """Close all connections; closing twice is no error."""
        self._closed = True
        client, self._client = self._client, None
        self._lines.drop()
        if client is not None:
            client.close()

    def _evaluated(
        self,
        lua: Script,
        keys: Sequence[str],
        arguments: Sequence[Any],
        kind: str = "",
        confirm: Sequence[Any] = (),
    ) -> Any:
        """Run a script in one round trip, and ask for confirmations in the same."""
        import redis

        pool = self.pool(keys[0])
        for verb, code in (("EVALSHA", lua.sha), ("EVAL", lua.text)):
            asked = (f"{verb}{kind}", code, len(keys), *keys, *arguments)
            answer, *rest = self._lines.ask(pool, (asked, *confirm))
            if not isinstance(answer, redis.exceptions.NoScriptError):
                break
        if isinstance(answer, redis.exceptions.AskError) and not confirm:
            return self.client().execute_command(f"EVAL{kind}", lua.text, *asked[2:])
        for outcome in (answer, *rest):
            if isinstance(outcome, Exception):
                raise outcome
        if rest and rest[0] < self.replicas:
            raise redis.exceptions.TimeoutError(
                f"{rest[0]} of {self.replicas} replicas confirmed a write in time"
            )
        return answer

    def _node(self, key: str) -> Any:
        client = self.client()
        if not self.is_cluster:
            return client
        return client.get_redis_connection(client.get_node_from_key(key))

    def _patiently(self, attempt: Callable[[], Any]) -> Any:
        try:
            return attempt()
        except (_driver_error(), UnicodeEncodeError) as exc:
            return self._again(attempt, exc)

    def _again(self, attempt: Callable[[], Any], failed: Exception) -> Any:
        deadline = time.monotonic() + self._patience_s
        with translated(str(self.address)):
            for pause in _pauses():
                if not is_passing(failed) or time.monotonic() + pause > deadline:
                    raise failed
                time.sleep(pause)
                self._look_again()
                try:
                    return attempt()
                except _driver_error() as exc:
                    failed = exc
        raise AssertionError  # pauses never end

    def _look_again(self) -> None:
        """Learn the present shape of a Cluster; others find their primary anew."""
        self._lines.drop()
        if self.is_cluster and self._client is not None:
            try:
                self._client.nodes_manager.initialize()
            except _driver_error():
                return  # the next attempt says what is wrong


def _require_driver() -> None:
    try:
        import redis  # noqa: F401 - only whether it is there
    except ImportError as exc:
        raise MissingExtraError("redis", extra="redis", purpose="RedisStore") from exc


def _driver_error() -> type[Exception]:
    import redis

    return redis.RedisError


def _pauses() -> Iterator[float]:
    """Yield pauses that grow, by chance unequal, for ever: the first is short."""
    pause = _FIRST_PAUSE_S
    while True:
        yield pause * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
        pause = min(2 * pause, _LONGEST_PAUSE_S)


def _connected(address: Address, timeout_s: float, tls: Mapping[str, str]) -> Any:
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    options: dict[str, Any] = {
        "username": address.username,
        "password": address.password,
        "socket_timeout": timeout_s,
        "socket_connect_timeout": timeout_s,
        "protocol": 2,
        "client_name": "retentive",
        "retry": Retry(NoBackoff(), 0),  # we try again ourselves
        "ssl": address.tls,
    }
    if address.tls:
        options |= tls
    elif tls:
        raise ConfigError(f"{sorted(tls)} need TLS; write rediss://, not redis://")
    if address.kind == "cluster":
        return _cluster(address, options)
    options["db"] = address.database
    if address.kind == "sentinel":
        return _behind_sentinels(address, options)
    (host, port), *_ = address.hosts
    return redis.Redis(host=host, port=port, **options)


def _cluster(address: Address, options: dict[str, Any]) -> Any:
    from redis.cluster import ClusterNode, RedisCluster

    nodes = [ClusterNode(host, port) for host, port in address.hosts]
    return RedisCluster(startup_nodes=nodes, require_full_coverage=False, **options)


def _behind_sentinels(address: Address, options: dict[str, Any]) -> Any:
    from redis.sentinel import Sentinel

    timeouts = {
        key: options[key]
        for key in ("socket_timeout", "socket_connect_timeout", "protocol")
    }
    login = {
        name.removeprefix("sentinel_"): value
        for name, value in address.options.items()
        if name in ("sentinel_username", "sentinel_password")
    }
    sentinels = Sentinel(list(address.hosts), sentinel_kwargs=timeouts | login)
    return sentinels.master_for(address.service, **options)
