"""A host that records what a turn tells it and answers as a test says, and requests to run."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import anyio

from claude_sidecar.sessions.events import AgentEvent, AgentMessageChunk
from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.sessions.ports import (
    AgentOptions,
    AgentRequest,
    Allow,
    Ask,
    Defer,
    Deny,
    Done,
    Excerpt,
    ToolReply,
    ToolSpec,
    ToolUse,
    UsedTool,
)

ECHO = ToolSpec(
    name="echo",
    description="Says it back.",
    schema={
        "type": "object",
        "properties": {"text": {"type": "string"}},
        "required": ["text"],
        "additionalProperties": False,
    },
    read_only=True,
)


@dataclass
class RecordingHost:
    """A `TurnHost`; set its functions to decide, read its lists to see what happened."""

    judging: Callable[[ToolUse], Allow | Defer | Ask | Deny | Done] = lambda _: Allow()
    permitting: Callable[[ToolUse], Allow | Deny | Done] = lambda _: Deny("nobody was asked")
    rereading: Callable[[ToolUse], Excerpt | None] = lambda _: None
    remarking: Callable[[Sequence[UsedTool]], str | None] = lambda _: None
    affording: Callable[[], str | None] = lambda: None
    stopping: anyio.Event = field(default_factory=anyio.Event)
    events: list[AgentEvent] = field(default_factory=list[AgentEvent])
    judged: list[ToolUse] = field(default_factory=list[ToolUse])
    asked: list[ToolUse] = field(default_factory=list[ToolUse])
    called: list[tuple[str, JsonObject, str | None]] = field(
        default_factory=list[tuple[str, JsonObject, str | None]]
    )
    used: list[UsedTool] = field(default_factory=list[UsedTool])
    on_event: Callable[[AgentEvent], None] = lambda _: None

    @property
    def text(self) -> str:
        """The main thread's reply so far."""
        chunks = (event for event in self.events if isinstance(event, AgentMessageChunk))
        return "".join(chunk.text for chunk in chunks if chunk.agent is None)

    def emit(self, event: AgentEvent) -> None:
        self.events.append(event)
        self.on_event(event)

    async def out_of_budget(self) -> str | None:
        return self.affording()

    async def judge(self, use: ToolUse) -> Allow | Defer | Ask | Deny | Done:
        self.judged.append(use)
        return self.judging(use)

    async def permit(self, use: ToolUse) -> Allow | Deny | Done:
        self.asked.append(use)
        return self.permitting(use)

    async def reread(self, use: ToolUse) -> Excerpt | None:
        return self.rereading(use)

    async def remark(self, used: Sequence[UsedTool]) -> str | None:
        self.used.extend(used)
        return self.remarking(used)

    async def let_through(self, use: ToolUse) -> None:
        """Nothing is kept here."""

    async def call_tool(self, name: str, arguments: JsonObject, agent: str | None) -> ToolReply:
        self.called.append((name, arguments, agent))
        return ToolReply(f"echo: {arguments['text']}")


@dataclass(frozen=True)
class Conversation:
    """Requests of one session in one folder."""

    cwd: Path
    session_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    options: AgentOptions | None = None

    def request(self, prompt: str, *, begun: bool = False) -> AgentRequest:
        return AgentRequest(
            session_id=self.session_id,
            turn_id=str(uuid.uuid4()),
            prompt=prompt,
            options=self.options or options_in(self.cwd),
            begun=begun,
        )


def options_in(cwd: Path, env: Sequence[tuple[str, str]] = ()) -> AgentOptions:
    return AgentOptions(
        cwd=str(cwd),
        instructions="You are part of a test.",
        env=(("CLAUDE_CODE_MAX_RETRIES", "1"), *env),
    )
