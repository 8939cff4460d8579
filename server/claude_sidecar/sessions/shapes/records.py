"""The domain's records in the shapes of the public protocol: plain JSON objects in camelCase.

Both the language server and the command line give these, so that a result reads the same wherever
it comes from. Times are ISO 8601 in UTC, places are URIs, absent optional fields are left out.
How a range is counted differs (LSP negotiates it), so the caller says how to write one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from typing import TypeAlias

from claude_sidecar.findings.model import Finding
from claude_sidecar.sessions.keys import uri_from_path
from claude_sidecar.sessions.model import (
    Compaction,
    ContextSize,
    Cost,
    JsonObject,
    Location,
    Session,
    ToolCall,
    Turn,
    TurnError,
    TurnResult,
    Usage,
    Verification,
)
from claude_sidecar.sessions.ports import BackgroundTask, KeptRule, OpenQuestion, TerminalCommand
from claude_sidecar.sessions.rewinding.rewinder import Rewound
from claude_sidecar.sessions.turns.cancelling import Cancelled
from claude_sidecar.text import Range

RangeShape: TypeAlias = Callable[[str, Range], JsonObject]
"""Writes the range of a file, given by its path, as LSP's `Range`."""


def code_point_range(path: str, range_: Range) -> JsonObject:
    """A range counted in code points (LSP's `utf-32`)."""
    del path
    return {
        "start": {"line": range_.start.line, "character": range_.start.character},
        "end": {"line": range_.end.line, "character": range_.end.character},
    }


def time_shape(seconds: float) -> str:
    """Seconds since the epoch as ISO 8601 in UTC, to the millisecond."""
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def session_shape(session: Session) -> JsonObject:
    """`Session`."""
    return present(
        sessionId=session.id,
        workspace=uri_from_path(session.key.workspace),
        file=session.key.file,
        title=session.title,
        current=session.current,
        createdAt=time_shape(session.created_at),
        updatedAt=time_shape(session.updated_at),
        turns=session.turns,
        costUsd=session.cost_usd,
        model=session.model,
        state=session.state,
        forkedFrom=session.forked_from,
        forkTurn=session.fork_turn,
        recoveredFrom=session.recovered_from,
        elsewhere=session.elsewhere or None,
        openFindings=session.open_findings,
        context=context_shape(session.context) if session.context.used_tokens else None,
        mode=session.mode,
    )


def rule_shape(rule: KeptRule) -> JsonObject:
    """A rule of `permission.list`."""
    return present(
        ruleId=rule.id,
        workspace=uri_from_path(rule.workspace),
        sessionId=rule.session_id,
        rule=rule.rule,
        allows=rule.allows,
        createdAt=time_shape(rule.created_at),
    )


def open_question_shape(question: OpenQuestion) -> JsonObject:
    """An open question of `permission.list`."""
    return present(
        sessionId=question.session_id,
        turnId=question.turn_id,
        toolCallId=question.tool_call_id,
        title=question.title,
        toolKind=question.kind,
        rawInput=question.input,
        askedAt=time_shape(question.asked_at),
    )


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


def terminal_command_shape(session_id: str, command: TerminalCommand) -> JsonObject:
    """The result of `session.handover`; `command` is quoted as this system's shell wants it."""
    return {
        "sessionId": session_id,
        "command": command.quoted,
        "argv": list(command.argv),
        "cwd": uri_from_path(command.cwd),
        "env": dict(command.env),
    }


def tool_call_shape(call: ToolCall) -> JsonObject:
    """A tool call as a turn lists it."""
    return {
        "toolCallId": call.id,
        "title": call.title,
        "kind": call.kind,
        "status": call.status,
        "locations": [location_shape(location) for location in call.locations],
    }


def location_shape(location: Location) -> JsonObject:
    """A file, and a line from 0 where one is known."""
    return present(uri=uri_from_path(location.path), line=location.line)


def finding_shape(finding: Finding, range_shape: RangeShape) -> JsonObject:
    """`Finding`."""
    suggestion = None if finding.suggestion is None else {"newText": finding.suggestion}
    return present(
        id=finding.id,
        uri=uri_from_path(finding.file),
        range=range_shape(finding.file, finding.range),
        severity=finding.severity,
        category=finding.category,
        title=finding.title,
        message=finding.message,
        failureScenario=finding.failure_scenario,
        quote=finding.quote,
        suggestion=suggestion,
        verdict=finding.verdict,
        state=finding.state,
        anchor=finding.anchor,
        reviewers=list(finding.reviewers),
        sessionId=finding.session_id,
        turnId=finding.turn_id,
    )


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


def usage_shape(usage: Usage) -> JsonObject:
    """Tokens by kind."""
    return {
        "inputTokens": usage.input_tokens,
        "outputTokens": usage.output_tokens,
        "cacheReadTokens": usage.cache_read_tokens,
        "cacheWriteTokens": usage.cache_write_tokens,
    }


def cost_shape(cost: Cost) -> JsonObject:
    """Dollars of a turn and its session."""
    return {"turnUsd": cost.turn_usd, "sessionUsd": cost.session_usd}


def context_shape(context: ContextSize) -> JsonObject:
    """How full the context window is."""
    return {"usedTokens": context.used_tokens, "maxTokens": context.max_tokens}


def error_shape(error: TurnError) -> JsonObject:
    """What went wrong and what to do about it."""
    return {
        "kind": error.kind,
        "message": error.message,
        "hint": error.hint,
        "retryable": error.retryable,
    }


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


def rewound_shape(rewound: Rewound) -> JsonObject:
    """The result of `session.rewind`."""
    shape: JsonObject = {"restored": [uri_from_path(path) for path in rewound.restored]}
    if rewound.unrestored:
        shape["unrestored"] = [
            {"uri": uri_from_path(each.path), "reason": each.reason} for each in rewound.unrestored
        ]
    return shape


def present(**fields: object) -> JsonObject:
    """An object of the fields that are not None."""
    return {name: value for name, value in fields.items() if value is not None}
