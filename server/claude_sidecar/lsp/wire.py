"""The argument of each command, as the public protocol has it; one class a command.

What commands give back are the shapes of :mod:`claude_sidecar.sessions.shapes.records`.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import attrs
from lsprotocol import types

from claude_sidecar.debugging.debugger import DebugState
from claude_sidecar.findings.model import FINDING_STATES, SEVERITIES, FindingState, Severity
from claude_sidecar.lsp.arguments import (
    choice,
    count,
    debug_state,
    diagnostic,
    flag,
    optional,
    range_,
    required,
    several,
    text,
    words,
)
from claude_sidecar.sessions.model import PermissionMode
from claude_sidecar.sessions.shapes.export import EXPORT_FORMATS, ExportFormat
from claude_sidecar.settings import PERMISSION_MODES


class LastDocument:
    """`uri` was not given: the document that the user last worked in is meant."""


LAST_DOCUMENT: Final = LastDocument()
Place: TypeAlias = str | LastDocument | None
"""A URI, None for the workspace, or the document last worked in."""


def _place() -> Any:
    return optional(words, LAST_DOCUMENT, nullable=True)


@attrs.frozen
class ReviewArguments:
    """`review`."""

    uri: Place = _place()
    range: types.Range | None = optional(range_)
    focus: str | None = optional(text)
    fresh: bool = optional(flag, default=False)
    reviewers: tuple[str, ...] = optional(several(words, "names"), ())
    verify: bool = optional(flag, default=False)
    confirmed: bool = optional(flag, default=False)


@attrs.frozen
class ReviewChangesArguments:
    """`reviewChanges`; `base` is "working", "staged" or a revision."""

    workspace: str | None = optional(words)
    base: str = optional(words, "working")
    focus: str | None = optional(text)
    fresh: bool = optional(flag, default=False)
    reviewers: tuple[str, ...] = optional(several(words, "names"), ())
    verify: bool = optional(flag, default=False)
    confirmed: bool = optional(flag, default=False)


@attrs.frozen
class DebugArguments:
    """`debug`."""

    uri: Place = _place()
    range: types.Range | None = optional(range_)
    error: str | None = optional(text)
    diagnostics: tuple[types.Diagnostic, ...] = optional(several(diagnostic, "diagnostics"), ())
    debug_state: DebugState | None = optional(debug_state)
    test: str | None = optional(words)
    fresh: bool = optional(flag, default=False)


@attrs.frozen
class AskArguments:
    """`ask`."""

    text: str = required(words)
    uri: Place = _place()
    range: types.Range | None = optional(range_)
    session_id: str | None = optional(words)
    finding_id: str | None = optional(words)
    fresh: bool = optional(flag, default=False)
    diagnostics: tuple[types.Diagnostic, ...] = optional(several(diagnostic, "diagnostics"), ())
    read_only: bool = optional(flag, default=False)


@attrs.frozen
class FixArguments:
    """`fix`: a finding, else what is wrong in a range of a file."""

    finding_id: str | None = optional(words)
    uri: Place = _place()
    range: types.Range | None = optional(range_)
    diagnostics: tuple[types.Diagnostic, ...] = optional(several(diagnostic, "diagnostics"), ())


@attrs.frozen
class RunStepsArguments:
    """`runSteps`: a list, or (`resume`) what is left of the last one."""

    steps: tuple[str, ...] | None = optional(several(words, "prompts"))
    uri: Place = _place()
    stop_on_error: bool = optional(flag, default=True)
    resume: bool = optional(flag, default=False)


@attrs.frozen
class CancelArguments:
    """`cancel`."""

    session_id: str | None = optional(words)
    turn_id: str | None = optional(words)


@attrs.frozen
class TurnContinueArguments:
    """`turn.continue`: a turn, else the last of a session."""

    turn_id: str | None = optional(words)
    session_id: str | None = optional(words)
    uri: Place = _place()


@attrs.frozen
class TurnRetryArguments(TurnContinueArguments):
    """`turn.retry`: as `turn.continue`."""


@attrs.frozen
class SessionNewArguments:
    """`session.new`."""

    uri: Place = _place()


@attrs.frozen
class SessionListArguments:
    """`session.list`; here an absent `uri` leaves the list unrestricted."""

    workspace: str | None = optional(words)
    uri: Place = _place()
    query: str | None = optional(text)
    limit: int = optional(count(1, 1000), 50)
    cursor: str | None = optional(words)


@attrs.frozen
class SessionResumeArguments:
    """`session.resume`; here an absent `uri` leaves the session where it belongs."""

    session_id: str = required(words)
    uri: Place = _place()


@attrs.frozen
class SessionHistoryArguments:
    """`session.history`."""

    session_id: str | None = optional(words)
    uri: Place = _place()


@attrs.frozen
class SessionRenameArguments:
    """`session.rename`."""

    session_id: str = required(words)
    title: str = required(words)


@attrs.frozen
class SessionDeleteArguments:
    """`session.delete`."""

    session_id: str = required(words)


@attrs.frozen
class SessionHandoverArguments:
    """`session.handover`; without `sessionId`, the current session of the document worked in."""

    session_id: str | None = optional(words)


@attrs.frozen
class SessionExportArguments:
    """`session.export`; without `sessionId`, the current session of the document worked in."""

    session_id: str | None = optional(words)
    format: ExportFormat = optional(choice(EXPORT_FORMATS), "markdown")


@attrs.frozen
class SessionForkArguments:
    """`session.fork`."""

    session_id: str = required(words)
    turn_id: str | None = optional(words)


@attrs.frozen
class SessionCompactArguments:
    """`session.compact`; without `sessionId`, the current session of the document worked in."""

    session_id: str | None = optional(words)
    instructions: str | None = optional(text)


@attrs.frozen
class SessionRewindArguments:
    """`session.rewind`."""

    turn_id: str = required(words)


@attrs.frozen
class SessionSetModeArguments:
    """`session.setMode`; without `sessionId`, the current session of the place."""

    mode: PermissionMode = required(choice(PERMISSION_MODES))
    session_id: str | None = optional(words)
    uri: Place = _place()


@attrs.frozen
class FindingListArguments:
    """`finding.list`; here an absent `uri` leaves the list unrestricted."""

    workspace: str | None = optional(words)
    uri: Place = _place()
    state: FindingState | None = optional(choice(FINDING_STATES))


@attrs.frozen
class FindingApplyArguments:
    """`finding.apply`."""

    finding_id: str = required(words)


@attrs.frozen
class FindingReopenArguments:
    """`finding.reopen`."""

    finding_id: str = required(words)


@attrs.frozen
class FindingVerifyArguments:
    """`finding.verify`."""

    finding_id: str = required(words)


@attrs.frozen
class FindingApplyAllArguments:
    """`finding.applyAll`: all suggestions for a file."""

    uri: Place = _place()


@attrs.frozen
class FindingDismissArguments:
    """`finding.dismiss`."""

    finding_id: str = required(words)
    reason: str | None = optional(text)


@attrs.frozen
class FindingDismissAllArguments:
    """`finding.dismissAll`: all open findings of a file that have the severity."""

    severity: Severity = required(choice(SEVERITIES))
    uri: Place = _place()
    reason: str | None = optional(text)


@attrs.frozen
class PermissionListArguments:
    """`permission.list`."""

    workspace: str | None = optional(words)
    session_id: str | None = optional(words)


@attrs.frozen
class PermissionRevokeArguments:
    """`permission.revoke`."""

    rule_id: str = required(words)


@attrs.frozen
class UsageArguments:
    """`usage`."""

    workspace: str | None = optional(words)
    since: str | None = optional(words)


@attrs.frozen
class EstimateArguments:
    """`estimate`: of a review, or with `base` of a review of changes."""

    uri: Place = _place()
    range: types.Range | None = optional(range_)
    fresh: bool = optional(flag, default=False)
    workspace: str | None = optional(words)
    base: str | None = optional(words)


@attrs.frozen
class StatusArguments:
    """`status`, which takes nothing."""
