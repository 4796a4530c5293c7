"""Applies a batch: planned here by the rules of all stores, checked on the server."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from retentive.errors import RetentiveError
from retentive.protocols import Batch, Commit
from retentive.records import MemoryRecord
from retentive.stores.merge import keyed
from retentive.stores.redis.keys import Keys
from retentive.stores.redis.leases import Leases, lost
from retentive.stores.redis.planning import Touched, Wanted, settled, write_arguments
from retentive.stores.redis.server import Server
from retentive.stores.redis.spaces import Spaces
from retentive.stores.space import Work

__all__ = ["Commits"]


class _EpochOverError(Exception):
    """The namespace was removed or replaced since we learnt its salt."""


@dataclass(frozen=True, slots=True)
class _Task:
    """A batch on its way.

    Attributes:
        batch: What was asked for.
        bare: The same without messages, which the server appends by itself.
        records: Those of its puts, keyed.
        wanted: What it may meet.
        keys: Of its namespace.
        own_keys: That of its acknowledgement, and that of its lease.
        head: The arguments with which every call begins.
    """

    batch: Batch
    bare: Batch
    records: Sequence[MemoryRecord]
    wanted: Wanted
    keys: Keys
    own_keys: tuple[str, ...]
    head: tuple[Any, ...]


class Commits:
    """Applies batches to the namespaces of a server.

    Most batches tell only new things: these are sent at once, planned on the guess
    that nothing is there. Where that, or what was read, is no longer so, the
    server writes nothing and answers with what is there now, and we plan again.
    """

    def __init__(self, server: Server, spaces: Spaces, leases: Leases) -> None:
        """Apply nothing yet."""
        self._server, self._spaces, self._leases = server, spaces, leases

    def apply(self, batch: Batch) -> Commit:
        """Apply a batch atomically; see :meth:`retentive.protocols.Store.apply`."""
        nonce = secrets.token_hex(9)  # by which a retry is known
        while True:
            try:
                return self._applied(self._task(batch, nonce))
            except _EpochOverError:
                self._spaces.forget(batch.namespace)

    def _task(self, batch: Batch, nonce: str) -> _Task:
        identity = self._spaces.identity(batch.namespace)
        records = [
            keyed(put.record, namespace=batch.namespace, salt=identity.salt)
            for put in batch.puts
        ]
        bare = Batch(
            namespace=batch.namespace,
            puts=batch.puts,
            status_changes=tuple(batch.status_changes),
            deletes=batch.deletes,
        )
        keys = self._spaces.keys(batch.namespace)
        fence, now, lease_keys = self._guard(batch, keys)
        return _Task(
            batch=batch,
            bare=bare,
            records=records,
            wanted=Wanted.of(bare, records),
            keys=keys,
            own_keys=(keys.ack(nonce), *lease_keys),
            head=(identity.epoch, fence, now),
        )

    def _guard(self, batch: Batch, keys: Keys) -> tuple[Any, Any, tuple[str, ...]]:
        """Return what makes the server check the batch's lease."""
        if batch.lease is None:
            return "", "", ()
        key = self._leases.key(batch.lease)
        if self._server.is_cluster and not key.startswith(keys.stem):
            # It may stand on another node, which no script can ask.
            self._leases.check(batch.lease)
            return "", "", ()
        return batch.lease.fence, self._leases.now(), (key,)

    def _applied(self, task: _Task) -> Commit:
        touched = self._guess(task)
        while True:
            if touched is None:
                touched = self._read(task)
            try:
                answer, commit = self._sent(task, touched)
            except RetentiveError:
                if not touched.guessed:
                    raise
                touched = None  # an error about what we only guessed
                continue
            if answer[0] == b"done":
                sequence, messages = map(int, answer[1].split())
                self._spaces.note_embedder(task.batch.namespace, touched.embedder)
                return settled(commit, sequence=sequence, messages=messages)
            touched = self._learnt(task, answer)

    def _guess(self, task: _Task) -> Touched | None:
        """Guess that all is new, if the batch makes sense then."""
        bare = task.bare
        if bare.deletes or bare.status_changes:
            return None
        if any(put.expected_version for put in bare.puts):
            return None
        embedder = self._spaces.embedder(bare.namespace)
        return Touched.nothing(task.wanted, embedder=embedder)

    def _read(self, task: _Task) -> Touched:
        arguments = ("read", *task.head, *task.wanted.arguments())
        keys = (*task.keys.parts, *task.own_keys)
        return self._learnt(task, self._server.run("commit", keys, arguments))

    def _sent(self, task: _Task, touched: Touched) -> tuple[Any, Commit]:
        """Plan on what is known and send it; return the answer and the plan."""
        space = touched.space()
        work = Work(space, task.batch.namespace)
        commit = work.run_keyed(task.bare, task.records)
        keys = (*task.keys.parts, *task.own_keys)
        further, writes = write_arguments(
            task.batch,
            task.keys,
            touched=touched,
            space=space,
            work=work,
            known_keys=len(keys),
        )
        conditions = touched.conditions(task.wanted, vectors=bool(task.records))
        told = (*task.head, *conditions, *writes)
        answer = self._server.write(
            "commit", (*keys, *further), ("commit", *told), again=("again", *told)
        )
        touched.embedder = space.embedder
        return answer, commit

    def _learnt(self, task: _Task, answer: Any) -> Touched:
        if answer[0] == b"anew":
            raise _EpochOverError
        if answer[0] == b"fenced" and task.batch.lease is not None:
            raise lost(task.batch.lease)
        return Touched.answered(task.batch.namespace, answer)
