"""Memory for any agent of ``create_agent``: one more middleware."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Awaitable, Callable, Sequence
from hashlib import blake2b
from typing import Annotated, Any, NotRequired, cast

from langchain.agents.middleware import (
    AgentMiddleware,
    AgentState,
    ModelRequest,
    ModelResponse,
)
from langchain.agents.middleware.types import PrivateStateAttr
from langchain_core.messages import AnyMessage
from langgraph.channels.untracked_value import UntrackedValue
from langgraph.config import get_config
from langgraph.runtime import Runtime

from retentive.memory import Memory
from retentive_langchain.scope import RunScope, own_namespace, scope_of
from retentive_langchain.turns import asked, since_asked, with_block
from retentive_langchain.writing import keep_answers, keep_input

__all__ = ["RetentiveMiddleware", "RetentiveState"]

_STATE = "retentive_blocks"


class RetentiveState(AgentState[Any]):
    """What a run knows meanwhile; it is neither checkpointed nor returned.

    Attributes:
        retentive_blocks: The block of memories that each middleware recalled.
    """

    retentive_blocks: NotRequired[
        Annotated[dict[str, str], UntrackedValue, PrivateStateAttr]
    ]


class RetentiveMiddleware(AgentMiddleware[RetentiveState, Any, Any]):
    """Recalls before an agent answers, and remembers what was said.

    Once per run it recalls what matters for the newest question. The model sees the
    block right before that question, behind the history, so that a provider's
    cached prefix holds; the agent's state and its checkpoints never do. What the
    user said is stored before the model is called, the rest as the run goes on and
    ends; each message once, by its id, whatever is retried, resumed or summarised.

    Whose memory it is comes from the run: ``user_id`` or ``namespace`` in the runtime
    context, else in ``config["configurable"]``, else as given here; else it is an
    error. The session is the run's ``thread_id``.

    Safe for many threads and loops. In asyncio all work is done in a thread.
    """

    state_schema = RetentiveState

    def __init__(
        self,
        memory: Memory,
        *,
        namespace: Sequence[str] | None = None,
        budget: int | None = None,
        name: str | None = None,
    ) -> None:
        """Use a memory; closing it stays with the caller.

        Args:
            memory: Where to recall from and remember to.
            namespace: Whose memory, where a run does not say; the memory's own if
                it was opened with one.
            budget: Tokens of the block; the memory's own if omitted.
            name: Tells two of them in one agent apart; made of the namespace if
                omitted.
        """
        super().__init__()
        self.tools = ()
        self._memory = memory
        self._fallback = own_namespace(memory, namespace)
        self._budget = budget
        self._name = name or _name(self._fallback)

    @property
    def name(self) -> str:
        """The middleware's name, unique in its agent."""
        return self._name

    def before_agent(
        self, state: RetentiveState, runtime: Runtime[Any]
    ) -> dict[str, Any] | None:
        """Recall for the newest question, then remember it."""
        return self._begin(self._scope(runtime), state)

    async def abefore_agent(
        self, state: RetentiveState, runtime: Runtime[Any]
    ) -> dict[str, Any] | None:
        """Recall for the newest question, then remember it."""
        return await to_thread(self._begin, self._scope(runtime), state)

    def wrap_model_call(
        self,
        request: ModelRequest[Any],
        handler: Callable[[ModelRequest[Any]], ModelResponse[Any]],
    ) -> ModelResponse[Any]:
        """Show the model the memories; remember what tools have said."""
        return handler(self._prepared(self._scope(request.runtime), request))

    async def awrap_model_call(
        self,
        request: ModelRequest[Any],
        handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]],
    ) -> ModelResponse[Any]:
        """Show the model the memories; remember what tools have said."""
        block = self._block(request)
        if block is not None and not since_asked(request.messages):
            return await handler(_shown(request, block))  # nothing to wait for
        scope = self._scope(request.runtime)
        return await handler(await to_thread(self._prepared, scope, request))

    def after_agent(
        self, state: RetentiveState, runtime: Runtime[Any]
    ) -> dict[str, Any] | None:
        """Remember what was said since."""
        self._keep_answers(self._scope(runtime), state["messages"])
        return None

    async def aafter_agent(
        self, state: RetentiveState, runtime: Runtime[Any]
    ) -> dict[str, Any] | None:
        """Remember what was said since."""
        await to_thread(self._keep_answers, self._scope(runtime), state["messages"])
        return None

    def _scope(self, runtime: Runtime[Any]) -> RunScope:
        return scope_of(runtime.context, get_config(), fallback=self._fallback)

    def _memory_of(self, scope: RunScope) -> Memory:
        return self._memory.within(*scope.namespace)

    def _begin(self, scope: RunScope, state: RetentiveState) -> dict[str, Any]:
        messages = state["messages"]
        block = self._recall(scope, messages)
        keep_input(self._memory_of(scope), messages, session=scope.session)
        return {_STATE: {**state.get("retentive_blocks", {}), self._name: block}}

    def _recall(self, scope: RunScope, messages: Sequence[AnyMessage]) -> str:
        question = asked(messages)
        if not question:
            return ""
        context = self._memory_of(scope).context(
            question,
            budget=self._budget,
            session=scope.session,
            shown=[str(message.text) for message in messages],
        )
        return context.text

    def _keep_answers(self, scope: RunScope, messages: Sequence[AnyMessage]) -> None:
        keep_answers(self._memory_of(scope), messages, session=scope.session)

    def _block(self, request: ModelRequest[Any]) -> str | None:
        """Return what the run recalled; ``None`` if it was interrupted since."""
        blocks = cast("RetentiveState", request.state).get("retentive_blocks", {})
        return blocks.get(self._name)

    def _prepared(
        self, scope: RunScope, request: ModelRequest[Any]
    ) -> ModelRequest[Any]:
        if since_asked(request.messages):
            self._keep_answers(scope, request.messages)
        block = self._block(request)
        if block is None:
            block = self._recall(scope, request.messages)
        return _shown(request, block)


def _shown(request: ModelRequest[Any], block: str) -> ModelRequest[Any]:
    return request.override(messages=with_block(request.messages, block))


def _name(namespace: Sequence[str] | None) -> str:
    if namespace is None:
        return "RetentiveMiddleware"
    digest = blake2b(repr(tuple(namespace)).encode(), digest_size=4).hexdigest()
    return f"RetentiveMiddleware-{digest}"
