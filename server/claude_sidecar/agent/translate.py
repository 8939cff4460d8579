"""Messages of one turn, as Claude Code sends them, made into the domain's events.

The main thread streams; a subagent's messages come whole, marked with the id of the tool call
that started it. Those of subagents that an earlier turn left running are not this turn's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, cast

import anyio
from claude_agent_sdk import (
    AssistantMessage,
    StreamEvent,
    SystemMessage,
    TextBlock,
    ThinkingBlock,
    ToolResultBlock,
    ToolUseBlock,
    UserMessage,
)

from claude_sidecar.agent import toolcalls
from claude_sidecar.agent.speech import Speech
from claude_sidecar.agent.usage import Meter
from claude_sidecar.sessions.events import (
    AgentEvent,
    AgentMessageChunk,
    AgentThoughtChunk,
    FileDiff,
    PlanUpdated,
    RetryScheduled,
    ToolCallStarted,
    ToolCallUpdated,
)

OUTPUT_LIMIT = 8_000
ANNOUNCED_SECONDS = 1.0
TELL_CHARACTERS = 2_000
SYNTHETIC = "<synthetic>"


class Translator:
    """Tells `emit` what a turn's messages mean.

    :param cwd: the folder that relative paths in tool inputs belong to.
    :param meter: takes in the messages' usage.
    :param on_usage: called when a message that is being written has told more of it.
    """

    def __init__(
        self,
        emit: Callable[[AgentEvent], None],
        cwd: str,
        meter: Meter,
        on_usage: Callable[[], None],
    ) -> None:
        self._emit = emit
        self._cwd = cwd
        self._meter = meter
        self._on_usage = on_usage
        self._models: dict[str | None, str] = {}
        self._agents: dict[str, str] = {}
        self._speech: defaultdict[str | None, Speech] = defaultdict(Speech)
        self._streaming: dict[str | None, str] = {}
        self._open: dict[str, ToolUseBlock] = {}
        self._announced: defaultdict[str, anyio.Event] = defaultdict(anyio.Event)

    def knows(self, parent: str | None) -> bool:
        """Whether a message is the main thread's, or of a subagent that this turn started."""
        return parent is None or parent in self._agents

    async def announced(self, tool_use_id: str) -> None:
        """Wait until a tool call was told to `emit`; its message is on the way."""
        with anyio.move_on_after(ANNOUNCED_SECONDS):
            await self._announced[tool_use_id].wait()

    def streamed(self, message: StreamEvent) -> None:
        """One event of a streaming message."""
        parent, event = message.parent_tool_use_id, message.event
        speech = self._speech[parent]
        match event:
            case {"type": "message_start", "message": {"id": str(message_id), **rest}}:
                self._streaming[parent] = message_id
                self._models[parent] = str(rest.get("model") or "")
                speech.begin_message(message_id)
                self._note(parent, message_id, rest.get("usage"))
                self._on_usage()
            case {"type": "content_block_start"}:
                speech.begin_block()
            case {"type": "content_block_delta", "delta": {"type": "text_delta", "text": text}}:
                self._wrote(parent, text)
                if new := speech.streamed(text):
                    self._emit(AgentMessageChunk(new, self._agents.get(parent or "")))
            case {
                "type": "content_block_delta",
                "delta": {"type": "thinking_delta", "thinking": text},
            }:
                self._wrote(parent, text)
                speech.thought()
                self._emit(AgentThoughtChunk(text, self._agents.get(parent or "")))
            case {
                "type": "content_block_delta",
                "delta": {"type": "input_json_delta", "partial_json": text},
            }:
                self._wrote(parent, text)
            case {"type": "message_delta", "usage": usage}:
                self._note(parent, self._streaming.get(parent), usage)
                if parent is None:
                    self._meter.end_message()
            case _:
                pass

    def finished(self, message: AssistantMessage) -> None:
        """A block of a message, whole."""
        parent = message.parent_tool_use_id
        if message.model == SYNTHETIC or message.error is not None:
            return  # written by Claude Code itself, to say what went wrong
        if parent is None:
            self._meter.model = message.model
        self._models[parent] = message.model
        self._note(parent, message.message_id, message.usage)
        speech, agent = self._speech[parent], self._agents.get(parent or "")
        news = speech.came_whole(message.message_id or "")
        for block in message.content:
            match block:
                case TextBlock() if news:
                    if new := speech.whole(block.text):
                        self._emit(AgentMessageChunk(new, agent))
                case ThinkingBlock() if news and block.thinking:
                    self._emit(AgentThoughtChunk(block.thinking, agent))
                case ToolUseBlock():
                    self._used(block, agent)
                case _:
                    pass

    def answered(self, message: UserMessage) -> None:
        """Results of tools."""
        if isinstance(message.content, str):
            return
        for block in message.content:
            if isinstance(block, ToolResultBlock):
                self._result(block, message.tool_use_result)

    def told(self, message: SystemMessage) -> None:
        """What Claude Code says of itself."""
        match message.data:
            case {"subtype": "api_retry", **told}:
                self._emit(
                    RetryScheduled(
                        attempt=int(told.get("attempt") or 0),
                        max_attempts=int(told.get("max_retries") or 0),
                        delay_ms=int(told.get("retry_delay_ms") or 0),
                        reason=_retry_reason(told),
                    )
                )
            case _:
                pass

    def end(self) -> None:
        """The turn is over: tools that did not end will not."""
        for tool_use_id in self._open:
            self._emit(ToolCallUpdated(tool_use_id, "failed"))
        self._open.clear()

    def _note(self, parent: str | None, message_id: str | None, usage: Any) -> None:
        if message_id and isinstance(usage, Mapping):
            model = self._models.get(parent, "")
            usage = cast("Mapping[str, Any]", usage)
            self._meter.note(message_id, model, usage, main=parent is None)

    def _wrote(self, parent: str | None, text: str) -> None:
        """A message grew: now and then that is worth telling, since what is written costs."""
        if parent is None:
            whole = self._meter.wrote(len(text))
            if whole // TELL_CHARACTERS > (whole - len(text)) // TELL_CHARACTERS:
                self._on_usage()

    def _used(self, block: ToolUseBlock, agent: str | None) -> None:
        if block.name in toolcalls.AGENT_TOOLS:
            self._agents[block.id] = toolcalls.agent_of(block.input)
        self._open[block.id] = block
        call = toolcalls.describe(block.id, block.name, block.input, self._cwd)
        self._emit(ToolCallStarted(call, block.input, agent))
        self._announced[block.id].set()
        if block.name == toolcalls.PLAN_TOOL and agent is None:
            plan = toolcalls.plan_of(block.input)
            if plan is not None:
                self._emit(PlanUpdated(plan))

    def _result(self, block: ToolResultBlock, structured: Any) -> None:
        use = self._open.pop(block.tool_use_id, None)
        if use is None:
            return
        content: str | FileDiff | None = _output(block.content)
        if not block.is_error:
            diff = toolcalls.diff_of(use.name, use.input, structured, self._cwd)
            content = diff or content
        status = "failed" if block.is_error else "completed"
        self._emit(ToolCallUpdated(block.tool_use_id, status, content))


def _output(content: str | list[dict[str, Any]] | None) -> str | None:
    if isinstance(content, list):
        content = "\n".join(str(part["text"]) for part in content if part.get("type") == "text")
    if not content:
        return None
    if len(content) <= OUTPUT_LIMIT:
        return content
    return f"{content[:OUTPUT_LIMIT]}\n… ({len(content) - OUTPUT_LIMIT} more characters)"


def _retry_reason(told: Mapping[str, Any]) -> str:
    error, status = told.get("error"), told.get("error_status")
    if status is None:
        return "no connection" if error in {None, "unknown"} else str(error)
    return f"{str(error or 'error').replace('_', ' ')} ({status})"
