"""Turns and their results in the shapes of the public protocol."""

from __future__ import annotations

from collections.abc import Sequence

from claude_sidecar.sessions.model import (
    Compaction,
    JsonObject,
    ToolCall,
    Turn,
    TurnResult,
    Verification,
)
from claude_sidecar.sessions.ports import BackgroundTask
from claude_sidecar.sessions.shapes.findings import finding_shape
from claude_sidecar.sessions.shapes.values import (
    RangeShape,
    context_shape,
    cost_shape,
    error_shape,
    location_shape,
    present,
    time_shape,
    usage_shape,
)
from claude_sidecar.sessions.turns.cancelling import Cancelled


def turn_shape(turn: Turn) -> JsonObject:
    """`Turn`; `endedAt` and `stopReason` are absent while it has not ended."""
    return present(
        turnId=turn.id,
        sessionId=turn.session_id,
        kind=turn.kind,
        prompt=turn.prompt,
        text=turn.text,
        startedAt=time_shape(turn.started_at),
        endedAt=None if turn.ended_at is None else time_shape(turn.ended_at),
        stopReason=turn.stop_reason,
        toolCalls=[tool_call_shape(call) for call in turn.tool_calls],
        findings=list(turn.findings),
        cost={"turnUsd": turn.cost_usd},
        usage=usage_shape(turn.usage),
        error=None if turn.error is None else error_shape(turn.error),
        state=turn.state,
        continues=turn.continues,
        retries=turn.retries,
        compacted=None if turn.compacted is None else compaction_shape(turn.compacted),
        verification=(None if turn.verification is None else verification_shape(turn.verification)),
        elsewhere=turn.elsewhere or None,
    )


def tool_call_shape(call: ToolCall) -> JsonObject:
    """A tool call as a turn lists it."""
    return {
        "toolCallId": call.id,
        "title": call.title,
        "kind": call.kind,
        "status": call.status,
        "locations": [location_shape(location) for location in call.locations],
    }


def result_shape(result: TurnResult, range_shape: RangeShape) -> JsonObject:
    """`TurnResult`."""
    recovered = result.recovered
    return present(
        sessionId=result.session_id,
        turnId=result.turn_id,
        stopReason=result.stop_reason,
        text=result.text,
        findings=[finding_shape(finding, range_shape) for finding in result.findings],
        usage=usage_shape(result.usage),
        cost=cost_shape(result.cost),
        context=context_shape(result.context),
        resumed=result.resumed,
        recovered=None
        if recovered is None
        else {"from": recovered.from_id, "reason": recovered.reason, "by": recovered.by},
        error=None if result.error is None else error_shape(result.error),
        compacted=None if result.compacted is None else compaction_shape(result.compacted),
        verification=None
        if result.verification is None
        else verification_shape(result.verification),
    )


def verification_shape(verification: Verification) -> JsonObject:
    """What was seen of a fix."""
    return present(
        state=verification.state,
        command=verification.command,
        attempts=verification.attempts,
        exitStatus=verification.exit_status,
        failure=verification.failure,
        output=verification.output,
        reason=verification.reason,
    )


def compaction_shape(compaction: Compaction) -> JsonObject:
    """What was kept of a conversation, and how large it was and is."""
    return present(
        trigger=compaction.trigger,
        beforeTokens=compaction.before_tokens,
        afterTokens=compaction.after_tokens,
        summary=compaction.summary or None,
    )


def cancelled_shape(cancelled: Cancelled) -> JsonObject:
    """The result of `cancel`; `background` is there where anything ran in it."""
    shape: JsonObject = {
        "stopped": list(cancelled.stopped),
        "stillRunning": list(cancelled.still_running),
    }
    if cancelled.background_stopped or cancelled.background_running:
        shape["background"] = {
            "stopped": _tasks(cancelled.background_stopped),
            "stillRunning": _tasks(cancelled.background_running),
        }
    return shape


def _tasks(tasks: Sequence[BackgroundTask]) -> list[JsonObject]:
    return [{"taskId": task.id, "description": task.description} for task in tasks]
