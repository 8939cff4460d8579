"""New sessions, and the order in which requests come to theirs."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

import anyio

from claude_sidecar.sessions.conversations import titles
from claude_sidecar.sessions.conversations.spares import Spares
from claude_sidecar.sessions.model import Key, Session
from claude_sidecar.sessions.ports import Store
from claude_sidecar.settings import Settings


class SessionOpener:
    """Starts sessions.

    :param settings: the settings of a workspace, by its path.
    :ivar order: whoever looks for a key's current session, to continue or change it, holds this:
        so that two requests at once do not start two sessions.
    """

    def __init__(self, store: Store, spares: Spares, settings: Callable[[str], Settings]) -> None:
        self._store = store
        self._spares = spares
        self._settings = settings
        self.order = anyio.Lock()

    async def new(self, key: Key) -> Session:
        """Start a session and make it the key's current one. Hold `order`."""
        now = await self._store.after_last_use(time.time())
        session = Session(
            id=self._spares.take(key.workspace) or str(uuid.uuid4()),
            key=key,
            title=titles.before_any_turn(key),
            created_at=now,
            updated_at=now,
        )
        await self._store.add_session(session)
        return session

    async def prepare(self, key: Key) -> None:
        """The user has come to a file: start Claude ahead of the first prompt, if so set."""
        settings = self._settings(key.workspace)
        if settings.live_prewarm and settings.live_max > 0:
            session = await self._store.current_session(key)
            await self._spares.prepare(key.workspace, session)
