"""Sessions, as the store port has them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import partial

from typing_extensions import override

from claude_sidecar.errors import StoreError
from claude_sidecar.sessions.model import (
    ContextSize,
    Key,
    Session,
    SessionPage,
    SessionQuery,
)
from claude_sidecar.sessions.ports import SessionRecords
from claude_sidecar.store import findings, ledger, listing, search, sessions
from claude_sidecar.store.access import StoreAccess
from claude_sidecar.store.connection import Connection
from claude_sidecar.store.moving import move_paths


class StoredSessions(StoreAccess, SessionRecords):
    """The port's methods about sessions."""

    @override
    async def add_session(self, session: Session) -> None:
        await self.write(partial(sessions.add, session=session), index=True)

    @override
    async def session(self, session_id: str) -> Session | None:
        return await self.read(partial(sessions.get, session_id=session_id))

    @override
    async def current_session(self, key: Key) -> Session | None:
        return await self.read(partial(sessions.current, key=key))

    @override
    async def make_current(self, session_id: str) -> None:
        await self.write(partial(sessions.make_current, session_id=session_id))

    @override
    async def update_session(
        self,
        session_id: str,
        *,
        title: str | None = None,
        model: str | None = None,
        billed_usd: float | None = None,
        begun: bool | None = None,
        updated_at: float | None = None,
        context: ContextSize | None = None,
        notice: str | None = None,
    ) -> None:
        changes = {
            "title": title,
            "model": model,
            "billed_usd": billed_usd,
            "begun": begun,
            "updated_at": updated_at,
            "notice": notice,
            "context_used": None if context is None else context.used_tokens,
            "context_max": None if context is None else context.max_tokens,
        }
        change = partial(sessions.update, session_id=session_id, changes=changes)
        await self.write(change, index=title is not None)

    @override
    async def sessions(self, query: SessionQuery) -> SessionPage:
        if query.text and self.full_text:
            with suppress(StoreError):  # locked: then without what is newest
                while await self.read(search.has_unindexed):
                    await self.write(search.refresh)
        return await self.read(partial(listing.page, query=query, full_text=self.full_text))

    @override
    async def after_last_use(self, now: float) -> float:
        return await self.read(partial(sessions.after_last_use, now=now))

    @override
    async def delete_session(self, session_id: str) -> bool:
        def change(connection: Connection) -> bool:
            if self.full_text:
                search.forget(connection, session_id)
            return sessions.delete(connection, session_id)

        return await self.write(change)

    @override
    async def move_files(self, moves: Mapping[Key, Key]) -> None:
        def change(connection: Connection) -> None:
            sessions.move(connection, moves)
            findings.move(connection, moves)
            move_paths(connection, moves, table="checkpoints", column="path")
            ledger.move(connection, moves)

        await self.write(change)
