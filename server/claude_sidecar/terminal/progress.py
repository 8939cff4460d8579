"""What Claude is doing, on one line that moves: only where a person watches, and never in the way.

It goes to standard error. While text is being written to the same terminal it is taken down.
"""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.status import Status
from rich.text import Text
from typing_extensions import Self, assert_never

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
    TurnEnded,
    TurnStarted,
    TurnWaiting,
    UsageUpdated,
)
from claude_sidecar.sessions.model import ToolCall
from claude_sidecar.terminal.places import shown_path
from claude_sidecar.terminal.words import number_of
from claude_sidecar.visible import one_line

WAITING = "Waiting for Claude"


class Progress:
    """The moving line. Use it as a context manager, so that it is gone at the end."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = None
        self._doing = WAITING
        self._tokens = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.pause()

    def pause(self) -> None:
        """Take it down; the next `show` brings it back."""
        if self._status is not None:
            self._status.stop()
            self._status = None

    def show(self) -> None:
        """Put it up: a new one each time, for one used again would erase lines above it."""
        if self._status is None and self._console.is_terminal:
            self._status = Status(self._line(), console=self._console)
            self._status.start()

    def say(self, doing: str) -> None:
        """What is being done, from now on."""
        self._doing = doing
        self._refresh()

    def follow(self, event: Event) -> None:
        """Take from an event what Claude is doing."""
        if isinstance(event, TurnStarted):
            self._tokens = 0
        if isinstance(event, UsageUpdated):
            self._tokens = event.usage.output_tokens
            self._refresh()
        elif (doing := activity(event)) is not None:
            self.say(doing)

    def _refresh(self) -> None:
        if self._status is not None:
            self._status.update(self._line())

    def _line(self) -> Text:
        tokens = f" · {number_of(self._tokens, 'token')}" if self._tokens else ""
        room = max(20, self._console.width - len(tokens) - 4)
        return Text.assemble(one_line(self._doing, room), (tokens, "dim"))


def activity(event: Event) -> str | None:
    """What an event says of what Claude is doing now; None if nothing new."""
    match event:
        case TurnWaiting(who=who):
            return f"Waiting for {who}"
        case TurnStarted():
            return WAITING
        case EstimateMade(estimate=estimate):
            return in_words(estimate)
        case AgentThoughtChunk(agent=agent):
            return f"{agent}: thinking" if agent else "Thinking"
        case AgentMessageChunk(agent=agent):
            return f"{agent}: writing" if agent else "Writing"
        case ToolCallStarted(call=call, agent=agent):
            return f"{agent}: {_use(call)}" if agent else _use(call)
        case ToolCallUpdated(status="in_progress", content=str(output)):
            return output.rstrip().rpartition("\n")[2].strip() or None
        case ToolCallUpdated(status=status):
            return WAITING if status in {"completed", "failed"} else None
        case PlanUpdated(entries=entries):
            return next((each.content for each in entries if each.status == "in_progress"), None)
        case RetryScheduled():
            return retry_text(event)
        case (
            UsageUpdated() | ContextCompacted() | FindingReported() | SessionReplaced()
            | TurnEnded()
        ):  # fmt: skip
            return None
        case _:
            assert_never(event)


def retry_text(retry: RetryScheduled) -> str:
    """A retry in words."""
    seconds = max(1, round(retry.delay_ms / 1000))
    return f"{retry.reason}: trying again in {seconds} s ({retry.attempt} of {retry.max_attempts})"


def _use(call: ToolCall) -> str:
    if not call.locations or call.kind == "execute":
        return call.title
    place = call.locations[0]
    shown = shown_path(place.path)
    return call.title if shown in call.title else f"{call.title} {shown}"
