"""The journal of turns, as the store port has it."""

from __future__ import annotations

from functools import partial

from typing_extensions import override

from claude_sidecar.sessions.costs.spending import Spent
from claude_sidecar.sessions.model import Turn
from claude_sidecar.sessions.ports import TurnRecords
from claude_sidecar.store import journal, ledger
from claude_sidecar.store.access import StoreAccess
from claude_sidecar.store.connection import Connection


class StoredTurns(StoreAccess, TurnRecords):
    """The port's methods about turns."""

    @override
    async def begin_turn(self, turn: Turn, request: str | None = None) -> None:
        owner = self.owners.name
        await self.write(partial(journal.begin, turn=turn, owner=owner, request=request))

    @override
    async def start_turn(self, turn_id: str, *, session_id: str, started_at: float) -> None:
        def change(connection: Connection) -> None:
            journal.start(
                connection,
                turn_id,
                session_id=session_id,
                started_at=started_at,
                owner=self.owners.name,
            )
            ledger.begin(connection, turn_id, at=started_at)

        await self.write(change)

    @override
    async def end_turn(self, turn: Turn) -> None:
        def change(connection: Connection) -> None:
            journal.end(connection, turn)
            spent = Spent(turn.usage, turn.cost_usd)
            ledger.complete(connection, turn.id, spent, at=turn.ended_at or turn.started_at)

        await self.write(change, index=True)

    @override
    async def request_of(self, turn_id: str) -> str | None:
        return await self.read(partial(journal.request_of, turn_id=turn_id))

    @override
    async def turn(self, turn_id: str) -> Turn | None:
        return await self.read(partial(journal.get, turn_id=turn_id))

    @override
    async def turns(self, session_id: str) -> tuple[Turn, ...]:
        return await self.read(partial(journal.of_session, session_id=session_id))
