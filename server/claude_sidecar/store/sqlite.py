"""The store port on SQLite: each method is one transaction in the store's own thread."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

import anyio
from typing_extensions import override

from claude_sidecar.errors import StoreError
from claude_sidecar.findings.model import Finding
from claude_sidecar.sessions.model import (
    FindingQuery,
    Key,
    Session,
    SessionPage,
    SessionQuery,
    ToolCall,
    Turn,
    UsageReport,
)
from claude_sidecar.sessions.ports import Store, StoreHealth
from claude_sidecar.store import findings, journal, search, sessions, usage
from claude_sidecar.store.connection import Connection
from claude_sidecar.store.database import Database
from claude_sidecar.store.owners import Owners
from claude_sidecar.store.worker import Worker

T = TypeVar("T")


@asynccontextmanager
async def open_store(
    path: Path, *, full_text: bool = True, retry_seconds: float = 5.0
) -> AsyncGenerator[SqliteStore]:
    """The store in the file `path`, which is made where there is none.

    :param path: absolute; see :func:`claude_sidecar.store.location.store_path`.
    :param full_text: search by index, where this SQLite can.
    :param retry_seconds: how long to leave a disk alone that could not be written.
    :raises StoreTooNew: if a newer version wrote it.
    :raises StoreError: if it belongs to another program, or one does not let go of it.
    """
    worker = Worker("claude-sidecar store")
    try:
        store = SqliteStore(worker, path, full_text=full_text, retry_seconds=retry_seconds)
        await store.open()
        try:
            yield store
        finally:
            with anyio.CancelScope(shield=True):
                await store.close()
    finally:
        with anyio.CancelScope(shield=True):
            await worker.stop()


class SqliteStore(Store):
    """The port, as :func:`open_store` gives it."""

    def __init__(
        self, worker: Worker, path: Path, *, full_text: bool, retry_seconds: float
    ) -> None:
        self._worker = worker
        self._path = path
        self._full_text = full_text
        self._retry_seconds = retry_seconds
        self._owners = Owners(path)
        self._database: Database

    async def open(self) -> None:
        """Open the database; before all else."""

        def work() -> None:
            self._database = Database(
                self._path, prepare=self._prepare, retry_seconds=self._retry_seconds
            )

        await self._worker.call(work)

    async def close(self) -> None:
        """Save what is still owed to the disk, and let go of it; after all else."""

        def work() -> None:
            self._database.close()
            self._owners.release()

        await self._worker.call(work)

    @override
    async def health(self) -> StoreHealth:
        return await self._worker.call(lambda: self._database.health)

    @override
    async def add_session(self, session: Session) -> None:
        await self._write(partial(sessions.add, session=session), index=True)

    @override
    async def session(self, session_id: str) -> Session | None:
        return await self._read(partial(sessions.get, session_id=session_id))

    @override
    async def current_session(self, key: Key) -> Session | None:
        return await self._read(partial(sessions.current, key=key))

    @override
    async def make_current(self, session_id: str) -> None:
        await self._write(partial(sessions.make_current, session_id=session_id))

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
    ) -> None:
        changes = {
            "title": title,
            "model": model,
            "billed_usd": billed_usd,
            "begun": begun,
            "updated_at": updated_at,
        }
        change = partial(sessions.update, session_id=session_id, changes=changes)
        await self._write(change, index=title is not None)

    @override
    async def sessions(self, query: SessionQuery) -> SessionPage:
        def work() -> SessionPage:
            self._settle_the_dead()
            if query.text and self._full_text and self._database.read(search.has_unindexed):
                with suppress(StoreError):  # locked: then without what is newest
                    self._database.write(search.refresh)
            return self._database.read(
                partial(sessions.page, query=query, full_text=self._full_text)
            )

        return await self._worker.call(work)

    @override
    async def delete_session(self, session_id: str) -> bool:
        def change(connection: Connection) -> bool:
            if self._full_text:
                search.forget(connection, session_id)
            return sessions.delete(connection, session_id)

        return await self._write(change)

    @override
    async def begin_turn(self, turn: Turn) -> None:
        await self._write(partial(journal.begin, turn=turn, owner=self._owners.name))

    @override
    async def start_turn(self, turn_id: str, *, session_id: str, started_at: float) -> None:
        await self._write(
            partial(
                journal.start,
                turn_id=turn_id,
                session_id=session_id,
                started_at=started_at,
                owner=self._owners.name,
            )
        )

    @override
    async def append_text(self, turn_id: str, text: str) -> None:
        await self._write(partial(journal.append, turn_id=turn_id, text=text))

    @override
    async def record_tool_call(self, turn_id: str, call: ToolCall) -> None:
        await self._write(partial(journal.record_tool_call, turn_id=turn_id, call=call))

    @override
    async def end_turn(self, turn: Turn) -> None:
        await self._write(partial(journal.end, turn=turn), index=True)

    @override
    async def turn(self, turn_id: str) -> Turn | None:
        return await self._read(partial(journal.get, turn_id=turn_id))

    @override
    async def turns(self, session_id: str) -> tuple[Turn, ...]:
        return await self._read(partial(journal.of_session, session_id=session_id))

    @override
    async def shown_document(self, session_id: str) -> str | None:
        return await self._read(partial(journal.shown_document, session_id=session_id))

    @override
    async def save_finding(self, finding: Finding) -> None:
        await self._write(partial(findings.save, finding=finding))

    @override
    async def findings(self, query: FindingQuery) -> tuple[Finding, ...]:
        return await self._read(partial(findings.select, query=query))

    @override
    async def foreign_changes(self) -> int:
        return await self._read(
            lambda connection: int(connection.execute("PRAGMA data_version").fetchone()[0])
        )

    @override
    async def move_files(self, moves: Mapping[Key, Key]) -> None:
        def change(connection: Connection) -> None:
            sessions.move(connection, moves)
            findings.move(connection, moves)

        await self._write(change)

    @override
    async def usage(self, *, workspace: str | None, since: float | None) -> UsageReport:
        return await self._read(partial(usage.report, workspace=workspace, since=since))

    async def _read(self, query: Callable[[Connection], T]) -> T:
        def work() -> T:
            self._settle_the_dead()
            return self._database.read(query)

        return await self._worker.call(work)

    async def _write(self, change: Callable[[Connection], T], *, index: bool = False) -> T:
        def indexed(connection: Connection) -> T:
            result = change(connection)
            if self._full_text:
                search.refresh(connection)
            return result

        return await self._worker.call(lambda: self._database.write(indexed if index else change))

    def _prepare(self, connection: Connection) -> None:
        self._full_text = self._full_text and search.prepare(connection)
        with suppress(OSError):  # where no file can be made, no other process shares the store
            self._owners.claim()
            self._owners.sweep()

    def _settle_the_dead(self) -> None:
        """Find turns that were cut off by the end of the process that ran them."""
        dead = [
            owner
            for owner in self._database.read(journal.owners)
            if not self._owners.is_alive(owner)
        ]
        if dead:
            with suppress(StoreError):  # locked: whoever asks next will see to it
                self._database.write(partial(journal.settle, dead=dead, at=time.time()))
