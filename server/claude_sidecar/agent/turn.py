"""One prompt on its way through a process: which messages are its own, and how it ended.

Claude Code also starts turns by itself, when a background agent ends, and their messages come on
the same stream. What belongs to whom is told by the uuid of the prompt: `status: requesting` names
the prompts that a call to the model is made for, and a result those it answers.
"""

from __future__ import annotations

import anyio
from claude_agent_sdk import (
    AssistantMessage,
    Message,
    ResultMessage,
    StreamEvent,
    SystemMessage,
    UserMessage,
)

from claude_sidecar.agent import failures
from claude_sidecar.agent.failures import ApiFailure
from claude_sidecar.agent.translate import Translator
from claude_sidecar.agent.usage import Ledger, Meter
from claude_sidecar.sessions.events import UsageUpdated
from claude_sidecar.sessions.model import StopReason, TurnError, Usage
from claude_sidecar.sessions.ports import AgentOutcome, AgentRequest, TurnHost


class ActiveTurn:
    """A prompt that is being answered.

    :param ledger: of the process that answers it.
    :param resumed: whether a transcript is continued.
    """

    def __init__(
        self, request: AgentRequest, host: TurnHost, *, ledger: Ledger, resumed: bool
    ) -> None:
        self.request = request
        self.host = host
        self.done = anyio.Event()
        self.heard = anyio.Event()
        self.outcome: AgentOutcome | None = None
        self._stopped = False
        self._dead = False
        self._mine = False
        self._error_name: str | None = None
        self._ledger = ledger
        self._resumed = resumed
        self._meter = Meter()
        self._translator = Translator(host.emit, request.options.cwd, self._meter)

    @property
    def unheard(self) -> bool:
        """Whether the process died before it gave a sign of having got the prompt."""
        return self._dead and not self.heard.is_set() and not self._stopped

    def stop(self) -> None:
        """The turn is to be interrupted: however it ends now, it was cancelled."""
        self._stopped = True

    async def announced(self, tool_use_id: str) -> None:
        """Wait until the host was told of a tool call."""
        await self._translator.announced(tool_use_id)

    def take(self, message: Message) -> None:
        """A message came from the process."""
        if self.done.is_set():
            return
        self.heard.set()
        match message:
            case ResultMessage():
                self._result(message)
            case StreamEvent() | AssistantMessage():
                self._spoken(message)
            case UserMessage():
                if self._belongs(message.parent_tool_use_id):
                    self._translator.answered(message)
            case SystemMessage():
                self._told(message)
            case _:
                pass

    def died(self, error: Exception | None, last_words: str) -> None:
        """The process is gone."""
        self._dead = True
        self.fail(failures.death(error, last_words))

    def fail(self, error: TurnError) -> None:
        """The turn ends without a result."""
        if not self.done.is_set():
            self._end("error", error, self._meter.total, None)

    def _told(self, message: SystemMessage) -> None:
        if message.data.get("status") == "requesting":
            self._mine = self.request.turn_id in (message.data.get("user_message_uuids") or ())
        elif self._mine or message.subtype == "compact_boundary":
            self._translator.told(message)

    def _spoken(self, message: StreamEvent | AssistantMessage) -> None:
        if self.request.turn_id in (message.user_message_uuids or ()):
            self._mine = True
        if not self._belongs(message.parent_tool_use_id):
            return
        if isinstance(message, StreamEvent):
            self._translator.streamed(message)
            if message.event.get("type") == "message_delta":
                self._report_usage()
            return
        if message.error is not None and message.parent_tool_use_id is None:
            self._error_name = message.error
        self._translator.finished(message)

    def _belongs(self, parent: str | None) -> bool:
        return self._mine if parent is None else self._translator.knows(parent)

    def _report_usage(self) -> None:
        window = self._ledger.window(self._meter.model)
        self.host.emit(UsageUpdated(self._meter.total, self._meter.context(window)))

    def _result(self, result: ResultMessage) -> None:
        used = self._ledger.settle(result)
        uuids = result.user_message_uuids or [result.user_message_uuid]
        aborted = (result.terminal_reason or "").startswith("aborted")
        # An interrupted turn's list can be empty.
        if self.request.turn_id not in uuids and not (self._stopped and self._mine and aborted):
            self._mine = False
            self._error_name = None
            return
        reason, error = self._ending(result, aborted=aborted)
        self._end(reason, error, used or self._meter.total, result.total_cost_usd)

    def _ending(
        self, result: ResultMessage, *, aborted: bool
    ) -> tuple[StopReason, TurnError | None]:
        if aborted:
            return "cancelled", None
        match result.subtype:
            case "error_max_turns":
                return "max_turns", None
            case "error_max_budget_usd":
                return "max_budget", None
            case _ if result.stop_reason == "refusal":
                return "refusal", None
            case "success" if not result.is_error:
                return "end_turn", None
            case "success":
                failure = ApiFailure(
                    text=result.result or "The call to Claude failed.",
                    name=self._error_name,
                    status=result.api_error_status,
                    reason=result.terminal_reason,
                )
                return "error", failures.api_error(failure, self.request.options)
            case subtype:
                text = "; ".join(result.errors or []) or subtype
                return "error", failures.internal_error(text)

    def _end(
        self, reason: StopReason, error: TurnError | None, usage: Usage, billed: float | None
    ) -> None:
        self._translator.end()
        if self._stopped:
            reason, error = "cancelled", None
        self.outcome = AgentOutcome(
            stop_reason=reason,
            usage=usage,
            billed_usd=billed,
            context=self._meter.context(self._ledger.window(self._meter.model)),
            model=self._meter.model,
            resumed=self._resumed,
            error=error,
        )
        self.done.set()
