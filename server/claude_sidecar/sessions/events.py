"""What happens in a turn, as it happens: one stream that every surface reads.

The agent produces the first group, the turn runner adds the second. Each event goes out in an
`Update`, numbered from 0 within its turn. The journal, LSP notifications, progress and the
terminal are all subscribers of the same `EventBus`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, TypeAlias

from claude_sidecar.findings.model import Finding
from claude_sidecar.sessions.costs.estimates import Estimate
from claude_sidecar.sessions.costs.spending import Tally
from claude_sidecar.sessions.model import (
    ContextSize,
    Cost,
    JsonObject,
    Key,
    ToolCall,
    ToolCallStatus,
    TurnKind,
    TurnResult,
    Usage,
)
from claude_sidecar.text import Range

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AgentMessageChunk:
    """A piece of Claude's reply; `agent` names the subagent that speaks, if one does."""

    text: str
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class AgentThoughtChunk:
    """A piece of Claude's thinking."""

    text: str
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class ToolCallStarted:
    """Claude calls a tool."""

    call: ToolCall
    raw_input: JsonObject
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class FileDiff:
    """What an edit makes of a file's text."""

    path: str
    old_text: str
    new_text: str


@dataclass(frozen=True, slots=True)
class ToolCallUpdated:
    """A tool call went on, or ended; `content` is its output or the edit it made."""

    tool_call_id: str
    status: ToolCallStatus
    content: str | FileDiff | None = None


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """One entry of Claude's to-do list; `status` is `pending`, `in_progress` or `completed`."""

    content: str
    status: str


@dataclass(frozen=True, slots=True)
class PlanUpdated:
    """Claude's to-do list, whole."""

    entries: tuple[PlanEntry, ...]


@dataclass(frozen=True, slots=True)
class UsageUpdated:
    """Tokens of the turn so far, and their cost, as far as is known.

    The agent gives the tally; what the session comes to with it is added by the turn's host.

    :param warning: what the user is to be told, once, when the conversation has become full.
    """

    usage: Usage
    context: ContextSize
    cost: Cost = Cost()
    tally: Tally = Tally()
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class RetryScheduled:
    """Claude Code tries a failed call to the API again by itself."""

    attempt: int
    max_attempts: int
    delay_ms: int
    reason: str


@dataclass(frozen=True, slots=True)
class ContextCompacted:
    """The conversation was summarised to make room; see :class:`Compaction` for the fields."""

    trigger: str
    before_tokens: int
    after_tokens: int | None = None
    summary: str = ""


AgentEvent: TypeAlias = (
    AgentMessageChunk
    | AgentThoughtChunk
    | ToolCallStarted
    | ToolCallUpdated
    | PlanUpdated
    | UsageUpdated
    | RetryScheduled
    | ContextCompacted
)


@dataclass(frozen=True, slots=True)
class AskedTurn:
    """What was asked for."""

    kind: TurnKind
    prompt: str
    path: str | None = None
    range: Range | None = None


@dataclass(frozen=True, slots=True)
class TurnWaiting:
    """A turn waits for another process to be done with its session.

    :param program: `claude-sidecar`, or `claude` for Claude Code that runs by itself.
    :param process: that process's id.
    :param turn: what waits; whoever notices the wait does not know it.
    """

    program: Literal["claude-sidecar", "claude"]
    process: int
    turn: AskedTurn | None = None

    @property
    def who(self) -> str:
        """That process, in words."""
        name = "another claude-sidecar" if self.program == "claude-sidecar" else "Claude Code"
        return f"{name} (process {self.process})"


@dataclass(frozen=True, slots=True)
class TurnStarted:
    """A turn leaves its session's queue."""

    turn: AskedTurn
    resumed: bool


@dataclass(frozen=True, slots=True)
class EstimateMade:
    """What the turn is likely to take; it has not been sent to Claude yet."""

    estimate: Estimate


@dataclass(frozen=True, slots=True)
class FindingReported:
    """Claude reported a finding; it is recorded already."""

    finding: Finding


@dataclass(frozen=True, slots=True)
class SessionReplaced:
    """The session could not be resumed; another goes on in its place."""

    from_id: str
    to_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The turn is over and journalled."""

    result: TurnResult


Event: TypeAlias = (
    AgentEvent
    | TurnWaiting
    | TurnStarted
    | EstimateMade
    | FindingReported
    | SessionReplaced
    | TurnEnded
)


@dataclass(frozen=True, slots=True)
class Update:
    """An event with its place: `seq` counts up from 0 in each turn without gaps."""

    session_id: str
    turn_id: str
    key: Key
    seq: int
    event: Event


Subscriber: TypeAlias = Callable[[Update], None]


class EventBus:
    """Hands each update to every subscriber, in order, at once.

    Subscribers must return quickly: what takes time they queue for a task of their own.
    """

    def __init__(self) -> None:
        self._subscribers: list[Subscriber] = []

    @contextmanager
    def subscribed(self, subscriber: Subscriber) -> Generator[None]:
        """Deliver to `subscriber` inside the `with` block."""
        self._subscribers.append(subscriber)
        try:
            yield
        finally:
            self._subscribers.remove(subscriber)

    def publish(self, update: Update) -> None:
        """Deliver to all; one that fails is logged and does not keep the others from theirs."""
        for subscriber in tuple(self._subscribers):
            try:
                subscriber(update)
            except Exception:
                logger.exception("A subscriber failed on %s", type(update.event).__name__)
