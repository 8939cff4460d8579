"""Processes started ahead of the first prompt.

A process can be started for a session that is there, or for one that is yet to come: a session's
id is ours to choose, so the next new session of a workspace takes the id of the process that waits.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable

from claude_sidecar.errors import TurnFailure
from claude_sidecar.sessions.model import Session
from claude_sidecar.sessions.ports import Agent, AgentOptions

logger = logging.getLogger(__name__)


class Spares:
    """The sessions-to-be, one for each workspace."""

    def __init__(self, agent: Agent, options: Callable[[str], AgentOptions]) -> None:
        self._agent = agent
        self._options = options
        self._waiting: dict[str, str] = {}
        self._busy = False
        self._next: tuple[str, Session | None] | None = None

    def take(self, workspace: str) -> str | None:
        """The id of a session-to-be, for a new session; it is no longer spare."""
        return self._waiting.pop(workspace, None)

    async def prepare(self, workspace: str, session: Session | None) -> None:
        """Start a process for a session, or a spare one.

        Of several wishes that come while one is being carried out only the last counts: an editor
        that restores twenty files does not start twenty processes.
        """
        self._next = (workspace, session)
        if self._busy:
            return
        self._busy = True
        try:
            while self._next is not None:
                (workspace, session), self._next = self._next, None
                await self._start(workspace, session)
        finally:
            self._busy = False

    async def _start(self, workspace: str, session: Session | None) -> None:
        begun = session is not None and session.begun
        if session is None:
            session_id = self._waiting.setdefault(workspace, str(uuid.uuid4()))
        else:
            session_id = session.id
        try:
            await self._agent.prepare(session_id, self._options(workspace), begun=begun)
        except TurnFailure as failure:  # the prompt itself will tell the user
            logger.info("Claude could not be started ahead: %s", failure)
