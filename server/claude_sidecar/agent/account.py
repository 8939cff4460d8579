"""The account of one process: what its turns spend, and what is spent between them.

Agents that a turn left in the background go on when it is over, and their ends start turns of their
own. While no turn of ours runs, what is spent is counted to the last one that did.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from claude_agent_sdk import (
    AssistantMessage,
    ClaudeSDKClient,
    Message,
    ResultMessage,
    StreamEvent,
)

from claude_sidecar.agent.cashier import Cashier, session_totals
from claude_sidecar.agent.turn import ActiveTurn
from claude_sidecar.agent.usage import Till, totals_of
from claude_sidecar.sessions.costs.spending import Bill
from claude_sidecar.sessions.ports import AgentRequest, TurnHost


class Account:
    """Knows the totals, and whose they are."""

    def __init__(self) -> None:
        self._till = Till(Bill())
        self._cashier = Cashier(self._told, self._complete_messages)
        self._client: ClaudeSDKClient | None = None
        self._turn: ActiveTurn | None = None
        self._last: ActiveTurn | None = None

    async def open(self, client: ClaudeSDKClient, *, begun: bool) -> None:
        """A process is connected; a conversation that is resumed has totals already."""
        totals: Mapping[str, Any] | None = await session_totals(client) if begun else {}
        self._till = Till(None if totals is None else totals_of(totals))
        self._client = client

    async def serve(self, client: ClaudeSDKClient) -> None:
        """Keep asking what is spent, as long as the process runs."""
        await self._cashier.run(client)

    async def settle(self) -> None:
        """Find out what has been spent until now, and tell whose it is."""
        if self._client is not None:
            await self._cashier.now(self._client)

    def turn(self, request: AgentRequest, host: TurnHost, *, resumed: bool) -> ActiveTurn:
        """A turn that is to be run in the process."""
        return ActiveTurn(
            request, host, till=self._till, on_spent=self._cashier.ask, resumed=resumed
        )

    def enter(self, turn: ActiveTurn) -> None:
        """A turn begins."""
        self._turn = turn

    def leave(self) -> None:
        """It is over."""
        self._turn, self._last = None, self._turn

    def before(self, message: Message) -> None:
        """A message came; the turn that runs has not seen it yet."""
        if isinstance(message, ResultMessage) and message.model_usage:
            self._till.tell(message.model_usage)

    def after(self, message: Message) -> None:
        """The turn that runs, if one does, has seen the message."""
        if self._turn is not None and self._turn.begun:
            return
        match message:
            case ResultMessage():
                self._claim_for_last()
            case AssistantMessage() | StreamEvent(event={"type": "message_delta"}):
                self._cashier.ask()
            case _:
                pass

    def _told(self, totals: Mapping[str, Any], messages: frozenset[str]) -> None:
        self._till.tell(totals)
        if self._turn is not None and self._turn.begun:
            self._turn.totals_told(messages)
        else:
            self._claim_for_last()

    def _claim_for_last(self) -> None:
        if self._last is not None and (bill := self._till.claim()):
            self._last.spent_later(bill)

    def _complete_messages(self) -> frozenset[str]:
        return frozenset() if self._turn is None else self._turn.complete_messages
