"""Applies a batch: planned here by the rules of all stores, checked on the server."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Any

from retentive.protocols import Batch, Commit
from retentive.stores.merge import keyed
from retentive.stores.redis.fresh import Fresh
from retentive.stores.redis.keys import Keys
from retentive.stores.redis.lanes import Lanes
from retentive.stores.redis.leases import Leases, lost
from retentive.stores.redis.plan import Plan
from retentive.stores.redis.planning import (
    Touched,
    Wanted,
    message_arguments,
    planned,
    settled,
)
from retentive.stores.redis.server import Server
from retentive.stores.redis.spaces import Identity, Spaces
from retentive.stores.space import Work

__all__ = ["Commits"]


class _EpochOverError(Exception):
    """The namespace was removed or replaced since we learnt its salt."""


@dataclass(frozen=True, slots=True)
class _Task:
    """A batch on its way.

    Attributes:
        batch: What was asked for.
        identity: Of its namespace, as we know it.
        keys: Of its namespace.
        nonce: By which a retry is known.
        lane: Where the server notes it.
        lease_keys: That of its lease, if the server is to check one.
        guard: The fence of its lease and the present, or nothing.
    """

    batch: Batch
    identity: Identity
    keys: Keys
    nonce: str
    lane: str
    lease_keys: tuple[str, ...]
    guard: tuple[Any, Any]


class Commits:
    """Applies batches to the namespaces of a server.

    Most batches tell only new things: these are sent at once, planned on the guess
    that nothing is there. Where that, or what was read, is no longer so, the
    server writes nothing and answers with what is there now, and we plan again.
    """

    def __init__(self, server: Server, spaces: Spaces, leases: Leases) -> None:
        """Apply nothing yet."""
        self._server, self._spaces, self._leases = server, spaces, leases
        self._lanes = Lanes()

    def apply(self, batch: Batch) -> Commit:
        """Apply a batch atomically; see :meth:`retentive.protocols.Store.apply`."""
        nonce = secrets.token_hex(9)
        with self._lanes.one() as lane:
            while True:
                try:
                    task = self._task(batch, nonce, lane)
                    return self._told_fresh(task) or self._applied(task)
                except _EpochOverError:
                    self._spaces.forget(batch.namespace)

    def _task(self, batch: Batch, nonce: str, lane: str) -> _Task:
        keys = self._spaces.keys(batch.namespace)
        identity = self._spaces.identity(batch.namespace)
        fence, now, lease_keys = self._guard(batch, keys)
        return _Task(batch, identity, keys, nonce, lane, lease_keys, (fence, now))

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

    def _told_fresh(self, task: _Task) -> Commit | None:
        """Apply a batch if it tells only new things."""
        namespace = task.batch.namespace
        held = self._spaces.embedder(namespace)
        fresh = Fresh.of(task.batch, salt=task.identity.salt, embedder=held)
        if fresh is None:
            return None
        answer = self._told(task, fresh.plan())
        if answer[0] != b"done":
            return None
        if fresh.embedder != held:
            self._spaces.note_embedder(namespace, fresh.embedder)
        sequence, messages = map(int, answer[1].split())
        return fresh.commit(sequence, messages)

    def _told(self, task: _Task, plan: Plan) -> Any:
        """Send a plan of new things by the script that does no more than these."""
        known = task.keys.told
        further, messages = message_arguments(
            task.batch, task.keys, known_keys=len(known)
        )
        told = plan.told_shortly(nonce=task.nonce, lane=task.lane, messages=messages)
        if told is None:
            return self._sent(task, plan)
        epoch = task.identity.epoch
        answer = self._server.write(
            "tell",
            (*known, *further),
            ("commit", epoch, *told),
            again=lambda: ("again", epoch, *told),
        )
        if answer[0] == b"anew":
            raise _EpochOverError
        return answer

    def _applied(self, task: _Task) -> Commit:
        """Apply a batch by the rules of all stores, on what is there."""
        batch, salt = task.batch, task.identity.salt
        records = [
            keyed(put.record, namespace=batch.namespace, salt=salt)
            for put in batch.puts
        ]
        # The server appends messages by itself.
        bare = replace(batch, messages=(), message_deletes=(), lease=None)
        wanted = Wanted.of(bare, records)
        answer = self._sent(task, wanted.plan(), mode="read")
        while True:
            touched = Touched.answered(batch.namespace, answer)
            space = touched.space()
            work = Work(space, batch.namespace)
            commit = work.run_keyed(bare, records)
            plan = planned(touched, wanted, space=space, work=work)
            answer = self._sent(task, plan)
            if answer[0] == b"done":
                self._spaces.note_embedder(batch.namespace, space.embedder)
                sequence, messages = map(int, answer[1].split())
                return settled(commit, sequence=sequence, messages=messages)

    def _sent(self, task: _Task, plan: Plan, *, mode: str = "commit") -> Any:
        """Send a plan, and return that it is done, or what is there instead.

        Raises:
            FencedError: The lease of the batch is no longer held.
        """
        known = (*task.keys.parts, *task.lease_keys)
        further, messages = message_arguments(
            task.batch, task.keys, known_keys=len(known)
        )
        told = plan.told(nonce=task.nonce, lane=task.lane, messages=messages)
        head = (task.identity.epoch, *task.guard)
        keys = (*known, *further)
        if mode == "read":
            answer = self._server.run("commit", keys, (mode, *head, *told))
        else:
            answer = self._server.write(
                "commit",
                keys,
                (mode, *head, *told),
                again=lambda: ("again", *head, *told),
            )
        if answer[0] == b"anew":
            raise _EpochOverError
        if answer[0] == b"fenced" and task.batch.lease is not None:
            raise lost(task.batch.lease)
        return answer
