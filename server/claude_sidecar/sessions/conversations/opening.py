"""New sessions, and the order in which requests come to theirs."""

from __future__ import annotations

import time
import uuid

import anyio

from claude_sidecar.sessions.conversations import titles
from claude_sidecar.sessions.conversations.spares import Spares
from claude_sidecar.sessions.model import Key, Session
from claude_sidecar.sessions.ports import Store


class SessionOpener:
    """Starts sessions.

    :ivar order: whoever looks for a key's current session, to continue or change it, holds this:
        so that two requests at once do not start two sessions.
    """

    def __init__(self, store: Store, spares: Spares) -> None:
        self._store = store
        self._spares = spares
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
