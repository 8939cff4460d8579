"""What every part of the store builds on: its thread, its database, and who else has it open.

A part (`StoredSessions`, `StoredTurns`, ...) has the methods of one concern. Each is a function of a
connection, handed to :meth:`StoreAccess.read` or :meth:`StoreAccess.write`, which make one
transaction of it in the store's own thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

from claude_sidecar.errors import StoreError
from claude_sidecar.sessions.ports import StoreHealth
from claude_sidecar.store import journal, leases, search
from claude_sidecar.store.connection import Connection
from claude_sidecar.store.database import Database
from claude_sidecar.store.owners import Owners
from claude_sidecar.store.worker import Worker

T = TypeVar("T")


class StoreAccess:
    """A store's database, opened by :meth:`open`.

    :param path: its file, absolute.
    :param full_text: search by index, where this SQLite can.
    :param retry_seconds: how long to leave a disk alone that could not be written.
    """

    def __init__(
        self, worker: Worker, path: Path, *, full_text: bool, retry_seconds: float
    ) -> None:
        self.worker = worker
        self.owners = Owners(path)
        self.full_text = full_text
        self.database: Database
        self._path = path
        self._retry_seconds = retry_seconds

    async def open(self) -> None:
        """Open the database; before all else."""

        def work() -> None:
            self.database = Database(
                self._path,
                prepare=self._prepare,
                detach=partial(leases.forget_others, owner=self.owners.name),
                retry_seconds=self._retry_seconds,
            )

        await self.worker.call(work)

    async def close(self) -> None:
        """Save what is still owed to the disk, and let go of it; after all else."""

        def work() -> None:
            self.database.close()
            self.owners.release()

        await self.worker.call(work)

    async def health(self) -> StoreHealth:
        """Where it is, and whether it can write there."""
        return await self.worker.call(lambda: self.database.health)

    async def read(self, query: Callable[[Connection], T]) -> T:
        """The result of a query, seen at one moment, after the dead were taken note of."""

        def work() -> T:
            self.settle_the_dead()
            return self.database.read(query)

        return await self.worker.call(work)

    async def write(self, change: Callable[[Connection], T], *, index: bool = False) -> T:
        """Make a change, whole or not at all.

        :param index: what it changes is searched for.
        """

        def indexed(connection: Connection) -> T:
            result = change(connection)
            if self.full_text:
                search.refresh(connection)
            return result

        return await self.worker.call(lambda: self.database.write(indexed if index else change))

    def settle_the_dead(self) -> None:
        """Find turns that were cut off by the end of the process that ran them, and the sessions
        that it had; in the thread.
        """
        busy = self.database.read(_busy_owners)
        dead = [owner for owner in busy if not self.owners.is_alive(owner)]
        if dead:
            with suppress(StoreError):  # locked: whoever asks next will see to it
                self.database.write(partial(_settle, dead=dead, at=time.time()))

    def _prepare(self, connection: Connection) -> None:
        alone = False
        with suppress(OSError):  # where no file can be made, no other process shares the store
            self.owners.claim()
            alone = self.owners.sweep()
        self.full_text = self.full_text and search.prepare(connection, alone=alone)


def _busy_owners(connection: Connection) -> set[str]:
    return journal.owners(connection) | leases.owners(connection)


def _settle(connection: Connection, *, dead: Sequence[str], at: float) -> None:
    journal.settle(connection, dead=dead, at=at)
    leases.settle(connection, dead=dead)
