"""ACL rules for a user who may use some namespaces and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from retentive.records import SIDES, check_namespace, side_namespace
from retentive.stores.redis.keys import Keys, encoded

__all__ = ["PROBE", "acl_rules"]

PROBE = "retentive:probe"
"""A channel on which nothing is told, to find out whether a user may tell."""

# FT.CREATE is not among them: some versions let an index of one's own take in keys
# that are another's. A user who is trusted makes the index.
_OF_ENGINES = {
    "": "",
    "query engine": " +ft._list +ft.search",
    "vector sets": " +vcard +vsim +vadd +vrem",
}

_COMMANDS = (
    "-@all +@read +@write +@scripting +@connection +info +wait +time +acl|whoami "
    "+spublish +ssubscribe +sunsubscribe "
    # They would show, or drop, what is another's.
    "-scan -keys -randomkey -dbsize -flushall -flushdb -swapdb -script|flush"
)


def acl_rules(
    namespace: Sequence[str],
    *,
    below: bool = False,
    prefix: str = "retentive",
    engine: Literal["", "query engine", "vector sets"] = "",
) -> list[str]:
    """Return the rules of ``ACL SETUSER`` for one namespace.

    The user can do all that a memory of this namespace does, its leases included,
    and reach no key and no channel of another one. Put ``on`` and a password before them.

    Args:
        namespace: Whose memories.
        below: Whether also those of every namespace under these labels.
        prefix: What the names of all keys begin with.
        engine: Of the server, that the user's recalls may ask; it has to be there.
            The query engine's index must have been made by another user.
    """
    labels = check_namespace(namespace)
    own = [labels, *(side_namespace(labels, purpose) for purpose in SIDES)]
    patterns = [f"~{Keys(prefix, name).stem}*" for name in own]
    channels = [f"&{Keys(prefix, name).news}" for name in own]
    if below:
        patterns += [f"~{prefix}:{{{encoded(name)}/*" for name in own]
        channels += [f"&{prefix}:{{{encoded(name)}/*" for name in own]
    if len(labels) == 1:
        patterns.append(f"~{prefix}:names:{{{encoded(labels)}:*")
    shared = [side_namespace((), purpose) for purpose in SIDES]
    patterns += [f"%R~{Keys(prefix, name).stem}*" for name in shared]
    channels.append(f"&{PROBE}")
    commands = (_COMMANDS + _OF_ENGINES[engine]).split()
    return ["resetkeys", "resetchannels", *commands, *patterns, *channels]
