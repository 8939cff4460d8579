"""Forks: a session that has what was said in another up to some turn, and then goes its own way.

Claude's transcript is copied up to that turn, so that Claude remembers it as its own; where there is
no transcript any more, the fork is told what was said with its first prompt. What was said before
belongs to the session in which it was said: a fork's own turns and costs begin with nothing, and
its history shows the turns that it inherited before its own.
"""

from __future__ import annotations

import logging
import time
import uuid
from dataclasses import dataclass

from claude_sidecar.errors import InvalidRequest, SessionNotResumable, UnknownId
from claude_sidecar.sessions.conversations.agent_setup import AgentSetup
from claude_sidecar.sessions.conversations.recovery import conversation_of
from claude_sidecar.sessions.model import Session, Turn
from claude_sidecar.sessions.ports import Agent, Store

logger = logging.getLogger(__name__)

NO_TRANSCRIPT = "its transcript was gone when it was forked"
_TITLE = " (fork)"


@dataclass(frozen=True, slots=True)
class Forker:
    """Makes forks."""

    store: Store
    agent: Agent
    setup: AgentSetup

    async def fork(self, session: Session, turn_id: str | None) -> Session:
        """Part from a session after one of its turns, or after its last that is over. The fork
        becomes the one that the key continues.

        :raises UnknownId: if the turn is none of the session's.
        :raises InvalidRequest: if it is not over.
        """
        turns = await conversation_of(self.store, session)
        kept = _up_to(turns, turn_id)
        fork_turn = kept[-1].id if kept else None
        fork_id, begun = await self._transcript(session, kept)
        now = time.time()
        fork = Session(
            id=fork_id,
            key=session.key,
            title=session.title.removesuffix(_TITLE) + _TITLE,
            created_at=now,
            updated_at=now,
            model=session.model,
            begun=begun,
            forked_from=session.id,
            fork_turn=fork_turn,
        )
        await self.store.add_session(fork)
        return await self.store.session(fork.id) or fork

    async def _transcript(self, session: Session, kept: tuple[Turn, ...]) -> tuple[str, bool]:
        """The id of a copy of what Claude has; a new one where there is nothing to copy."""
        if kept:
            owner = kept[-1].session_id
            turn_ids = [turn.id for turn in reversed(kept) if turn.session_id == owner]
            options = self.setup.options(session.key.workspace)
            try:
                return await self.agent.fork(owner, turn_ids, options, session.title), True
            except SessionNotResumable as lost:
                logger.info("A fork of %s will be told what was said: %s", owner, lost.reason)
        return str(uuid.uuid4()), False


def _up_to(turns: tuple[Turn, ...], turn_id: str | None) -> tuple[Turn, ...]:
    over = [turn.state not in {"queued", "running"} for turn in turns]
    if turn_id is None:
        return tuple(turn for turn, is_over in zip(turns, over, strict=True) if is_over)
    ids = [turn.id for turn in turns]
    if turn_id not in ids:
        raise UnknownId("turn", turn_id, field="turnId")
    place = ids.index(turn_id)
    if not over[place]:
        raise InvalidRequest(
            "That turn is not over yet. Fork after it, or cancel it.", field="turnId"
        )
    return turns[: place + 1]
