"""What one turn may still spend: its tally is kept here, and held against the budgets as it grows.

Two things happen when a budget is used up. Where Claude waits for its tools, it is not called
again (:meth:`TurnBudget.out_of_budget` is asked before each call), and what the tools did is kept.
Where a message is being written that is not paid for yet, it is interrupted.
"""

from __future__ import annotations

import logging

from anyio.abc import TaskGroup

from claude_sidecar.errors import StoreError
from claude_sidecar.sessions.budgets.budgets import Budgets
from claude_sidecar.sessions.costs.spending import Tally
from claude_sidecar.sessions.model import TurnError
from claude_sidecar.sessions.planning.running_turn import RunningTurn

logger = logging.getLogger(__name__)


class TurnBudget:
    """The money side of a turn.

    :ivar refusal: why the turn was stopped, once it was.
    :ivar tally: what it has spent.
    :ivar session_usd: what its session had cost before it.
    """

    def __init__(self, budgets: Budgets, session_id: str, ticket: RunningTurn) -> None:
        self._budgets = budgets
        self._ticket = ticket
        self._turn_id = ticket.turn_id
        self._checking = False
        self.session_id = session_id
        self.session_usd = 0.0
        self.tally = Tally()
        self.refusal: TurnError | None = None

    async def open(self, session_usd: float) -> TurnError | None:
        """Before the turn: why it may not begin.

        :param session_usd: what its session has cost so far.
        """
        self.session_usd = session_usd
        return await self._budgets.refusal(self.session_id, self._turn_id, self.tally)

    def moved_to(self, session_id: str) -> None:
        """The turn goes on in a new session, in the place of a lost one."""
        self.session_id, self.session_usd = session_id, 0.0

    def spend(self, tally: Tally, tasks: TaskGroup | None) -> None:
        """More was spent; a message in the middle of which a budget ends is not waited for."""
        self.tally = tally
        if tasks is not None and tally.estimate and not self._checking:
            self._checking = True
            tasks.start_soon(self._check_message)

    async def check(self) -> None:
        """Interrupt the turn if there is no money left."""
        self._stop(await self._used_up())

    async def out_of_budget(self) -> str | None:
        """Why Claude must not be called again; None if it may."""
        self.refusal = self.refusal or await self._used_up()
        return None if self.refusal is None else self.refusal.message

    async def _check_message(self) -> None:
        """Interrupt the message that is being written, if it is too dear. One that is complete is
        paid for: its tools may run, and what it cost is known better than it was guessed.
        """
        try:
            refusal = await self._used_up()
        finally:
            self._checking = False
        if self.tally.estimate:
            self._stop(refusal)

    def _stop(self, refusal: TurnError | None) -> None:
        if refusal is not None:
            self.refusal = refusal
            self._ticket.stopping.set()

    async def _used_up(self) -> TurnError | None:
        try:
            return await self._budgets.refusal(self.session_id, self._turn_id, self.tally)
        except StoreError:
            logger.exception("What was spent could not be read, so no budget was checked")
            return None
