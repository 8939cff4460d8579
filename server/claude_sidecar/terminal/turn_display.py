"""A turn on the screen, from its first event to how it ended.

Replies and findings go to standard output as they come; everything about the way there goes to
standard error. The two take turns where they share a terminal.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from typing_extensions import assert_never

from claude_sidecar.findings.model import Severity, at_least
from claude_sidecar.sessions.events import (
    AgentMessageChunk,
    AgentThoughtChunk,
    ContextCompacted,
    EstimateMade,
    FindingReported,
    PlanUpdated,
    RetryScheduled,
    SessionReplaced,
    ToolCallStarted,
    ToolCallUpdated,
    TurnEnded,
    TurnStarted,
    TurnWaiting,
    Update,
    UsageUpdated,
)
from claude_sidecar.sessions.model import ToolCall
from claude_sidecar.terminal.excerpts import Sources
from claude_sidecar.terminal.findings import print_finding
from claude_sidecar.terminal.progress import Progress, retry_text
from claude_sidecar.terminal.reply import ReplyWriter
from claude_sidecar.terminal.screen import Screen
from claude_sidecar.visible import one_line

_TOLD_KINDS = frozenset({"edit", "delete", "move", "execute", "fetch"})
"""Uses of tools that stay on the screen; what only looks passes by in the progress line."""


_Remarkable: TypeAlias = (
    TurnStarted
    | RetryScheduled
    | ContextCompacted
    | AgentMessageChunk
    | AgentThoughtChunk
    | PlanUpdated
    | UsageUpdated
    | ToolCallUpdated
    | EstimateMade
)


Block: TypeAlias = Literal["reply", "finding", "remark", "summary"]
"""What stands on the screen apart from the rest."""


class TurnDisplay:
    """Shows the updates of turns.

    :param answers: whether replies and findings are written as they come (not for JSON, say).
    :param min_severity: milder findings are not shown.
    :param tell_resumed: whether it is remarked that an earlier conversation goes on.
    """

    def __init__(
        self,
        screen: Screen,
        sources: Sources,
        progress: Progress,
        *,
        answers: bool = True,
        min_severity: Severity,
        tell_resumed: bool = True,
    ) -> None:
        self._screen = screen
        self._sources = sources
        self._progress = progress
        self._answers = answers
        self._min_severity: Severity = min_severity
        self._reply = ReplyWriter(screen.out)
        self._calls: dict[str, ToolCall] = {}
        self._tell_resumed = tell_resumed
        self._last: Block | None = None

    def show(self, update: Update) -> None:
        """One update of a turn."""
        event = update.event
        self._progress.follow(event)
        match event:
            case AgentMessageChunk(text=text, agent=None):
                self._write(text)
            case FindingReported(finding=finding):
                if self._answers and at_least(finding.severity, self._min_severity):
                    self.begin_block("finding")
                    print_finding(self._screen.out, finding, self._sources)
            case ToolCallStarted(call=call):
                self._calls[call.id] = call
                self._tell_call(call)
            case ToolCallUpdated(tool_call_id=call_id, status="failed"):
                call = self._calls.get(call_id)
                if call and call.kind in _TOLD_KINDS:
                    self._aside(f"  did not work: {one_line(call.title)}")
            case TurnWaiting(who=who):
                self._begin_remark()
                self._screen.say(f"Waiting for {who}, which has this session.")
            case SessionReplaced(reason=reason):
                self._begin_remark()
                self._screen.warn(
                    f"The earlier conversation could not be resumed ({reason}). "
                    "It goes on in a new session that is told what was said before."
                )
            case TurnEnded():
                self.pause()
                return
            case _:
                self._remark(event)
        self._show_progress()

    def settle(self) -> None:
        """Nothing more has come for a while: show what was held back for want of its end."""
        self._reply.settle()

    def interrupted(self) -> None:
        """The person pressed Ctrl-C: say that it was heard."""
        self._progress.say("Stopping")
        self._show_progress()

    def pause(self) -> None:
        """Leave the screen free for something else: no progress, no unfinished line."""
        self._progress.pause()
        self._reply.finish()

    def prompted(self) -> None:
        """The person has just typed: what comes next stands right below it."""
        self._last = None

    def begin_block(self, block: Block) -> None:
        """Leave the screen free for a block of lines, with an empty line before it where one of
        another kind stands there already.
        """
        self.pause()
        if self._last is not None and not (self._last == block == "remark"):
            self._screen.out.print()
        self._last = block

    def _write(self, text: str) -> None:
        if not self._answers:
            return
        if not self._reply.begun:
            text = text.lstrip()
            if not text:
                return
            self.begin_block("reply")
        self._reply.write(text)

    def _remark(self, event: _Remarkable) -> None:
        match event:
            case TurnStarted(resumed=resumed):
                if resumed and self._tell_resumed:
                    self._aside("Continuing the conversation.")
            case RetryScheduled():
                self._aside(retry_text(event))
            case ContextCompacted(before_tokens=before):
                self._aside(f"The conversation was summarised to make room ({before:,} tokens).")
            case UsageUpdated(warning=str(warning)):
                self._begin_remark()
                self._screen.warn(warning)
            case (
                AgentMessageChunk() | AgentThoughtChunk() | PlanUpdated() | UsageUpdated()
                | ToolCallUpdated() | EstimateMade()
            ):  # fmt: skip
                pass
            case _:
                assert_never(event)

    def _tell_call(self, call: ToolCall) -> None:
        if call.kind in _TOLD_KINDS:
            self._aside(f"* {one_line(call.title)}")

    def _aside(self, text: str) -> None:
        """A line that stays, for whoever watches."""
        if self._screen.err.is_terminal:
            self._begin_remark()
            self._screen.note(text)

    def _begin_remark(self) -> None:
        if self._screen.same_terminal:
            self.begin_block("remark")
        else:
            self._progress.pause()

    def _show_progress(self) -> None:
        if not (self._screen.same_terminal and self._reply.begun):
            self._progress.show()
