"""The user's budgets: for a turn, a session and a day, asked before a turn and while it runs.

The settings are read each time, so that a limit that was raised holds at once. A day is a local
one, and counts what all processes on the store have spent.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from claude_sidecar.sessions.costs.spending import Tally
from claude_sidecar.sessions.costs.usage import BudgetState
from claude_sidecar.sessions.model import TurnError
from claude_sidecar.sessions.ports import Store
from claude_sidecar.settings import SECTION, Settings

_AHEAD_SECONDS = 86_400
"""What is dated up to a day ahead was spent before the clock was put back, and counts as today's."""


@dataclass(frozen=True, slots=True)
class Left:
    """The budget of which the least is left, and how much."""

    setting: str
    usd: float


@dataclass(frozen=True, slots=True)
class Budgets:
    """Says whether there is money for more.

    :param settings: those of the workspace, as they are now.
    """

    store: Store
    settings: Callable[[], Settings]

    async def refusal(self, session_id: str, turn_id: str, tally: Tally) -> TurnError | None:
        """Why Claude may not be called, or not be called again; None if it may.

        :param turn_id: the turn that wants to; what the store has of it is left out.
        :param tally: what it has spent itself.
        """
        settings, turn_usd = self.settings(), tally.cost_usd
        limit = settings.budget_turn_usd
        if limit is not None and turn_usd >= limit:
            return _used_up("turn's", turn_usd, limit, "budget.turnUsd")
        limit = settings.budget_session_usd
        if limit is not None:
            spent = await self._session_usd(session_id, turn_id) + turn_usd
            if spent >= limit:
                return _used_up("session's", spent, limit, "budget.sessionUsd")
        limit = settings.budget_day_usd
        if limit is not None:
            spent = await self.spent_today(turn_id) + turn_usd
            if spent >= limit:
                return _used_up("day's", spent, limit, "budget.dayUsd")
        return None

    async def left(self, session_id: str | None) -> Left | None:
        """What a turn in the session may spend at most; None where no budget is set."""
        settings, found = self.settings(), list[Left]()
        if settings.budget_turn_usd is not None:
            found.append(Left("budget.turnUsd", settings.budget_turn_usd))
        if settings.budget_session_usd is not None:
            session = None if session_id is None else await self.store.session(session_id)
            spent = 0.0 if session is None else session.cost_usd
            found.append(Left("budget.sessionUsd", settings.budget_session_usd - spent))
        if settings.budget_day_usd is not None:
            spent = await self.spent_today()
            found.append(Left("budget.dayUsd", settings.budget_day_usd - spent))
        return min(found, key=lambda left: left.usd, default=None)

    async def states(self) -> tuple[BudgetState, ...]:
        """Those that are set, and what is left of the day's."""
        settings, states = self.settings(), list[BudgetState]()
        if settings.budget_turn_usd is not None:
            states.append(BudgetState("budget.turnUsd", settings.budget_turn_usd))
        if settings.budget_session_usd is not None:
            states.append(BudgetState("budget.sessionUsd", settings.budget_session_usd))
        if settings.budget_day_usd is not None:
            spent = await self.spent_today()
            states.append(BudgetState("budget.dayUsd", settings.budget_day_usd, spent))
        return tuple(states)

    async def spent_today(self, except_turn: str | None = None) -> float:
        """US dollars since midnight."""
        now = time.time()
        return await self.store.spent(
            since=midnight(now), until=now + _AHEAD_SECONDS, except_turn=except_turn
        )

    async def _session_usd(self, session_id: str, except_turn: str) -> float:
        session = await self.store.session(session_id)
        turn = await self.store.turn(except_turn)
        cost = 0.0 if session is None else session.cost_usd
        return cost - (0.0 if turn is None else turn.cost_usd)


def midnight(now: float, days_before: int = 0) -> float:
    """When the local day began that `now` is in, or one before it; also on days of 23 or 25 hours."""
    day = date.fromtimestamp(now) - timedelta(days=days_before)
    return datetime(day.year, day.month, day.day).astimezone().timestamp()


def _used_up(whose: str, spent: float, limit: float, setting: str) -> TurnError:
    return TurnError(
        kind="billing",
        message=f"The {whose} budget of ${limit:,.2f} ({SECTION}.{setting}) is used up: "
        f"${spent:,.4f} were spent.",
        hint=f"Raise {SECTION}.{setting} and ask to go on: the conversation and what was found "
        "are kept.",
        retryable=False,
    )
