"""Links between the neighbouring rows of a session, in order of time."""

from __future__ import annotations

from collections.abc import Collection, MutableMapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retentive.index.table import Table

__all__ = ["link_appended", "relink"]


def link_appended(
    table: Table,
    tails: MutableMapping[int, int],
    columns: dict[str, NDArray[Any]],
    *,
    ids: Sequence[str],
) -> set[int]:
    """Append rows to a table, linked behind the last row of their session.

    Args:
        table: Takes the rows.
        tails: The last row of each session; kept up to date.
        columns: The new rows, without ``previous``, ``next`` and ``position``.
        ids: Of all rows, the new ones included.

    Returns:
        Codes of the sessions in which a row came out of order: their links must
        be made anew, by :func:`relink`.
    """
    first, count = table.size, len(columns["session"])
    times = columns["occurred_at"].tolist()
    previous, following, position = [-1] * count, [-1] * count, [0] * count
    continued: list[tuple[int, int]] = []  # rows that were there, and what follows
    broken: set[int] = set()
    for place, session in enumerate(columns["session"].tolist()):
        if session < 0:
            continue
        row, tail = first + place, tails.get(session)
        tails[session] = row
        if tail is None:
            continue
        previous[place] = tail
        if tail >= first:
            following[tail - first] = row
            position[place] = position[tail - first] + 1
            told_at = times[tail - first]
        else:
            continued.append((tail, row))
            position[place] = int(table["position"][tail]) + 1
            told_at = float(table["occurred_at"][tail])
        if (times[place], ids[row]) < (told_at, ids[tail]):
            broken.add(session)
    links = {"previous": previous, "next": following, "position": position}
    arrays = {name: np.array(values, np.int32) for name, values in links.items()}
    table.append({**columns, **arrays}, count)
    for tail, row in continued:
        table.point("next", tail, row)
    return broken


def relink(
    table: Table,
    tails: MutableMapping[int, int],
    sessions: Collection[int],
    *,
    ids: Sequence[str],
) -> None:
    """Order the living rows of some sessions by time and id, and link them.

    Not by arrival: a record that changes comes again, at the feed's end, and two
    replicas that began at different times would disagree.
    """
    if not sessions:
        return
    session = table["session"]
    wanted = np.isin(session, list(sessions)) & table["alive"]
    rows = np.flatnonzero(wanted)
    names = np.array([ids[row] for row in rows.tolist()], np.str_)
    order = np.lexsort((names, table["occurred_at"][rows], session[rows]))
    rows, codes = rows[order], session[rows[order]]
    follows = np.concatenate([[False], codes[1:] == codes[:-1]])[: len(rows)]
    leads = np.concatenate([follows[1:], [False]])[: len(rows)]
    starts = np.flatnonzero(~follows)
    place = np.arange(len(rows)) - np.repeat(
        starts, np.diff(np.append(starts, len(rows)))
    )
    table.set("previous", rows, np.where(follows, np.roll(rows, 1), -1))
    table.set("next", rows, np.where(leads, np.roll(rows, -1), -1))
    table.set("position", rows, place)
    for code in sessions:
        tails.pop(code, None)
    tails.update(zip(codes[~leads].tolist(), rows[~leads].tolist(), strict=True))
