"""Working memory of a session, kept in the store between turns and processes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from retentive.errors import ConflictError, InvalidInputError
from retentive.formats.codec import message_from_json, message_to_json
from retentive.processors.inputs import Input, as_items, read_input
from retentive.protocols import (
    Batch,
    Delete,
    Put,
    Store,
    Structure,
    StructureState,
    SupportsTasks,
)
from retentive.records import (
    MAX_LABEL_CHARS,
    Kind,
    MemoryRecord,
    Message,
    Namespace,
    check_text,
    side_namespace,
)

__all__ = ["Remember", "WorkingMemory"]

_ATTEMPTS = 20  # others who change the same session at the same moment

Remember = Callable[[Sequence[Message]], object]
"""Takes messages into long-term memory; the same message again changes nothing."""


class WorkingMemory:
    """What a session's prompt holds; what leaves it flows into long-term memory.

    Every change reads the state from the store and writes it back, so that a
    session can go on in another process. Safe for many threads and processes.
    Leaving messages are remembered before the state lets go of them: a crash
    between costs nothing, for the same message again is not remembered twice.
    """

    def __init__(
        self,
        structure: Callable[[], Structure],
        *,
        store: Store,
        namespace: Namespace,
        session: str,
        prepare: Callable[[Message], Message],
        remember: Remember,
        clock: Callable[[], datetime],
    ) -> None:
        """Bind a structure to a session; :meth:`Memory.working` does it.

        Args:
            structure: Makes an empty structure.
            store: Where the state lies.
            namespace: Whose session it is.
            session: The conversation.
            prepare: Returns a message as it may be kept, redacted for example.
            remember: Takes what leaves.
            clock: Tells the present, UTC.
        """
        self.session = check_text(session, name="session", limit=MAX_LABEL_CHARS)
        self._structure = structure
        self._store = store
        self._namespace = namespace
        self._side = side_namespace(namespace, "working")
        self._id = sha256(session.encode()).hexdigest()[:26]
        self._prepare = prepare
        self._remember = remember
        self._clock = clock

    def add(self, items: Input | Iterable[Input]) -> None:
        """Take in messages; those that no longer fit are remembered.

        Args:
            items: Text, messages, OpenAI-style mappings, or many of them.

        Raises:
            InvalidInputError: An item is no message.
        """
        messages = [self._read(item) for item in as_items(items)]
        self._change(lambda structure: structure.add(messages))

    def window(self) -> list[Message]:
        """Return the messages that belong in the prompt, within the budget."""
        return self._load()[0].window()

    def tasks(self) -> tuple[str, ...]:
        """Return the names of the open tasks, the present one last.

        Raises:
            InvalidInputError: The structure knows no tasks; choose ``stack``.
        """
        return _with_tasks(self._load()[0]).tasks

    def push(self, task: str) -> None:
        """Set the present task aside, and begin another within it.

        Raises:
            InvalidInputError: The structure knows no tasks; choose ``stack``.
        """

        def begin(structure: Structure) -> list[Message]:
            _with_tasks(structure).push(task)
            return []

        self._change(begin)

    def pop(self, result: str | None = None) -> None:
        """End the present task; its messages are remembered.

        Args:
            result: What came of it; a summary of its messages if omitted.

        Raises:
            InvalidInputError: No task is open, or the structure knows none.
        """
        self._change(lambda structure: _with_tasks(structure).pop(result))

    def flush(self) -> None:
        """Remember all that it holds, and leave it empty: the session ends."""
        self._change(lambda structure: structure.drain())

    def _read(self, item: Input) -> Message:
        said = {"role": "user", "content": item} if isinstance(item, str) else item
        message = read_input(
            said, namespace=self._namespace, session=self.session, at=self._clock()
        )
        if not isinstance(message, Message) or message.session != self.session:
            raise InvalidInputError(
                f"working memory of session {self.session!r} holds its messages, got "
                f"{message!r}; remember() takes records and other sessions' messages"
            )
        return self._prepare(message)

    def _change(self, act: Callable[[Structure], list[Message]]) -> None:
        """Change the state, once more whenever somebody else was faster."""
        for attempt in range(_ATTEMPTS):
            structure, version = self._load()
            if left := act(structure):
                # What a structure wrote itself may know of no session.
                self._remember([replace(m, session=self.session) for m in left])
            try:
                self._save(structure.state(), version)
            except ConflictError:
                if attempt == _ATTEMPTS - 1:
                    raise
            else:
                return

    def _load(self) -> tuple[Structure, int]:
        structure = self._structure()
        found = self._store.get(self._side, [self._id])
        if not found:
            return structure, 0
        fields = json.loads(found[0].content)
        messages = tuple(map(message_from_json, fields["messages"]))
        structure.restore(StructureState(messages=messages, layout=fields["layout"]))
        return structure, found[0].version

    def _save(self, state: StructureState, version: int) -> None:
        if not state.messages and not state.layout.get("tasks", ())[1:]:
            gone = Delete(id=self._id, expected_version=version or None)
            self._store.apply(Batch(namespace=self._side, deletes=[gone]))
            return
        now = self._clock()
        fields = {
            "messages": [message_to_json(message) for message in state.messages],
            "layout": dict(state.layout),
        }
        record = MemoryRecord(
            id=self._id,
            key=self.session,
            namespace=self._side,
            kind=Kind.PROCEDURAL,
            content=json.dumps(fields, ensure_ascii=False),
            occurred_at=now,
            recorded_at=now,
        )
        put = Put(record=record, expected_version=version)
        self._store.apply(Batch(namespace=self._side, puts=[put]))


def _with_tasks(structure: Structure) -> SupportsTasks:
    if not isinstance(structure, SupportsTasks):
        raise InvalidInputError(
            f"a {type(structure).__name__} knows no tasks; choose the structure "
            "'stack' to push and pop them"
        )
    return structure
