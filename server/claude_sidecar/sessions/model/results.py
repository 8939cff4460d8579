"""What a turn gives back: how it ended, what was seen of it, and what became of its conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from claude_sidecar.errors import ErrorKind, TurnFailure
from claude_sidecar.findings.model import Finding
from claude_sidecar.sessions.model.amounts import ContextSize, Cost, Usage

StopReason: TypeAlias = Literal[
    "end_turn", "max_turns", "max_budget", "cancelled", "refusal", "error"
]
RecoveryMeans: TypeAlias = Literal["copy", "journal"]
VerificationState: TypeAlias = Literal["verified", "still failing", "not verified"]


@dataclass(frozen=True, slots=True)
class TurnError:
    """Why a turn did not end well, and what to do about it."""

    kind: ErrorKind
    message: str
    hint: str
    retryable: bool


@dataclass(frozen=True, slots=True)
class Recovery:
    """Claude Code no longer had all of the session `from_id`, and how it goes on.

    By `copy`: its transcript was put back from ours, and the same session goes on. By `journal`:
    another session took its place, and was told what was said.
    """

    from_id: str
    reason: str
    by: RecoveryMeans


@dataclass(frozen=True, slots=True)
class Compaction:
    """The conversation was summarised to make room.

    :param trigger: `manual`, or `auto` for Claude Code's own.
    :param before_tokens: the size of the conversation before it.
    :param after_tokens: its size since; None where that was not told.
    :param summary: what was kept of it; empty where that was not told.
    """

    trigger: str
    before_tokens: int
    after_tokens: int | None = None
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """What was seen of a fix, and nothing more.

    :param command: what was run; None where something else was looked at.
    :param attempts: how many changes it was tried after.
    :param exit_status: of the last run; None if there was none, or it did not end in time.
    :param failure: what fails still, in a line or a few; `output` is the end of what was written.
    :param reason: why it was not verified.
    """

    state: VerificationState
    command: str | None = None
    attempts: int = 0
    exit_status: int | None = None
    failure: str | None = None
    output: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class TurnResult:
    """What a turn came to. It is given for every turn that began, however it ended."""

    session_id: str
    turn_id: str
    stop_reason: StopReason
    text: str
    findings: tuple[Finding, ...] = ()
    usage: Usage = Usage()
    cost: Cost = Cost()
    context: ContextSize = ContextSize()
    resumed: bool = False
    recovered: Recovery | None = None
    error: TurnError | None = None
    compacted: Compaction | None = None
    verification: Verification | None = None


def not_ended_well(result: TurnResult) -> TurnFailure:
    """The failure of a turn, for a caller that wants more of it than its result."""
    error = result.error
    if error is not None:
        return TurnFailure(error.kind, error.message, hint=error.hint, retryable=error.retryable)
    return TurnFailure(
        "internal",
        f"The turn ended with {result.stop_reason}.",
        hint="Ask again; the conversation is kept.",
        retryable=True,
    )
