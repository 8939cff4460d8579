"""What Claude turns to while it runs a prompt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import anyio

from claude_sidecar.sessions.events import AgentEvent
from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.sessions.ports.tool_use import (
    Allow,
    Ask,
    Defer,
    Deny,
    Done,
    Excerpt,
    ToolReply,
    ToolUse,
    UsedTool,
)


class TurnHost(Protocol):
    """What the agent turns to while it runs one prompt."""

    @property
    def stopping(self) -> anyio.Event:
        """Set when the turn is to be interrupted."""
        ...

    def emit(self, event: AgentEvent) -> None:
        """Something happened. Returns at once.

        What a turn left running in the background can spend more when the turn is over; a
        `UsageUpdated` then still tells all of it.
        """
        ...

    async def out_of_budget(self) -> str | None:
        """Why Claude must not be called again: asked between two calls. None if it may."""
        ...

    async def judge(self, use: ToolUse) -> Allow | Defer | Ask | Deny | Done:
        """What this turn may do: asked before every use of a tool, also by subagents."""
        ...

    async def permit(self, use: ToolUse) -> Allow | Deny | Done:
        """Ask the user, where `judge` or Claude Code itself wants that."""
        ...

    async def reread(self, use: ToolUse) -> Excerpt | None:
        """`Read` has read a file from the disk: what Claude is to see instead, if anything."""
        ...

    async def remark(self, used: Sequence[UsedTool]) -> str | None:
        """Claude has used tools, together: what it is to be told about that, if anything."""
        ...

    async def let_through(self, use: ToolUse) -> None:
        """A tool is about to run, unless Claude Code's own rules or the user are against it; said
        again once the user has agreed.
        """
        ...

    async def call_tool(self, name: str, arguments: JsonObject, agent: str | None) -> ToolReply:
        """Claude calls one of the tools of our own MCP server, `sidecar`, by its short name."""
        ...
