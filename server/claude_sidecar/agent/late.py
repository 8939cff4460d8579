"""The agent before the SDK is there: it is imported, in a thread, when it is first needed.

`import claude_agent_sdk` takes half a second, and a server must answer `initialize` at once.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio.to_thread

from claude_sidecar.errors import TurnFailure
from claude_sidecar.ondemand import OnDemand
from claude_sidecar.sessions.ports import (
    AgentHealth,
    AgentOptions,
    AgentOutcome,
    AgentRequest,
    BackgroundTask,
    Occupant,
    ToolSpec,
    TranscriptRecords,
    TurnHost,
    TurnTrace,
)

if TYPE_CHECKING:
    from claude_sidecar.agent.claude import ClaudeAgent


class LateAgent:
    """An `Agent` that is made on first use."""

    def __init__(
        self,
        tools: Sequence[ToolSpec],
        records: TranscriptRecords,
        *,
        live_max: int,
        idle_seconds: float,
    ) -> None:
        self._tools = tools
        self._records = records
        self._live_max = live_max
        self._idle_seconds = idle_seconds
        self.on_demand = OnDemand(self._made)

    def configure(self, *, live_max: int, idle_seconds: float) -> None:
        """How many idle processes are kept, and for how many seconds."""
        self._live_max = live_max
        self._idle_seconds = idle_seconds
        if self.on_demand.opened is not None:
            self.on_demand.opened.configure(live_max=live_max, idle_seconds=idle_seconds)

    async def load(self) -> None:
        """Make it now."""
        await self.on_demand.get()

    async def run(self, request: AgentRequest, host: TurnHost) -> AgentOutcome:
        """See `Agent.run`."""
        return await (await self.on_demand.get()).run(request, host)

    async def prepare(self, session_id: str, options: AgentOptions, *, begun: bool) -> None:
        """See `Agent.prepare`."""
        await (await self.on_demand.get()).prepare(session_id, options, begun=begun)

    async def occupant(self, session_id: str, options: AgentOptions) -> Occupant | None:
        """See `Agent.occupant`."""
        return await (await self.on_demand.get()).occupant(session_id, options)

    async def plan_first(self, session_id: str, *, planning: bool) -> None:
        """See `Agent.plan_first`."""
        if self.on_demand.opened is not None:
            await self.on_demand.opened.plan_first(session_id, planning=planning)

    async def release(self, session_id: str) -> None:
        """See `Agent.release`."""
        if self.on_demand.opened is not None:
            await self.on_demand.opened.release(session_id)

    def background(self, session_id: str | None = None) -> tuple[BackgroundTask, ...]:
        """See `BackgroundWork.background`."""
        agent = self.on_demand.opened
        return () if agent is None else agent.background(session_id)

    async def stop_background(self, session_id: str | None = None) -> None:
        """See `BackgroundWork.stop_background`."""
        if self.on_demand.opened is not None:
            await self.on_demand.opened.stop_background(session_id)

    async def trace(self, session_id: str, turn_id: str, options: AgentOptions) -> TurnTrace | None:
        """See `Branches.trace`."""
        return await (await self.on_demand.get()).trace(session_id, turn_id, options)

    async def fork(
        self, session_id: str, turn_ids: Sequence[str], options: AgentOptions, title: str
    ) -> str:
        """See `Branches.fork`."""
        return await (await self.on_demand.get()).fork(session_id, turn_ids, options, title)

    async def health(self) -> AgentHealth:
        """See `Agent.health`."""
        return await (await self.on_demand.get()).health()

    async def _made(self) -> ClaudeAgent:
        return await anyio.to_thread.run_sync(self._import_and_make)

    def _import_and_make(self) -> ClaudeAgent:
        try:
            from claude_sidecar.agent.claude import ClaudeAgent
        except ImportError as error:
            raise TurnFailure(
                "process",
                f"The Claude Agent SDK cannot be loaded: {error}",
                hint="Install claude-sidecar anew, for the Python that runs it.",
                retryable=False,
            ) from error

        return ClaudeAgent(
            self._tools,
            live_max=self._live_max,
            idle_seconds=self._idle_seconds,
            records=self._records,
        )


@asynccontextmanager
async def late_agent(
    tools: Sequence[ToolSpec],
    records: TranscriptRecords,
    *,
    live_max: int,
    idle_seconds: float,
) -> AsyncGenerator[LateAgent]:
    """An agent whose processes end with the `async with` block.

    :param records: where copies of the transcripts are kept.
    """
    agent = LateAgent(tools, records, live_max=live_max, idle_seconds=idle_seconds)
    async with agent.on_demand:
        yield agent
