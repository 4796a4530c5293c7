"""Nested tasks: push a sub-task, pop back with its result, go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from retentive.errors import InvalidInputError
from retentive.protocols import LanguageModel, StructureState, TokenCounter
from retentive.records import MAX_LABEL_CHARS, Message, check_text
from retentive.structures.units import (
    Held,
    beside,
    check_budget,
    check_keep,
    cut,
    is_note,
    message_tokens,
    note,
    passages,
)
from retentive.summarisers import summariser_for
from retentive.text.counters import estimate_tokens

__all__ = ["Stack"]

_RESULT_SHARE = 8  # a result takes at most an eighth of the budget
_MOST_TASKS = 16  # deeper is a loop, not a plan
_ROOT = ""


@dataclass(frozen=True, slots=True)
class _Task:
    name: str
    held: Held


class Stack:
    """Keeps each open task's messages, and shows the present one's first.

    A task set aside keeps its place: what it said is shown as far as the present
    task leaves room, nearest first, and again in full when the present one ends.
    """

    def __init__(
        self,
        *,
        budget: int = 2_000,
        keep: float = 0.75,
        counter: TokenCounter = estimate_tokens,
        model: LanguageModel | None = None,
    ) -> None:
        """Set the window's size.

        Args:
            budget: Most tokens of the window, and of each task.
            keep: Share of the budget that stays when a task overflows, in (0, 1].
            counter: Counts tokens.
            model: Writes results where none is given; central sentences without.
        """
        self._budget = check_budget(budget)
        self._kept = int(budget * check_keep(keep))
        self._counter = counter
        self._summarise = summariser_for(model, counter=counter)
        self._open = [_Task(_ROOT, Held(counter=counter))]

    @property
    def tasks(self) -> tuple[str, ...]:
        """Names of the tasks that were begun and not ended, the present one last."""
        return tuple(task.name for task in self._open[1:])

    def push(self, task: str) -> None:
        """Set the present task aside, and begin another within it."""
        check_text(task, name="task", limit=MAX_LABEL_CHARS)
        if len(self._open) > _MOST_TASKS:
            raise InvalidInputError(
                f"{_MOST_TASKS} tasks are open; end one with pop() before {task!r}"
            )
        self._open.append(_Task(task, Held(counter=self._counter)))

    def pop(self, result: str | None = None) -> list[Message]:
        """End the present task, and go on with the one around it.

        A given result joins that task as a message of the assistant, and leaves
        with it one day; a summary is only shown.
        """
        if len(self._open) == 1:
            raise InvalidInputError("no task is open; begin one with push(task)")
        ended = self._open.pop()
        around = self._open[-1].held
        messages = list(ended.held.messages)
        outcome = self._outcome(ended, result)
        if outcome is not None:
            around.add(outcome)
        return _not_notes([*self._shrunk(around), *messages])

    def add(self, messages: Sequence[Message]) -> list[Message]:
        """Take in messages of the present task; return those that leave."""
        left: list[Message] = []
        for message in messages:
            home = self._home(message)
            if not home.add(message):
                left.append(message)
            left += self._shrunk(home)
        return _not_notes(left)

    def window(self) -> list[Message]:
        """Return the present task's messages, and of those around it what fits."""
        notes = self._notes()
        left = self._budget - sum(self._cost(message) for message in notes.values())
        shown: list[Message] = []
        for depth in range(len(self._open) - 1, -1, -1):
            held = self._open[depth].held
            present = depth == len(self._open) - 1
            fitting = held.shown(left, settled=not present) if left > 0 else []
            left -= sum(self._cost(message) for message in fitting)
            begun = [notes[depth]] if depth in notes else []
            shown = [*begun, *fitting, *shown]
        return shown

    def drain(self) -> list[Message]:
        """Let go of all messages and tasks."""
        left = [message for task in self._open for message in task.held.messages]
        self._open = [_Task(_ROOT, Held(counter=self._counter))]
        return _not_notes(left)

    def state(self) -> StructureState:
        """Return the messages and the tasks that they belong to."""
        frames = [
            {"task": task.name, "units": task.held.arranged()} for task in self._open
        ]
        messages = [message for task in self._open for message in task.held.messages]
        return StructureState(
            messages=tuple(messages), layout={"structure": "stack", "tasks": frames}
        )

    def restore(self, state: StructureState) -> None:
        """Hold the messages and tasks of a state."""
        if state.layout.get("structure") != "stack":
            raise InvalidInputError(
                f"a stack cannot hold the state {dict(state.layout)!r}; flush the "
                "session's working memory before choosing another structure"
            )
        remaining = iter(state.messages)
        restored = []
        for frame in state.layout["tasks"]:
            held = Held(counter=self._counter)
            mine = list(islice(remaining, sum(frame["units"])))
            held.arrange(mine, frame["units"])
            restored.append(_Task(frame["task"], held))
        self._open = restored

    def _home(self, message: Message) -> Held:
        """Return the task that asked for a call, or the present one."""
        for task in reversed(self._open):
            asked = {call.id for held in task.held.messages for call in held.tool_calls}
            if message.tool_call_id and message.tool_call_id in asked:
                return task.held
        return self._open[-1].held

    def _shrunk(self, held: Held) -> list[Message]:
        return held.shrink(self._kept) if held.tokens > self._budget else []

    def _outcome(self, ended: _Task, result: str | None) -> Message | None:
        said = ended.held.messages
        last = said[-1] if said else None
        if result is not None:
            content = f"Result of the task {ended.name!r}: {result}"
            outcome = Message(role="assistant", content=content)
            return beside(last, outcome) if last else outcome
        room = self._budget // _RESULT_SHARE
        summary = self._summarise(passages(said), budget=room)
        if not summary or last is None:
            return None
        lines = [f"The task {ended.name!r} has ended. From its messages:", summary]
        return note(lines, like=last, id=f"ended:{last.id}")

    def _notes(self) -> dict[int, Message]:
        """Return for each open task that has a name the note that begins it."""
        room = self._budget // (_RESULT_SHARE * max(1, len(self._open) - 1))
        notes = {}
        like = next((m for task in self._open for m in task.held.messages), None)
        for depth, task in enumerate(self._open[1:], start=1):
            name = cut(task.name, room, counter=self._counter)
            written = note([f"Task: {name}"], like=like, id=f"task:{depth}")
            if name and self._cost(written) <= 2 * room:
                notes[depth] = written
        return notes

    def _cost(self, message: Message) -> int:
        return message_tokens(message, counter=self._counter)


def _not_notes(messages: Sequence[Message]) -> list[Message]:
    return [message for message in messages if not is_note(message)]
