"""The lines for sessions, as the store port has them."""

from __future__ import annotations

import time
from functools import partial

from typing_extensions import override

from claude_sidecar.sessions.ports import LeaseRecords, Place
from claude_sidecar.store import journal, leases
from claude_sidecar.store.access import StoreAccess
from claude_sidecar.store.connection import Connection


class StoredLeases(StoreAccess, LeaseRecords):
    """The port's methods about leases."""

    @override
    async def join_line(self, session_id: str, turn_id: str) -> Place | None:
        return await self.worker.call(lambda: self._join(session_id, turn_id))

    @override
    async def leave_line(self, turn_id: str) -> None:
        await self.write(partial(leases.leave, turn_id=turn_id))

    @override
    async def drop_place(self, place: Place) -> None:
        def change(connection: Connection) -> None:
            owner = leases.drop(connection, place)
            if owner is not None and not place.certain:  # silence is death
                journal.settle(connection, dead=[owner], at=time.time())

        await self.write(change)

    @override
    async def move_place(self, turn_id: str, session_id: str) -> None:
        await self.write(partial(leases.move, turn_id=turn_id, session_id=session_id))

    @override
    async def keep_places(self) -> frozenset[str]:
        return await self.write(partial(leases.keep, owner=self.owners.name))

    def _join(self, session_id: str, turn_id: str) -> Place | None:
        self.settle_the_dead()
        if self.database.read(partial(leases.is_in_line, turn_id=turn_id)):
            before = self.database.read(partial(leases.before_turn, turn_id=turn_id))
            if before is not None:
                return before  # to wait is only to read
        return self._holder_on_disk(session_id) or self.database.write(
            partial(
                leases.join,
                session_id=session_id,
                turn_id=turn_id,
                owner=self.owners.name,
                certain=self.owners.certain,
            )
        )

    def _holder_on_disk(self, session_id: str) -> Place | None:
        """Where the store is kept in memory: what another process has written meanwhile."""
        found = self.database.on_disk(partial(leases.holders, session_id=session_id)) or {}
        for owner, place in found.items():
            if owner != self.owners.name and self.owners.is_alive(owner):
                return place
        return None
