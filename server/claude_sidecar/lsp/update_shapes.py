"""Each event of a turn as `sessionUpdate` has it: `kind` and the fields that belong to it."""

from __future__ import annotations

from typing import Any

from typing_extensions import assert_never

from claude_sidecar.lsp.convert import Ranges
from claude_sidecar.sessions.events import (
    AgentMessageChunk,
    AgentThoughtChunk,
    AskedTurn,
    ContextCompacted,
    EstimateMade,
    Event,
    FileDiff,
    FindingReported,
    PlanUpdated,
    RetryScheduled,
    SessionReplaced,
    ToolCallStarted,
    ToolCallUpdated,
    TurnEnded,
    TurnStarted,
    TurnWaiting,
    UsageUpdated,
)
from claude_sidecar.sessions.keys import uri_from_path
from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.sessions.shapes.findings import finding_shape
from claude_sidecar.sessions.shapes.turns import result_shape
from claude_sidecar.sessions.shapes.usage import estimate_shape
from claude_sidecar.sessions.shapes.values import (
    context_shape,
    cost_shape,
    location_shape,
    usage_shape,
)


class UpdateShapes:
    """Writes events, with ranges as the client counts them."""

    def __init__(self, ranges: Ranges) -> None:
        self._ranges = ranges

    def shape(self, event: Event) -> JsonObject:  # noqa: PLR0912 - one case an event
        """The `update` object."""
        match event:
            case AgentMessageChunk():
                return _update("agent_message_chunk", text=event.text, agent=event.agent)
            case AgentThoughtChunk():
                return _update("agent_thought_chunk", text=event.text, agent=event.agent)
            case ToolCallStarted():
                return _tool_call(event)
            case ToolCallUpdated():
                return _tool_call_update(event)
            case PlanUpdated():
                return _plan(event)
            case UsageUpdated():
                return _usage(event)
            case RetryScheduled():
                return _retry(event)
            case ContextCompacted():
                return _compacted(event)
            case TurnWaiting(program=program, process=process, turn=turn):
                asked = None if turn is None else self._asked(turn)
                return _update("waiting", program=program, processId=process, turn=asked)
            case TurnStarted(turn=turn, resumed=resumed):
                return _update("turn_started", turn=self._asked(turn), resumed=resumed)
            case EstimateMade(estimate=estimate):
                return _update("estimate", **estimate_shape(estimate))
            case FindingReported():
                finding = finding_shape(event.finding, self._ranges.shape)
                return _update("finding", finding=finding)
            case SessionReplaced():
                fields = {"from": event.from_id, "to": event.to_id, "reason": event.reason}
                return _update("session_replaced", **fields)
            case TurnEnded():
                result = result_shape(event.result, self._ranges.shape)
                return _update("turn_ended", result=result)
            case _:
                assert_never(event)

    def _asked(self, turn: AskedTurn) -> JsonObject:
        shape: JsonObject = {"kind": turn.kind, "prompt": turn.prompt}
        if turn.path is not None:
            shape["uri"] = uri_from_path(turn.path)
            if turn.range is not None:
                shape["range"] = self._ranges.shape(turn.path, turn.range)
        return shape


def _tool_call(event: ToolCallStarted) -> JsonObject:
    call = event.call
    return _update(
        "tool_call",
        toolCallId=call.id,
        title=call.title,
        toolKind=call.kind,
        status=call.status,
        locations=[location_shape(location) for location in call.locations],
        rawInput=event.raw_input,
        agent=event.agent,
    )


def _tool_call_update(event: ToolCallUpdated) -> JsonObject:
    content: Any = event.content
    if isinstance(event.content, FileDiff):
        diff = event.content
        content = {"path": diff.path, "oldText": diff.old_text, "newText": diff.new_text}
    return _update(
        "tool_call_update",
        toolCallId=event.tool_call_id,
        status=event.status,
        content=content,
    )


def _plan(event: PlanUpdated) -> JsonObject:
    entries = [{"content": each.content, "status": each.status} for each in event.entries]
    return _update("plan", entries=entries)


def _usage(event: UsageUpdated) -> JsonObject:
    return _update(
        "usage_update",
        usage=usage_shape(event.usage),
        cost=cost_shape(event.cost),
        context=context_shape(event.context),
        warning=event.warning,
    )


def _retry(event: RetryScheduled) -> JsonObject:
    return _update(
        "retry",
        attempt=event.attempt,
        maxAttempts=event.max_attempts,
        delayMs=event.delay_ms,
        reason=event.reason,
    )


def _compacted(event: ContextCompacted) -> JsonObject:
    return _update(
        "compacted",
        trigger=event.trigger,
        beforeTokens=event.before_tokens,
        afterTokens=event.after_tokens,
        summary=event.summary or None,
    )


def _update(kind: str, **fields: Any) -> JsonObject:
    present = {name: value for name, value in fields.items() if value is not None}
    return {"kind": kind, **present}
