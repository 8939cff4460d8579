"""Sessions that the user begins, or goes on with, in Claude Code itself.

They are found where Claude Code keeps them and become sessions like ours: listed, read, resumed,
bound to a file. What was said in them comes into the journal when somebody looks, and before the
next turn, so that history, search and recovery know of it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from claude_sidecar.errors import InvalidRequest, SessionNotResumable, StoreError, UnknownId
from claude_sidecar.sessions.conversations.agent_setup import AgentSetup
from claude_sidecar.sessions.keys import canonical_path
from claude_sidecar.sessions.model import Key, Session
from claude_sidecar.sessions.ports import (
    ClaudeSessions,
    Store,
    TerminalCommand,
    Transcript,
    TranscriptFile,
)

logger = logging.getLogger(__name__)

_ANYWHERE = "/"
"""For a session that may be of any folder."""


class Elsewhere:
    """What Claude Code has that did not go through us.

    :param setup: how Claude runs in a workspace.
    """

    def __init__(self, store: Store, claude: ClaudeSessions, setup: AgentSetup) -> None:
        self._store = store
        self._claude = claude
        self._setup = setup

    async def look(self, workspaces: Iterable[str]) -> None:
        """Take note of the sessions that there are in some workspaces."""
        for workspace in workspaces:
            options = self._setup.options(workspace)
            try:
                project, files = await self._claude.files(options)
                unknown, changed = await self._store.news_of(project, files)
                if unknown:
                    found = await self._claude.describe(sorted(unknown), options)
                    here = canonical_path(workspace)
                    await self._store.adopt([each for each in found if each.key.workspace == here])
                for session_id in changed:
                    session = await self._store.session(session_id)
                    if session is not None:
                        await self.catch_up(session)
            except (OSError, StoreError):
                logger.exception("Claude Code's own sessions in %s could not be read", workspace)

    async def get(self, session_id: str) -> Session:
        """A session of the store, or one of Claude Code's, which is in the store then. One that was
        deleted here is gone, though Claude Code may still have it.

        :raises UnknownId: if there is none.
        """
        session = await self._store.session(session_id) or await self._adopted(session_id)
        if session is None:
            raise UnknownId("session", session_id, field="sessionId")
        return session

    async def _adopted(self, session_id: str) -> Session | None:
        unknown, _ = await self._store.news_of("", {session_id: TranscriptFile(0, 0.0)})
        if not unknown:
            return None
        found = await self._claude.find(session_id, self._setup.options(_ANYWHERE))
        if found is None:
            return None
        await self._store.adopt([found])
        return await self._store.session(session_id)

    async def catch_up(self, session: Session, copies: Sequence[Transcript] | None = None) -> bool:
        """Put what was said in it elsewhere into the journal. What cannot be read is logged.

        :param copies: of its transcripts, where they are known.
        :returns: whether there was anything to read.
        """
        options = self._setup.options(session.key.workspace)
        try:
            key, file = self._claude.file(session.id, options)
            if file is None:
                return False
            if copies is None:
                copies = await self._store.transcripts_of(session.id)
            copy = next((each for each in copies if each.key == key), None)
            if copy is not None and copy.mark.size == file.size and copy.read >= copy.last:
                return False
            said = await self._claude.said(session.id, options)
            if said is not None:
                await self._store.add_said(session.id, said)
        except (OSError, StoreError):
            logger.exception("What was said in session %s elsewhere could not be read", session.id)
        return True

    async def bind(self, session: Session, key: Key) -> None:
        """Make it the session that a file, or the workspace, continues.

        :raises InvalidRequest: if that is not in the session's workspace, where alone Claude Code
            can go on with it.
        """
        if key.workspace != session.key.workspace:
            raise InvalidRequest(
                f"Session {session.id} belongs to the folder {session.key.workspace}, and "
                f"{key.path} is not in it.",
                field="uri",
            )
        await self._store.bind(session.id, key)

    async def successor(self, session_id: str) -> str:
        """The session that goes on in the place of a lost one, or the given one."""
        seen = {session_id}
        while (later := await self._store.successor_of(session_id)) and later not in seen:
            session_id = later
            seen.add(later)
        return session_id

    async def hand_over(self, session: Session) -> TerminalCommand:
        """How to go on with it in a terminal. Its process is ended.

        :raises InvalidRequest: if nothing was said in it yet, or Claude Code has lost it.
        """
        if not session.begun:
            raise InvalidRequest(
                f"Nothing was said in session {session.id} yet, so that Claude Code does not know "
                "it. Ask something first.",
                field="sessionId",
            )
        workspace = session.key.workspace
        try:
            return await self._claude.hand_over(
                session.id, self._setup.options(workspace), self._setup.settings(workspace).env
            )
        except SessionNotResumable as lost:
            raise InvalidRequest(
                f"Claude Code has lost session {session.id}: {lost.reason}. Ask something in it "
                "here: it is continued in a new session that is told what was said.",
                field="sessionId",
            ) from lost
