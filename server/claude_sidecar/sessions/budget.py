"""Whether the user's budgets leave room for another turn."""

from __future__ import annotations

from datetime import datetime

from claude_sidecar.sessions.model import Session, TurnError
from claude_sidecar.sessions.ports import Store
from claude_sidecar.settings import SECTION, Settings


async def over_budget(store: Store, session: Session, settings: Settings) -> TurnError | None:
    """Why no further turn may begin, or None if one may. Days are local ones."""
    limit = settings.budget_session_usd
    if limit is not None and session.cost_usd >= limit:
        return _used_up("session's", session.cost_usd, limit, "budget.sessionUsd")
    limit = settings.budget_day_usd
    if limit is not None:
        midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        report = await store.usage(workspace=None, since=midnight.timestamp())
        if report.total.cost_usd >= limit:
            return _used_up("day's", report.total.cost_usd, limit, "budget.dayUsd")
    return None


def _used_up(whose: str, spent: float, limit: float, setting: str) -> TurnError:
    return TurnError(
        kind="billing",
        message=f"The {whose} budget of ${limit:.2f} is used up: ${spent:.4f} were spent.",
        hint=f"Raise {SECTION}.{setting} to go on; the conversation is kept.",
        retryable=False,
    )
