"""What a Claude Code process is told, one after the other: prompts, interrupts, what mode it is in.

Whoever has something to say puts it into a stream. The task that owns the SDK's client does all the
writing, so that cancelling a turn never cuts a message in half.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final, TypeAlias

import anyio
from claude_agent_sdk import ClaudeSDKClient

from claude_sidecar.agent.gate import Gate
from claude_sidecar.agent.turn import ActiveTurn
from claude_sidecar.sessions.ports import AgentRequest

STOP_SECONDS: Final = 2.0
"""How long something that is told to stop is waited for."""

_Command: TypeAlias = Callable[[ClaudeSDKClient], Awaitable[None]]


class Commands:
    """Those of one process, in their order. What is said waits for nothing.

    :param gate: knows whether it plans.
    """

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._told, self._pending = anyio.create_memory_object_stream[_Command](math.inf)

    async def carry_out(self, client: ClaudeSDKClient, failed: Callable[[Exception], None]) -> None:
        """Tell it all, until this is cancelled or closed.

        :param failed: called with what kept one from being told.
        """
        async for command in self._pending:
            try:
                await command(client)
            except Exception as error:  # noqa: BLE001 - the SDK also raises bare ones
                failed(error)

    def close(self) -> None:
        """Nothing is told any more."""
        self._told.close()
        self._pending.close()

    def prompt(self, request: AgentRequest) -> None:
        """A turn's prompt, in the mode in which it is to be answered."""
        message: dict[str, Any] = {
            "type": "user",
            "uuid": request.turn_id,
            "client_composed": not request.command,
            "message": {"role": "user", "content": request.prompt},
            "parent_tool_use_id": None,
        }

        async def messages() -> AsyncIterator[dict[str, Any]]:
            yield message

        async def send(client: ClaudeSDKClient) -> None:
            await self._plan(client, planning=request.plans_first)
            await client.query(messages())

        self._told.send_nowait(send)

    def plan_first(self, *, planning: bool) -> None:
        """Go into plan mode, or out of it, while a turn runs."""

        async def send(client: ClaudeSDKClient) -> None:
            await self._plan(client, planning=planning)

        self._told.send_nowait(send)

    def interrupt(self, turn: ActiveTurn) -> None:
        """Stop a turn, unless it has ended by then."""

        async def send(client: ClaudeSDKClient) -> None:
            if not turn.done.is_set():
                with anyio.move_on_after(STOP_SECONDS):
                    await client.interrupt()

        self._told.send_nowait(send)

    def stop_tasks(self, task_ids: frozenset[str]) -> None:
        """Stop what runs in the background."""

        async def send(client: ClaudeSDKClient) -> None:
            for task_id in task_ids:
                with anyio.move_on_after(STOP_SECONDS):
                    await client.stop_task(task_id)

        self._told.send_nowait(send)

    async def _plan(self, client: ClaudeSDKClient, *, planning: bool) -> None:
        if planning != self._gate.planning:
            await client.set_permission_mode("plan" if planning else "default")
            self._gate.planning = planning
