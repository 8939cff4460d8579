"""Copies of transcripts, as the store port has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import anyio.to_thread
from typing_extensions import override

from claude_sidecar.sessions.ports import (
    Mark,
    Summarise,
    Taken,
    Transcript,
    TranscriptKey,
    TranscriptLine,
    TranscriptRecords,
)
from claude_sidecar.store import transcripts
from claude_sidecar.store.access import StoreAccess
from claude_sidecar.store.connection import Connection


class StoredTranscripts(StoreAccess, TranscriptRecords):
    """The port's methods about transcripts."""

    @override
    async def transcript(self, key: TranscriptKey) -> Transcript | None:
        return await self.read(partial(transcripts.get, key=key))

    @override
    async def transcripts_of(self, session_id: str) -> tuple[Transcript, ...]:
        return await self.read(partial(transcripts.of_session, session_id=session_id))

    @override
    async def transcripts_in(self, project: str) -> tuple[Transcript, ...]:
        return await self.read(partial(transcripts.in_project, project=project))

    @override
    async def transcript_lines(self, key: TranscriptKey) -> tuple[TranscriptLine, ...] | None:
        return await self.read(partial(transcripts.lines, key=key))

    @override
    async def append_transcript(
        self,
        key: TranscriptKey,
        lines: Sequence[TranscriptLine],
        *,
        taken: Taken | None = None,
        summarise: Summarise | None = None,
    ) -> bool:
        packed = await anyio.to_thread.run_sync(transcripts.packed, lines)
        change = partial(
            transcripts.append, key=key, lines=packed, taken=taken, summarise=summarise
        )
        return await self.worker.call(lambda: self._kept(change))

    @override
    async def replace_transcript(
        self, key: TranscriptKey, lines: Sequence[TranscriptLine], mark: Mark, *, known: bool
    ) -> None:
        packed = await anyio.to_thread.run_sync(transcripts.packed, lines)
        await self.write(
            partial(transcripts.replace, key=key, lines=packed, mark=mark, known=known)
        )

    def _kept(self, change: Callable[[Connection], bool]) -> bool:
        """A copy can be made later as well: while the disk cannot be written none is kept in memory,
        and the mark stays where it is.
        """
        return not self.database.health.persistent or self.database.write(change)

    @override
    async def move_transcripts(self, session_id: str, project: str) -> None:
        await self.write(partial(transcripts.move, session_id=session_id, project=project))

    @override
    async def delete_transcript(self, key: TranscriptKey) -> None:
        await self.write(partial(transcripts.delete, key=key))
