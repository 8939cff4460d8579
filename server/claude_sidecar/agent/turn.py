"""One prompt on its way through a process: which messages are its own, and how it ended.

Claude Code also starts turns by itself, when a background agent ends, and their messages come on
the same stream. What belongs to whom is told by the uuid of the prompt: `status: requesting` names
the prompts that a call to the model is made for, and a result those it answers.
"""

from __future__ import annotations

from collections.abc import Callable

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
from claude_sidecar.agent.compaction import Compactions
from claude_sidecar.agent.failures import ApiFailure
from claude_sidecar.agent.translate import Translator
from claude_sidecar.agent.usage import Meter, Till
from claude_sidecar.sessions.costs.spending import Bill, Tally
from claude_sidecar.sessions.events import UsageUpdated
from claude_sidecar.sessions.model import StopReason, TurnError
from claude_sidecar.sessions.ports import AgentOutcome, AgentRequest, TurnHost

HELD = "hook_stopped"
"""How a result calls it that a hook of ours had Claude Code stop."""


class ActiveTurn:
    """A prompt that is being answered.

    :param till: of the process that answers it.
    :param on_spent: called when something was spent that the till does not have yet.
    :param resumed: whether a transcript is continued.
    :ivar begun: whether the model was called for it.
    """

    def __init__(
        self,
        request: AgentRequest,
        host: TurnHost,
        *,
        till: Till,
        on_spent: Callable[[], None],
        resumed: bool,
    ) -> None:
        self.request = request
        self.host = host
        self.done = anyio.Event()
        self.heard = anyio.Event()
        self.outcome: AgentOutcome | None = None
        self._stopped = False
        self._dead = False
        self._answered = False
        self.begun = False
        self._mine = False
        self._held = False
        self._error_name: str | None = None
        self._till = till
        self._on_spent = on_spent
        self._exact = till.exact
        self._bill = Bill()
        self._resumed = resumed
        self._meter = Meter()
        self._compactions = Compactions(host.emit, self._meter.compacted)
        if request.command:  # Claude Code carries it out itself, and names no prompt meanwhile
            self._mine = self.begun = True
        self._translator = Translator(
            host.emit, request.options.cwd, self._meter, self._report_usage
        )

    @property
    def unanswered(self) -> bool:
        """Whether the process died before Claude had said or done anything."""
        return self._dead and not self._answered and not self._stopped

    def stop(self) -> None:
        """The turn is to be interrupted: however it ends now, it was cancelled."""
        self._stopped = True

    def hold(self) -> None:
        """The user's budget is used up: Claude Code was told to stop where it is."""
        self._held = True

    @property
    def complete_messages(self) -> frozenset[str]:
        """Messages that totals which are asked for now will have."""
        return self._meter.complete()

    def totals_told(self, messages: frozenset[str]) -> None:
        """The till was told totals, which have these messages of the turn."""
        if self.begun and not self.done.is_set():
            self._bill += self._till.claim()
            self._meter.settle(messages)
            self._report_usage()

    def spent_later(self, bill: Bill) -> None:
        """What the turn had left running, in the background, went on to spend."""
        self._bill += bill
        self._report_usage()

    async def announced(self, tool_use_id: str) -> None:
        """Wait until the host was told of a tool call."""
        await self._translator.announced(tool_use_id)

    def take(self, message: Message) -> None:
        """A message came from the process."""
        if self.done.is_set():
            return
        self.heard.set()
        self._compactions.take(message)
        self._answered = self._answered or self._compactions.count > 0
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
            self._end("error", error)

    def _told(self, message: SystemMessage) -> None:
        if message.data.get("status") == "requesting":
            self._mine = self.request.turn_id in (message.data.get("user_message_uuids") or ())
            self.begun = self.begun or self._mine
        elif self._mine:
            self._translator.told(message)

    def _spoken(self, message: StreamEvent | AssistantMessage) -> None:
        if self.request.turn_id in (message.user_message_uuids or ()):
            self._mine = self.begun = True
        if not self._belongs(message.parent_tool_use_id):
            return
        opens = isinstance(message, StreamEvent) and message.event.get("type") == "message_start"
        self._answered = self._answered or not opens
        if isinstance(message, StreamEvent):
            self._translator.streamed(message)
            if message.event.get("type") == "message_delta":
                self._on_spent()
            return
        if message.error is not None and message.parent_tool_use_id is None:
            self._error_name = message.error
        self._translator.finished(message)
        if message.parent_tool_use_id is not None:
            self._on_spent()

    def _belongs(self, parent: str | None) -> bool:
        return self._mine if parent is None else self._translator.knows(parent)

    def _report_usage(self) -> None:
        tally = self._tally()
        context = self._meter.context(self._till.window(self._meter.model))
        self.host.emit(UsageUpdated(tally.usage, context, tally=tally))

    def _tally(self) -> Tally:
        opening, known = self._till.opening, self._till.known
        if self._exact:
            bill, estimate = self._bill, self._meter.estimate(known)
        else:
            bill, estimate = Bill(), self._meter.all(known)
        return Tally(
            bill, estimate, None if opening is None else opening.cost_usd, self._till.billed_usd
        )

    def _result(self, result: ResultMessage) -> None:
        uuids = result.user_message_uuids or [result.user_message_uuid]
        aborted = (result.terminal_reason or "").startswith("aborted")
        # An interrupted turn's list can be empty.
        if self.request.turn_id not in uuids and not (self._stopped and self._mine and aborted):
            self._mine = False
            self._error_name = None
            return
        self._bill += self._till.claim()
        self._meter.settle()
        full = result.terminal_reason == "prompt_too_long"
        self._end(*self._ending(result, aborted=aborted), full=full)

    def _ending(
        self, result: ResultMessage, *, aborted: bool
    ) -> tuple[StopReason, TurnError | None]:
        if aborted:
            return "cancelled", None
        if self._held and result.terminal_reason == HELD:
            return "max_budget", None
        match result.subtype:
            case "error_max_turns":
                return "max_turns", None
            case "error_max_budget_usd":
                return "max_budget", None
            case "success" if self.request.command and not self._compactions.count:
                return "error", failures.not_compacted(result.result)
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

    def _end(self, reason: StopReason, error: TurnError | None, *, full: bool = False) -> None:
        self._compactions.flush()
        self._translator.end()
        if self._stopped:
            reason, error = "cancelled", None
        self.outcome = AgentOutcome(
            stop_reason=reason,
            tally=self._tally(),
            context=self._meter.context(self._till.window(self._meter.model)),
            model=self._meter.model,
            resumed=self._resumed,
            error=error,
            full=full and error is not None,
        )
        self.done.set()
