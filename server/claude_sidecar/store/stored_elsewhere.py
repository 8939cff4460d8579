"""What was made elsewhere, as the store port has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from typing_extensions import override

from claude_sidecar.sessions.model import Key, Session
from claude_sidecar.sessions.ports import ElsewhereRecords, SaidElsewhere, TranscriptFile
from claude_sidecar.store import elsewhere
from claude_sidecar.store.access import StoreAccess


class StoredElsewhere(StoreAccess, ElsewhereRecords):
    """The port's methods about sessions and turns that were made elsewhere."""

    @override
    async def news_of(
        self, project: str, files: Mapping[str, TranscriptFile]
    ) -> tuple[frozenset[str], frozenset[str]]:
        return await self.read(partial(elsewhere.news_of, project=project, files=files))

    @override
    async def adopt(self, sessions: Sequence[Session]) -> None:
        await self.write(partial(elsewhere.adopt, adopted=sessions), index=True)

    @override
    async def add_said(self, session_id: str, said: SaidElsewhere) -> None:
        change = partial(elsewhere.add_said, session_id=session_id, said=said)
        await self.write(change, index=True)

    @override
    async def bind(self, session_id: str, key: Key) -> None:
        await self.write(partial(elsewhere.bind, session_id=session_id, key=key))

    @override
    async def successor_of(self, session_id: str) -> str | None:
        return await self.read(partial(elsewhere.successor_of, session_id=session_id))
