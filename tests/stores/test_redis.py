"""What only a store on a server does."""

from __future__ import annotations

import subprocess
import sys

from retentive import Memory
from retentive.stores.redis import RedisStore

TELL = """
import sys
from retentive import Memory
with Memory.open(sys.argv[1], namespace=("team",)) as memory:
    memory.remember("The deploy key lives in the blue vault.")
"""


def test_what_one_process_learns_another_recalls(redis_url: str) -> None:
    with Memory.open(redis_url, namespace=("team",)) as memory:
        assert memory.recall("Where is the deploy key?") == []
        subprocess.run([sys.executable, "-c", TELL, redis_url], check=True)
        [hit] = memory.recall("Where is the deploy key?")
        assert "blue vault" in hit.record.content
        assert isinstance(memory.store, RedisStore)
