"""Refuses plans that no policy may make, whoever proposed them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from retentive.errors import PlanError
from retentive.protocols import Delete, Plan, Put, StatusChange
from retentive.records import Kind, MemoryRecord, Namespace, Status

__all__ = ["check_plan", "touched_ids"]

_GONE = frozenset({Status.ARCHIVED, Status.SUPERSEDED, Status.QUARANTINED})


def touched_ids(plan: Plan) -> list[str]:
    """Return the ids of all records that a plan touches, in its order."""
    ids = [put.record.id for put in plan.puts]
    ids += [change.id for change in plan.status_changes]
    return ids + [delete.id for delete in plan.deletes]


def check_plan(
    plan: Plan,
    held: Mapping[str, MemoryRecord],
    *,
    policy: str,
    namespace: Namespace,
    evicts: bool,
    now_s: float,
) -> None:
    """Refuse a plan of which any part breaks a rule.

    Args:
        plan: What a policy wants.
        held: The records that it touches or refers to, as they are.
        policy: Its name, for the message.
        namespace: Whose memories.
        evicts: Whether the policy may delete what is active.
        now_s: The present, POSIX seconds.

    Raises:
        PlanError: It lists what is wrong, all of it up to ten points.
    """
    problems = list(_general(plan))
    for put in plan.puts:
        problems += _put(put, held, plan, namespace)
    for change in plan.status_changes:
        problems += _status(change, held, plan)
    for delete in plan.deletes:
        problems += _delete(delete, held, evicts=evicts, now_s=now_s)
    if problems:
        shown = "; ".join(problems[:10])
        more = f"; and {len(problems) - 10} more" if len(problems) > 10 else ""
        raise PlanError(
            f"policy {policy!r} made a plan that is refused as a whole: {shown}{more}. "
            "Nothing was changed; correct or remove the policy"
        )


def _general(plan: Plan) -> Iterator[str]:
    ids = touched_ids(plan)
    for id, count in Counter(ids).items():
        if count > 1:
            yield f"record {id!r} is changed {count} times"
        if not plan.reasons.get(id, "").strip():
            yield f"no reason is given for record {id!r}"


def _put(
    put: Put, held: Mapping[str, MemoryRecord], plan: Plan, namespace: Namespace
) -> Iterator[str]:
    record, before = put.record, held.get(put.record.id)
    if record.namespace != namespace:
        yield f"record {record.id!r} belongs to {record.namespace!r}"
    if not put.expected_version:
        if before is not None:
            yield f"record {record.id!r} exists; give the version that was read"
        if not record.derived_from:
            yield f"new record {record.id!r} is derived from nothing"
        yield from _unknown(record.id, record.derived_from, held, plan)
        return
    if before is None:
        yield f"record {record.id!r} is not there to be replaced"
        return
    if record.content != before.content and before.kind is not Kind.SUMMARY:
        yield f"record {record.id!r} would say something else; only summaries may"
    if (record.kind, record.key) != (before.kind, before.key):
        yield f"record {record.id!r} would get another kind or key"
    if before.pinned and (not record.pinned or record.status in _GONE):
        yield f"record {record.id!r} is pinned"


def _status(
    change: StatusChange, held: Mapping[str, MemoryRecord], plan: Plan
) -> Iterator[str]:
    before = held.get(change.id)
    if before is None:
        yield f"record {change.id!r} is not there"
        return
    if before.pinned and change.status in _GONE:
        yield f"record {change.id!r} is pinned"
    if change.status is Status.SUPERSEDED and change.superseded_by is None:
        yield f"record {change.id!r} is superseded by nothing"
    if change.superseded_by is not None:
        if change.superseded_by == change.id:
            yield f"record {change.id!r} is superseded by itself"
        yield from _unknown(change.id, [change.superseded_by], held, plan)


def _delete(
    delete: Delete, held: Mapping[str, MemoryRecord], *, evicts: bool, now_s: float
) -> Iterator[str]:
    before = held.get(delete.id)
    if delete.bar:
        yield f"record {delete.id!r} would be barred; only forgetting bars"
    if before is None:
        yield f"record {delete.id!r} is not there"
        return
    if before.pinned:
        yield f"record {delete.id!r} is pinned"
    expired = before.expires_at is not None and before.expires_at.timestamp() <= now_s
    if before.status is not Status.ARCHIVED and not expired and not evicts:
        yield f"record {delete.id!r} is {before.status.value} and has not expired"


def _unknown(
    id: str, wanted: object, held: Mapping[str, MemoryRecord], plan: Plan
) -> Iterator[str]:
    made = {put.record.id for put in plan.puts}
    gone = {delete.id for delete in plan.deletes}
    for other in wanted if isinstance(wanted, list | tuple) else ():
        if other in gone or (other not in held and other not in made):
            yield f"record {id!r} refers to {other!r}, which is not there"
