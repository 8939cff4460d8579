"""What the user was asked and has answered for good, in the shapes of the public protocol."""

from __future__ import annotations

from claude_sidecar.sessions.keys import uri_from_path
from claude_sidecar.sessions.model import (
    JsonObject,
)
from claude_sidecar.sessions.ports import KeptRule, OpenQuestion
from claude_sidecar.sessions.shapes.values import (
    present,
    time_shape,
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
