"""The agent before the SDK is there: it is imported, in a thread, when it is first needed.

`import claude_agent_sdk` takes half a second, and a server must answer `initialize` at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup
from typing_extensions import Self

from claude_sidecar.sessions.ports import (
    AgentHealth,
    AgentOptions,
    AgentOutcome,
    AgentRequest,
    ToolSpec,
    TurnHost,
)

if TYPE_CHECKING:
    from claude_sidecar.agent.claude import ClaudeAgent


class LateAgent:
    """An `Agent` that is made on first use, and lives in a task of its own until this one ends."""

    def __init__(self, tools: Sequence[ToolSpec]) -> None:
        self._tools = tools
        self._live_max = 4
        self._idle_seconds = 600.0
        self._agent: ClaudeAgent | None = None
        self._failure: Exception | None = None
        self._wanted = anyio.Event()
        self._known = anyio.Event()
        self._leaving = anyio.Event()
        self._owner: TaskGroup | None = None

    async def __aenter__(self) -> Self:
        """Stand by."""
        self._owner = anyio.create_task_group()
        await self._owner.__aenter__()
        self._owner.start_soon(self._own)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        """End the agent with all its processes."""
        assert self._owner is not None, "entered before it is left"  # noqa: S101
        self._leaving.set()
        self._wanted.set()
        return await self._owner.__aexit__(kind, error, trace)

    def configure(self, *, live_max: int, idle_seconds: float) -> None:
        """How many idle processes are kept, and for how many seconds."""
        self._live_max = live_max
        self._idle_seconds = idle_seconds
        if self._agent is not None:
            self._agent.configure(live_max=live_max, idle_seconds=idle_seconds)

    async def load(self) -> ClaudeAgent:
        """The agent itself, made if it was not."""
        self._wanted.set()
        await self._known.wait()
        if self._agent is None:
            raise self._failure or RuntimeError("the agent is gone")
        return self._agent

    async def run(self, request: AgentRequest, host: TurnHost) -> AgentOutcome:
        """See `Agent.run`."""
        return await (await self.load()).run(request, host)

    async def prepare(self, session_id: str, options: AgentOptions, *, begun: bool) -> None:
        """See `Agent.prepare`."""
        await (await self.load()).prepare(session_id, options, begun=begun)

    async def release(self, session_id: str) -> None:
        """See `Agent.release`."""
        if self._agent is not None:
            await self._agent.release(session_id)

    async def health(self) -> AgentHealth:
        """See `Agent.health`."""
        return await (await self.load()).health()

    async def _own(self) -> None:
        await self._wanted.wait()
        if self._leaving.is_set():
            return
        try:
            made = await anyio.to_thread.run_sync(self._made)
        except Exception as error:
            self._failure = error
            self._known.set()
            raise
        async with made as agent:
            self._agent = agent
            self._known.set()
            await self._leaving.wait()
            self._agent = None

    def _made(self) -> ClaudeAgent:
        from claude_sidecar.agent.claude import ClaudeAgent

        return ClaudeAgent(self._tools, live_max=self._live_max, idle_seconds=self._idle_seconds)
