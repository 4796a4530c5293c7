"""The lease under which one process at a time consolidates a namespace."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from retentive.errors import BusyError, FencedError
from retentive.protocols import Lease, Store
from retentive.records import Namespace

__all__ = ["claimed"]


@contextmanager
def claimed(store: Store, namespace: Namespace, *, ttl_s: float) -> Iterator[Lease]:
    """Hold the namespace's lease for a block, renewed while the block works.

    Args:
        store: Where the lease is.
        namespace: Whose memories.
        ttl_s: Seconds after which it ends by itself, if this process dies.

    Raises:
        BusyError: Another process or thread holds it.
    """
    name = f"consolidate:{json.dumps(list(namespace))}"
    with store.lease(name, ttl_s=ttl_s) as lease:
        if lease is None:
            raise BusyError(
                f"namespace {namespace!r} is being consolidated or erased elsewhere; "
                f"try again when that is done, at the latest {ttl_s:g} s after its "
                "process died"
            )
        stop = Event()
        beat = Thread(target=_renewed, args=(lease, stop, ttl_s / 3), daemon=True)
        beat.start()
        try:
            yield lease
        finally:
            stop.set()
            beat.join()


def _renewed(lease: Lease, stop: Event, every_s: float) -> None:
    """Renew while a plan takes its time, an LLM's for instance."""
    while not stop.wait(every_s):
        try:
            lease.renew()
        except FencedError:
            return  # the next commit is refused, and says why
