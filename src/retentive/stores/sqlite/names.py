"""Numbers in the place of names: of sessions, speakers and roles."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["FreshNames", "Names", "forget_names"]

_IN_ONE_QUERY = 500  # below SQLite's limit on variables, which old builds have at 999


class Names:
    """The numbers of interned names, as far as a process has met them.

    Holds only what is committed, which never changes: so threads may share it.
    """

    def __init__(self) -> None:
        """Know none."""
        self._generation: bytes | None = None
        self._numbers: dict[str, int] = {}
        self._names: dict[int, str] = {}

    def clear(self) -> None:
        """Forget which numbers names have: some were erased.

        What a number stands for stays: a thread may be reading rows with it.
        """
        self._numbers = {}

    def follow(self, connection: sqlite3.Connection) -> None:
        """Notice that a process has erased names; for a connection that writes."""
        row = connection.execute("SELECT value FROM secrets WHERE name = 'names'")
        [generation] = row.fetchone() or [None]
        if generation != self._generation:
            self.clear()
            self._generation = generation

    def number(self, name: str) -> int | None:
        """Return a name's number if it was met."""
        return self._numbers.get(name)

    def known(self, connection: sqlite3.Connection, name: str) -> int | None:
        """Return a name's number if it has one; for a connection that reads."""
        if name not in self._numbers:
            self._learn(connection, "name", [name])
        return self._numbers.get(name)

    def load(
        self, connection: sqlite3.Connection, numbers: Iterable[int | None]
    ) -> None:
        """Learn the names of these numbers."""
        lacking = {n for n in numbers if n is not None and n not in self._names}
        if lacking:
            self._learn(connection, "id", list(lacking))

    def name(self, number: int | None) -> str | None:
        """Return the name of a number that was loaded."""
        return None if number is None else self._names[number]

    def learn(self, numbers: Mapping[str, int]) -> None:
        """Take in names that were committed."""
        for name, number in numbers.items():
            self._names[number] = name
            self._numbers[name] = number

    def _learn(
        self, connection: sqlite3.Connection, column: str, values: Sequence[Any]
    ) -> None:
        for start in range(0, len(values), _IN_ONE_QUERY):
            some = values[start : start + _IN_ONE_QUERY]
            marks = ",".join("?" * len(some))
            query = f"SELECT name, id FROM names WHERE {column} IN ({marks})"
            self.learn(dict(connection.execute(query, some).fetchall()))


def forget_names(connection: sqlite3.Connection) -> None:
    """Overwrite the names that nothing refers to any more.

    Their numbers are never given to others: a process may still have them in mind,
    until it next writes and sees that the generation is another.
    """
    connection.execute(
        "UPDATE names SET name = 'erased:' || hex(randomblob(12)) "
        "WHERE name NOT LIKE 'erased:%' AND id NOT IN ("
        "SELECT role FROM records WHERE role IS NOT NULL "
        "UNION SELECT speaker FROM records WHERE speaker IS NOT NULL "
        "UNION SELECT session FROM records WHERE session IS NOT NULL "
        "UNION SELECT session FROM messages "
        "UNION SELECT session FROM occurrences WHERE session IS NOT NULL)"
    )
    connection.execute("INSERT OR REPLACE INTO secrets VALUES ('names', randomblob(8))")


class FreshNames:
    """Names as one transaction sees them, with those that it adds.

    Kept apart until the commit: after a rollback, another process may give the
    same numbers to other names.
    """

    def __init__(self, names: Names) -> None:
        """Begin with what is known."""
        self._names = names
        self._fresh: dict[str, int] = {}

    def number(self, connection: sqlite3.Connection, name: str | None) -> int | None:
        """Return a name's number, making one if it has none."""
        if name is None:
            return None
        number = self._names.number(name)
        if number is None:
            number = self._fresh.get(name)
        if number is None:
            connection.execute("INSERT OR IGNORE INTO names (name) VALUES (?)", (name,))
            row = connection.execute("SELECT id FROM names WHERE name = ?", (name,))
            number = self._fresh[name] = int(row.fetchone()[0])
        return number

    def publish(self) -> None:
        """Share what was added; to be called once it is committed."""
        self._names.learn(self._fresh)
