"""The working memory of a session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from retentive.records import Message

__all__ = ["Structure", "StructureState", "SupportsTasks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureState:
    """What a structure holds: enough to go on in another process.

    Attributes:
        messages: Held messages, oldest first.
        layout: JSON: how they are arranged, and what stands for those that left.
    """

    messages: tuple[Message, ...] = ()
    layout: Mapping[str, Any] = field(default_factory=dict)


class Structure(Protocol):
    """Working memory of one session: what stands in the prompt word for word.

    Never beyond its budget, and a tool's result never without its call. Not safe
    for threads; :class:`~retentive.working.WorkingMemory` is.
    """

    def add(self, messages: Sequence[Message]) -> list[Message]:
        """Take in new messages; return those that leave, oldest first.

        Every message that was added leaves once: here, by a task's end, or by
        :meth:`drain`.
        """

    def window(self) -> list[Message]:
        """Return what belongs in the prompt, in order, within the budget."""

    def drain(self) -> list[Message]:
        """Let go of all; return the messages that had not left, oldest first."""

    def state(self) -> StructureState:
        """Return all that it holds."""

    def restore(self, state: StructureState) -> None:
        """Hold what :meth:`state` of the same kind of structure returned.

        Raises:
            InvalidInputError: The layout is another structure's.
        """


@runtime_checkable
class SupportsTasks(Protocol):
    """A structure in which a task can be set aside for another."""

    @property
    def tasks(self) -> tuple[str, ...]:
        """Names of the open tasks, the present one last."""

    def push(self, task: str) -> None:
        """Set the present task aside, and begin another within it."""

    def pop(self, result: str | None = None) -> list[Message]:
        """End the present task and go on with the one around it.

        Args:
            result: What came of it; a summary of its messages if omitted. It
                joins the messages of the task around it.

        Returns:
            The ended task's messages, which leave.

        Raises:
            InvalidInputError: No task was begun.
        """
