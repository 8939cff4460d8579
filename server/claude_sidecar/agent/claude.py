"""Claude, as the domain wants it: prompts in, events and an outcome out.

Processes come and go underneath (see `pool`): one that died while it was idle is replaced without
a word, and whether a conversation is new or resumed is found out where the caller guessed wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from types import TracebackType

import anyio
import anyio.to_thread
import claude_agent_sdk
from anyio.abc import TaskGroup
from claude_agent_sdk._cli_version import __cli_version__
from typing_extensions import Self

from claude_sidecar.agent.elsewhere import occupant
from claude_sidecar.agent.live import LiveSession
from claude_sidecar.agent.pool import Pool
from claude_sidecar.agent.projects import config_folder
from claude_sidecar.agent.transcripts import TranscriptBranches
from claude_sidecar.agent.turn import ActiveTurn
from claude_sidecar.agent.waiting import first_of
from claude_sidecar.agent.watchdog import Watchdog
from claude_sidecar.sessions.ports import (
    AgentHealth,
    AgentOptions,
    AgentOutcome,
    AgentRequest,
    BackgroundTask,
    Drop,
    Occupant,
    ToolSpec,
    TranscriptRecords,
    TurnHost,
    TurnTrace,
)


class ClaudeAgent:
    """The `Agent` that runs Claude Code; use it with `async with`, whose end ends every process.

    :param tools: our own tools, offered to Claude by the MCP server `sidecar`.
    :param live_max: how many idle processes are kept for next prompts.
    :param idle_seconds: for how long.
    :param records: where copies of the transcripts are kept; without it there are none.
    """

    def __init__(
        self,
        tools: Sequence[ToolSpec],
        *,
        live_max: int,
        idle_seconds: float,
        records: TranscriptRecords | None = None,
    ) -> None:
        self._tools = tools
        self._records = records
        self._live_max = live_max
        self._idle_seconds = idle_seconds
        self._tasks: TaskGroup | None = None
        self._entered: Pool | None = None
        self._watchdog = Watchdog()
        self._version: str = __cli_version__
        self._authenticated: bool | None = None

    async def __aenter__(self) -> Self:
        """Stand by; no process is started yet."""
        self._tasks = anyio.create_task_group()
        await self._tasks.__aenter__()
        self._entered = Pool(
            self._tasks,
            self._tools,
            self._watchdog,
            live_max=self._live_max,
            idle_seconds=self._idle_seconds,
            records=self._records,
        )
        self._tasks.start_soon(self._entered.evict)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        """End every process, by force where it must be."""
        if self._tasks is None:
            return None
        self._tasks.cancel_scope.cancel()
        try:
            return await self._tasks.__aexit__(kind, error, trace)
        finally:
            await self._watchdog.aclose()

    @property
    def pids(self) -> tuple[int, ...]:
        """The ids of the processes that run now."""
        return tuple(live.pid for live in self._pool.live if live.pid is not None)

    def configure(self, *, live_max: int, idle_seconds: float) -> None:
        """Change how many idle processes are kept, and for how long; takes effect at once."""
        self._live_max = live_max
        self._idle_seconds = idle_seconds
        self._pool.configure(live_max=live_max, idle_seconds=idle_seconds)

    async def run(self, request: AgentRequest, host: TurnHost) -> AgentOutcome:
        """See `Agent.run`."""
        while True:
            live = await self._pool.acquire(
                request.session_id,
                request.options,
                begun=request.begun,
                unless=host.stopping,
                drop=request.drop,
            )
            if live is None:
                return AgentOutcome("cancelled")
            served_before = live.turns > 0 or live.ready.is_set()
            try:
                turn = await self._run_in(live, request, host)
            finally:
                self._pool.give_back(live)
            if turn is None:
                return AgentOutcome("cancelled")
            again = await self._again(request) if served_before and turn.unanswered else None
            if again is None:
                return self._noted(live, turn)
            request = again  # it was killed for something else: while it was idle, or just after

    async def prepare(self, session_id: str, options: AgentOptions, *, begun: bool) -> None:
        """See `Agent.prepare`."""
        await self._pool.prepare(session_id, options, begun=begun)

    async def occupant(self, session_id: str, options: AgentOptions) -> Occupant | None:
        """See `Agent.occupant`."""
        folder = config_folder(dict(options.env))
        look = partial(occupant, folder, session_id, own=self.pids)
        return await anyio.to_thread.run_sync(look)

    async def plan_first(self, session_id: str, *, planning: bool) -> None:
        """See `Agent.plan_first`."""
        for live in self._pool.live:
            if live.session_id == session_id and not live.closing:
                live.plan_first(planning=planning)

    async def release(self, session_id: str) -> None:
        """See `Agent.release`."""
        await self._pool.end(session_id)

    async def let_go_of_overtaken(self, session_id: str) -> bool:
        """End an idle process whose session somebody else has gone on with: whether no process of
        ours has the session now.
        """
        return await self._pool.end_overtaken(session_id)

    def background(self, session_id: str | None = None) -> tuple[BackgroundTask, ...]:
        """See `BackgroundWork.background`."""
        return tuple(
            task
            for live in self._pool.live
            if session_id in {None, live.session_id}
            for task in live.background.tasks
        )

    async def stop_background(self, session_id: str | None = None) -> None:
        """See `BackgroundWork.stop_background`."""
        async with anyio.create_task_group() as tasks:
            for live in self._pool.live:
                if session_id in {None, live.session_id}:
                    tasks.start_soon(live.stop_background)

    async def trace(self, session_id: str, turn_id: str, options: AgentOptions) -> TurnTrace | None:
        """See `Branches.trace`."""
        return await TranscriptBranches(options, self._records).trace(session_id, turn_id)

    async def fork(
        self, session_id: str, turn_ids: Sequence[str], options: AgentOptions, title: str
    ) -> str:
        """See `Branches.fork`."""
        return await TranscriptBranches(options, self._records).fork(session_id, turn_ids, title)

    async def health(self) -> AgentHealth:
        """See `Agent.health`."""
        return AgentHealth(
            sdk_version=claude_agent_sdk.__version__,
            cli_version=self._version,
            authenticated=self._authenticated,
            live_sessions=len(self._pool.live),
        )

    @property
    def _pool(self) -> Pool:
        if self._entered is None:
            raise RuntimeError("ClaudeAgent is used outside of its `async with`")
        return self._entered

    async def _run_in(
        self, live: LiveSession, request: AgentRequest, host: TurnHost
    ) -> ActiveTurn | None:
        """Run the prompt in a process that may still be starting; None if stopped before it."""
        await first_of(live.ready, host.stopping)
        if live.failure is not None:
            raise live.failure
        if host.stopping.is_set():
            return None
        turn = live.start_turn(request, host)
        await live.run(turn)
        return turn

    async def _again(self, request: AgentRequest) -> AgentRequest | None:
        """The same prompt for another process; None where Claude would not take it up.

        A prompt that is in the transcript already would be passed over, so it is forgotten first.
        """
        trace = await self.trace(request.session_id, request.turn_id, request.options)
        if trace is None:
            return request
        if trace.before is None or not trace.last:
            return None
        return replace(request, begun=True, drop=Drop(trace.before, request.turn_id))

    def _noted(self, live: LiveSession, turn: ActiveTurn) -> AgentOutcome:
        outcome = turn.outcome
        if outcome is None:
            raise RuntimeError("a turn ended without an outcome")
        outcome = replace(outcome, restored=live.restored)
        live.restored = None
        self._version = live.version or self._version
        if outcome.error is not None and outcome.error.kind == "authentication":
            self._authenticated = False
        elif outcome.stop_reason == "end_turn":
            self._authenticated = True
        return outcome
