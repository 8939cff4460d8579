"""Compaction on demand: Claude Code is told to summarise a session's conversation."""

from __future__ import annotations

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.sessions.model import Session
from claude_sidecar.sessions.planning.plans import Composed, TurnPlan
from claude_sidecar.sessions.planning.requests import CompactRequest

PROMPT = "Compact the conversation"


def compact_plan(request: CompactRequest, session: Session) -> TurnPlan:
    """The plan of a turn that does so.

    :raises InvalidRequest: if there is nothing to summarise.
    """
    if not session.begun:
        raise InvalidRequest(
            "Nothing was said in that session yet: there is nothing to compact.", field="sessionId"
        )
    wish = " ".join((request.instructions or "").split())
    command = f"/compact {wish}".strip()
    return TurnPlan(
        "compact",
        session.key,
        f"{PROMPT}: {wish}" if wish else PROMPT,
        lambda _: Composed(command, command=True),
    )
