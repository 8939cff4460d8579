"""Turns that came to an end before they began: cancelled in their queue, or without a session."""

from __future__ import annotations

import logging
import time

from claude_sidecar.errors import StoreError
from claude_sidecar.sessions.model import Cost, StopReason, Turn, TurnError, TurnResult
from claude_sidecar.sessions.planning.running_turn import RunningTurn
from claude_sidecar.sessions.ports import Store

logger = logging.getLogger(__name__)


async def ended_unbegun(
    store: Store,
    ticket: RunningTurn,
    session_id: str,
    stop_reason: StopReason = "cancelled",
    error: TurnError | None = None,
) -> TurnResult:
    """Record such a turn, and give its result."""
    now = time.time()
    turn = Turn(
        id=ticket.turn_id,
        session_id=session_id,
        kind=ticket.plan.kind,
        prompt=ticket.plan.prompt,
        started_at=now,
        ended_at=now,
        stop_reason=stop_reason,
        error=error,
    )
    session = None
    try:
        await store.end_turn(turn)
        session = await store.session(session_id)
    except StoreError:
        logger.exception("Turn %s could not be recorded", ticket.turn_id)
    cost = Cost(0.0, session.cost_usd if session else 0.0)
    return TurnResult(session_id, ticket.turn_id, stop_reason, text="", cost=cost, error=error)
