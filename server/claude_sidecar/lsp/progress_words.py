"""What progress says: a few words for what happens in a turn, and for how it ended."""

from __future__ import annotations

from collections.abc import Sequence

from claude_sidecar.sessions.budgets.cost_consent import in_words
from claude_sidecar.sessions.events import (
    AgentMessageChunk,
    AgentThoughtChunk,
    ContextCompacted,
    EstimateMade,
    Event,
    FindingReported,
    PlanUpdated,
    RetryScheduled,
    SessionReplaced,
    ToolCallStarted,
    ToolCallUpdated,
    TurnStarted,
    TurnWaiting,
    UsageUpdated,
)
from claude_sidecar.sessions.model import StopReason, TurnResult

_LINE = 100
_ENDINGS: dict[StopReason, str] = {
    "end_turn": "Done",
    "max_turns": "Stopped at maxTurns",
    "max_budget": "Stopped: the budget is spent",
    "cancelled": "Cancelled",
    "refusal": "Claude declined",
    "error": "Failed",
}


def doing(event: Event) -> str | None:
    """What Claude does now, if the event says something about it."""
    if isinstance(event, ToolCallUpdated):
        running = event.status == "in_progress" and isinstance(event.content, str)
        return _last_line(str(event.content)) if running else None
    return _doing(event)


def _doing(event: Event) -> str | None:
    match event:
        case TurnWaiting(who=who):
            return f"Waiting for {who}, which has this session"
        case TurnStarted():
            return "Claude is looking at it"
        case AgentMessageChunk():
            return "Writing" if event.agent is None else f"Agent {event.agent} is writing"
        case AgentThoughtChunk():
            return "Thinking"
        case ToolCallStarted():
            return event.call.title
        case FindingReported():
            return f"Found: {event.finding.title}"
        case PlanUpdated():
            return next(
                (each.content for each in event.entries if each.status == "in_progress"), None
            )
        case UsageUpdated(warning=str(warning)):
            return warning
        case UsageUpdated():
            tokens = event.usage.output_tokens
            return f"{tokens:,} tokens written" if tokens > 1 else None
        case _:
            return _around(event)


def _around(event: Event) -> str | None:
    """What happens around Claude's own doing."""
    match event:
        case EstimateMade(estimate=estimate):
            return in_words(estimate)
        case RetryScheduled():
            return (
                f"Trying again in {event.delay_ms / 1000:.0f} s "
                f"({event.attempt} of {event.max_attempts}): {event.reason}"
            )
        case ContextCompacted():
            return "The conversation was summarised to make room"
        case SessionReplaced():
            return "The conversation goes on in a new session"
        case _:
            return None


def _last_line(output: str) -> str | None:
    """What a command that runs has written last."""
    line = output.rstrip().rpartition("\n")[2].strip()
    return line[:_LINE] or None


def summary(results: Sequence[TurnResult]) -> str:
    """How the turns of a command ended: findings and cost, unless there was nothing but an error.

    >>> summary([])
    'Not run'
    """
    if not results:
        return "Not run"
    last = results[-1]
    ending = _ENDINGS[last.stop_reason]
    if last.verification is not None and last.stop_reason == "end_turn":
        ending = last.verification.state.capitalize()
    if last.error is not None:
        ending = f"{ending}: {last.error.message}"
    found = sum(len(result.findings) for result in results)
    cost = sum(result.cost.turn_usd for result in results)
    if last.error is not None and not found and not cost:
        return ending
    findings = "no findings" if not found else f"{found} finding{'s' if found > 1 else ''}"
    return f"{ending}: {findings}, ${cost:.4f}"
