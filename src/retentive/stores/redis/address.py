"""URLs of servers, Sentinels and Clusters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from retentive.errors import ConfigError

__all__ = ["Address", "options_of", "parse_url"]

_SCHEMES: Mapping[str, tuple[Literal["server", "sentinel", "cluster"], bool]] = {
    "redis": ("server", False),
    "rediss": ("server", True),
    "valkey": ("server", False),
    "valkeys": ("server", True),
    "redis+sentinel": ("sentinel", False),
    "rediss+sentinel": ("sentinel", True),
    "redis+cluster": ("cluster", False),
    "rediss+cluster": ("cluster", True),
}
_PORTS = {"server": 6379, "sentinel": 26379, "cluster": 6379}
_OPTIONS: Mapping[str, Callable[[str], Any]] = {
    "prefix": str,
    "replicas": int,
    "timeout_s": float,
    "patience_s": float,
    "snapshots": str,
    "staleness_s": float,
    "upkeep_s": float,
    "tombstones_s": float,
    "sweep": lambda text: bool(("false", "true").index(text.lower())),
}
_OF_SENTINELS = ("sentinel_username", "sentinel_password")
_FORMS = (
    "redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE], rediss:// for TLS, "
    "redis+sentinel://HOST:PORT,HOST:PORT/SERVICE[/DATABASE] or "
    "redis+cluster://HOST:PORT,HOST:PORT"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to connect, and as whom.

    Attributes:
        kind: One server, a set behind Sentinels, or a Cluster.
        tls: Whether connections are encrypted.
        hosts: Names and ports: of Sentinels, or of some nodes of a Cluster.
        service: What the Sentinels call the primary.
        database: Number of the database.
        username: ACL user, ``None`` for the default one.
        password: Not shown by ``repr``.
        options: What stands behind the question mark.
    """

    kind: Literal["server", "sentinel", "cluster"]
    tls: bool
    hosts: tuple[tuple[str, int], ...]
    service: str = ""
    database: int = 0
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    options: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __str__(self) -> str:
        """Return it for messages, without a password."""
        hosts = ",".join(f"{host}:{port}" for host, port in self.hosts)
        path = f"/{self.service}" if self.service else ""
        plus = "" if self.kind == "server" else f"+{self.kind}"
        return f"redis{'s' if self.tls else ''}{plus}://{hosts}{path}/{self.database}"


def parse_url(url: str) -> Address:
    """Read a URL.

    Raises:
        ConfigError: It has none of the known forms.
    """
    scheme, _, rest = url.partition("://")
    if scheme not in _SCHEMES or not rest:
        raise ConfigError(f"{_hidden(url)!r} is no URL of a Redis server: {_FORMS}")
    kind, tls = _SCHEMES[scheme]
    # urlsplit knows one host; the further ones are split off by hand.
    parts = urlsplit(f"//{rest}")
    login, at, places = parts.netloc.rpartition("@")
    username, _, password = login.partition(":")
    path = [unquote(part) for part in parts.path.split("/") if part]
    service = path.pop(0) if kind == "sentinel" and path else ""
    if kind == "sentinel" and not service:
        raise ConfigError(
            f"{_hidden(url)!r} names no service of the Sentinels: {_FORMS}"
        )
    return Address(
        kind=kind,
        tls=tls,
        hosts=tuple(_host(place, kind, url) for place in places.split(",")),
        service=service,
        database=_database(path, kind, url),
        username=unquote(username) or None,
        password=unquote(password) if at and password else None,
        options=dict(parse_qsl(parts.query, keep_blank_values=True)),
    )


def options_of(address: Address) -> dict[str, Any]:
    """Return what stands behind a URL's question mark, as values.

    Returns:
        Options of the store by name, and under ``ssl`` those of the driver.

    Raises:
        ConfigError: An option is unknown, or its value is wrong.
    """
    found: dict[str, Any] = {"ssl": {}}
    for name, value in address.options.items():
        if name.startswith("ssl_"):
            found["ssl"][name] = value
        elif name in _OPTIONS:
            try:
                found[name] = _OPTIONS[name](value)
            except ValueError as exc:
                raise ConfigError(
                    f"{name}={value!r} in the URL of {address} must be "
                    f"{'true or false' if name == 'sweep' else 'a number'}"
                ) from exc
        elif name not in _OF_SENTINELS:
            known = ", ".join((*_OPTIONS, *_OF_SENTINELS, "ssl_…"))
            raise ConfigError(
                f"{address} is given an unknown option {name!r}; known are {known}"
            )
    return found


def _host(place: str, kind: str, url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{place}")
        port = parts.port
    except ValueError as exc:
        raise ConfigError(f"{_hidden(url)!r} has a wrong port: {exc}") from exc
    return parts.hostname or "localhost", _PORTS[kind] if port is None else port


def _database(path: list[str], kind: str, url: str) -> int:
    if not path:
        return 0
    if len(path) > 1 or not path[0].isdecimal():
        raise ConfigError(
            f"{_hidden(url)!r} must end with the number of a database, not with "
            f"{'/'.join(path)!r}: {_FORMS}"
        )
    if kind == "cluster" and path[0] != "0":
        raise ConfigError(
            f"{_hidden(url)!r} asks for database {path[0]}; a Cluster has only 0"
        )
    return int(path[0])


def _hidden(url: str) -> str:
    """Return a URL without its login."""
    scheme, colon, rest = url.partition("://")
    return f"{scheme}{colon}{rest.rpartition('@')[2]}"
